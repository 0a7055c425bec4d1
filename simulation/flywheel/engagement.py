"""Engagement: the doors compete for the attracted: community, free trial, seller; and interest fades."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import jit
from simulation.flywheel.moves import be_newcomer, be_prospect
from simulation.people.book import Event
from simulation.people.draws import uniform
from simulation.people.stages import Channel, Door

FADES = 4  # other outcomes are the doors 1-3; 0 stays


class EngagementRates(NamedTuple):
    """Weekly hazards of the attracted."""

    join: np.ndarray  # float64 (segments): at affinity 1, with the liveliness of the segment's community
    pull_of_users: float
    trial: float
    sales: float  # inbound, as far as sellers have open slots
    sales_called: float  # for those whom a seller called
    fade: float
    welcome: float  # chance that the team welcomes a newcomer
    welcome_belonging: float


@jit
def engagement(u, community, trial, sales, fade):
    """Return the door (1-3), 4 = interest fades, or 0. ``u`` is a draw, the rest are hazards."""
    total = community + trial + sales + fade
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    v = u / chance * total
    if v < community:
        return 1
    if v < community + trial:
        return 2
    return 3 if v < community + trial + sales else 4


@jit
def engagement_of(row, key, p, r):
    """Return what :func:`engagement` says for ``row``."""
    channel = p.channel[row]
    by_users = channel == Channel.USER_CONTENT or channel == Channel.CLOSE_TALK or channel == Channel.BROADCAST_TALK
    community = r.join[p.segment[row]] * np.float64(p.eagerness[row]) * (1.0 + r.pull_of_users * by_users)
    sales = r.sales * min(1.0, p.call_weight[row] / 16.0)  # sellers take up larger accounts first
    if channel == Channel.OUTBOUND:
        sales = r.sales_called
    return engagement(uniform(key, row), community, r.trial, sales, r.fade)


@jit
def decide_engagement(rows, lo, hi, code, key, p, r):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    for j in range(lo, hi):
        code[j] = engagement_of(rows[j], key, p, r)


@jit
def apply_engagement(rows, n, code, week, key_welcome, p, net, members, arrived, book, r, m):
    """Carry the outcomes out; return how many came in and list them in ``arrived``."""
    k = 0
    for j in range(n):
        row = rows[j]
        if code[j] == FADES:
            book.tally[Event.FADED] += 1
            be_prospect(row, week, p, net, book, m)
        elif code[j] != 0:
            be_newcomer(row, np.int64(code[j]), week, p, net, members, book, m)
            if code[j] == Door.COMMUNITY and uniform(key_welcome, row) < r.welcome:
                p.belonging[row] = min(1.0, np.float64(p.belonging[row]) + r.welcome_belonging)
            arrived[k] = row
            k += 1
    return k
