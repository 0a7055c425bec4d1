"""Speed comes from not looking: one sweep finds everybody to whom something may happen this week.

Each person has one draw of life a week. The sweep compares it with an upper bound of the person's chance, kept
as a class of one byte; only those below it reach a rule, and the rule uses the same draw. So the result
does not depend on the bound (a test sets every bound to one).
"""

import math

import numpy as np

from simulation.compiled import jit, part
from simulation.people.draws import bits
from simulation.people.influence import (
    FINENESS,
    TALKED,
    USED,
    gone_of,
    gone_share,
    left_of,
    rivals_of,
    talk_of,
    users_of,
)
from simulation.people.prefetch import fetch_person

GROUP = np.array([0, 1, 2, 3, 3, 4])  # stage -> list of candidates: experts go with customers

# classes 0-127: prospects as ready as most, 16 levels of influence x 4 levels of size (whom sellers call) x 2 of readiness
TOP_INFLUENCE = 15
HEARD_AT_MOST = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    9,
    11,
    13,
    15,
    19,
    23,
    27,
)  # contacts, by level of influence; the top has no limit
LEVEL_OF = np.searchsorted(HEARD_AT_MOST, np.arange(HEARD_AT_MOST[-1] + 2))  # level of influence, by contacts
READY, KEEN = np.int64(64), np.int64(128)  # 64-127: who is up to READIEST times as ready as others
READIEST, KEENEST = 2.0, 8.0  # 128-143: up to KEENEST times, of any size and use; the readier are always looked at
ALWAYS, FORMER, FIRST_LEVEL = np.int64(144), np.int64(145), np.int64(171)  # 171-255: customers, by static hazard
RIVAL_USER = np.int64(146)  # 146-150: prospects who use a rival, by HEARD_OUTSIDE; 151-155: the readier
READER = np.int64(156)  # 156-165: prospects who read what is written, whatever they use, likewise
BESIDE_RIVALS = np.int64(166)  # 166-170: former customers where there are rivals, likewise, however ready
HEARD_OUTSIDE = (3, 7, 15, 30)
N_OUTSIDE = len(HEARD_OUTSIDE) + 1
TOP_LEVEL = 84
LOWEST_HAZARD, LEVEL_STEP = 2.5e-5, 0.125  # level k: hazard at most LOWEST_HAZARD * exp(k * LEVEL_STEP)


def levels_of(log_hazard: float) -> int:
    """Return the levels of the bound that a rise of the hazard by ``log_hazard`` needs at most."""
    return math.ceil(log_hazard / LEVEL_STEP)


@part
def call_weight(size, need, median, power, by_need):
    """Return how much sellers look for this account, in sixteenths: larger and needier accounts first, at most 8."""
    return np.int64(16.0 * min(8.0, (size / median) ** power * math.exp(by_need * need)))


@part
def size_class(weight):
    """Return 16 times the level (0-3) of a call weight in sixteenths."""
    return 0 if weight <= 16 else 16 if weight <= 32 else 32 if weight <= 64 else 48


@part
def influence_level(contacts):
    """Return the level of influence that holds so many contacts."""
    return LEVEL_OF[min(contacts, LEVEL_OF.size - 1)]


@part
def leavers_matter(terms):
    """Return whether contacts who leave change the bound of a customer."""
    return terms.contact_levels > 0 or terms.contacts_gone > 0.0


@part
def refresh(row, net, terms, customers):
    """Bring the bound of ``row`` up to date with what its contacts do; that of customers where ``customers`` says so."""
    odds, heard, talked, used = np.int64(net.odds[row]), net.heard[row], np.int64(0), np.int64(0)
    if terms.remembered > 0:
        talked, used = max(0, np.int64(net.lag[row, TALKED])), max(0, np.int64(net.lag[row, USED]))
    talk = (talk_of(heard) * FINENESS + talked + 8 * FINENESS - 1) // (8 * FINENESS)
    e = max(talk, users_of(heard) + (used + FINENESS - 1) // FINENESS)
    if net.there.size > 0:
        e = max(e, rivals_of(net.there[row]))
    # chosen without a branch, as is the level: which contact is a prospect and how many each hears cannot be guessed
    net.odds[row] = (odds & ~np.int64(15)) | influence_level(e) if odds < ALWAYS else odds
    if odds >= RIVAL_USER and odds < FIRST_LEVEL:
        first = odds - (odds - RIVAL_USER) % N_OUTSIDE
        for most in HEARD_OUTSIDE:
            first += e > most
        net.odds[row] = first
    elif customers and odds >= FIRST_LEVEL:
        level = np.int64(net.level[row]) + terms.contact_levels * left_of(heard)
        if gone_of(heard) > 0:
            level += np.int64(math.ceil(terms.contacts_gone * gone_share(heard) / LEVEL_STEP))
        net.odds[row] = FIRST_LEVEL + min(level, TOP_LEVEL)


@part
def spread(row, delta, net, terms):
    """Tell the contacts of ``row`` a change, packed, of which rival it uses; what it says and does is told by :func:`memory.tell`."""
    for e in range(net.indptr[row], net.indptr[row + 1]):
        contact = np.int64(net.indices[e])
        before, odds = rivals_of(net.there[contact]), np.int64(net.odds[contact])
        net.there[contact] += delta
        after = rivals_of(net.there[contact])
        if odds < ALWAYS and after > before:  # no need to read what else it hears: a bound only rises
            net.odds[contact] = max(odds, (odds & ~np.int64(15)) | influence_level(after))
        elif after != before and odds < FIRST_LEVEL and (odds >= ALWAYS or influence_level(before) >= (odds & 15)):
            refresh(contact, net, terms, leavers_matter(terms))


@part
def churn_level(hazard):
    """Return the lowest level whose hazard is not below ``hazard``; the top level has no limit."""
    if hazard <= LOWEST_HAZARD:
        return 0
    return min(TOP_LEVEL, np.int64(math.ceil(math.log(hazard / LOWEST_HAZARD) / LEVEL_STEP)))


@jit
def sweep(key, lo, hi, odds, bound, found):
    """Write the rows in ``[lo, hi)`` whose draw is below their bound to ``found[lo:]``; -1 ends them."""
    m = lo
    for i in range(lo, hi):
        found[m] = i
        m += bits(key, i) < bound[odds[i]]
    if m < hi:
        found[m] = -1


@jit
def sweep_few(key, lo, hi, odds, bound, found):
    """Do as :func:`sweep` where most rows are in class 0, whose bound is zero."""
    m = lo
    for i in range(lo, hi):
        if odds[i] > 0:
            found[m] = i
            m += bits(key, i) < bound[odds[i]]
    if m < hi:
        found[m] = -1


@part
def split(found, cuts, p, by_stage, sizes):
    """Sort the rows found by stage: 0 prospects, 1 attracted, 2 newcomers, 3 customers and experts, 4 former."""
    sizes[:5] = 0
    for c in range(cuts.size - 1):
        j = cuts[c]
        while j < cuts[c + 1] and found[j] >= 0:
            fetch_person(found, j, cuts[c + 1], p)
            row = found[j]
            g = GROUP[p.stage[row]]
            by_stage[g, sizes[g]] = row
            sizes[g] += 1
            j += 1


@part
def close_gaps(found, cuts, rows):
    """Write the rows found in all chunks to ``rows``; return how many there are."""
    n = 0
    for c in range(cuts.size - 1):
        j = cuts[c]
        while j < cuts[c + 1] and found[j] >= 0:
            rows[n] = found[j]
            n += 1
            j += 1
    return n


@part
def as_bound(chance, everything):
    """Return a chance as a bound of 64 random bits; all of them where ``everything`` is to be looked at."""
    if everything or chance >= 0.999999:
        return np.uint64(0xFFFFFFFFFFFFFFFF)
    return np.uint64(chance * 18446744073709551616.0)


@part
def outside(k, common, per_influence, calls, former, giving_up, looking, reading):
    """Return the hazard at most of class ``k`` of those who use a rival, read, or are former customers beside rivals."""
    level = (k - RIVAL_USER) % N_OUTSIDE
    if level == len(HEARD_OUTSIDE):
        return 50.0
    h = common + per_influence * HEARD_OUTSIDE[level]
    if k >= BESIDE_RIVALS:
        return giving_up + former + h
    ready = READIEST if (k - RIVAL_USER) % (2 * N_OUTSIDE) >= N_OUTSIDE else 1.0
    if k >= READER:
        return giving_up + ready * (h + calls + reading)
    return giving_up + looking * ready * (h + calls)


@part
def fill_bounds(
    bound, common, per_influence, per_call, risk, constant, former, giving_up, looking, reading, everything
):
    """Fill the 256 bounds (uint64) of this week.

    A prospect's hazard is at most ``common + per_influence * level + per_call * weight`` times readiness, a customer's at most
    ``risk * static + constant``, a former customer's at most ``former``; who uses a rival gives it up besides with ``giving_up`` at most
    and hears the share ``looking`` of the rest, who reads looks again or stops besides with ``reading``.
    """
    for k in range(256):
        h = 50.0
        if k < ALWAYS:
            if (k & 15) < TOP_INFLUENCE:
                h = common + per_influence * HEARD_AT_MOST[k & 15]
                if k >= KEEN:
                    h = giving_up + KEENEST * (h + 8.0 * per_call)
                else:
                    h += per_call * np.float64(1 << ((k >> 4) & 3))
                    h *= READIEST if k >= READY else 1.0
        elif k == FORMER:
            h = former
        elif k >= RIVAL_USER and k < FIRST_LEVEL:
            h = outside(k, common, per_influence, 8.0 * per_call, former, giving_up, looking, reading)
        elif k >= FIRST_LEVEL and k < FIRST_LEVEL + TOP_LEVEL:
            h = risk * LOWEST_HAZARD * math.exp((k - FIRST_LEVEL) * LEVEL_STEP) + constant
        bound[k] = as_bound(1.0 - math.exp(-h) + 1e-12, everything)
