"""Engagement: the doors compete for the attracted: community, free trial, seller, order form; and interest fades."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.firm.content import translated
from simulation.firm.spending import deal_slots_of, free_slots, sat
from simulation.flywheel.advocacy import ACTIVE_WEEKS
from simulation.flywheel.desk import Rows
from simulation.flywheel.readers import came_by_content, may_read_on
from simulation.people.counts import Event
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.hazards import happens
from simulation.people.prefetch import fetch_person
from simulation.people.stages import Channel, Door
from simulation.people.transitions import be_newcomer, be_prospect
from simulation.scenario.firm import TASKS

ATTRACTED, NEWCOMERS = int(Rows.ATTRACTED), int(Rows.NEWCOMERS)
FADES = 5  # other outcomes are the doors 1-4; 0 stays
WELCOME, HOSTING = TASKS.index("welcome"), TASKS.index("hosting")
CERTAIN = 50.0  # a rate at which an event is certain


class Rates(NamedTuple):
    """Weekly hazards of the attracted."""

    pull_of_users: float
    trial: float
    sales: float  # inbound, as far as sellers have open slots
    sales_called: float  # for those whom a seller called
    direct: float
    fade: float


@part
def rates(said, desk):
    """Return this week's rates."""
    world, totals = said.world, desk.totals
    e = world.behaviour.engagement
    return Rates(
        e.pull_of_users,
        e.trial_per_week * said.firm.free_tier if world.motion.free_tier else 0.0,
        e.sales_per_week * free_slots(said, totals),
        CERTAIN if deal_slots_of(said) > 0 else 0.0,
        e.direct_per_week,
        world.behaviour.attraction.interest_loss_per_week,
    )


@part
def liveliness(s, into, town, said, desk):
    """Return how alive the community of segment ``s`` is, 0 to 1: who posts in its language or is translated, less noise.

    As far as its door is open: a community that nobody is paid for closes.
    """
    language, here, everywhere = town.segments[s].language, 0.0, 0.0
    for other in range(town.segments.size):
        posters = desk.segments[other].posters
        everywhere += posters
        if town.segments[other].language == language:
            here += posters
    heard = (here + into * (everywhere - here)) * said.firm.weight + hosts(language, said)
    half = said.world.behaviour.engagement.liveliness_half_posters
    return said.firm.community * sat(heard, half) * (1.0 - said.libraries[language].noise)


@part
def hosts(language, said):
    """Return what the team and founders post in a language in four weeks: a post of a host counts as a member who posts."""
    posts = ACTIVE_WEEKS * said.firm.hours[HOSTING] / said.world.prices.hosting_hours
    return (posts + said.firm.founders) * said.libraries[language].share


@part
def engagement(u, community, trial, sales, direct, fade):
    """Return the door (1-4), 5 = interest fades, or 0. ``u`` is a draw, the rest are hazards."""
    total = community + trial + sales + direct + fade
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    v = u / chance * total
    if v < community:
        return 1
    if v < community + trial:
        return 2
    if v < community + trial + sales:
        return 3
    return 4 if v < community + trial + sales + direct else 5


@part
def engagement_of(row, key, p, segments, r):
    """Return what :func:`engagement` says for ``row``."""
    channel = p.channel[row]
    by_users = channel == Channel.USER_CONTENT or channel == Channel.CLOSE_TALK or channel == Channel.BROADCAST_TALK
    keen = max(np.float64(p.eagerness[row]), np.float64(p.affinity[row]))  # who never joins comes in to read
    community = segments[p.segment[row]].join * keen * (1.0 + r.pull_of_users * by_users)
    sales = r.sales * min(1.0, p.call_weight[row] / 16.0)  # sellers take up larger accounts first
    if channel == Channel.OUTBOUND:
        sales = r.sales_called
    return engagement(uniform(key, row), community, r.trial, sales, r.direct, r.fade)


@phase
def one(row, now, town, said, desk):
    """Return what ``row`` would decide this week."""
    return engagement_of(row, now.keys[Purpose.ENGAGEMENT], town.people, desk.segments, rates(said, desk))


@phase
def ready(now, town, said, desk):
    """Fill the hazard of joining by segment; return the number of rows to ask, those attracted this week included."""
    world, into = said.world, translated(said)
    e = world.behaviour.engagement
    for s in range(town.segments.size):
        desk.segments[s].join = 0.0
        if world.motion.community:
            reach = e.join_per_week * world.platform.reach_newcomers
            desk.segments[s].join = reach * liveliness(s, into, town, said, desk)
    return desk.n[ATTRACTED]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    r, key = rates(said, desk), now.keys[Purpose.ENGAGEMENT]
    for j in range(lo, hi):
        fetch_person(desk.rows[ATTRACTED], j, hi, town.people)
        desk.code[j] = engagement_of(np.int64(desk.rows[ATTRACTED, j]), key, town.people, desk.segments, r)


@phase
def decide(now, town, said, desk):
    """Ask all the attracted, those of this week included."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@part
def welcome_chance(now, said):
    """Return the chance that the team welcomes who came in through the community's door."""
    hours = said.firm.hours[WELCOME] / said.world.prices.welcome_hours
    return min(1.0, hours / max(now.joined * said.firm.weight, 1.0))


@part
def drop_outs(said):
    """Return the weekly hazard at which somebody of an attracted account signs up and never uses the product: it stays attracted."""
    e, motion = said.world.behaviour.engagement, said.world.motion
    if not motion.free_tier:
        return 0.0
    return e.trial_per_week * said.firm.free_tier * e.drops_out_at_once / (1.0 - e.drops_out_at_once)


@phase
def apply(now, town, said, desk):
    """Open the doors; who comes in is asked to buy this very week."""
    p, week, key = town.people, now.week, now.keys[Purpose.WELCOME]
    in_vain, reads_on = drop_outs(said), now.keys[Purpose.READS_ON]
    welcome, belonging = welcome_chance(now, said), said.world.behaviour.engagement.welcome_belonging
    for j in range(desk.n[ATTRACTED]):
        row, code = np.int64(desk.rows[ATTRACTED, j]), desk.code[j]
        town.counts.tally[Event.DROPPED_OUT] += happens(uniform(now.keys[Purpose.DROPS_OUT], row), in_vain)
        if code == FADES:
            read = came_by_content(row, p)
            be_prospect(row, week, town)
            if read:
                may_read_on(row, week, reads_on, town, said)
        elif code != 0:
            be_newcomer(row, np.int64(code), week, town)
            if p.member[row] == 1 and uniform(key, row) < welcome:
                p.belonging[row] = min(1.0, np.float64(p.belonging[row]) + belonging)
            desk.rows[NEWCOMERS, desk.n[NEWCOMERS]] = row
            desk.n[NEWCOMERS] += 1


DECISION = Decision(
    "engagement",
    ("stays", *(d.name.lower() for d in list(Door)[1:]), "fades"),
    ATTRACTED,
    one,
    Phase("engagement", decide, ready, loop),
    Phase("engage", apply),
)
