"""Adoption on villages by a loop of its own, period by period: truths to be recovered, and what the model is held against."""

import numpy as np

from simulation.evidence.history import NEVER
from simulation.people.network import Network, from_pairs


def villages(draw, n=25, size=42, degree=7.2) -> Network:
    """Return villages without ties between them, as in Korea: 1,050 women with 7 contacts each."""
    pairs = []
    for village in range(n):
        one, other = np.triu_indices(size, 1)
        tied = draw.random(one.size) < degree / (size - 1)
        pairs.append(np.column_stack([one[tied], other[tied]]) + village * size)
    source, target = np.vstack(pairs).astype(np.int32).T
    return from_pairs(np.ascontiguousarray(source), np.ascontiguousarray(target), n * size)


def spread(network, numbers, exposure, first, last, draw, when=None, z=None) -> np.ndarray:
    """Return when each adopts in periods ``first`` to ``last`` - 1, given who had (``when``) and how ready people are (``z``).

    ``numbers``: ambient, contact, saturation, variance of readiness; ``exposure``: linear, saturating or any contact.
    """
    a, b, c, v = numbers
    people = network.n_people
    when = np.full(people, NEVER) if when is None else np.where((when != NEVER) & (when < first), when, NEVER)
    if z is None:
        z = draw.gamma(1 / v, v, people) if v else np.ones(people)
    for period in range(first, last):
        k = np.add.reduceat(np.append(when[network.indices] != NEVER, False), network.indptr[:-1])
        k = np.where(np.diff(network.indptr) > 0, k, 0)
        x = {"constant": 0 * k, "linear": k, "any contact": k > 0}.get(exposure)
        x = -np.expm1(-c * k) / c if x is None else x
        adopts = (when == NEVER) & (draw.random(people) < -np.expm1(-z * (a + b * x)))
        when = np.where(adopts, period, when)
    return when
