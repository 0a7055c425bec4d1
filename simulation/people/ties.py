"""Community ties: each stands in the columns of both; the oldest gives way."""

import numpy as np

from simulation.compiled import jit, part
from simulation.people.columns import N_TIES
from simulation.people.counts import Event
from simulation.people.draws import uniform


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
            cut_tie(np.int64(p.ties[row, k]) - 1, row, p)
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
def tie(row, other, town):
    """Tie two members to each other, if they are not yet."""
    p = town.people
    for k in range(N_TIES):
        if p.ties[row, k] == other + 1:
            return
    _place_tie(row, other, p)
    _place_tie(other, row, p)
    town.counts.tally[Event.TIES] += 1


@jit
def lose_ties(members, lost, key, p):
    """Cut a share of the ties of members, both ends."""
    for j in range(members.size):
        row = np.int64(members[j])
        for k in range(N_TIES):
            other = np.int64(p.ties[row, k]) - 1
            if other >= 0 and uniform(key, np.int64(row) * N_TIES + k) < 0.5 * lost:
                p.ties[row, k] = 0
                cut_tie(other, row, p)
                if p.member[other] == 1:
                    p.live_ties[other] -= 1
                    p.live_ties[row] -= 1
