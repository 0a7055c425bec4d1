"""The bare workload as others write it: NumPy with SciPy's sparse matrices, and laser-core. For benchmarks only.

laser-core has no network between people, so the contacts lie beside its frame; its kernels are numba's, as its own components are.
"""

import numba as nb
import numpy as np
from scipy import sparse

from simulation.people.network import Network
from tests.benchmarks.limit import CHURN, CONTACTS, RETURN, P, Q

ADOPT = 1 - (1 - P) * (1 - Q) ** np.arange(CONTACTS)  # chance by customers among the contacts


def run_numpy(network: Network, weeks: int, seed: int) -> np.ndarray:
    """Return (weeks, 3) counts of prospects, customers, churned: one product and one draw a person a week."""
    n, rng = network.n_people, np.random.default_rng(seed)
    places = network.indices, network.indptr.astype(np.int32)  # narrow, as its product is faster so
    ties = sparse.csr_array((np.ones(network.indices.size, np.float32), *places), shape=(n, n))
    state, out = np.zeros(n, np.int8), np.empty((weeks, 3), np.int64)
    for week in range(weeks):
        using = ties @ (state == 1).astype(np.float32)
        u = rng.random(n)
        adopt = (state == 0) & (u < ADOPT[using.astype(np.int64)])
        churn = (state == 1) & (u < CHURN)
        back = (state == 2) & (u < RETURN)
        state[adopt], state[churn], state[back] = 1, 2, 0
        out[week] = np.bincount(state, minlength=3)
    return out


@nb.njit(parallel=True, nogil=True)
def decide(count, indptr, indices, state, following, adopt, churn, back):
    """Choose by what the contacts were at the week's start."""
    for i in nb.prange(count):
        x, u = state[i], np.random.random()  # noqa: NPY002 - numba's own stream, as laser-core seeds it
        if x == 0:
            using = 0
            for e in range(indptr[i], indptr[i + 1]):
                using += state[indices[e]] == 1
            if u < adopt[using]:
                x = np.int8(1)
        elif x == 1:
            if u < churn:
                x = np.int8(2)
        elif u < back:
            x = np.int8(0)
        following[i] = x


@nb.njit(parallel=True, nogil=True)
def count(n, state, following, out):
    """Become what was chosen, and count."""
    customers, churned = 0, 0
    for i in nb.prange(n):
        x = following[i]
        state[i] = x
        customers += x == 1
        churned += x == 2
    out[0], out[1], out[2] = n - customers - churned, customers, churned


def run_laser(network: Network, weeks: int, seed: int) -> np.ndarray:
    """Return (weeks, 3) counts; raises ImportError where laser-core is not installed (``pip install -e '.[bench]'``)."""
    from laser.core import LaserFrame
    from laser.core.random import seed as start_draws

    start_draws(seed)
    n, out = network.n_people, np.zeros((weeks, 3), np.int64)
    people = LaserFrame(capacity=n, initial_count=n)
    people.add_scalar_property("state", dtype=np.int8)
    people.add_scalar_property("following", dtype=np.int8)
    for week in range(weeks):
        decide(people.count, *network, people.state, people.following, ADOPT, CHURN, RETURN)
        count(people.count, people.state, people.following, out[week])
    return out
