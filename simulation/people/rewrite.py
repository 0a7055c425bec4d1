"""What follows when somebody's traits or satisfaction are written from outside: totals, talk and the bound of the screen."""

import numpy as np

from simulation.compiled import jit, part
from simulation.people.bounds import set_bound
from simulation.people.counts import Total
from simulation.people.stages import Door, Stage
from simulation.people.talk import set_talk, talk_units
from simulation.people.transitions import deal_slots, set_satisfaction, set_skill, weigh


@part
def _in_totals(row, sign, town):
    """Enter in the totals, or take out, what stands in them by the size and need of ``row``."""
    p, totals = town.people, town.counts.totals
    s = p.segment[row]
    if p.stage[row] == Stage.PROSPECT:
        totals[s, Total.CALL_WEIGHT] += sign * np.int64(p.call_weight[row])
    elif p.stage[row] == Stage.NEWCOMER and p.door[row] == Door.SALES:
        totals[s, Total.DEALS] += sign * deal_slots(row, town)


@jit
def take_out(rows, town):
    """Take out of the totals what stands in them by the size and need of ``rows``."""
    for j in range(rows.size):
        _in_totals(rows[j], -1, town)


@jit
def put_back(rows, town):
    """Enter ``rows`` in the totals with the traits they have now, and compute their bounds anew."""
    for j in range(rows.size):
        weigh(rows[j], town)
        _in_totals(rows[j], 1, town)
        set_bound(rows[j], town)


@jit
def rewrite_satisfaction(rows, values, town):
    """Give customers another satisfaction, float32 (rows) in [0, 1]; their contacts hear it."""
    p = town.people
    for j in range(rows.size):
        row = rows[j]
        set_satisfaction(row, np.float64(values[j]), town)
        set_talk(row, talk_units(np.float64(p.satisfaction[row]), p.stage[row], town.terms), 0, town)


@jit
def rewrite_skill(rows, values, week, p):
    """Give people another skill as of ``week``, float32 (rows) in [0, 1]."""
    for j in range(rows.size):
        set_skill(rows[j], np.float64(values[j]), week, p)
