"""Habits of posting, which make communities of different kinds: follow-ups after a post of one's own, and who only drops in."""

from typing import NamedTuple

import numpy as np

from simulation.compiled import part
from simulation.people.draws import uniform

BURST_WEEKS = 4


class Rates(NamedTuple):
    """What a post of one's own does to the next."""

    follow_up_per_week: float  # hazard of asking again
    drops_in: float  # share of people


@part
def rates(said):
    """Return this week's rates."""
    h = said.world.behaviour.habits
    return Rates(h.follow_up_per_week, h.drops_in)


@part
def lately(row, week, p):
    """Return whether ``row`` posted in the four weeks before: a matter of the last post alone, no state is kept for it."""
    last = np.int64(p.last_post[row])
    return last >= 0 and week - last <= BURST_WEEKS


@part
def follow_up(row, week, p, r):
    """Return the weekly hazard at which ``row`` asks again after a post of its own."""
    return r.follow_up_per_week if lately(row, week, p) else 0.0


@part
def still_here(row, week, town, r):
    """Return whether ``row`` posts at all: who drops in does not any more once a burst is over."""
    p = town.people
    if r.drops_in == 0.0 or p.last_post[row] < 0 or lately(row, week, p):
        return True
    return uniform(town.terms.drops_in_key, row) >= r.drops_in
