"""Adoption: newcomers learn, and buy when they need it, are able, feel welcome and see others use it."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.firm.content import coverage
from simulation.firm.pricing import FREE_USD
from simulation.firm.spending import deal_slots_of
from simulation.flywheel import rivals
from simulation.flywheel.desk import Rows
from simulation.flywheel.growth import landed_seats
from simulation.flywheel.readers import may_read_on
from simulation.flywheel.satisfaction import common_talk, talk_heard, value_for_money
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.hazards import hazard, logistic
from simulation.people.influence import FULL_TALK, users_of
from simulation.people.prefetch import fetch, fetch_contacts, fetch_mover, fetch_person
from simulation.people.stages import Door
from simulation.people.transitions import be_customer, be_member, be_prospect, close_door, quit_community, set_skill

NEWCOMERS = int(Rows.NEWCOMERS)
BUYS, GIVES_UP, JOINS = 1, 2, 3
CERTAIN = 50.0  # a rate at which an event is certain


class Rates(NamedTuple):
    """Logits unless said otherwise."""

    rate_per_week: float  # hazard at full utility
    need: float
    skill: float
    belonging: float
    using: float  # social proof and the product's own network, at all contacts customers
    friction: float
    friction_per_ln_size: float
    seller_removes_friction: float  # share
    free_plan_loss: float  # of those in a trial
    criticism: float
    advocates_dampen: float  # share of criticism that advocates all around take away
    tie_talk: float  # eighths of full talk of a tied member
    give_up_per_week: float
    give_up_belonging: float  # log-hazard
    give_up_unanswered: float  # log-hazard
    trial_weeks: int
    trial_end_per_week: float
    sales_cycle_weeks: int
    seller_patience_weeks: int
    sellers: bool  # whether there is anybody to close a deal


@part
def rates(town, said):
    """Return this week's rates."""
    world = said.world
    d, c = world.behaviour.adoption, world.behaviour.criticism
    return Rates(
        d.rate_per_week,
        d.need,
        d.skill,
        d.belonging,
        d.social_proof + world.product.network_benefit,
        d.friction,
        d.friction_per_ln_size,
        d.seller_removes_friction,
        d.free_plan_loss,
        c.adoption * world.outside.criticism,
        c.advocates_dampen,
        tie_talk(town, said),
        d.give_up_per_week,
        d.give_up_belonging,
        d.give_up_unanswered,
        d.trial_weeks,
        d.trial_end_per_week,
        d.sales_cycle_weeks,
        d.seller_patience_weeks,
        deal_slots_of(said) > 0.0,
    )


@part
def tie_talk(town, said):
    """Return the talk of a tied member in eighths: that of a customer whose own part is as on the first day."""
    return FULL_TALK * (2.0 * said.world.product.satisfaction - 1.0) + common_talk(town)


@part
def shielded(strength, shield, talk_of_contacts, live_ties, tied_talk):
    """Return how much of a criticism arrives where contacts and community ties talk well: advocates defend the brand."""
    talk = talk_of_contacts + tied_talk * live_ties
    return strength * (1.0 - shield * (1.0 - math.exp(-max(0.0, talk / 16.0))))


@part
def adoption(u, utility, rate, give_up, join_rate):
    """Return 1 (buys), 2 (gives up), 3 (joins the community) or 0; ``utility`` in logits, the rest weekly hazards."""
    buy = rate / (1.0 + math.exp(-utility))
    total = buy + give_up + join_rate
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    v = u / chance * total
    if v < buy:
        return 1
    return 2 if v < buy + give_up else 3


@part
def adoption_of(row, week, key, town, said, segments, r, others):
    """Return what :func:`adoption` says for ``row``; ``others`` are the rates of rivals."""
    p, net = town.people, town.net
    s = p.segment[row]
    door = p.door[row]
    heard = net.heard[row]
    contacts = max(np.int64(1), np.int64(net.indptr[row + 1] - net.indptr[row]))
    using = np.float64(users_of(heard)) / contacts
    belonging = np.float64(p.belonging[row])
    friction = r.friction + r.friction_per_ln_size * math.log(np.float64(p.size_seats[row]))
    rate = r.rate_per_week
    give_up = r.give_up_per_week * hazard(r.give_up_unanswered * p.unanswered[row] - r.give_up_belonging * belonging)
    weeks = week - np.int64(p.begun[row])
    if door == Door.SALES:
        friction *= 1.0 - r.seller_removes_friction
        if weeks < r.sales_cycle_weeks or not r.sellers:
            rate = 0.0
        if weeks >= r.seller_patience_weeks:
            give_up = CERTAIN
    utility = (
        segments[s].appeal
        + r.need * np.float64(p.need[row])
        + r.skill * np.float64(p.skill[row])
        + r.belonging * belonging
        + r.using * using
        - friction
        - shielded(r.criticism, r.advocates_dampen, talk_heard(heard, town), np.int64(p.live_ties[row]), r.tie_talk)
    )
    if door == Door.TRIAL:
        utility -= r.free_plan_loss
        if weeks >= r.trial_weeks:
            give_up += r.trial_end_per_week
    join_rate = 0.0 if p.member[row] == 1 else segments[s].join * np.float64(p.eagerness[row])
    u = uniform(key, row)
    if said.rivals.size > 0:  # worked out only where it can matter: at most it is one more than the rivals
        most = (1 + said.rivals.size) * rate * logistic(utility) + give_up + join_rate
        if u < most + 1e-12:
            rate *= rivals.advantage(row, rivals.US, town, said, segments, others)
    return adoption(u, utility, rate, give_up, join_rate)


@phase
def one(row, now, town, said, desk):
    """Return what ``row`` would decide this week."""
    others = rivals.rates(now, said)
    return adoption_of(row, now.week, now.keys[Purpose.ADOPTION], town, said, desk.segments, rates(town, said), others)


@phase
def ready_to_learn(now, town, said, desk):
    """Fill what a segment's newcomers have in common; return their number, those of this week included."""
    d, product = said.world.behaviour.adoption, said.world.product
    ln_quality, ln_price = math.log(max(said.firm.quality, 1e-9)), math.log(max(product.price_usd, FREE_USD))
    appeal = d.intercept + value_for_money(ln_quality, ln_price, said)
    for s in range(town.segments.size):
        desk.segments[s].appeal = appeal
        found = 1.0 + d.learn_content * coverage(said.libraries[town.segments[s].language])
        desk.segments[s].learn = d.learn_per_week * said.firm.ease * found / product.complexity
    return desk.n[NEWCOMERS]


@phase
def learn_loop(lo, hi, now, town, said, desk):
    """Let newcomers learn: aptitude through ease, content and demos, divided by complexity."""
    p, week, learn_seller = town.people, now.week, said.world.behaviour.adoption.learn_seller
    for j in range(lo, hi):
        fetch_person(desk.rows[NEWCOMERS], j, hi, p)
        row = np.int64(desk.rows[NEWCOMERS, j])
        rate = desk.segments.learn[p.segment[row]] * np.float64(p.aptitude[row])
        if p.door[row] == Door.SALES:
            rate *= 1.0 + learn_seller
        skill = np.float64(p.skill[row])
        set_skill(row, skill + (1.0 - skill) * (1.0 - math.exp(-rate)), week, p)


@phase
def learn(now, town, said, desk):
    """Let all newcomers learn."""
    learn_loop(0, ready_to_learn(now, town, said, desk), now, town, said, desk)


@phase
def ready(now, town, said, desk):
    """Return the number of newcomers to ask."""
    return desk.n[NEWCOMERS]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    r, others, week, key = rates(town, said), rivals.rates(now, said), now.week, now.keys[Purpose.ADOPTION]
    for j in range(lo, hi):
        fetch(desk.rows[NEWCOMERS], j, hi, town)
        desk.code[j] = adoption_of(np.int64(desk.rows[NEWCOMERS, j]), week, key, town, said, desk.segments, r, others)


@phase
def decide(now, town, said, desk):
    """Ask every newcomer."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@phase
def apply(now, town, said, desk):
    """Let newcomers buy, give up or join the community."""
    p, counts, week, key = town.people, town.counts, now.week, now.keys[Purpose.CONTRACT]
    d, others = said.world.behaviour.adoption, rivals.rates(now, said)
    for j in range(desk.n[NEWCOMERS]):
        fetch_mover(desk.rows[NEWCOMERS], desk.code, j, desk.n[NEWCOMERS], p)
        fetch_contacts(desk.rows[NEWCOMERS], desk.code, BUYS, j, desk.n[NEWCOMERS], town)
        row, code = np.int64(desk.rows[NEWCOMERS, j]), desk.code[j]
        if code == BUYS:
            chance = town.segments[p.segment[row]].p_contract
            if p.door[row] == Door.SALES:
                chance = max(chance, d.yearly_by_seller)
            yearly = uniform(key, row) < chance
            seats = landed_seats(row, week, town, d)
            if said.rivals.size > 0:
                said.firm.won += rivals.unpressed(row, town, said, desk.segments, others)
            be_customer(row, seats, 1 if yearly else 0, week, town)
        elif code == GIVES_UP:
            close_door(row, town)
            be_prospect(row, week, town)
            if p.member[row] == 1:
                quit_community(row, week, town)
            may_read_on(row, week, now.keys[Purpose.READS_ON], town, said)
        elif code == JOINS:
            be_member(row, week, town)
    counts.first_lives[week + 1] = counts.n_lives[0]


LEARN = Phase("learn", learn, ready_to_learn, learn_loop)
DECISION = Decision(
    "adoption",
    ("waits", "buys", "gives up", "joins"),
    NEWCOMERS,
    one,
    Phase("adoption", decide, ready, loop),
    Phase("adopt", apply),
)
