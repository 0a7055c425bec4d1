"""The practical limit: one byte a person holds state and customer contacts, one sweep, one push. For benchmarks only.

Word of mouth with churn on a small world: p = 0.002, q = 0.02 a customer contact, churn 0.02, return 0.05 a week.
"""

import numba as nb
import numpy as np

from simulation.people.draws import bits
from simulation.people.network import Network

P, Q, CHURN, RETURN = 0.002, 0.02, 0.02, 0.05
WEEKS = 60
CONTACTS = 64  # six bits of the byte count customers among the contacts, two hold the state


@nb.njit(nogil=True)
def sweep(code, changed, key, bound):
    """List the rows whose draw fires; ``code`` is 64 * state + customer contacts."""
    m = 0
    for i in range(code.size):
        changed[m] = i  # written always and kept only if it fires: no branch to guess wrong
        m += bits(key, i) < bound[code[i]]
    return m


@nb.njit(nogil=True)
def push(indptr, indices, code, changed, m):
    """Move those rows on and tell their contacts; return changes of (customers, churned)."""
    customers, churned = 0, 0
    for j in range(m):
        i = changed[j]
        state = code[i] >> 6
        if state == 2:
            code[i] -= np.uint8(128)
            churned -= 1
            continue
        code[i] += np.uint8(64)
        d = 1 - 2 * np.int64(state)
        customers += d
        churned += np.int64(state)
        for e in range(indptr[i], indptr[i + 1]):
            code[indices[e]] += np.uint8(d)
    return customers, churned


def bounds() -> np.ndarray:
    """Return the chance of a change by code, as 64-bit integers."""
    adopt = 1 - (1 - P) * (1 - Q) ** np.arange(CONTACTS)
    return np.array([int(x * 2.0**64) for x in (*adopt, *[CHURN] * CONTACTS, *[RETURN] * CONTACTS)], np.uint64)


def run(network: Network, weeks: int, seed: int) -> np.ndarray:
    """Return (weeks, 3) counts of prospects, customers, churned; everybody has fewer than 64 contacts."""
    n, bound = network.n_people, bounds()
    code, changed = np.zeros(n, np.uint8), np.zeros(n + 1, np.int32)
    out, customers, churned = np.empty((weeks, 3), np.int64), 0, 0
    for week, key in enumerate(np.random.SeedSequence(seed).generate_state(weeks, np.uint64)):
        m = sweep(code, changed, key, bound)
        a, b = push(*network, code, changed, m)
        customers, churned = customers + a, churned + b
        out[week] = n - customers - churned, customers, churned
    return out
