"""The limit kernel computes what it is said to compute."""

import numpy as np

from simulation.people.network import small_world
from tests.benchmarks import limit


def test_the_limit_kernel_ends_where_the_reference_does():
    """N = 1,000: 112.7, 683.8, 203.5 over 4,000 runs; four standard errors of 100 runs (1 in 15,000 a state)."""
    network = small_world(1000, 10, 0.1, 1)
    ends = np.array([limit.run(network, 60, seed)[-1] for seed in range(100)])
    error = 4 * ends.std(axis=0, ddof=1) / 10
    assert (abs(ends.mean(axis=0) - (112.7, 683.8, 203.5)) < error).all()
