"""Win-back: former customers look again, forget the product, or go to a rival."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.flywheel import rivals
from simulation.flywheel.desk import Rows
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.prefetch import fetch_contacts, fetch_person
from simulation.people.stages import Stage, Uses
from simulation.people.transitions import be_at_rival, look_again

FORMERS = int(Rows.FORMERS)
LOOKS, FORGETS, TO_RIVAL, TO_OTHER, TO_NOTHING = 1, 2, 3, 4, 5


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
def come_back(u, win_back, forgetting, rival, other, up):
    """Return 1 (looks again), 2 (has forgotten the product, a prospect again), 3 or 4 (to a rival), 5 (gives one up) or 0."""
    total = win_back + forgetting + (rival + other + up)
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    v = u * total
    if v < win_back * chance:
        return LOOKS
    if v < (win_back + forgetting) * chance or total <= win_back + forgetting:
        return FORGETS
    v -= (win_back + forgetting) * chance
    return TO_RIVAL if v < rival * chance else TO_OTHER if v < (rival + other) * chance else TO_NOTHING


@part
def come_back_of(row, key, town, said, segments, r, others):
    """Return what :func:`come_back` says for ``row``; ``others`` are the rates of rivals."""
    looks, rival, other, up = 1.0, 0.0, 0.0, 0.0
    if said.rivals.size > 0:
        looks = rivals.looking(row, town.people, said)
        rival = rivals.recruiting(row, 0, town, said, segments, others)
        other = rivals.recruiting(row, 1, town, said, segments, others)
        up = rivals.giving_up(row, town, said, others)
    return come_back(uniform(key, row), looks * r.win_back_per_week, r.forgetting_per_week, rival, other, up)


@phase
def one(row, now, town, said, desk):
    """Return what ``row`` would decide this week."""
    return come_back_of(row, now.keys[Purpose.LIFE], town, said, desk.segments, rates(said), rivals.rates(now, said))


@phase
def ready(now, town, said, desk):
    """Return the number of former customers to ask."""
    return desk.n[FORMERS]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    r, others, key = rates(said), rivals.rates(now, said), now.keys[Purpose.LIFE]
    for j in range(lo, hi):
        fetch_person(desk.rows[FORMERS], j, hi, town.people)
        desk.code[j] = come_back_of(np.int64(desk.rows[FORMERS, j]), key, town, said, desk.segments, r, others)


@phase
def decide(now, town, said, desk):
    """Ask every former customer on the list."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@phase
def apply(now, town, said, desk):
    """Let them look again, forget, or go to a rival."""
    for j in range(desk.n[FORMERS]):
        fetch_contacts(desk.rows[FORMERS], desk.code, FORGETS, j, desk.n[FORMERS], town)
        row, week, code = np.int64(desk.rows[FORMERS, j]), now.week, np.int64(desk.code[j])
        if code == LOOKS:
            look_again(row, Stage.ATTRACTED, week, town)
        elif code == FORGETS:
            look_again(row, Stage.PROSPECT, week, town)
        elif code >= TO_RIVAL:
            be_at_rival(row, np.int64(Uses.NOTHING if code == TO_NOTHING else Uses.RIVAL_1 + code - TO_RIVAL), town)


DECISION = Decision(
    "come_back",
    ("stays away", "looks again", "forgets", "to the first rival", "to the second rival", "gives a rival up"),
    FORMERS,
    one,
    Phase("come_back", decide, ready, loop),
    Phase("win_back", apply),
)
