"""Attraction: how a prospect comes to know the product, through which channel and through whom.

The hazard is a sum over channels; the channel is drawn in proportion to its part. Search and broadcast talk,
adverts and brand are the same for a whole segment; close talk, invites and sellers' calls are personal.
The month of the year scales them all alike: what is published of seasons does not tell channels apart.
"""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.firm.content import translated, visibility
from simulation.firm.spending import call_chance, sat
from simulation.flywheel import readers, rivals
from simulation.flywheel.desk import Rows
from simulation.flywheel.satisfaction import common_talk
from simulation.people.cohorts import pays
from simulation.people.counts import Event, Total
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.influence import FULL_TALK
from simulation.people.memory import arriving, talk_remembered, users_remembered
from simulation.people.prefetch import AHEAD, AHEAD_CONTACTS, fetch, fetch_ends, fetch_mover, hint
from simulation.people.stages import N_STAGES, Channel, Stage, Uses
from simulation.people.traits import AS_OTHERS
from simulation.people.transitions import be_at_rival, be_attracted, set_reads

PROSPECTS, ATTRACTED = int(Rows.PROSPECTS), int(Rows.ATTRACTED)
USER_CONTENT, FIRM_CONTENT, BROADCAST, ADVERT, AMBIENT = range(5)  # what a whole segment meets
STAYS, TO_RIVAL, TO_OTHER, TO_NOTHING, STOPS_READING = 0, 9, 10, 11, 12  # other outcomes are the channels 1-8


class Rates(NamedTuple):
    """Weekly hazards that differ from person to person."""

    close_talk: float  # per contact who talks fully, after criticism
    invite: float  # per contact who uses the product
    call: float  # per sixteenth of call weight
    saturation: float  # see saturating


@part
def hush(said):
    """Return the share of talk that a storm of criticism leaves."""
    world = said.world
    return max(0.0, 1.0 - world.behaviour.criticism.talk * world.outside.criticism)


@part
def rates(now, said, desk):
    """Return this week's rates."""
    world, season = said.world, said.season[now.week]
    a = world.behaviour.attraction
    return Rates(
        a.close_talk_per_week * hush(said) * season,
        a.invite_per_week * world.product.sharing * said.firm.ease * season,
        call_chance(said, desk.totals) * season,
        a.talk_saturation,
    )


@part
def saturating(contacts, r):
    """Return for how many contacts alone so many count together: each further one adds a little less."""
    return contacts if r.saturation == 0.0 else (1.0 - math.exp(-r.saturation * contacts)) / r.saturation


@part
def most_talk(town):
    """Return close talk, at most, per level of a prospect's influence: a level is a contact who uses it, or full talk."""
    return 1.0 + max(0.0, common_talk(town) / FULL_TALK)


@part
def fill_reach(now, town, said, desk):
    """Fill ``reach`` (segments, 5): hazards at which a whole segment finds content, hears talk, sees adverts."""
    world, firm, season = said.world, said.firm, said.season[now.week]
    a, totals = world.behaviour.attraction, desk.totals
    adverts = a.advert_per_week * sat(firm.advert_usd, a.advert_half_usd)
    adverts += a.brand_per_week * sat(firm.brand, a.brand_half_usd)
    into = translated(said)
    for s in range(town.segments.size):
        users, own = visibility(town.segments[s].language, into, said)
        reach = desk.segments[s].reach
        people = np.int64(0)
        for stage in range(N_STAGES):
            people += totals[s, stage]
        demand = town.segments[s].search_demand_per_week
        reach[USER_CONTENT] = demand * users * season
        reach[FIRM_CONTENT] = demand * own * season
        users_here = totals[s, Stage.CUSTOMER] + totals[s, Stage.EXPERT]
        talk = totals[s, Total.TALK] + common_talk(town) * users_here
        talk = max(0.0, talk / FULL_TALK / max(people, 1))
        heard = town.community[s].heard = arriving(town.community[s].heard, talk, town)
        reach[BROADCAST] = a.broadcast_talk_per_week * hush(said) * heard * season
        reach[ADVERT] = adverts * season
        reach[AMBIENT] = a.ambient_per_week * season


@part
def attraction(
    u, user_content, firm_content, close_talk, broadcast, invite, advert, call, ambient, rival, other, up, stop
):
    """Return the channel (1-8) that attracts, 9 or 10 to use a rival, 11 to give one up, 12 to stop reading, or 0.

    ``u`` is this week's draw, the rest are hazards: of the channels, of both rivals, of giving one up, of reading no more.
    """
    ours = user_content + firm_content + close_talk + broadcast + invite + advert + call + ambient
    total = ours + (rival + other + up + stop)
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    v = u / chance * total
    if v >= ours and total > ours:
        v -= ours
        if v < rival + other:
            return TO_RIVAL if v < rival else TO_OTHER
        return TO_NOTHING if v < rival + other + up or stop == 0.0 else STOPS_READING
    if v < user_content:
        return 1
    v -= user_content
    if v < firm_content:
        return 2
    v -= firm_content
    if v < close_talk:
        return 3
    v -= close_talk
    if v < broadcast:
        return 4
    v -= broadcast
    if v < invite:
        return 5
    v -= invite
    if v < advert:
        return 6
    return 7 if v < advert + call else 8


@part
def attraction_of(row, key, town, said, segments, r, others, most):
    """Return what :func:`attraction` says for ``row``; ``others`` are the rates of rivals, ``most`` what bounds them."""
    p, u = town.people, uniform(key, row)
    reach, ready = segments[p.segment[row]].reach, p.readiness[row] / AS_OTHERS
    looks, talk, rival, other, up = ready, 0.0, 0.0, 0.0, 0.0
    if said.rivals.size > 0:
        talk = rivals.category_talk(row, town, others)
        looks *= rivals.looking(row, p, said)
    users = users_remembered(row, town)
    told = max(0.0, talk_remembered(row, town) + common_talk(town) * users) / FULL_TALK
    by_users, by_firm = readers.looking_again(row, town, said)
    stop = readers.stopping(row, town, said)
    if u >= at_most(told, users, talk + by_users + by_firm, row, looks, town, said, segments, r, others, most) + stop:
        return STAYS
    if said.rivals.size > 0:
        rival = ready * rivals.recruiting(row, 0, town, said, segments, others)
        other = ready * rivals.recruiting(row, 1, town, said, segments, others)
        up = rivals.giving_up(row, town, said, others)
    return attraction(
        u,
        looks * (reach[USER_CONTENT] + by_users),
        looks * (reach[FIRM_CONTENT] + by_firm),
        looks * (r.close_talk * saturating(told, r) + talk),
        looks * reach[BROADCAST],
        looks * r.invite * saturating(users, r),
        looks * reach[ADVERT],
        looks * (r.call * p.call_weight[row]),
        looks * reach[AMBIENT],
        rival,
        other,
        up,
        stop,
    )


@part
def at_most(told, users, besides, row, looks, town, said, segments, r, others, most):
    """Return a bound of the hazard, and so of the chance, that anything comes about; most draws are above it and need no exponential."""
    s = town.people.segment[row]
    hears = besides + r.close_talk * told + r.invite * users + r.call * town.people.call_weight[row]
    for k in range(AMBIENT + 1):
        hears += segments[s].reach[k]
    if said.rivals.size > 0:
        hears += rivals.most_outside(row, town, said, segments, others, most)
    return looks * hears + most.giving_up + 1e-12  # a sum in another order may be lower


@phase
def one(row, now, town, said, desk):
    """Return what ``row`` would decide this week."""
    others = rivals.rates(now, said)
    r, most = rates(now, said, desk), rivals.most(desk.segments, said, others)
    return attraction_of(row, now.keys[Purpose.LIFE], town, said, desk.segments, r, others, most)


@phase
def ready(now, town, said, desk):
    """Return the number of prospects to ask."""
    return desk.n[PROSPECTS]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    r, others, key = rates(now, said, desk), rivals.rates(now, said), now.keys[Purpose.LIFE]
    most = rivals.most(desk.segments, said, others)
    for j in range(lo, hi):
        fetch(desk.rows[PROSPECTS], j, hi, town)
        row = np.int64(desk.rows[PROSPECTS, j])
        desk.code[j] = attraction_of(row, key, town, said, desk.segments, r, others, most)


@phase
def decide(now, town, said, desk):
    """Ask every prospect on the list."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@part
def talk_of_one(row, common, town):
    """Return what a contact says, in eighths of full talk, never below zero; ``common``: what customers say beside their own."""
    own = np.float64(town.net.talk[row])
    return max(0.0, own + common if common != 0.0 and pays(row, town.people) else own)


@part
def told_by_one(channel):
    """Return whether it was one of the contacts who told, whom the books name."""
    return channel == Channel.CLOSE_TALK or channel == Channel.INVITE


@part
def fetch_talkers(j, town, desk):
    """Ask for what :func:`referrer_of` reads of the contacts of a prospect some places further on."""
    net, n, far = town.net, desk.n[PROSPECTS], j + 2 * AHEAD_CONTACTS
    if j + AHEAD < n and told_by_one(desk.code[j + AHEAD]):
        hint(net.indptr, np.int64(desk.rows[PROSPECTS, j + AHEAD]))
    if far < n and told_by_one(desk.code[far]):
        fetch_ends(np.int64(desk.rows[PROSPECTS, far]), net)
    near = j + AHEAD_CONTACTS
    if near < n and told_by_one(desk.code[near]):
        row = np.int64(desk.rows[PROSPECTS, near])
        for e in range(net.indptr[row], net.indptr[row + 1]):
            contact = np.int64(net.indices[e])
            hint(net.talk, contact)
            if town.mood.common != 0.0:  # or nobody's stage is asked
                hint(town.people, contact)


@part
def referrer_of(row, u, town):
    """Return the contact who told ``row``, drawn in proportion to talk; -1 if none talks."""
    net, common, total = town.net, common_talk(town), 0.0
    for e in range(net.indptr[row], net.indptr[row + 1]):
        total += talk_of_one(np.int64(net.indices[e]), common, town)
    pick, last = u * total, np.int64(-1)
    for e in range(net.indptr[row], net.indptr[row + 1]):
        said_by_one = talk_of_one(np.int64(net.indices[e]), common, town)
        if said_by_one > 0.0:
            last = np.int64(net.indices[e])
            pick -= said_by_one
            if pick < 0.0:
                break
    return last


@phase
def apply(now, town, said, desk):
    """Attract those who heard of the product: they are asked for a door this very week. Others go to rivals."""
    week, key = now.week, now.keys[Purpose.REFERRER]
    for j in range(desk.n[PROSPECTS]):
        fetch_mover(desk.rows[PROSPECTS], desk.code, j, desk.n[PROSPECTS], town.people)
        fetch_talkers(j, town, desk)
        channel, row = np.int64(desk.code[j]), np.int64(desk.rows[PROSPECTS, j])
        if channel == STOPS_READING:
            set_reads(row, 0, town)
        elif channel >= TO_RIVAL:
            be_at_rival(
                row, np.int64(Uses.NOTHING if channel == TO_NOTHING else Uses.RIVAL_1 + channel - TO_RIVAL), town
            )
        elif channel != STAYS:
            referrer = np.int64(-1)
            if told_by_one(channel):
                referrer = referrer_of(row, uniform(key, row), town)
            town.counts.tally[Event.CALLED] += channel == Channel.OUTBOUND
            readers.learn(row, week, town, said)
            be_attracted(row, channel, referrer, week, town)
            desk.rows[ATTRACTED, desk.n[ATTRACTED]] = row
            desk.n[ATTRACTED] += 1


DECISION = Decision(
    "attraction",
    (
        "stays",
        *(c.name.lower() for c in list(Channel)[1:9]),
        "to the first rival",
        "to the second rival",
        "gives a rival up",
        "stops reading",
    ),
    PROSPECTS,
    one,
    Phase("attraction", decide, ready, loop),
    Phase("attract", apply),
)
