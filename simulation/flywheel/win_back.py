"""Win-back: former customers look again, or forget the product."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.flywheel.desk import Rows
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.prefetch import fetch_person
from simulation.people.stages import Stage
from simulation.people.transitions import look_again

FORMERS = int(Rows.FORMERS)


class Rates(NamedTuple):
    """Weekly hazards of a former customer."""

    win_back_per_week: float
    forgetting_per_week: float


@part
def rates(said):
    """Return this week's rates."""
    b = said.world.behaviour
    return Rates(b.retention.win_back_per_week, b.attraction.forgetting_per_week)


@part
def come_back(u, win_back, forgetting):
    """Return 1 (looks again), 2 (has forgotten the product, a prospect again) or 0."""
    total = win_back + forgetting
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    return 1 if u * total < win_back * chance else 2


@part
def come_back_of(row, key, r):
    """Return what :func:`come_back` says for ``row``."""
    return come_back(uniform(key, row), r.win_back_per_week, r.forgetting_per_week)


@phase
def one(row, now, town, said, desk):
    """Return what ``row`` would decide this week."""
    return come_back_of(row, now.keys[Purpose.LIFE], rates(said))


@phase
def ready(now, town, said, desk):
    """Return the number of former customers to ask."""
    return desk.n[FORMERS]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    r, key = rates(said), now.keys[Purpose.LIFE]
    for j in range(lo, hi):
        fetch_person(desk.rows[FORMERS], j, hi, town.people)
        desk.code[j] = come_back_of(np.int64(desk.rows[FORMERS, j]), key, r)


@phase
def decide(now, town, said, desk):
    """Ask every former customer on the list."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@phase
def apply(now, town, said, desk):
    """Let them look again, or forget."""
    for j in range(desk.n[FORMERS]):
        row, week = np.int64(desk.rows[FORMERS, j]), now.week
        if desk.code[j] == 1:
            look_again(row, Stage.ATTRACTED, week, town)
        elif desk.code[j] == 2:
            look_again(row, Stage.PROSPECT, week, town)


DECISION = Decision(
    "come_back",
    ("stays away", "looks again", "forgets"),
    FORMERS,
    one,
    Phase("come_back", decide, ready, loop),
    Phase("win_back", apply),
)
