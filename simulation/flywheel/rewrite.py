"""What follows when somebody's traits or satisfaction are written from outside: totals, talk and the bound of the screen."""

import numpy as np

from simulation.compiled import jit
from simulation.flywheel.moves import (
    deal_slots,
    set_bound,
    set_satisfaction,
    set_skill,
    set_talk,
    talk_units,
    weigh,
)
from simulation.people.book import Total
from simulation.people.stages import Door, Stage


@jit
def take_out(rows, p, book, r):
    """Take out of the totals what stands in them by the size and need of ``rows``."""
    for j in range(rows.size):
        row = rows[j]
        s = p.segment[row]
        if p.stage[row] == Stage.PROSPECT:
            book.totals[s, Total.CALL_WEIGHT] -= p.call_weight[row]
        elif p.stage[row] == Stage.NEWCOMER and p.door[row] == Door.SALES:
            book.totals[s, Total.DEALS] -= deal_slots(row, p, r)


@jit
def put_back(rows, p, net, book, r):
    """Enter ``rows`` in the totals with the traits they have now, and compute their bounds anew."""
    for j in range(rows.size):
        row = rows[j]
        s = p.segment[row]
        weigh(row, p, r)
        if p.stage[row] == Stage.PROSPECT:
            book.totals[s, Total.CALL_WEIGHT] += p.call_weight[row]
        elif p.stage[row] == Stage.NEWCOMER and p.door[row] == Door.SALES:
            book.totals[s, Total.DEALS] += deal_slots(row, p, r)
        set_bound(row, p, net, book, r)


@jit
def rewrite_satisfaction(rows, values, p, net, book, r):
    """Give customers another satisfaction, float32 (rows) in [0, 1]; their contacts hear it."""
    for j in range(rows.size):
        row = rows[j]
        set_satisfaction(row, np.float64(values[j]), p, book)
        set_talk(row, talk_units(np.float64(p.satisfaction[row]), p.stage[row], r), 0, p, net, book, r)


@jit
def rewrite_skill(rows, values, week, p):
    """Give people another skill as of ``week``, float32 (rows) in [0, 1]."""
    for j in range(rows.size):
        set_skill(rows[j], np.float64(values[j]), week, p)
