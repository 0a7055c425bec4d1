"""The practical limit: one byte a person holds state and customer contacts, one sweep, one push. For benchmarks only.

Word of mouth with churn on a small world: p = 0.002, q = 0.02 a customer contact, churn 0.02, return 0.05 a week.
"""

import numba as nb
import numpy as np

from simulation.people.draws import GOLDEN, mix
from simulation.people.network import Network

P, Q, CHURN, RETURN = 0.002, 0.02, 0.02, 0.05


@nb.njit(nogil=True)
def sweep(code, changed, key, bound):
    """List the rows whose draw fires; ``code`` is 64 * state + customer contacts."""
    m = 0
    for i in range(code.size):
        changed[m] = i
        m += mix(key + np.uint64(i) * GOLDEN) < bound[code[i]]
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


def run(network: Network, weeks: int, seed: int) -> np.ndarray:
    """Return (weeks, 3) counts of prospects, customers, churned."""
    n = network.n_people
    adopt = 1 - (1 - P) * (1 - Q) ** np.arange(64)
    bound = np.array([int(x * 2.0**64) for x in (*adopt, *[CHURN] * 64, *[RETURN] * 64)], np.uint64)
    code, changed = np.zeros(n, np.uint8), np.zeros(n + 1, np.int32)
    out, customers, churned = np.empty((weeks, 3), np.int64), 0, 0
    for week, key in enumerate(np.random.SeedSequence(seed).generate_state(weeks, np.uint64)):
        m = sweep(code, changed, key, bound)
        a, b = push(*network, code, changed, m)
        customers, churned = customers + a, churned + b
        out[week] = n - customers - churned, customers, churned
    return out
