"""Retention and switching: why customers stay, leave, go to a rival, grow, shrink, or join the community.

No term depends on tenure: a falling hazard comes from sorting (hidden fit) and from what accumulates
(skill, ties, status, belonging).
"""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.firm.content import translated
from simulation.firm.pricing import FREE_USD
from simulation.firm.spending import managed_share, reward_months
from simulation.flywheel import growth, rivals
from simulation.flywheel.adoption import shielded, tie_talk
from simulation.flywheel.desk import Rows
from simulation.flywheel.engagement import liveliness
from simulation.flywheel.satisfaction import felt, talk_heard
from simulation.people.bounds import set_level
from simulation.people.cohorts import cohort_of, pays
from simulation.people.counts import Event, Total
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.hazards import hazard
from simulation.people.influence import gone_share, left_of, users_of
from simulation.people.prefetch import fetch_contacts, fetch_customer, fetch_mover, fetch_person
from simulation.people.screen import ALWAYS
from simulation.people.stages import Cause, Stage, Uses
from simulation.people.talk import note_leavers
from simulation.people.transitions import UNITS, be_former, be_member, set_seats, skill_now
from simulation.scenario.firm import TASKS

CUSTOMERS = int(Rows.CUSTOMERS)
LEAVES, FAILS_TO_PAY, SWITCHES, EXPANDS, SHRINKS, JOINS, SWITCHES_TO_OTHER = 1, 2, 3, 4, 5, 6, 7
TERM_WEEKS = 52
INVITATIONS = TASKS.index("invitations")


class Rates(NamedTuple):
    """Log-hazard units saved, unless said otherwise."""

    fit: float
    need: float
    ln_affinity: float
    skill: float
    satisfaction: float
    value: float  # log-hazard saved per logit of value for money
    least_value: float  # logit, of any customer
    social_capital: float
    tie_weight: float
    status_weight: float
    belonging_weight: float
    reputation_half: float
    network_benefit: float
    all_customers: float  # account management and rewards
    referrer_here: float
    contact_left: float  # log-hazard added per contact
    contacts_gone: float  # log-hazard added where all contacts who ever came are gone
    brought: float
    brought_fades: float  # ln 2 over its half-life in weeks
    criticism: float  # log-hazard added
    advocates_dampen: float
    tie_talk: float  # eighths of full talk of a tied member
    failed_payment_per_week: float
    growth: growth.Rates
    price_gap: float  # log units per log ratio of a price paid to the list price
    ln_list: float  # log USD
    most_over_list: float  # that log ratio, of any customer
    practice: float  # see transitions.skill_now


@part
def rates(now, town, said, desk):
    """Return this week's rates."""
    world = said.world
    r, c = world.behaviour.retention, world.behaviour.criticism
    months = reward_months(said, desk.totals)
    kept = r.account_management * managed_share(said, town.segments, desk.totals) + r.rewards * min(1.0, months)
    return Rates(
        r.fit,
        r.need,
        r.ln_affinity,
        r.skill,
        r.satisfaction,
        r.value,
        town.mood.least_value,
        r.social_capital,
        r.tie_weight * world.platform.intimacy,
        r.status_weight,
        r.belonging_weight,
        world.behaviour.help.reputation_half,
        world.product.network_benefit,
        kept,
        r.referrer_here,
        r.contact_left,
        r.contacts_gone,
        r.brought_somebody,
        math.log(2.0) / r.brought_half_life_weeks,
        c.churn * world.outside.criticism,
        c.advocates_dampen,
        tie_talk(town, said),
        r.failed_payment_per_week,
        growth.rates(town, said, desk),
        r.price_gap,
        math.log(max(world.product.price_usd, FREE_USD)),
        town.mood.most_over_list,
        town.terms.practice,
    )


@part
def social_capital(live_ties, reputation, belonging, r):
    """Return K in [0, 1): what a customer would give up by leaving: live ties, status, belonging."""
    at_stake = (
        r.tie_weight * live_ties
        + r.status_weight * reputation / (reputation + r.reputation_half)
        + r.belonging_weight * belonging
    )
    return 1.0 - math.exp(-at_stake)


@part
def sum_at_stake(n, town, r):
    """Return the social capital of all paying members, in 65,536ths; outside the community nobody has any."""
    p, total = town.people, np.int64(0)
    for j in range(n):
        fetch_person(town.members, j, n, p)
        row = np.int64(town.members[j])
        if pays(row, p):
            k = social_capital(
                np.int64(p.live_ties[row]), np.float64(p.reputation[row]), np.float64(p.belonging[row]), r
            )
            total += np.int64(UNITS * k)
    return total


@part
def retention(u, leave, failed_payment, switch, expand, contract, join_rate, other):
    """Return 1 leaves, 2 fails to pay, 3 goes to the first rival, 4 expands, 5 shrinks, 6 joins, 7 goes to the second, or 0; weekly hazards."""
    total = leave + failed_payment + switch + expand + contract + join_rate + other
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    v = u / chance * total
    if v < leave:
        return 1
    v -= leave
    if v < failed_payment:
        return 2
    v -= failed_payment
    if v < switch:
        return 3
    v -= switch
    if v < expand:
        return 4
    if v < expand + contract:
        return 5
    return 6 if v < expand + contract + join_rate or other == 0.0 else 7


@part
def retention_of(row, week, key, town, said, segments, r, others):
    """Return what :func:`retention` says for ``row``; ``others`` are the rates of rivals."""
    p, net = town.people, town.net
    s = p.segment[row]
    heard = net.heard[row]
    ties = np.int64(p.live_ties[row])
    contacts = max(np.int64(1), np.int64(net.indptr[row + 1] - net.indptr[row]) + ties)
    using = np.float64(users_of(heard) + ties) / contacts
    k = social_capital(ties, np.float64(p.reputation[row]), np.float64(p.belonging[row]), r)
    skill = skill_now(row, week, p, r.practice)
    satisfaction = felt(row, town)
    cohort, contract = town.cohorts[cohort_of(row, town)], p.contract[row]
    affinity = np.float64(p.affinity[row])
    leave, switch, other, fails = 0.0, 0.0, 0.0, r.failed_payment_per_week
    decides = 1.0  # a contract customer decides only at renewal, over the whole term
    if p.contract[row] == 1:
        term = (week - cohort_of(row, town)) % TERM_WEEKS
        decides = np.float64(TERM_WEEKS) if term == 0 else 0.0
        fails = 0.0  # invoices are dunned, cards run out
    if decides > 0.0:
        referrer = p.referrer[row]
        bonded = referrer >= 0 and pays(np.int64(referrer), p)
        saved = (
            r.fit * np.float64(p.fit[row])
            + r.need * np.float64(p.need[row])
            + r.ln_affinity * math.log(affinity)
            + r.skill * skill
            + r.satisfaction * satisfaction
            + r.value * cohort.value[contract]
            + r.social_capital * k
            + r.network_benefit * using
            + r.all_customers
            + r.referrer_here * bonded
        )
        if p.brought[row] >= 0:
            saved += r.brought * hazard(-r.brought_fades * (week - np.int64(p.brought[row])))
        harm = (
            r.contact_left * left_of(heard)
            + r.contacts_gone * gone_share(heard)
            + shielded(r.criticism, r.advocates_dampen, talk_heard(heard, town), ties, r.tie_talk)
        )
        leave = decides * town.segments[s].churn_per_week * hazard(harm - saved)
        if said.rivals.size > 0:
            dearer = r.price_gap * (cohort.ln_paid[contract] - r.ln_list)
            switch = decides * rivals.switching(row, 0, k, using, dearer, contacts, town, said, others)
            other = decides * rivals.switching(row, 1, k, using, dearer, contacts, town, said, others)
    expand = growth.expanding(row, week, skill, satisfaction, town, r.growth)
    shrink = growth.shrinking(row, skill, satisfaction, town, r.growth)
    join_rate = 0.0
    if p.member[row] == 0 and p.joined[row] != week:  # who left the community this week does not come back at once
        join_rate = segments[s].customer_join * np.float64(p.eagerness[row])
    return retention(uniform(key, row), leave, fails, switch, expand, shrink, join_rate, other)


@part
def risk(r):
    """Return the ratio, at most, by which storms and poor value raise the hazards that the screen's levels hold."""
    return hazard(r.criticism + max(0.0, -r.value * r.least_value))


@part
def beside_levels(r, said, others):
    """Return the hazard, at most, of what the screen's levels do not hold: it is the same for every customer."""
    switching = rivals.most_switching(r.price_gap * r.most_over_list, said, others)
    return r.failed_payment_per_week + growth.at_most(r.growth) + switching


@part
def invitations(said, totals):
    """Return by how much the team's invitations raise the hazard at which customers outside the community join it."""
    outside, encouragement = np.int64(0), said.world.behaviour.engagement.encouragement
    for s in range(totals.shape[0]):
        outside += totals[s, Stage.CUSTOMER] + totals[s, Stage.EXPERT] - totals[s, Total.PAYING_MEMBERS]
    invited = said.firm.hours[INVITATIONS] / said.world.prices.invitation_hours
    return 1.0 + (encouragement - 1.0) * min(1.0, invited / max(outside * said.firm.weight, 1.0))


@phase
def one(row, now, town, said, desk):
    """Return what ``row`` would decide this week."""
    r, others = rates(now, town, said, desk), rivals.rates(now, said)
    return retention_of(row, now.week, now.keys[Purpose.LIFE], town, said, desk.segments, r, others)


@phase
def ready(now, town, said, desk):
    """Fill the hazard of joining by segment; return the number of customers of the week's start to ask."""
    world, into, invited = said.world, translated(said), invitations(said, desk.totals)
    for s in range(town.segments.size):
        desk.segments[s].customer_join = 0.0
        if world.motion.community:
            reach = world.behaviour.engagement.customer_join_per_week * world.platform.reach_customers
            desk.segments[s].customer_join = invited * reach * liveliness(s, into, town, said, desk)
    return desk.n[CUSTOMERS]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    r, others, week, key = rates(now, town, said, desk), rivals.rates(now, said), now.week, now.keys[Purpose.LIFE]
    for j in range(lo, hi):
        fetch_customer(desk.rows[CUSTOMERS], j, hi, town)
        row = np.int64(desk.rows[CUSTOMERS, j])
        desk.code[j] = retention_of(row, week, key, town, said, desk.segments, r, others)


@phase
def decide(now, town, said, desk):
    """Ask every customer on the list."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@phase
def apply(now, town, said, desk):
    """Let customers leave, grow, shrink or join; what leavers said is forgotten after a while."""
    p, tally, week, grows = town.people, town.counts.tally, now.week, said.world.behaviour.retention
    for j in range(desk.n[CUSTOMERS]):
        fetch_mover(desk.rows[CUSTOMERS], desk.code, j, desk.n[CUSTOMERS], p)
        fetch_contacts(desk.rows[CUSTOMERS], desk.code, SWITCHES, j, desk.n[CUSTOMERS], town)
        row, code = np.int64(desk.rows[CUSTOMERS, j]), desk.code[j]
        seats = np.int64(p.seats[row])
        if code == LEAVES or code == FAILS_TO_PAY:
            if code == LEAVES and said.rivals.size > 0:
                said.firm.lost += unbound(row, town, said)
            be_former(row, code, np.int64(Uses.NOTHING), week, town)
        elif code == SWITCHES or code == SWITCHES_TO_OTHER:
            uses = np.int64(Uses.RIVAL_1 if code == SWITCHES else Uses.RIVAL_2)
            be_former(row, np.int64(Cause.SWITCHED), uses, week, town)
        elif code == EXPANDS:
            more = max(1, np.int64(grows.expand_share * growth.room(row, week, town)))
            tally[Event.EXPANDED_SEATS] += set_seats(row, seats + more, town)
        elif code == SHRINKS:
            tally[Event.CONTRACTED_SEATS] -= set_seats(
                row, seats - max(1, np.int64(grows.contract_share * seats)), town
            )
        elif code == JOINS:
            be_member(row, week, town)
            set_level(row, town)
    each_renewal(week, town, np.bool_(False))  # a bare False would be a type of its own
    note_leavers(town)


@part
def unbound(row, town, said):
    """Return for how many leavers this one stands where no contact used the product."""
    net, ties = town.net, np.int64(town.people.live_ties[row])
    using = np.float64(users_of(net.heard[row]) + ties) / (rivals.n_contacts(row, net) + ties)
    return hazard(said.world.product.network_benefit * using)


@part
def each_renewal(week, town, call_up):
    """Set the bound of everybody whose yearly contract ends this week to one, or give it back once they have decided.

    Lives stand in the order of adoption, so those that began 52, 104, ... weeks ago are known without looking.
    """
    counts, began = town.counts, week - TERM_WEEKS
    while town.terms.yearly_contracts and began >= 0:
        for life in range(counts.first_lives[began], counts.first_lives[began + 1]):
            row = np.int64(counts.lives.row[life])
            if counts.lives.ended[life] < 0 and town.people.contract[row] == 1:
                if call_up:
                    town.net.odds[row] = ALWAYS
                    counts.tally[Event.RENEWALS] += 1
                else:
                    set_level(row, town)
        began -= TERM_WEEKS


DECISION = Decision(
    "retention",
    ("stays", "leaves", "fails to pay", "switches", "expands", "shrinks", "joins", "switches to the second rival"),
    CUSTOMERS,
    one,
    Phase("retention", decide, ready, loop),
    Phase("retain", apply),
)
