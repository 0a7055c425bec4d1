"""Advocacy: deeds make the expert, inactivity ends it; members write of their own accord, experts more; the quiet leave."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.firm.spending import sat
from simulation.flywheel import habits
from simulation.flywheel.desk import Rows
from simulation.people.counts import Event, Total
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.hazards import happens
from simulation.people.prefetch import fetch_person
from simulation.people.stages import Stage
from simulation.people.transitions import be_outside, n_members, rise

MEMBERS = int(Rows.MEMBERS)
QUIET = 3
ACTIVE_WEEKS = 4  # who posted in these counts as active in the record


class Rates(NamedTuple):
    """What makes an expert, and who leaves the community."""

    answers_of_expert: int
    active_weeks: int
    quiet_weeks: int
    quiet_per_week: float  # hazard at belonging 0


@part
def rates(said):
    """Return this week's rates."""
    a = said.world.behaviour.advocacy
    return Rates(a.answers_of_expert, a.active_weeks, a.quiet_weeks, a.quiet_per_week)


@part
def advocacy(stage, answers, weeks_since_post, r):
    """Return 1 (becomes an expert), 2 (steps back) or 0."""
    active = weeks_since_post < r.active_weeks
    if stage == Stage.CUSTOMER and answers >= r.answers_of_expert and active:
        return 1
    return 2 if stage == Stage.EXPERT and not active else 0


@part
def going_quiet(u, belonging, r):
    """Return whether a customer who has not posted for long leaves the community this week; who belongs stays."""
    return happens(u, r.quiet_per_week * (1.0 - belonging))


@part
def advocacy_of(row, week, key, p, r):
    """Return what :func:`advocacy` says for ``row``; 3 for a customer who goes quiet."""
    last = np.int64(p.last_post[row])
    code = advocacy(p.stage[row], np.int64(p.answers[row]), week - last, r)
    if code == 0 and p.stage[row] == Stage.CUSTOMER and week - max(last, np.int64(p.joined[row])) >= r.quiet_weeks:
        return 3 if going_quiet(uniform(key, row), np.float64(p.belonging[row]), r) else 0
    return code


@phase
def one(row, now, town, said, desk):
    """Return what ``row`` would decide this week."""
    return advocacy_of(row, now.week, now.keys[Purpose.QUIET], town.people, rates(said))


@phase
def ready(now, town, said, desk):
    """Return the number of members to ask."""
    desk.n[MEMBERS] = n_members(town.counts)
    return desk.n[MEMBERS]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each member."""
    r, week, key = rates(said), now.week, now.keys[Purpose.QUIET]
    for j in range(lo, hi):
        fetch_person(town.members, j, hi, town.people)
        desk.code[j] = advocacy_of(np.int64(town.members[j]), week, key, town.people, r)


@phase
def decide(now, town, said, desk):
    """Ask every member."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@part
def writing_rate(said, desk):
    """Return the weekly hazard of writing at helpfulness and belonging 1: contests add to it."""
    world, members = said.world, np.int64(0)
    for s in range(desk.totals.shape[0]):
        members += desk.totals[s, Total.MEMBERS]
    usd = said.firm.contest_usd / max(members * said.firm.weight, 1.0)
    contests = 1.0 + world.behaviour.advocacy.contest_writes * sat(usd, world.prices.contest_half_usd)
    return contests * world.behaviour.advocacy.write_per_week


@phase
def apply(now, town, said, desk):
    """Let experts begin and step back, and members write, counted by segment in ``pieces``; the quiet leave."""
    p, counts, week, key = town.people, town.counts, now.week, now.keys[Purpose.WRITE]
    write, expert_writes = writing_rate(said, desk), said.world.behaviour.advocacy.expert_writes
    often = habits.rates(said)
    n = desk.n[MEMBERS]
    for j in range(n):
        fetch_person(town.members, j, n, p)
        row, code = np.int64(town.members[j]), desk.code[j]
        if code == QUIET:
            continue
        stage = p.stage[row]  # Python may decide what is so already
        if (code == 1 and stage == Stage.CUSTOMER) or (code == 2 and stage == Stage.EXPERT):
            rise(row, code == 1, week, town)
        s = p.segment[row]
        rate = write * town.segments[s].openness * np.float64(p.helpfulness[row]) * np.float64(p.belonging[row])
        if p.stage[row] == Stage.EXPERT:
            rate *= expert_writes
        writes = p.stage[row] != Stage.NEWCOMER and happens(uniform(key, row), rate)
        if writes and habits.still_here(row, week, town, often):
            p.pieces[row] += 1
            p.last_post[row] = week
            desk.segments[s].pieces += 1
            counts.tally[Event.USER_PIECES] += 1
            counts.tally[Event.POSTS] += 1
    for j in range(n - 1, -1, -1):  # from the end: who leaves is replaced in the list by the last
        if desk.code[j] == QUIET:
            row = np.int64(town.members[j])
            counts.tally[Event.WENT_QUIET] += 1
            be_outside(row, week, town)
    tire_founders(week, said)
    if n:
        count_active(week, n_members(counts), town)


@part
def tire_founders(week, said):
    """Let founders, who are less than a row, go quiet as seed members do who have not posted since the opening."""
    a, e = said.world.behaviour.advocacy, said.world.behaviour.engagement
    if week - said.firm.launched >= a.quiet_weeks:
        said.firm.founders *= math.exp(-a.quiet_per_week * (1.0 - e.seed_belonging))


@part
def posted_lately(row, week, p):
    """Return whether ``row`` posted in the last four weeks."""
    last = np.int64(p.last_post[row])
    return last >= 0 and last > week - ACTIVE_WEEKS


@part
def n_active(week, n, town):
    """Return the members now who posted of late; ``posters`` has those who have left this week too."""
    active = np.int64(0)
    for j in range(n):
        fetch_person(town.members, j, n, town.people)
        active += posted_lately(np.int64(town.members[j]), week, town.people)
    return active


@part
def count_active(week, n, town):
    """Count who posted of late, by segment."""
    for s in range(town.community.size):
        town.community[s].posters = 0
    for j in range(n):
        fetch_person(town.members, j, n, town.people)
        row = np.int64(town.members[j])
        town.community[town.people.segment[row]].posters += posted_lately(row, week, town.people)


DECISION = Decision(
    "advocacy",
    ("as before", "becomes an expert", "steps back", "goes quiet"),
    MEMBERS,
    one,
    Phase("advocacy", decide, ready, loop),
    Phase("advocate", apply),
)
