"""What changes when a person changes stage: columns, totals, what contacts hear, and the bound of the screen.

Every decision is carried out here, whoever took it, so that all drivers leave the same bytes.
"""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import jit, part
from simulation.flywheel.hazards import hazard
from simulation.flywheel.screen import (
    ALWAYS,
    FIRST_LEVEL,
    FORMER,
    call_weight,
    churn_level,
    refresh,
    size_class,
    spread,
)
from simulation.people.book import ADOPTED, ADOPTED_DOOR, ATTRACTED, ENGAGED, WEEKS_PER_COHORT, Event, Total
from simulation.people.columns import N_TIES
from simulation.people.draws import uniform
from simulation.people.influence import FULL_TALK, RIVAL, TALK, USER
from simulation.people.stages import Channel, Door, Stage

UNITS = 65536.0  # a share in a sum of integers, which no order can change


class MoveRates(NamedTuple):
    """What the moves need to know of the settings."""

    churn: np.ndarray  # float64 (segments), weekly hazard of an average customer
    price_level: np.ndarray  # float64 (segments)
    openness: np.ndarray  # float64 (segments), ratio: how readily people ask and write in public
    size_median: float
    size_power: float
    contact_levels: int  # levels of the bound that one contact who leaves adds
    fit: float
    need: float
    ln_affinity: float
    join: float  # hazard of a customer of affinity 1 joining the community
    satisfaction: float  # at the first day
    expert_talk: float
    leaver_talk: int  # eighths
    left: int  # what a leaver adds to the packed counts: LEFT, or 0 where nobody listens
    deal_slots_per_ln_size: float
    practice: float  # skill gained by use, of what is missing, per week at aptitude 1


@part
def deal_slots(row, p, r):
    """Return how many sixteenths of a deal slot this account takes: large accounts take more of a seller."""
    return np.int64(16.0 * (1.0 + r.deal_slots_per_ln_size * math.log(np.float64(p.size_seats[row]))))


@part
def skill_now(row, week, p, r):
    """Return skill after practice since it was last written: closed form, so nobody has to be visited weekly."""
    skill = np.float64(p.skill[row])
    stage = p.stage[row]
    if stage != Stage.CUSTOMER and stage != Stage.EXPERT:
        return skill
    weeks = np.float64(week - np.int64(p.skill_week[row]))
    return 1.0 - (1.0 - skill) * math.exp(-r.practice * np.float64(p.aptitude[row]) * weeks)


@part
def move(row, stage, week, p, book):
    """Enter a stage in the books and in the columns."""
    s = p.segment[row]
    book.totals[s, p.stage[row]] -= 1
    book.totals[s, np.int64(stage)] += 1
    p.stage[row] = stage
    p.begun[row] = week


@part
def set_odds(row, odds, p, net, book, r):
    """Set the class of the bound; rows that Python decides for are asked every week."""
    net.odds[row] = ALWAYS if book.by_hand[p.variant[row], p.stage[row]] else odds
    refresh(row, net, r.contact_levels)


@part
def static_hazard(row, p, r):
    """Return the part of a customer's hazard that only the screen's levels hold; the rest only protects."""
    static = 0.0
    affinity = np.float64(p.affinity[row])
    if p.contract[row] == 0:
        saved = r.fit * np.float64(p.fit[row]) + r.need * np.float64(p.need[row]) + r.ln_affinity * math.log(affinity)
        static = r.churn[p.segment[row]] * hazard(-saved)
    if p.member[row] == 0:
        static += r.join * np.float64(p.eagerness[row])
    return static


@part
def set_level(row, p, net, book, r):
    """Compute the static bound of a customer anew."""
    net.level[row] = churn_level(static_hazard(row, p, r))
    set_odds(row, FIRST_LEVEL, p, net, book, r)


@part
def talk_units(satisfaction, stage, r):
    """Return talk in eighths: 2 satisfaction - 1, stronger for experts."""
    strength = r.expert_talk if stage == Stage.EXPERT else 1.0
    return np.int64(math.floor(FULL_TALK * (2.0 * satisfaction - 1.0) * strength + 0.5))


@part
def set_talk(row, talk, extra, p, net, book, r):
    """Change own talk to ``talk`` eighths and tell the contacts, with a change ``extra`` of the packed counts."""
    change = talk - np.int64(net.talk[row])
    if change != 0 or extra != 0:
        net.talk[row] = talk
        book.totals[p.segment[row], Total.TALK] += change
        spread(row, change * TALK + extra, net, r.contact_levels)


@part
def set_satisfaction(row, satisfaction, p, book):
    """Write the satisfaction of a customer, and its change in the total; 0 for who is no customer any more."""
    s = p.segment[row]
    book.totals[s, Total.SATISFACTION] -= np.int64(UNITS * np.float64(p.satisfaction[row]))
    p.satisfaction[row] = satisfaction
    book.totals[s, Total.SATISFACTION] += np.int64(UNITS * np.float64(p.satisfaction[row]))


@part
def ticket_class(seats):
    """Return the class of the bound of a ticket: the bits of ``seats``, 0 for who is no customer."""
    k = 0
    while seats > 0:
        seats >>= 1
        k += 1
    return k


@part
def set_skill(row, skill, week, p):
    """Write skill as of ``week``."""
    p.skill[row] = min(1.0, skill)
    p.skill_week[row] = week


@jit
def be_attracted(row, channel, referrer, week, p, net, book, r):
    """A prospect (or a former customer) hears of the product."""
    if p.stage[row] == Stage.PROSPECT:
        book.totals[p.segment[row], Total.CALL_WEIGHT] -= p.call_weight[row]
    book.tally[ATTRACTED + channel] += 1
    p.channel[row] = channel
    p.referrer[row] = referrer
    p.door[row] = 0
    move(row, Stage.ATTRACTED, week, p, book)
    set_odds(row, ALWAYS, p, net, book, r)


@part
def be_prospect(row, week, p, net, book, r):
    """Interest is gone: back to where nobody knows the product."""
    book.totals[p.segment[row], Total.CALL_WEIGHT] += p.call_weight[row]
    p.channel[row] = 0
    p.referrer[row] = -1
    p.door[row] = 0
    move(row, Stage.PROSPECT, week, p, book)
    set_odds(row, size_class(p.call_weight[row]), p, net, book, r)


@jit
def be_newcomer(row, door, week, p, net, members, book, r):
    """Somebody attracted comes in through a door."""
    book.tally[ENGAGED + door] += 1
    p.door[row] = door
    p.unanswered[row] = 0
    move(row, Stage.NEWCOMER, week, p, book)
    set_odds(row, ALWAYS, p, net, book, r)
    s = p.segment[row]
    if door == Door.SALES:
        book.totals[s, Total.DEALS] += deal_slots(row, p, r)
    elif door == Door.TRIAL:
        book.totals[s, Total.TRIALS] += 1
    else:
        join(row, p, members, book)


@part
def close_door(row, p, book, r):
    """A newcomer needs neither seller nor trial any more."""
    if p.door[row] == Door.SALES:
        book.totals[p.segment[row], Total.DEALS] -= deal_slots(row, p, r)
    elif p.door[row] == Door.TRIAL:
        book.totals[p.segment[row], Total.TRIALS] -= 1


@part
def join(row, p, members, book):
    """Become a member of the community; ``members`` is the list of their rows."""
    n = np.int64(0)
    for s in range(book.totals.shape[0]):
        n += book.totals[s, Total.MEMBERS]
    members[n] = row
    p.place[row] = n
    p.member[row] = 1
    book.totals[p.segment[row], Total.MEMBERS] += 1
    book.tally[Event.JOINED] += 1
    forget_ties(row, p)
    if p.life[row] >= 0:
        book.lives.member[p.life[row]] = 1


@part
def quit_community(row, p, members, book):
    """Leave the community; ties to those who left no longer count."""
    n = np.int64(-1)
    for s in range(book.totals.shape[0]):
        n += book.totals[s, Total.MEMBERS]
    last = members[n]
    members[p.place[row]] = last
    p.place[last] = p.place[row]
    p.place[row] = -1
    p.member[row] = 0
    book.totals[p.segment[row], Total.MEMBERS] -= 1
    for k in range(N_TIES):
        other = np.int64(p.ties[row, k]) - 1
        if other >= 0 and p.member[other] == 1:
            p.live_ties[other] -= 1
    p.live_ties[row] = 0
    p.belonging[row] = 0.0
    p.reputation[row] = 0.0
    p.load[row] = 0.0


@part
def cut_tie(row, other, p):
    """Take ``other`` out of the ties of ``row``."""
    for k in range(N_TIES):
        if p.ties[row, k] == other + 1:
            p.ties[row, k] = 0


@part
def forget_ties(row, p):
    """Start with no ties: those from an earlier stay are gone on both sides."""
    for k in range(N_TIES):
        if p.ties[row, k] > 0:
            cut_tie(p.ties[row, k] - 1, row, p)
            p.ties[row, k] = 0
    p.live_ties[row] = 0
    p.tie_next[row] = 0


@part
def _place_tie(row, other, p):
    slot = np.int64(p.tie_next[row])
    for k in range(N_TIES):  # an empty slot first, else the oldest gives way
        at = (slot + k) % N_TIES
        if p.ties[row, at] == 0:
            slot = at
            break
    old = np.int64(p.ties[row, slot]) - 1
    if old >= 0:
        cut_tie(old, row, p)
        if p.member[old] == 1:
            p.live_ties[old] -= 1
            p.live_ties[row] -= 1
    p.ties[row, slot] = other + 1
    p.tie_next[row] = (slot + 1) % N_TIES
    p.live_ties[row] += 1


@part
def tie(row, other, p, book):
    """Tie two members to each other, if they are not yet."""
    for k in range(N_TIES):
        if p.ties[row, k] == other + 1:
            return
    _place_tie(row, other, p)
    _place_tie(other, row, p)
    book.tally[Event.TIES] += 1


@part
def be_customer(row, seats, contract, price_cents, week, p, net, book, r):
    """A newcomer buys ``seats`` seats; one life begins."""
    s = p.segment[row]
    close_door(row, p, book, r)
    life = book.n_lives[0]
    book.n_lives[0] += 1
    book.lives.row[life] = row
    book.lives.adopted[life] = week
    book.lives.ended[life] = -1
    book.lives.channel[life] = p.channel[row]
    book.lives.door[life] = p.door[row]
    book.lives.referrer[life] = p.referrer[row]
    book.lives.seats[life] = seats
    book.lives.member[life] = p.member[row]
    book.tally[ADOPTED + p.channel[row]] += 1
    book.tally[ADOPTED_DOOR + p.door[row]] += 1
    book.tally[Event.MEMBER_ADOPTED] += p.member[row]
    book.tally[Event.LANDED_SEATS] += seats
    value = np.int64(12.0 * seats * price_cents * r.price_level[s])
    book.tally[Event.NEW_CONTRACT_VALUE] += value
    if p.door[row] == Door.SALES:
        book.tally[Event.SALES_CONTRACT_VALUE] += value
    book.totals[s, Total.SEATS] += seats
    book.cohort_seats[week // WEEKS_PER_COHORT, s] += seats
    p.life[row] = life
    p.seats[row] = seats
    net.tickets[row] = ticket_class(seats)
    p.contract[row] = contract
    set_skill(row, np.float64(p.skill[row]), week, p)
    set_satisfaction(row, r.satisfaction, p, book)
    move(row, Stage.CUSTOMER, week, p, book)
    set_level(row, p, net, book, r)
    set_talk(row, talk_units(r.satisfaction, Stage.CUSTOMER, r), USER, p, net, book, r)


@part
def be_former(row, cause, week, p, net, members, heard_by_tie, n_heard, book, r):
    """A customer leaves (cause 1), fails to pay (2) or goes to the rival (3). Contacts hear it for four weeks.

    Appends the row's ties to ``heard_by_tie`` from place ``n_heard``; returns the new length.
    """
    s = p.segment[row]
    seats = np.int64(p.seats[row])
    life = p.life[row]
    book.lives.ended[life] = week
    book.lives.cause[life] = cause
    book.tally[Event.LEFT + cause - 1] += 1
    book.tally[Event.LOST_SEATS] += seats
    book.totals[s, Total.SEATS] -= seats
    book.cohort_seats[np.int64(book.lives.adopted[life]) // WEEKS_PER_COHORT, s] -= seats
    p.seats[row] = 0
    set_satisfaction(row, 0.0, p, book)
    net.tickets[row] = 0
    p.life[row] = -1
    if p.member[row] == 1:
        for k in range(N_TIES):
            other = np.int64(p.ties[row, k]) - 1
            if other >= 0 and p.member[other] == 1:
                net.heard[other] += r.left
                refresh(other, net, r.contact_levels)
                heard_by_tie[n_heard] = other
                n_heard += 1
        quit_community(row, p, members, book)
    move(row, Stage.AT_RIVAL if cause == 3 else Stage.LAPSED, week, p, book)
    set_odds(row, FORMER, p, net, book, r)
    change = r.left - USER + (RIVAL if cause == 3 else 0)
    set_talk(row, r.leaver_talk, change, p, net, book, r)
    return n_heard


@jit
def be_forgotten(leavers, ties_that_heard, left, p, net, book, r):
    """Four weeks later neither the leaving nor what the leavers said about it is heard any more."""
    for j in range(leavers.size):
        row = leavers[j]
        pays = p.stage[row] == Stage.CUSTOMER or p.stage[row] == Stage.EXPERT
        set_talk(row, np.int64(net.talk[row]) if pays else 0, -left, p, net, book, r)
    for j in range(ties_that_heard.size):
        net.heard[ties_that_heard[j]] -= left
        refresh(ties_that_heard[j], net, r.contact_levels)


@part
def look_again(row, stage, week, p, net, book, r):
    """A former customer comes back, as somebody attracted or as a prospect; the rival loses a user."""
    if p.stage[row] == Stage.AT_RIVAL:
        spread(row, -RIVAL, net, r.contact_levels)
    if stage == Stage.ATTRACTED:
        book.tally[Event.RETURNED] += 1
        be_attracted(row, Channel.RETURN, -1, week, p, net, book, r)
    else:
        be_prospect(row, week, p, net, book, r)


@part
def weigh(row, p, r):
    """Set the call weight of an account from its size and need."""
    p.call_weight[row] = call_weight(
        np.float64(p.size_seats[row]), np.float64(p.need[row]), r.size_median, r.size_power
    )


@jit
def start_prospects(p, net, book, r):
    """Put everybody's call weight in the books and set their first bound."""
    for row in range(p.shape[0]):
        weigh(row, p, r)
        book.totals[p.segment[row], Total.CALL_WEIGHT] += p.call_weight[row]
        set_odds(row, size_class(p.call_weight[row]), p, net, book, r)


@part
def set_bound(row, p, net, book, r):
    """Compute the bound of ``row`` anew from its stage and columns."""
    stage = p.stage[row]
    if stage == Stage.PROSPECT:
        set_odds(row, size_class(p.call_weight[row]), p, net, book, r)
    elif stage == Stage.ATTRACTED or stage == Stage.NEWCOMER:
        net.odds[row] = ALWAYS
    elif stage == Stage.CUSTOMER or stage == Stage.EXPERT:
        set_level(row, p, net, book, r)
    else:
        set_odds(row, FORMER, p, net, book, r)


@jit
def refresh_everybody(p, net, book, r):
    """Compute every bound anew, after settings or classes have changed."""
    for row in range(p.shape[0]):
        set_bound(row, p, net, book, r)


@jit
def lose_ties(members, lost, key, p):
    """Cut a share of the ties of members, both ends."""
    for j in range(members.size):
        row = members[j]
        for k in range(N_TIES):
            other = np.int64(p.ties[row, k]) - 1
            if other >= 0 and uniform(key, np.int64(row) * N_TIES + k) < 0.5 * lost:
                p.ties[row, k] = 0
                cut_tie(other, row, p)
                if p.member[other] == 1:
                    p.live_ties[other] -= 1
                    p.live_ties[row] -= 1
