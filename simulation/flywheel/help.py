"""Help exchange: members ask, able members answer, and an answer teaches, ties, and may become content.

Within a segment a question is answered with probability 1 - exp(-able supply / demand); the helper is drawn in
proportion to offered capacity. The answered share is never a constant: it comes from who is there.
"""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import jit, part
from simulation.flywheel.moves import set_skill, skill_now, tie
from simulation.people.book import Event
from simulation.people.draws import uniform
from simulation.people.stages import Stage

N_LEVELS = 4
ASKS = 1
SKILL_NEEDED = (0.15, 0.35, 0.55, 0.75)  # by difficulty of the question
CAPACITY_UNITS = 256  # offered answers are counted in 1/256


class HelpRates(NamedTuple):
    """Rates of members, weekly."""

    ask: float  # hazard at skill 0 and affinity 1
    newcomer_ask: float
    ask_belonging: float  # log-rate
    ask_by_ties: np.ndarray  # float64 (N_TIES + 1), ratio
    offer: float  # answers at helpfulness, skill, belonging 1
    offer_by_ties: np.ndarray  # float64 (N_TIES + 1), ratio
    cap: float  # answers a week
    recognition: float  # ratio added at full reputation
    reputation_half: float
    tiring: float
    belonging_kept: float  # share kept a week
    reputation_kept: float
    answers_in_week: float  # share of answers that come in time, by platform
    p_tie: float
    answer_skill: float
    answer_belonging: float
    helper_belonging: float
    silence_belonging: float
    p_content: float


@jit
def asking(u, rate):
    """Return 1 if a member with this weekly hazard asks a question, else 0."""
    return 1 if u < rate and u < 1.0 - math.exp(-rate) else 0


@jit
def asking_of(row, week, key, p, r, m):
    """Return what :func:`asking` says for ``row``: less with skill, more with affinity, belonging and ties."""
    u = uniform(key, row)
    base = r.newcomer_ask if p.stage[row] == Stage.NEWCOMER else r.ask * np.float64(p.affinity[row])
    rate = (
        base
        * m.openness[p.segment[row]]
        * r.ask_by_ties[p.live_ties[row]]
        * math.exp(r.ask_belonging * np.float64(p.belonging[row]))
    )
    if u >= rate:
        return 0
    return asking(u, rate * (1.0 - skill_now(row, week, p, m)))


@jit
def decide_asking(rows, lo, hi, code, week, key, p, r, m):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    for j in range(lo, hi):
        code[j] = asking_of(rows[j], week, key, p, r, m)


@part
def offer_of(row, skill, backlog, p, r):
    """Return the answers that ``row`` offers this week."""
    reputation = np.float64(p.reputation[row])
    offered = (
        r.offer
        * np.float64(p.helpfulness[row])
        * skill
        * np.float64(p.belonging[row])
        * (1.0 + r.recognition * reputation / (reputation + r.reputation_half))
        * r.offer_by_ties[p.live_ties[row]]
        * backlog
    )
    return min(offered, r.cap) / (1.0 + r.tiring * np.float64(p.load[row]) / r.cap)


@jit
def prepare_members(members, lo, hi, week, backlog, offers, p, r, m):
    """Let a week pass for members (decays) and note what each offers, in 1/256 answers, and at which level.

    ``backlog`` is the extra effort by segment; ``offers`` is int64 (members, 2).
    """
    smallest = 1.0 / CAPACITY_UNITS
    for j in range(lo, hi):
        row = members[j]
        belonging = np.float64(p.belonging[row])
        if belonging > 0.0:
            p.belonging[row] = belonging * r.belonging_kept
            p.reputation[row] = np.float64(p.reputation[row]) * r.reputation_kept
            p.load[row] = np.float64(p.load[row]) * 0.7
        offers[j, 0] = 0
        effort = backlog[p.segment[row]]
        if offer_of(row, 1.0, effort, p, r) >= smallest:
            skill = skill_now(row, week, p, m)
            level = 0
            while level < N_LEVELS and skill >= SKILL_NEEDED[level]:
                level += 1
            if level > 0:
                offers[j, 0] = np.int64(CAPACITY_UNITS * offer_of(row, skill, effort, p, r))
                offers[j, 1] = level - 1


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
def answered_shares(asked, across, start, upto, shares, parts):
    """Fill ``shares[s, d]``, the chance that a question of segment s and difficulty d finds an able helper.

    ``across[h, s]`` is how much of the attention of helpers of segment h a question of segment s gets;
    ``parts[s, d, h]`` is how likely the helper is of segment h, as running sums.
    """
    n = asked.size
    for s in range(n):
        for d in range(N_LEVELS):
            total = 0.0
            for h in range(n):
                demand = 0.0
                for other in range(n):
                    demand += across[h, other] * asked[other]
                supply = 0.0
                for k in range(d, N_LEVELS):
                    supply += supply_of(h * N_LEVELS + k, start, upto)
                if demand > 0.0:
                    total += across[h, s] * supply / CAPACITY_UNITS / demand
                parts[s, d, h] = total
            shares[s, d] = 1.0 - math.exp(-total)


@part
def receive_answer(row, from_peer, week, p, r, m):
    """An answer raises the asker's skill and belonging a little."""
    skill = skill_now(row, week, p, m)
    set_skill(row, skill + r.answer_skill * (1.0 - skill), week, p)
    belonging = np.float64(p.belonging[row])
    p.belonging[row] = belonging + (r.answer_belonging if from_peer else 0.5 * r.answer_belonging) * (1.0 - belonging)
    p.unanswered[row] = 0


@jit
def exchange_help(
    members,
    n,
    code,
    offers,
    week,
    keys,
    across,
    asked,
    got,
    shares,
    parts,
    p,
    book,
    r,
    m,
    start,
    helper,
    upto,
    pieces,
    open_rows,
):
    """Match this week's questions with helpers; return how many stay open, their rows in ``open_rows``.

    ``keys``: difficulty, answered, helper, content, segment of the helper. ``asked`` and ``got`` (segments) are
    filled with questions and peer answers; ``pieces`` (segments) grows by answers that become content.
    """
    key_difficulty, key_answered, key_helper, key_content, key_segment = keys
    n_segments = asked.size
    asked[:] = 0
    got[:] = 0
    for j in range(n):
        if code[j] != 0:
            asked[p.segment[members[j]]] += 1
    n_open = 0
    if asked.sum() == 0:
        return n_open
    sort_helpers(members, n, offers, p, start, helper, upto)
    answered_shares(asked, across, start, upto, shares, parts)
    for j in range(n):
        if code[j] != ASKS:
            continue
        row = members[j]
        s = np.int64(p.segment[row])
        newcomer = p.stage[row] == Stage.NEWCOMER
        book.tally[Event.QUESTIONS] += 1
        book.tally[Event.NEWCOMER_QUESTIONS] += newcomer
        book.tally[Event.POSTS] += 1
        p.questions[row] += 1
        p.last_post[row] = week
        d = np.int64(uniform(key_difficulty, row) * N_LEVELS)
        other = np.int64(-1)
        if uniform(key_answered, row) < r.answers_in_week * shares[s, d]:
            pick = uniform(key_segment, row) * parts[s, d, n_segments - 1]
            h = 0
            while h < n_segments - 1 and pick >= parts[s, d, h]:
                h += 1
            other = helper_for(h, d, uniform(key_helper, row), start, helper, upto)
        if other < 0 or other == row:
            open_rows[n_open] = row
            n_open += 1
            continue
        got[s] += 1
        book.tally[Event.ANSWERED] += 1
        book.tally[Event.NEWCOMER_ANSWERED] += newcomer
        book.tally[Event.POSTS] += 1
        receive_answer(row, True, week, p, r, m)
        p.answers[other] += 1
        p.last_post[other] = week
        p.reputation[other] = np.float64(p.reputation[other]) + 1.0
        p.load[other] = np.float64(p.load[other]) + 1.0
        belonging = np.float64(p.belonging[other])
        p.belonging[other] = belonging + r.helper_belonging * (1.0 - belonging)
        luck = uniform(key_content, row)
        if luck < r.p_content:
            pieces[s] += 1
        if uniform(key_content ^ key_helper, row) < r.p_tie:
            tie(row, other, p, book)
    return n_open


@jit
def staff_answers(open_rows, n_open, share, week, key, p, r, m, book):
    """Let the team answer a share of what peers left open; no answer lowers belonging."""
    for j in range(n_open):
        row = open_rows[j]
        if uniform(key, row) < share:
            book.tally[Event.STAFF_ANSWERED] += 1
            receive_answer(row, False, week, p, r, m)
        else:
            p.unanswered[row] = 1
            p.belonging[row] = np.float64(p.belonging[row]) * (1.0 - r.silence_belonging)


@jit
def count_active(members, n, week, p, posters):
    """Fill ``posters`` (segments) with members who posted in the last four weeks."""
    posters[:] = 0
    for j in range(n):
        row = members[j]
        last = np.int64(p.last_post[row])
        posters[p.segment[row]] += last >= 0 and last > week - 4


@jit
def meet(members, n, keys, attend, introduced, event_belonging, p_tie, p, book, present):
    """Events and introductions: attendance adds belonging, meeting adds ties.

    ``keys``: attendance, meeting, introduction, partner. ``attend`` (segments) and ``introduced`` are chances.
    """
    key_attend, key_meeting, key_introduction, key_partner = keys
    k = 0
    for j in range(n):
        row = members[j]
        if uniform(key_attend, row) < attend[p.segment[row]]:
            belonging = np.float64(p.belonging[row])
            p.belonging[row] = belonging + event_belonging * (1.0 - belonging)
            present[k] = row
            k += 1
    book.tally[Event.ATTENDANCES] += k
    for j in range(k):
        other = present[np.int64(uniform(key_meeting, present[j]) * k)]
        if other != present[j] and uniform(key_meeting ^ key_attend, present[j]) < p_tie:
            tie(present[j], other, p, book)
    if introduced > 0.0:
        for j in range(n):
            row = members[j]
            if uniform(key_introduction, row) < introduced:
                other = members[np.int64(uniform(key_partner, row) * n)]
                same = p.segment[other] == p.segment[row]
                if other != row and same and uniform(key_partner ^ key_introduction, row) < p_tie:
                    tie(row, other, p, book)
