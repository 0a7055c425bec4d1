"""How sure the shares of an optimum are: a quadratic surface of the goal over log shares, fitted to the mixes near it.

The mixes that were tried lie where the search happened to go, so which of them is best under other seeds says little.
The surface is fitted by least squares; seeds are drawn again (bootstrap), and each time the best point of
the surface is sought where mixes were tried. Mixes are drawn again with the seeds, as no surface is quadratic.
"""

from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from simulation.runs.design import DESIGN_SEED
from simulation.runs.paired import better, quantiles
from simulation.scenario.study import Optimise, Span

NEAR = 3.0  # a mix is near where every share is within this factor of the best's
PER_COEFFICIENT = 1.5  # mixes that a coefficient of the surface needs, judgement; with fewer nothing is said
SMALL = 0.02  # of the budget, added to shares: below it, twice as much is no other mix
RESAMPLES = 200
CANDIDATES = 2000


def ranges(study: Optimise, best: dict[str, float], tried: list[Any]) -> dict[str, tuple[float, float]]:
    """Return the 90 % interval of each share of the optimum, which holds ``best``; NaN where too few mixes lie near it."""
    levers, metrics = list(best), [study.goal, *study.subject_to]
    centre = np.array([best[k] for k in levers])
    near = [m for m in tried if _is_near(m, best) and all(np.isfinite(m.values[name]).all() for name in metrics)]
    curved = [crossed for crossed in (True, False) if len(near) >= PER_COEFFICIENT * _count(len(levers) - 1, crossed)]
    if len(levers) < 2 or not curved:
        return dict.fromkeys(levers, (np.nan, np.nan))
    shares = np.array([[m.shares[k] for k in levers] for m in near])
    values = {name: np.array([m.values[name] for m in near]) for name in metrics}
    draw = np.random.default_rng(DESIGN_SEED)
    at = _between(shares, draw)
    terms, there = (_terms(x, centre, curved[0]) for x in (shares, at))
    chosen = [centre]
    for _ in range(RESAMPLES):
        rows = draw.integers(len(near), size=len(near))
        seeds = draw.integers(values[study.goal].shape[1], size=values[study.goal].shape[1])
        fit = there @ np.linalg.pinv(terms[rows])
        surface = {name: fit @ v[np.ix_(rows, seeds)].mean(axis=1) for name, v in values.items()}
        broken = sum((miss(surface[name], span) for name, span in study.subject_to.items()), np.zeros(len(at)))
        chosen.append(at[np.lexsort((-better(study.goal) * surface[study.goal], broken))[0]])
    found = np.array(chosen)
    ends = [quantiles(found[:, k])[::2] for k in range(len(levers))]
    return {
        lever: (min(low, best[lever]), max(high, best[lever])) for lever, (low, high) in zip(levers, ends, strict=True)
    }


def miss(value: Any, span: Span) -> Any:
    """Return by how much a value, or an array of them, misses a condition, relative to its bounds; 0 where it is met."""
    return np.maximum(0.0, np.maximum(span.low - value, value - span.high)) / max(abs(span.low), abs(span.high), 1e-9)


def _is_near(mix: Any, best: dict[str, float]) -> bool:
    return all(abs(np.log((mix.shares[k] + SMALL) / (v + SMALL))) <= np.log(NEAR) for k, v in best.items())


def _count(n: int, crossed: bool) -> int:
    """Return the number of coefficients of a surface over ``n`` free shares."""
    return 1 + n + (n * (n + 1) // 2 if crossed else n)


def _terms(shares: np.ndarray, centre: np.ndarray, crossed: bool) -> np.ndarray:
    """Return 1, log shares relative to the centre's, squares and, if crossed, products; the largest lever is the rest's."""
    z = np.delete(np.log((shares + SMALL) / (centre + SMALL)), int(centre.argmax()), axis=1)
    pairs = combinations_with_replacement(range(z.shape[1]), 2)
    return np.column_stack([np.ones(len(z)), z, *(z[:, i] * z[:, j] for i, j in pairs if crossed or i == j)])


def _between(shares: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return mixes that lie between those tried: the surface says nothing about others."""
    weights = draw.dirichlet(np.full(len(shares), 0.1), size=CANDIDATES)
    return np.vstack([shares, weights @ shares])
