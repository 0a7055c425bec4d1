"""What changes when a person changes stage: columns, totals, what contacts hear, and the bound of the screen.

Every decision is carried out here, whoever took it, so that all drivers leave the same bytes.
"""

import math

import numpy as np

from simulation.compiled import jit, part
from simulation.people.bounds import outside_class, set_bound, set_level, set_odds
from simulation.people.cohorts import cohort_of, pays
from simulation.people.columns import N_TIES
from simulation.people.counts import (
    ADOPTED,
    ADOPTED_DOOR,
    ATTRACTED,
    ENGAGED,
    NEVER_JOINED,
    Event,
    Total,
    count_move,
)
from simulation.people.influence import GONE, RIVAL_BITS, USER
from simulation.people.memory import tell
from simulation.people.screen import (
    ALWAYS,
    call_weight,
    refresh,
    spread,
)
from simulation.people.stages import Channel, Door, Stage, Uses
from simulation.people.talk import be_forgotten, set_talk, talk_units
from simulation.people.ties import forget_ties

UNITS = 65536.0  # a share in a sum of integers, which no order can change


@part
def n_members(counts):
    """Return the members of all segments."""
    n = np.int64(0)
    for s in range(counts.totals.shape[0]):
        n += counts.totals[s, Total.MEMBERS]
    return n


@part
def deal_slots(row, town):
    """Return how many sixteenths of a deal slot this account takes: large accounts take more of a seller."""
    return np.int64(
        16.0 * (1.0 + town.terms.deal_slots_per_ln_size * math.log(np.float64(town.people.size_seats[row])))
    )


@part
def skill_now(row, week, p, practice):
    """Return skill after practice since it was last written: closed form, so nobody has to be visited weekly."""
    skill = np.float64(p.skill[row])
    if not pays(row, p):
        return skill
    weeks = np.float64(week - np.int64(p.skill_week[row]))
    return 1.0 - (1.0 - skill) * math.exp(-practice * np.float64(p.aptitude[row]) * weeks)


@part
def move(row, stage, week, town):
    """Enter a stage in the counts, by door and membership as they stand, and in the columns."""
    p, counts = town.people, town.counts
    s, before, after = p.segment[row], np.int64(p.stage[row]), np.int64(stage)
    counts.totals[s, before] -= 1
    counts.totals[s, after] += 1
    stayed = week - max(np.int64(p.begun[row]), 0)
    count_move(before, after, stayed, np.int64(p.door[row]), np.int64(p.member[row]), week, counts)
    counts.totals[s, Total.PAYING_MEMBERS] -= p.member[row] * pays(row, p)
    p.stage[row] = stage
    counts.totals[s, Total.PAYING_MEMBERS] += p.member[row] * pays(row, p)
    p.begun[row] = week


@part
def set_uses(row, uses, town):
    """Write what ``row`` uses; contacts see which rival it is, and the totals."""
    p, s, change = town.people, town.people.segment[row], np.int64(0)
    for use, sign in ((np.int64(p.uses[row]), -1), (np.int64(uses), 1)):
        if use >= Uses.RIVAL_1:
            town.counts.totals[s, Total.RIVAL_1_USERS + use - Uses.RIVAL_1] += sign
            change += sign << (RIVAL_BITS * (use - Uses.RIVAL_1))
    p.uses[row] = uses
    if p.stage[row] == Stage.PROSPECT or p.stage[row] == Stage.LAPSED:
        set_bound(row, town)
    if change != 0:
        spread(row, change, town.net, town.terms)


@part
def set_reads(row, reads, town):
    """Write whether ``row`` reads what is written, outside the list of members."""
    p = town.people
    town.counts.totals[p.segment[row], Total.READERS] += reads - np.int64(p.reads[row])
    p.reads[row] = reads
    if p.stage[row] == Stage.PROSPECT:
        set_bound(row, town)


@part
def be_at_rival(row, uses, town):
    """Somebody who does not use us begins to use a rival, ends to, or goes to another one."""
    before, tally = np.int64(town.people.uses[row]), town.counts.tally
    if before >= Uses.RIVAL_1:
        tally[Event.RIVAL_1_LEFT + before - Uses.RIVAL_1] += 1
    if uses >= Uses.RIVAL_1:
        tally[Event.RIVAL_1_RECRUITED + uses - Uses.RIVAL_1] += 1
    set_uses(row, uses, town)


@part
def set_satisfaction(row, satisfaction, town):
    """Write the satisfaction of a customer, and its change in the total; 0 for who is no customer any more."""
    p, totals = town.people, town.counts.totals
    s = p.segment[row]
    totals[s, Total.SATISFACTION] -= np.int64(UNITS * np.float64(p.satisfaction[row]))
    p.satisfaction[row] = satisfaction
    totals[s, Total.SATISFACTION] += np.int64(UNITS * np.float64(p.satisfaction[row]))


@part
def please(row, share, town):
    """Raise a customer's own satisfaction by a share of what is missing, or lower it by a share of what is there; contacts hear it."""
    p = town.people
    satisfaction = np.float64(p.satisfaction[row])
    satisfaction += share * (1.0 - satisfaction if share > 0.0 else satisfaction)
    set_satisfaction(row, satisfaction, town)
    set_talk(row, talk_units(satisfaction, p.stage[row], town.terms), np.int64(0), town)


@part
def ticket_class(seats):
    """Return the class of the bound of a ticket: the bits of ``seats``, 0 for who is no customer."""
    k = 0
    while seats > 0:
        seats >>= 1
        k += 1
    return k


@part
def set_seats(row, seats, town):
    """Change the seats of a customer and the totals that hold them; return the change. Its worth is counted once they have landed."""
    p, counts = town.people, town.counts
    s = p.segment[row]
    change = seats - np.int64(p.seats[row])
    if change != 0 and p.seats[row] > 0:
        paid_usd = town.cohorts[cohort_of(row, town)].paid_usd[p.contract[row]]
        value = np.int64(round(1200.0 * abs(change) * paid_usd * town.segments[s].price_level))
        if seats == 0:
            counts.tally[Event.LOST_VALUE] += value
        elif change > 0:
            counts.tally[Event.EXPANDED_VALUE] += value
        else:
            counts.tally[Event.CONTRACTED_VALUE] += value
    p.seats[row] = seats
    town.net.tickets[row] = ticket_class(seats)
    counts.totals[s, Total.SEATS] += change
    counts.cohort_seats[cohort_of(row, town), s, p.contract[row]] += change
    return change


@part
def set_skill(row, skill, week, p):
    """Write skill as of ``week``."""
    p.skill[row] = min(1.0, skill)
    p.skill_week[row] = week


@part
def be_attracted(row, channel, referrer, week, town):
    """A prospect (or a former customer) hears of the product."""
    p, counts = town.people, town.counts
    if p.stage[row] == Stage.PROSPECT:
        counts.totals[p.segment[row], Total.CALL_WEIGHT] -= p.call_weight[row]
    elif p.stage[row] == Stage.LAPSED:
        tell(row, np.int64(-GONE), town)
    counts.tally[ATTRACTED + channel] += 1
    move(row, Stage.ATTRACTED, week, town)
    p.channel[row] = channel
    p.referrer[row] = referrer
    p.door[row] = 0
    set_odds(row, ALWAYS, town)


@part
def be_prospect(row, week, town):
    """Interest is gone: back to where nobody knows the product."""
    p = town.people
    town.counts.totals[p.segment[row], Total.CALL_WEIGHT] += p.call_weight[row]
    if p.stage[row] == Stage.LAPSED:
        tell(row, np.int64(-GONE), town)
    move(row, Stage.PROSPECT, week, town)
    p.channel[row] = 0
    p.referrer[row] = -1
    p.door[row] = 0
    set_odds(row, outside_class(row, town), town)


@part
def be_newcomer(row, door, week, town):
    """Somebody attracted comes in through a door."""
    p, counts = town.people, town.counts
    counts.tally[ENGAGED + door] += 1
    p.door[row] = door
    p.unanswered[row] = 0
    move(row, Stage.NEWCOMER, week, town)
    set_odds(row, ALWAYS, town)
    s = p.segment[row]
    if door == Door.SALES:
        counts.totals[s, Total.DEALS] += deal_slots(row, town)
    elif door == Door.TRIAL:
        counts.totals[s, Total.TRIALS] += 1
    elif door == Door.COMMUNITY:
        if p.eagerness[row] > 0.0:
            be_member(row, week, town)
        else:
            set_reads(row, 1, town)


@part
def close_door(row, town):
    """A newcomer needs neither seller nor trial any more."""
    p, totals = town.people, town.counts.totals
    if p.door[row] == Door.SALES:
        totals[p.segment[row], Total.DEALS] -= deal_slots(row, town)
    elif p.door[row] == Door.TRIAL:
        totals[p.segment[row], Total.TRIALS] -= 1


@part
def be_member(row, week, town):
    """Become a member of the community."""
    p, counts = town.people, town.counts
    n = n_members(counts)
    town.members[n] = row
    p.place[row] = n
    p.member[row] = 1
    p.joined[row] = week
    set_reads(row, 0, town)
    counts.totals[p.segment[row], Total.MEMBERS] += 1
    counts.totals[p.segment[row], Total.PAYING_MEMBERS] += pays(row, p)
    counts.tally[Event.JOINED] += 1
    forget_ties(row, p)
    if p.life[row] >= 0:
        counts.lives.joined[p.life[row]] = min(week, counts.lives.joined[p.life[row]])


@part
def quit_community(row, week, town):
    """Leave the community; ties to those who left no longer count."""
    p, members, counts = town.people, town.members, town.counts
    last = members[n_members(counts) - 1]
    members[p.place[row]] = last
    p.place[last] = p.place[row]
    p.place[row] = -1
    p.member[row] = 0
    p.joined[row] = week
    counts.totals[p.segment[row], Total.MEMBERS] -= 1
    counts.totals[p.segment[row], Total.PAYING_MEMBERS] -= pays(row, p)
    for k in range(N_TIES):
        other = np.int64(p.ties[row, k]) - 1
        if other >= 0 and p.member[other] == 1:
            p.live_ties[other] -= 1
    p.live_ties[row] = 0
    p.belonging[row] = 0.0
    p.reputation[row] = 0.0
    p.load[row] = 0.0


@part
def be_customer(row, seats, contract, week, town):
    """A newcomer buys ``seats`` seats; one life begins."""
    p, counts, r = town.people, town.counts, town.terms
    s = p.segment[row]
    close_door(row, town)
    life = counts.n_lives[0]
    counts.n_lives[0] += 1
    counts.lives.row[life] = row
    counts.lives.engaged[life] = p.begun[row]
    counts.lives.adopted[life] = week
    counts.lives.ended[life] = -1
    counts.lives.channel[life] = p.channel[row]
    counts.lives.door[life] = p.door[row]
    counts.lives.referrer[life] = p.referrer[row]
    counts.lives.seats[life] = seats
    counts.lives.joined[life] = p.joined[row] if p.member[row] == 1 else NEVER_JOINED
    counts.lives.read[life] = p.reads[row]
    if p.referrer[row] >= 0:
        p.brought[p.referrer[row]] = week
    counts.lives.segment[life] = s
    counts.lives.contract[life] = contract
    counts.tally[ADOPTED + p.channel[row]] += 1
    counts.tally[ADOPTED_DOOR + p.door[row]] += 1
    counts.tally[Event.MEMBER_ADOPTED] += p.member[row]
    counts.tally[Event.LANDED_SEATS] += seats
    value = np.int64(12.0 * seats * r.price_cents * town.segments[s].price_level)
    counts.tally[Event.NEW_CONTRACT_VALUE] += value
    if p.door[row] == Door.SALES:
        counts.tally[Event.SALES_CONTRACT_VALUE] += value
    p.life[row] = life
    p.contract[row] = contract
    counts.cohort_customers[week, contract] += 1
    set_seats(row, seats, town)
    set_skill(row, np.float64(p.skill[row]), week, p)
    satisfaction = min(1.0, max(0.0, r.satisfaction + r.pleased_by_fit * np.float64(p.fit[row])))
    set_satisfaction(row, satisfaction, town)
    if p.uses[row] >= Uses.RIVAL_1:
        counts.tally[Event.RIVAL_1_LOST + p.uses[row] - Uses.RIVAL_1] += 1
    set_uses(row, np.int64(Uses.US), town)
    move(row, Stage.CUSTOMER, week, town)
    set_level(row, town)
    set_talk(row, talk_units(satisfaction, p.stage[row], r), np.int64(USER), town)


@part
def be_former(row, cause, uses, week, town):
    """A customer leaves (cause 1), fails to pay (2) or goes to a rival (3), and uses it or nothing. Contacts hear it for four weeks."""
    p, net, counts, leaving, left = town.people, town.net, town.counts, town.leaving, town.terms.left
    slot = leaving.marks.noted % leaving.rows.shape[0]
    leaving.rows[slot, leaving.marks.n_rows[slot]] = row
    leaving.marks.n_rows[slot] += 1
    move(row, Stage.LAPSED, week, town)
    life = p.life[row]
    counts.lives.ended[life] = week
    counts.lives.cause[life] = cause
    counts.tally[Event.LEFT + cause - 1] += 1
    counts.tally[Event.LOST_SEATS] += p.seats[row]
    counts.cohort_customers[cohort_of(row, town), p.contract[row]] -= 1
    set_seats(row, np.int64(0), town)
    set_satisfaction(row, 0.0, town)
    p.life[row] = -1
    set_reads(row, 0, town)
    if p.member[row] == 1:
        for k in range(N_TIES):
            other = np.int64(p.ties[row, k]) - 1
            if other >= 0 and p.member[other] == 1:
                net.heard[other] += left
                refresh(other, net, town.terms, np.bool_(True))
                leaving.heard[slot, leaving.marks.n_heard[slot]] = other
                leaving.marks.n_heard[slot] += 1
        quit_community(row, week, town)
    set_odds(row, outside_class(row, town), town)
    set_talk(row, town.terms.leaver_talk, left - USER + GONE, town)
    if uses >= Uses.RIVAL_1:
        counts.tally[Event.RIVAL_1_WON + uses - Uses.RIVAL_1] += 1
    set_uses(row, uses, town)


@part
def rise(row, to_expert, week, town):
    """Let a customer become an expert, or an expert a customer; contacts hear it."""
    p = town.people
    move(row, Stage.EXPERT if to_expert else Stage.CUSTOMER, week, town)
    set_talk(row, talk_units(np.float64(p.satisfaction[row]), p.stage[row], town.terms), np.int64(0), town)


@part
def be_outside(row, week, town):
    """Leave the community and stay what one is otherwise; an expert is one in the community only."""
    if town.people.stage[row] == Stage.EXPERT:
        rise(row, False, week, town)
    quit_community(row, week, town)
    if pays(row, town.people):
        set_level(row, town)


@part
def look_again(row, stage, week, town):
    """A former customer comes back, as somebody attracted or as a prospect."""
    if stage == Stage.ATTRACTED:
        town.counts.tally[Event.RETURNED] += 1
        be_attracted(row, np.int64(Channel.RETURN), np.int64(-1), week, town)
    else:
        be_prospect(row, week, town)


@part
def weigh(row, town):
    """Set the call weight of an account from its size and need."""
    p, r = town.people, town.terms
    p.call_weight[row] = call_weight(
        np.float64(p.size_seats[row]), np.float64(p.need[row]), r.size_median, r.size_power, r.call_by_need
    )


@jit
def start_prospects(town):
    """Put everybody in the counts as a prospect, with call weight and first bound."""
    p, totals = town.people, town.counts.totals
    for row in range(p.shape[0]):
        weigh(row, town)
        totals[p.segment[row], Stage.PROSPECT] += 1
        totals[p.segment[row], Total.CALL_WEIGHT] += p.call_weight[row]
        set_odds(row, outside_class(row, town), town)


# --- for rows chosen from outside, with all that follows kept ------------------------------------


@jit
def attract(rows, channel, week, town):
    """Let ``rows`` hear of the product through ``channel``."""
    for j in range(rows.size):
        be_attracted(rows[j], channel, -1, week, town)


@jit
def engage(rows, door, week, town):
    """Let ``rows``, who are attracted, come in through ``door``."""
    for j in range(rows.size):
        be_newcomer(rows[j], door, week, town)


@jit
def adopt(rows, seats, week, town):
    """Let ``rows``, who are newcomers, buy ``seats`` seats each by the month."""
    for j in range(rows.size):
        be_customer(rows[j], seats, 0, week, town)


@jit
def join(rows, week, town):
    """Let ``rows`` become members of the community."""
    for j in range(rows.size):
        be_member(rows[j], week, town)
        if pays(rows[j], town.people):
            set_level(rows[j], town)


@jit
def scatter(week, town):
    """Let every member be outside the community, which closes."""
    for j in range(n_members(town.counts) - 1, -1, -1):
        be_outside(np.int64(town.members[j]), week, town)


@jit
def leave(rows, cause, week, heard, town):
    """Let ``rows``, who are customers, leave for ``cause``; their contacts hear it for four weeks, or not at all."""
    for j in range(rows.size):
        be_former(rows[j], cause, np.int64(Uses.NOTHING), week, town)
    if not heard:
        leaving, slot = town.leaving, town.leaving.marks.noted % town.leaving.rows.shape[0]
        leaving.marks.left[slot] = town.terms.left
        be_forgotten(slot, town)
        leaving.marks.n_rows[slot] = 0
        leaving.marks.n_heard[slot] = 0
