"""Adoption: newcomers learn, and buy when they need it, are able, feel welcome and see others use it."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import jit, part
from simulation.flywheel.hazards import hazard
from simulation.flywheel.moves import be_customer, be_prospect, close_door, join, quit_community, set_skill
from simulation.people.book import Event
from simulation.people.draws import uniform
from simulation.people.influence import talk_of, users_of
from simulation.people.stages import Door

BUYS, GIVES_UP, JOINS = 1, 2, 3


class AdoptionRates(NamedTuple):
    """Logits unless said otherwise. What is the same for all newcomers of a week is in ``base``."""

    rate: float  # weekly hazard at full utility
    base: np.ndarray  # float64 (segments): intercept + quality - price
    need: float
    skill: float
    belonging: float
    social_proof: float
    product_network: float
    friction: float
    friction_per_ln_size: float
    seller_removes: float  # share of friction
    free_plan_loss: float  # of those in a trial
    criticism: float
    shield: float  # share of criticism that advocates all around take away
    tie_talk: float  # eighths of full talk
    give_up: float  # weekly hazard
    give_up_belonging: float  # log-hazard
    give_up_unanswered: float  # log-hazard
    trial_weeks: int
    trial_end: float  # weekly hazard
    cycle_weeks: int
    patience_weeks: int
    learn: np.ndarray  # float64 (segments): share of the missing skill gained a week at aptitude 1
    learn_seller: float  # ratio added by demos
    contract: np.ndarray  # float64 (segments): share on yearly contracts


@part
def shielded(strength, shield, heard, live_ties, tie_talk):
    """Return how much of a criticism arrives where contacts and community ties talk well: advocates defend the brand."""
    talk = np.float64(talk_of(heard)) + tie_talk * live_ties
    return strength * (1.0 - shield * (1.0 - math.exp(-max(0.0, talk / 16.0))))


@jit
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


@jit
def adoption_of(row, week, key, p, net, r, joining):
    """Return what :func:`adoption` says for ``row``; ``joining`` is the segment's hazard of joining at eagerness 1."""
    s = p.segment[row]
    door = p.door[row]
    heard = net.heard[row]
    contacts = max(np.int64(1), np.int64(net.indptr[row + 1] - net.indptr[row]))
    using = np.float64(users_of(heard)) / contacts
    belonging = np.float64(p.belonging[row])
    friction = r.friction + r.friction_per_ln_size * math.log(np.float64(p.size_seats[row]))
    rate = r.rate
    give_up = r.give_up * hazard(r.give_up_unanswered * p.unanswered[row] - r.give_up_belonging * belonging)
    weeks = week - np.int64(p.begun[row])
    if door == Door.SALES:
        friction *= 1.0 - r.seller_removes
        if weeks < r.cycle_weeks:
            rate = 0.0
        if weeks >= r.patience_weeks:
            give_up = 50.0
    utility = (
        r.base[s]
        + r.need * np.float64(p.need[row])
        + r.skill * np.float64(p.skill[row])
        + r.belonging * belonging
        + (r.social_proof + r.product_network) * using
        - friction
        - shielded(r.criticism, r.shield, heard, np.int64(p.live_ties[row]), r.tie_talk)
    )
    if door == Door.TRIAL:
        utility -= r.free_plan_loss
        if weeks >= r.trial_weeks:
            give_up += r.trial_end
    join_rate = 0.0 if p.member[row] == 1 else joining[s] * np.float64(p.eagerness[row])
    return adoption(uniform(key, row), utility, rate, give_up, join_rate)


@jit
def learn(rows, lo, hi, week, p, r):
    """Let newcomers learn: aptitude through ease, content and demos, divided by complexity."""
    for j in range(lo, hi):
        row = rows[j]
        rate = r.learn[p.segment[row]] * np.float64(p.aptitude[row])
        if p.door[row] == Door.SALES:
            rate *= 1.0 + r.learn_seller
        skill = np.float64(p.skill[row])
        set_skill(row, skill + (1.0 - skill) * (1.0 - math.exp(-rate)), week, p)


@jit
def decide_adoption(rows, lo, hi, code, week, key, p, net, r, joining):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    for j in range(lo, hi):
        code[j] = adoption_of(rows[j], week, key, p, net, r, joining)


@part
def landed_seats(size, door):
    """Return the seats of a first contract: sellers land most of an account, self-service about its root."""
    if door == Door.SALES:
        return max(np.int64(1), np.int64(0.8 * size + 0.5))
    return max(np.int64(1), np.int64(math.sqrt(size) + 0.5))


@jit
def apply_adoption(rows, n, code, week, key_contract, price_cents, p, net, members, book, r, m):
    """Carry the outcomes out."""
    for j in range(n):
        row = rows[j]
        if code[j] == BUYS:
            yearly = uniform(key_contract, row) < r.contract[p.segment[row]]
            seats = landed_seats(np.float64(p.size_seats[row]), p.door[row])
            be_customer(row, seats, 1 if yearly else 0, price_cents, week, p, net, book, m)
        elif code[j] == GIVES_UP:
            book.tally[Event.GAVE_UP] += 1
            close_door(row, p, book, m)
            if p.member[row] == 1:
                quit_community(row, p, members, book)
            be_prospect(row, week, p, net, book, m)
        elif code[j] == JOINS:
            join(row, p, members, book)
