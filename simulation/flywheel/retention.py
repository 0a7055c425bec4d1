"""Retention and switching: why customers stay, leave, go to the rival, grow, shrink, or join the community.

No term depends on tenure: a falling hazard comes from sorting (hidden fit) and from what accumulates
(skill, ties, status, belonging).
"""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import jit, part
from simulation.flywheel.adoption import shielded
from simulation.flywheel.hazards import hazard, logistic
from simulation.flywheel.moves import UNITS, be_former, join, set_level, skill_now, ticket_class
from simulation.flywheel.screen import ALWAYS
from simulation.people.book import WEEKS_PER_COHORT, Event, Total
from simulation.people.draws import uniform
from simulation.people.influence import left_of, rival_of, users_of
from simulation.people.stages import Stage

LEAVES, FAILS_TO_PAY, SWITCHES, EXPANDS, SHRINKS, JOINS = 1, 2, 3, 4, 5, 6
TERM_WEEKS = 52


class RetentionRates(NamedTuple):
    """Log-hazard units saved, unless said otherwise."""

    skill: float
    satisfaction: float
    social_capital: float
    tie_weight: float
    status_weight: float
    belonging_weight: float
    reputation_half: float
    product_network: float
    all_customers: float  # account management and rewards
    referrer_here: float
    contact_left: float  # log-hazard added per contact
    criticism: float  # log-hazard added
    shield: float
    tie_talk: float  # eighths of full talk
    failed_payment: float  # weekly hazard
    expand: float  # weekly hazard
    contract: float  # weekly hazard
    join: np.ndarray  # float64 (segments), weekly hazard at affinity 1
    switching: float  # weekly hazard at full pull, 0 without a rival
    pull: float  # log units: quality, price and reward gaps minus inertia and the money cost of switching
    pull_width: float
    pull_network: float  # log units from all contacts here to all contacts there
    social_switch_cost: float  # log units at K = 1


@part
def social_capital(live_ties, reputation, belonging, r):
    """Return K in [0, 1): what a customer would give up by leaving: live ties, status, belonging."""
    at_stake = (
        r.tie_weight * live_ties
        + r.status_weight * reputation / (reputation + r.reputation_half)
        + r.belonging_weight * belonging
    )
    return 1.0 - math.exp(-at_stake)


@jit
def sum_at_stake(members, n, p, r):
    """Return the social capital of all paying members, in 65,536ths; outside the community nobody has any."""
    total = np.int64(0)
    for j in range(n):
        row = members[j]
        if p.stage[row] == Stage.CUSTOMER or p.stage[row] == Stage.EXPERT:
            k = social_capital(
                np.int64(p.live_ties[row]), np.float64(p.reputation[row]), np.float64(p.belonging[row]), r
            )
            total += np.int64(UNITS * k)
    return total


@jit
def retention(u, leave, failed_payment, switch, expand, contract, join_rate):
    """Return 1 leaves, 2 fails to pay, 3 goes to the rival, 4 expands, 5 shrinks, 6 joins, or 0; weekly hazards."""
    total = leave + failed_payment + switch + expand + contract + join_rate
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
    return 5 if v < expand + contract else 6


@jit
def retention_of(row, week, key, p, net, book, r, m):
    """Return what :func:`retention` says for ``row``."""
    s = p.segment[row]
    heard = net.heard[row]
    ties = np.int64(p.live_ties[row])
    contacts = max(np.int64(1), np.int64(net.indptr[row + 1] - net.indptr[row]) + ties)
    using = np.float64(users_of(heard) + ties) / contacts
    k = social_capital(ties, np.float64(p.reputation[row]), np.float64(p.belonging[row]), r)
    skill = skill_now(row, week, p, m)
    satisfaction = np.float64(p.satisfaction[row])
    affinity = np.float64(p.affinity[row])
    leave, switch = 0.0, 0.0
    decides = 1.0  # a contract customer decides only at renewal, over the whole term
    if p.contract[row] == 1:
        term = (week - np.int64(book.lives.adopted[p.life[row]])) % TERM_WEEKS
        decides = np.float64(TERM_WEEKS) if term == 0 else 0.0
    if decides > 0.0:
        referrer = p.referrer[row]
        bonded = referrer >= 0 and (p.stage[referrer] == Stage.CUSTOMER or p.stage[referrer] == Stage.EXPERT)
        saved = (
            m.fit * np.float64(p.fit[row])
            + m.need * np.float64(p.need[row])
            + m.ln_affinity * math.log(affinity)
            + r.skill * skill
            + r.satisfaction * satisfaction
            + r.social_capital * k
            + r.product_network * using
            + r.all_customers
            + r.referrer_here * bonded
        )
        harm = r.contact_left * left_of(heard) + shielded(r.criticism, r.shield, heard, ties, r.tie_talk)
        leave = decides * m.churn[s] * hazard(harm - saved)
        if r.switching > 0.0:
            there = np.float64(rival_of(heard)) / contacts
            pull = r.pull + r.pull_network * (there - using) - r.social_switch_cost * k
            switch = decides * r.switching * logistic(pull / r.pull_width)
    room = np.float64(p.size_seats[row]) - np.float64(p.seats[row])
    expand = r.expand * skill * satisfaction if room >= 1.0 else 0.0
    contract = r.contract * (1.0 - skill * satisfaction) if p.seats[row] > 1 else 0.0
    joining = 0.0 if p.member[row] == 1 else r.join[s] * np.float64(p.eagerness[row])
    return retention(uniform(key, row), leave, r.failed_payment, switch, expand, contract, joining)


@jit
def decide_retention(rows, lo, hi, code, week, key, p, net, book, r, m):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    for j in range(lo, hi):
        code[j] = retention_of(rows[j], week, key, p, net, book, r, m)


@part
def change_seats(row, seats, p, net, book):
    """Change the seats of a customer and the totals that hold them."""
    s = p.segment[row]
    change = seats - np.int64(p.seats[row])
    p.seats[row] = seats
    net.tickets[row] = ticket_class(seats)
    book.totals[s, Total.SEATS] += change
    book.cohort_seats[np.int64(book.lives.adopted[p.life[row]]) // WEEKS_PER_COHORT, s] += change
    return change


@jit
def apply_retention(rows, n, code, week, p, net, members, leavers, heard_by_tie, book, m):
    """Carry the outcomes out; return (leavers, ties that heard), whose rows stand in the two arrays."""
    n_left, n_heard = 0, 0
    for j in range(n):
        row = rows[j]
        c = code[j]
        seats = np.int64(p.seats[row])
        if c == LEAVES or c == FAILS_TO_PAY or c == SWITCHES:
            leavers[n_left] = row
            n_left += 1
            n_heard = be_former(row, c, week, p, net, members, heard_by_tie, n_heard, book, m)
        elif c == EXPANDS:
            room = np.float64(p.size_seats[row]) - seats
            book.tally[Event.EXPANDED_SEATS] += change_seats(row, seats + max(1, np.int64(0.25 * room)), p, net, book)
        elif c == SHRINKS:
            book.tally[Event.CONTRACTED_SEATS] -= change_seats(row, seats - max(1, seats // 5), p, net, book)
        elif c == JOINS:
            join(row, p, members, book)
            set_level(row, p, net, book, m)
    return n_left, n_heard


@jit
def call_up_renewals(first_lives, week, p, net, book):
    """Set the bound of everybody whose yearly contract ends this week to one; return their number.

    Lives stand in the order of adoption, so those that began 52, 104, ... weeks ago are known without looking.
    """
    n = 0
    began = week - TERM_WEEKS
    while began >= 0:
        for life in range(first_lives[began], first_lives[began + 1]):
            row = book.lives.row[life]
            if book.lives.ended[life] < 0 and p.contract[row] == 1:
                net.odds[row] = ALWAYS
                n += 1
        began -= TERM_WEEKS
    book.tally[Event.RENEWALS] += n
    return n


@jit
def let_renewals_go(first_lives, week, p, net, book, m):
    """Give those whose contract was renewed their bound back."""
    began = week - TERM_WEEKS
    while began >= 0:
        for life in range(first_lives[began], first_lives[began + 1]):
            row = book.lives.row[life]
            if book.lives.ended[life] < 0 and p.contract[row] == 1:
                set_level(row, p, net, book, m)
        began -= TERM_WEEKS
