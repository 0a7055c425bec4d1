"""Attraction: how a prospect comes to know the product, through which channel and through whom.

The hazard is a sum over channels; the channel is drawn in proportion to its part. Search and broadcast talk,
adverts and brand are the same for a whole segment; close talk, invites and sellers' calls are personal.
"""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import jit, part
from simulation.flywheel.moves import be_attracted, look_again
from simulation.people.book import Event
from simulation.people.draws import uniform
from simulation.people.influence import FULL_TALK, talk_of, users_of
from simulation.people.stages import Channel, Stage

STAYS = 0  # other outcomes are the channels 1-8


class AttractionRates(NamedTuple):
    """Weekly hazards; ``reach`` is what a whole segment meets."""

    reach: np.ndarray  # float64 (segments, 5): user content, firm content, broadcast talk, adverts and brand, ambient
    close_talk: float  # per contact who talks fully, after criticism
    invite: float  # per contact who uses the product
    call: float  # per sixteenth of call weight


@jit
def attraction(u, user_content, firm_content, close_talk, broadcast, invite, advert, call, ambient):
    """Return the channel (1-8) that attracts, or 0. ``u`` is this week's draw, the rest are hazards."""
    total = user_content + firm_content + close_talk + broadcast + invite + advert + call + ambient
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    v = u / chance * total
    if v < user_content:
        return 1
    v -= user_content
    if v < firm_content:
        return 2
    v -= firm_content
    if v < close_talk:
        return 3
    v -= close_talk
    if v < broadcast:
        return 4
    v -= broadcast
    if v < invite:
        return 5
    v -= invite
    if v < advert:
        return 6
    return 7 if v < advert + call else 8


@jit
def attraction_of(row, key, p, net, r):
    """Return what :func:`attraction` says for ``row``."""
    s = p.segment[row]
    heard = net.heard[row]
    return attraction(
        uniform(key, row),
        r.reach[s, 0],
        r.reach[s, 1],
        r.close_talk * max(np.int64(0), talk_of(heard)) / FULL_TALK,
        r.reach[s, 2],
        r.invite * users_of(heard),
        r.reach[s, 3],
        r.call * p.call_weight[row],
        r.reach[s, 4],
    )


@jit
def decide_attraction(rows, lo, hi, code, key, p, net, r):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    for j in range(lo, hi):
        code[j] = attraction_of(rows[j], key, p, net, r)


@part
def referrer_of(row, u, net):
    """Return the contact who told ``row``, drawn in proportion to talk; -1 if none talks."""
    total = np.int64(0)
    for e in range(net.indptr[row], net.indptr[row + 1]):
        total += max(np.int64(0), np.int64(net.talk[net.indices[e]]))
    pick = np.int64(u * total)
    for e in range(net.indptr[row], net.indptr[row + 1]):
        pick -= max(np.int64(0), np.int64(net.talk[net.indices[e]]))
        if pick < 0:
            return np.int64(net.indices[e])
    return np.int64(-1)


@jit
def apply_attraction(rows, n, code, week, key_referrer, p, net, arrived, book, m):
    """Carry the outcomes out; return how many rows were attracted and list them in ``arrived``."""
    k = 0
    for j in range(n):
        channel = np.int64(code[j])
        if channel != STAYS:
            row = rows[j]
            referrer = np.int64(-1)
            if channel == Channel.CLOSE_TALK or channel == Channel.INVITE:
                referrer = referrer_of(row, uniform(key_referrer, row), net)
            book.tally[Event.CALLED] += channel == Channel.OUTBOUND
            be_attracted(row, channel, referrer, week, p, net, book, m)
            arrived[k] = row
            k += 1
    return k


class ReturnRates(NamedTuple):
    """Weekly hazards of a former customer."""

    win_back: float
    forgetting: float


@jit
def come_back(u, win_back, forgetting):
    """Return 1 (looks again), 2 (has forgotten the product, a prospect again) or 0."""
    total = win_back + forgetting
    chance = 1.0 - math.exp(-total)
    if u >= chance:
        return 0
    return 1 if u * total < win_back * chance else 2


@jit
def come_back_of(row, key, r):
    """Return what :func:`come_back` says for ``row``."""
    return come_back(uniform(key, row), r.win_back, r.forgetting)


@jit
def decide_come_back(rows, lo, hi, code, key, r):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    for j in range(lo, hi):
        code[j] = come_back_of(rows[j], key, r)


@jit
def apply_come_back(rows, n, code, week, p, net, book, m):
    """Carry the outcomes out."""
    for j in range(n):
        if code[j] == 1:
            look_again(rows[j], Stage.ATTRACTED, week, p, net, book, m)
        elif code[j] == 2:
            look_again(rows[j], Stage.PROSPECT, week, p, net, book, m)
