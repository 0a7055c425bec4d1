"""What people remember of what contacts said: a change of it arrives over weeks, a share each, and the shares add up to one.

Held as what is heard beyond what contacts say now, which halves every ``memory_half_life_weeks``: positive where they have
fallen silent, negative where they have just begun. Integers, as in influence.py.
"""

import numpy as np

from simulation.compiled import part, phase
from simulation.people.decision import Phase
from simulation.people.influence import FINENESS, TALKED, USED, talk_of, users_of
from simulation.people.screen import leavers_matter, refresh

WHOLE_BITS = 16  # of ``terms.remembered``, the share kept from week to week


def remembered(half_life_weeks: float) -> int:
    """Return the share kept from week to week, in 65,536ths."""
    return round((1 << WHOLE_BITS) * 0.5 ** (1.0 / half_life_weeks)) if half_life_weeks > 0 else 0


@part
def tell(row, delta, town):
    """Tell the contacts of ``row`` a change of what it says or does, packed; they take it in over the weeks."""
    net, customers = town.net, leavers_matter(town.terms)
    for e in range(net.indptr[row], net.indptr[row + 1]):
        contact = np.int64(net.indices[e])
        before, after = np.int64(net.heard[contact]), np.int64(net.heard[contact]) + delta
        net.heard[contact] = after
        if town.terms.remembered > 0:
            net.lag[contact, TALKED] -= FINENESS * (talk_of(after) - talk_of(before))
            net.lag[contact, USED] -= FINENESS * (users_of(after) - users_of(before))
        refresh(contact, net, town.terms, customers)


@part
def talk_remembered(row, town):
    """Return the sum of contacts' own talk as ``row`` has it in mind, in eighths of full talk."""
    talk = np.float64(talk_of(town.net.heard[row]))
    return talk + np.float64(town.net.lag[row, TALKED]) / FINENESS if town.terms.remembered > 0 else talk


@part
def users_remembered(row, town):
    """Return the number of contacts who use the product as ``row`` has it in mind."""
    users = np.float64(users_of(town.net.heard[row]))
    return users + np.float64(town.net.lag[row, USED]) / FINENESS if town.terms.remembered > 0 else users


@part
def arriving(before, now, town):
    """Return what is in mind this week of something said to all, where ``before`` was in mind last week."""
    kept = town.terms.remembered / np.float64(1 << WHOLE_BITS)
    return kept * before + (1.0 - kept) * now


@phase
def ready(now, town, said, desk):
    """Return the number of people who remember."""
    return town.people.shape[0] if town.terms.remembered > 0 else 0


@phase
def loop(lo, hi, now, town, said, desk):
    """Let what is heard come nearer to what contacts say now."""
    left = town.net.lag[lo:hi].reshape(2 * (hi - lo))  # one row of numbers from 0 on, so that eight are done at once
    kept = town.terms.remembered / np.float64(1 << WHOLE_BITS)
    for place in range(left.size):
        left[place] = np.int32(left[place] * kept)  # exact in 48 bits, then cut towards zero


@phase
def fade(now, town, said, desk):
    """Let everybody's memory fade."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


FADE = Phase("fade", fade, ready, loop)
