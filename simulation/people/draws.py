"""Named draws: every random number is a pure function of (key, week, purpose, row).

There is no stream. A person's luck is the same whatever others do, in whatever order or thread
people are processed, and the same under every motion (common random numbers).
The mixer is the splitmix64 finaliser (Steele, Lea & Flood 2014, OOPSLA).
"""

from enum import IntEnum

import numpy as np

from simulation.compiled import inline, jit, part

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53


class Purpose(IntEnum):
    """What a draw decides. The numbers are part of every result: add at the end, never renumber."""

    LIFE = 1
    TIE_MOVES = 2
    TIE_TARGET = 3
    SEGMENT = 4
    HOMOPHILY = 5
    SIZE = 6
    NEED = 7
    FIT = 8
    APTITUDE = 9
    AFFINITY = 10
    HELPFULNESS = 11
    ENCOURAGEMENT = 12
    CONTRACT = 13
    ENGAGEMENT = 14
    ADOPTION = 15
    REFERRER = 16
    ASK = 17
    DIFFICULTY = 18
    ANSWERED = 19
    HELPER = 20
    CONTENT = 21
    STAFF = 22
    WRITE = 23
    ATTEND = 24
    MEETING = 25
    INTRODUCTION = 26
    PARTNER = 27
    TICKET = 28
    SOLVED = 29
    WELCOME = 30
    TIE = 31
    RENEWAL = 32
    SEATS = 33
    SOCIAL = 34
    HELP_SEGMENT = 35
    SEED = 36
    QUIET = 37
    PAST = 38
    RIVAL_USERS = 39
    RIVAL_KNOWN = 40
    GROWTH = 41
    JOINS = 42
    READS_ON = 43
    DROPS_OUT = 44
    READINESS = 45
    DROPS_IN = 46
    THREAD = 47


@inline
def mix(z):
    """Return the splitmix64 finaliser of ``z``: uint64 in, uint64 out, a bijection."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


@jit
def phase_key(key, week, purpose):
    """Return the uint64 key of one question in one week; computed once a phase."""
    z = mix(np.uint64(key) + GOLDEN)
    z = mix((z ^ np.uint64(week)) * MIX_1 + GOLDEN)
    return mix((z ^ np.uint64(purpose)) * MIX_2 + GOLDEN)


def key_of(key: int | np.uint64, week: int, purpose: int) -> np.uint64:
    """Return :func:`phase_key` for Python, always with the same types; ``key`` is taken modulo 2**64."""
    return np.uint64(phase_key(np.uint64(int(key) % 2**64), int(week), int(purpose)))


@part
def fill_keys(key, week, keys):
    """Fill ``keys[purpose]`` (uint64) for one week."""
    for purpose in range(keys.size):
        keys[purpose] = phase_key(key, week, purpose)


@inline
def bits(phase, row):
    """Return the 64 random bits of ``row`` under a phase key."""
    return mix(phase + np.uint64(row) * GOLDEN)


@inline
def uniform(phase, row):
    """Return the uniform in [0, 1) of ``row`` under a phase key."""
    return np.float64(bits(phase, row) >> np.uint64(11)) * TO_UNIT


@jit
def _fill_bits(phase, out):
    for row in range(out.size):
        out[row] = bits(phase, row)


def all_bits(phase: np.uint64, n: int) -> np.ndarray:
    """Return the 64 random bits of the first ``n`` rows, uint64."""
    out = np.empty(n, np.uint64)
    _fill_bits(phase, out)
    return out
