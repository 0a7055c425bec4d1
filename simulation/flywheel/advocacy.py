"""Advocacy: deeds make the expert, inactivity ends it; members write of their own accord, experts more."""

from typing import NamedTuple

import numpy as np

from simulation.compiled import jit
from simulation.flywheel.moves import move, set_talk, talk_units
from simulation.people.book import Event
from simulation.people.draws import uniform
from simulation.people.stages import Stage


class AdvocacyRates(NamedTuple):
    """What makes an expert and how much members write."""

    answers_of_expert: int
    active_weeks: int
    write: float  # weekly hazard at helpfulness and belonging 1
    expert_writes: float  # ratio


@jit
def advocacy(stage, answers, weeks_since_post, r):
    """Return 1 (becomes an expert), 2 (steps back) or 0."""
    active = weeks_since_post < r.active_weeks
    if stage == Stage.CUSTOMER and answers >= r.answers_of_expert and active:
        return 1
    return 2 if stage == Stage.EXPERT and not active else 0


@jit
def advocacy_of(row, week, p, r):
    """Return what :func:`advocacy` says for ``row``."""
    return advocacy(p.stage[row], np.int64(p.answers[row]), week - np.int64(p.last_post[row]), r)


@jit
def decide_advocacy(rows, lo, hi, code, week, p, r):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    for j in range(lo, hi):
        code[j] = advocacy_of(rows[j], week, p, r)


@jit
def apply_advocacy(rows, n, code, week, key, pieces, p, net, book, r, m):
    """Carry the outcomes out; then let members write, counted by segment in ``pieces``."""
    for j in range(n):
        row = rows[j]
        if code[j] != 0:
            begun = p.begun[row]
            book.tally[Event.NEW_EXPERTS if code[j] == 1 else Event.STEPPED_BACK] += 1
            move(row, Stage.EXPERT if code[j] == 1 else Stage.CUSTOMER, week, p, book)
            p.begun[row] = begun
            talk = talk_units(np.float64(p.satisfaction[row]), p.stage[row], m)
            set_talk(row, talk, 0, p, net, book, m)
        rate = r.write * m.openness[p.segment[row]] * np.float64(p.helpfulness[row]) * np.float64(p.belonging[row])
        if p.stage[row] == Stage.EXPERT:
            rate *= r.expert_writes
        if p.stage[row] != Stage.NEWCOMER and uniform(key, row) < min(0.9, rate):
            p.pieces[row] += 1
            p.last_post[row] = week
            pieces[p.segment[row]] += 1
            book.tally[Event.USER_PIECES] += 1
            book.tally[Event.POSTS] += 1
