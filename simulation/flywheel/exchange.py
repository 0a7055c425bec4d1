"""Help exchange: members ask, able members answer, and an answer teaches, ties, and may become content.

Within a segment a question is answered with probability 1 - exp(-able supply / demand); the helper is drawn in
proportion to offered capacity. The answered share is never a constant: it comes from who is there.
"""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.firm.content import translated
from simulation.firm.spending import sat
from simulation.flywheel import habits
from simulation.flywheel.desk import N_LEVELS, Rows
from simulation.people.cohorts import pays
from simulation.people.counts import Event, Total
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.hazards import happens
from simulation.people.prefetch import fetch_person
from simulation.people.stages import Stage
from simulation.people.ties import tie
from simulation.people.transitions import n_members, please, set_skill, skill_now
from simulation.scenario.firm import TASKS

MEMBERS = int(Rows.MEMBERS)
ASKS = 1
CAPACITY_UNITS = 256  # offered answers are counted in 1/256
MOST_FURTHER = 8  # answers in a thread beyond the first
ANSWERS, INTRODUCTIONS = TASKS.index("answers"), TASKS.index("introductions")


class Rates(NamedTuple):
    """Rates of members, weekly."""

    ask_per_week: float  # hazard at skill 0 and affinity 1
    newcomer_ask_per_week: float
    ask_belonging: float  # log-rate
    skill_saves: float  # share of questions that full skill saves
    offer_per_week: float  # answers at helpfulness, skill, belonging 1
    cap_per_week: float  # answers
    recognition: float  # ratio added at full reputation
    reputation_half: float
    tiring: float
    belonging_kept: float  # share kept a week
    reputation_kept: float
    load_kept: float
    easiest: float  # skill that answers a question of the lowest level
    harder: float  # skill that each further level asks for
    practice: float  # see transitions.skill_now
    first_step: float  # ratio of what is offered at belonging 0 to that at belonging 1
    habits: habits.Rates


@part
def rates(town, said, desk):
    """Return this week's rates."""
    world, firm, members = said.world, said.firm, np.int64(0)
    h = world.behaviour.help
    for s in range(desk.totals.shape[0]):
        members += desk.totals[s, Total.MEMBERS]
    usd = firm.recognition_usd / max(members * firm.weight, 1.0)
    noise = 0.0
    for k in range(said.libraries.size):
        noise += said.libraries[k].noise * said.libraries[k].share
    return Rates(
        h.ask_per_week,
        h.newcomer_ask_per_week,
        h.ask_belonging,
        h.skill_saves,
        h.offer_per_week,
        h.cap_per_week,
        h.recognition * sat(usd, world.prices.recognition_half_usd),
        h.reputation_half,
        h.tiring,
        (1.0 - h.belonging_decay_per_week) * (1.0 - h.noise_belonging * noise),
        1.0 - h.reputation_decay_per_week,
        1.0 - h.load_decay_per_week,
        h.easiest_question,
        (h.hardest_question - h.easiest_question) / (N_LEVELS - 1),
        town.terms.practice,
        h.first_step,
        habits.rates(said),
    )


# --- asking --------------------------------------------------------------------------------------


@part
def asking(u, rate):
    """Return 1 if a member with this weekly hazard asks a question, else 0."""
    return 1 if happens(u, rate) else 0


@part
def asking_of(row, week, key, town, by_ties, r):
    """Return what :func:`asking` says for ``row``: less with skill, more with affinity, belonging and ties."""
    p = town.people
    u = uniform(key, row)
    newcomer = p.stage[row] == Stage.NEWCOMER
    base = r.newcomer_ask_per_week if newcomer else r.ask_per_week * np.float64(p.affinity[row])
    rate = (
        base
        * town.segments[p.segment[row]].openness
        * by_ties[p.live_ties[row]]
        * math.exp(r.ask_belonging * np.float64(p.belonging[row]))
    )
    rate += habits.follow_up(row, week, p, r.habits)
    if u >= rate or not habits.still_here(row, week, town, r.habits):
        return 0
    return asking(u, rate * (1.0 - r.skill_saves * skill_now(row, week, p, r.practice)))


@phase
def one(row, now, town, said, desk):
    """Return what ``row`` would decide this week."""
    return asking_of(row, now.week, now.keys[Purpose.ASK], town, said.tables.ask_by_ties, rates(town, said, desk))


@phase
def ready(now, town, said, desk):
    """Return the number of members."""
    desk.n[MEMBERS] = n_members(town.counts)
    return desk.n[MEMBERS]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each member."""
    r, week, key = rates(town, said, desk), now.week, now.keys[Purpose.ASK]
    for j in range(lo, hi):
        fetch_person(town.members, j, hi, town.people)
        desk.code[j] = asking_of(np.int64(town.members[j]), week, key, town, said.tables.ask_by_ties, r)


@phase
def decide(now, town, said, desk):
    """Ask every member for a question."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


# --- a week passes for members, and they offer answers ---------------------------------------------


@part
def offer_of(row, skill, effort, p, by_ties, r):
    """Return the answers that ``row`` offers this week."""
    reputation, belonging = np.float64(p.reputation[row]), np.float64(p.belonging[row])
    offered = (
        r.offer_per_week
        * np.float64(p.helpfulness[row])
        * skill
        * (belonging + r.first_step * (1.0 - belonging))
        * (1.0 + r.recognition * reputation / (reputation + r.reputation_half))
        * by_ties[p.live_ties[row]]
        * effort
    )
    return min(offered, r.cap_per_week) / (1.0 + r.tiring * np.float64(p.load[row]) / r.cap_per_week)


@phase
def offer_loop(lo, hi, now, town, said, desk):
    """Let a week pass for members (decays) and note what each offers, in 1/256 answers, and at which level."""
    p, week, offers, by_ties, r = (
        town.people,
        now.week,
        desk.exchange.offers,
        said.tables.offer_by_ties,
        rates(town, said, desk),
    )
    smallest = 1.0 / CAPACITY_UNITS
    for j in range(lo, hi):
        fetch_person(town.members, j, hi, p)
        row = np.int64(town.members[j])
        belonging = np.float64(p.belonging[row])
        if belonging > 0.0:
            p.belonging[row] = belonging * r.belonging_kept
            p.reputation[row] = np.float64(p.reputation[row]) * r.reputation_kept
            p.load[row] = np.float64(p.load[row]) * r.load_kept
        offers[j, 0] = 0
        effort = town.community[p.segment[row]].effort
        if offer_of(row, 1.0, effort, p, by_ties, r) >= smallest and habits.still_here(row, week, town, r.habits):
            skill = skill_now(row, week, p, r.practice)
            level = 0
            while level < N_LEVELS and skill >= r.easiest + level * r.harder:
                level += 1
            if level > 0:
                offers[j, 0] = np.int64(CAPACITY_UNITS * offer_of(row, skill, effort, p, by_ties, r))
                offers[j, 1] = level - 1


@phase
def offer(now, town, said, desk):
    """Let every member offer help."""
    offer_loop(0, ready(now, town, said, desk), now, town, said, desk)


# --- matching ---------------------------------------------------------------------------------------


@part
def sort_helpers(members, n, offers, p, start, helper, upto):
    """Sort those who offer help by (segment, level) and sum their capacity within each group.

    ``start`` int64 (segments * 4 + 1); ``helper`` the rows; ``upto`` the running sums within a group.
    """
    start[:] = 0
    for j in range(n):
        if offers[j, 0] > 0:
            start[np.int64(p.segment[members[j]]) * N_LEVELS + offers[j, 1] + 1] += 1
    for g in range(start.size - 1):
        start[g + 1] += start[g]
    for j in range(n):  # `start` moves to the end of each group and back
        if offers[j, 0] > 0:
            g = np.int64(p.segment[members[j]]) * N_LEVELS + offers[j, 1]
            helper[start[g]] = members[j]
            upto[start[g]] = offers[j, 0]
            start[g] += 1
    for g in range(start.size - 1, 0, -1):
        start[g] = start[g - 1]
    start[0] = 0
    for g in range(start.size - 1):
        for at in range(start[g] + 1, start[g + 1]):
            upto[at] += upto[at - 1]


@part
def supply_of(group, start, upto):
    """Return the capacity of one group of helpers, in 1/256 answers."""
    return upto[start[group + 1] - 1] if start[group + 1] > start[group] else np.int64(0)


@part
def helper_for(segment, level, u, start, helper, upto):
    """Return a helper of ``segment`` able to answer at ``level``, drawn in proportion to capacity; -1 if none."""
    total = np.int64(0)
    for k in range(level, N_LEVELS):
        total += supply_of(segment * N_LEVELS + k, start, upto)
    pick = np.int64(u * total)
    for k in range(level, N_LEVELS):
        g = segment * N_LEVELS + k
        here = supply_of(g, start, upto)
        if pick < here:
            lo, hi = start[g], start[g + 1] - 1
            while lo < hi:
                mid = (lo + hi) >> 1
                if upto[mid] > pick:
                    hi = mid
                else:
                    lo = mid + 1
            return np.int64(helper[lo])
        pick -= here
    return np.int64(-1)


@part
def fill_shares(segments, x):
    """Fill ``shares[d]`` of each segment, the chance that a question of difficulty d finds an able helper.

    ``across[h, s]`` is how much of the attention of helpers of segment h a question of segment s gets;
    ``parts[s, d, h]`` is how likely the helper is of segment h, as running sums.
    """
    n = segments.size
    for s in range(n):
        for d in range(N_LEVELS):
            total = 0.0
            for h in range(n):
                demand = 0.0
                for other in range(n):
                    demand += x.across[h, other] * segments[other].asked
                supply = 0.0
                for k in range(d, N_LEVELS):
                    supply += supply_of(h * N_LEVELS + k, x.groups, x.upto)
                if demand > 0.0:
                    total += x.across[h, s] * supply / CAPACITY_UNITS / demand
                x.parts[s, d, h] = total
            segments[s].shares[d] = 1.0 - math.exp(-total)


@part
def attention_across(segments, said, across):
    """Fill ``across[h, s]``: how much of the attention of helpers of segment h a question of segment s gets.

    Segments of one language share it; between languages translation, in hours per language, closes the gap.
    """
    here = said.world.behaviour.help.across_segments
    between = here + (1.0 - here) * translated(said)
    for h in range(segments.size):
        for s in range(segments.size):
            across[h, s] = 1.0 if segments[h].language == segments[s].language else between


@part
def answer_gain(said):
    """Return the share of missing belonging that an answer from a peer brings."""
    return min(1.0, said.world.behaviour.help.answer_belonging * said.world.platform.intimacy)


@part
def receive_answer(row, gain, week, town, said):
    """An answer raises the asker's skill a little, belonging by the share ``gain`` of what is missing, a customer's satisfaction."""
    h, p = said.world.behaviour.help, town.people
    skill = skill_now(row, week, p, town.terms.practice)
    set_skill(row, skill + h.answer_skill * (1.0 - skill), week, p)
    belonging = np.float64(p.belonging[row])
    p.belonging[row] = belonging + gain * (1.0 - belonging)
    p.unanswered[row] = 0
    if pays(row, p):
        please(row, said.world.behaviour.satisfaction.answer, town)


@part
def give_answer(row, gain, week, p):
    """An answer is a deed of the helper: it counts, tires, and raises belonging by the share ``gain`` of what is missing."""
    p.answers[row] += 1
    p.last_post[row] = week
    p.reputation[row] = np.float64(p.reputation[row]) + 1.0
    p.load[row] = np.float64(p.load[row]) + 1.0
    belonging = np.float64(p.belonging[row])
    p.belonging[row] = belonging + gain * (1.0 - belonging)


@phase
def match(now, town, said, desk):
    """Match this week's questions with helpers; return how many stay open, their rows in ``open_rows``."""
    p, tally, week, members, n = town.people, town.counts.tally, now.week, town.members, desk.n[MEMBERS]
    x, h = desk.exchange, said.world.behaviour.help
    key_difficulty, key_answered = now.keys[Purpose.DIFFICULTY], now.keys[Purpose.ANSWERED]
    key_helper, key_content, key_segment = (
        now.keys[Purpose.HELPER],
        now.keys[Purpose.CONTENT],
        now.keys[Purpose.SOCIAL],
    )
    key_thread, in_time = now.keys[Purpose.THREAD], said.world.platform.answers_in_week
    gain, helper_gain = answer_gain(said), min(1.0, h.helper_belonging * said.world.platform.intimacy)
    segments, n_open, n_asked = desk.segments, 0, 0
    for s in range(segments.size):
        segments[s].asked = 0
        segments[s].got = 0
    for j in range(n):
        if desk.code[j] != 0:
            segments[p.segment[members[j]]].asked += 1
            n_asked += 1
    if n_asked == 0:
        return n_open
    attention_across(town.segments, said, x.across)
    sort_helpers(members, n, x.offers, p, x.groups, x.helpers, x.upto)
    fill_shares(segments, x)
    for j in range(n):
        if desk.code[j] != ASKS:
            continue
        row = np.int64(members[j])
        s = np.int64(p.segment[row])
        newcomer = p.stage[row] == Stage.NEWCOMER
        tally[Event.QUESTIONS] += 1
        tally[Event.NEWCOMER_QUESTIONS] += newcomer
        tally[Event.POSTS] += 1
        p.questions[row] += 1
        p.last_post[row] = week
        d = np.int64(uniform(key_difficulty, row) * N_LEVELS)
        other, k = np.int64(-1), 0
        if uniform(key_answered, row) < in_time * segments[s].shares[d]:
            pick = uniform(key_segment, row) * x.parts[s, d, segments.size - 1]
            while k < segments.size - 1 and pick >= x.parts[s, d, k]:
                k += 1
            other = helper_for(k, d, uniform(key_helper, row), x.groups, x.helpers, x.upto)
        if other < 0 or other == row:
            x.open_rows[n_open] = row
            n_open += 1
            continue
        segments[s].got += 1
        tally[Event.ANSWERED] += 1
        tally[Event.NEWCOMER_ANSWERED] += newcomer
        tally[Event.POSTS] += 1
        receive_answer(row, gain, week, town, said)
        give_answer(other, helper_gain, week, p)
        for further in range(MOST_FURTHER):
            at = row * MOST_FURTHER + further
            if uniform(key_thread, at) >= h.further_answers:
                break
            one_more = helper_for(k, d, uniform(key_thread ^ key_helper, at), x.groups, x.helpers, x.upto)
            if one_more != row:
                give_answer(one_more, helper_gain, week, p)
                tally[Event.POSTS] += 1
        if uniform(key_content, row) < h.p_answer_becomes_content:
            desk.segments[s].pieces += 1
        if uniform(key_content ^ key_helper, row) < h.p_tie:
            tie(row, other, town)
    return n_open


@part
def staff_answers(n_open, now, town, said, desk):
    """Let the team answer a share of what peers left open, where the brand is let in; no answer lowers belonging."""
    p, week, key = town.people, now.week, now.keys[Purpose.STAFF]
    hours = said.firm.hours[ANSWERS] * said.world.platform.brand_control
    can = hours / said.world.prices.answer_hours / said.firm.weight
    share = min(1.0, can / n_open)
    h = said.world.behaviour.help
    gain, silence = h.staff_answer_belonging * answer_gain(said), h.silence_belonging
    for j in range(n_open):
        row = np.int64(desk.exchange.open_rows[j])
        if uniform(key, row) < share:
            town.counts.tally[Event.STAFF_ANSWERED] += 1
            receive_answer(row, gain, week, town, said)
        else:
            p.unanswered[row] = 1
            p.belonging[row] = np.float64(p.belonging[row]) * (1.0 - silence)


@part
def follow_up(town, said, desk):
    """Let the answered share and the backlog follow this week's questions; helpers make an effort where it is long."""
    h = said.world.behaviour.help
    for s in range(desk.segments.size):
        asked, got, c = desk.segments[s].asked, desk.segments[s].got, town.community[s]
        if asked:
            c.answered += h.answered_adapts_per_week * (got / asked - c.answered)
        c.backlog = (1.0 - h.backlog_decay_per_week) * c.backlog + asked - got
        here = max(town.counts.totals[s, Total.MEMBERS], 1)
        c.effort = 1.0 + h.backlog_response * sat(c.backlog / here, h.backlog_half_per_member)


@phase
def exchange(now, town, said, desk):
    """Carry out what members asked: peers answer, then staff; the backlog and the answered share follow."""
    if desk.n[MEMBERS] == 0:
        for s in range(town.community.size):
            town.community[s].posters = 0
        return
    n_open = match(now, town, said, desk)
    if n_open:
        staff_answers(n_open, now, town, said, desk)
    follow_up(town, said, desk)


OFFER = Phase("offer", offer, ready, offer_loop)
DECISION = Decision(
    "asking",
    ("silent", "asks"),
    MEMBERS,
    one,
    Phase("asking", decide, ready, loop),
    Phase("exchange", exchange),
)
