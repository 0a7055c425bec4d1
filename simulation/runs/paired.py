"""The paired comparison: the same seeds under every motion, summarised and set against each other.

One rule for every study. A metric that a run does not have counts as worst: a motion that never sells has no CAC, and
loses to one that sells. Where neither of two has it there is a tie, which counts for none and is counted; so does a metric
that is not known because too few customers were seen (``Metric.needs_many``), under either. A run that failed says nothing:
its seed counts for no motion.
"""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from simulation.metrics import METRICS
from simulation.runs.enough import LEAST_MARKETS, is_ahead

INTERVAL = (5, 50, 95)  # percent over seeds
NAMED = 3  # runs that a sentence names


class Summary(NamedTuple):
    """Median and 90 % interval over seeds of one metric under one motion; no interval (NaN) from fewer than ten that have it."""

    motion: str
    metric: str
    runs: int
    median: float
    low: float
    high: float


class Difference(NamedTuple):
    """Paired difference (first minus second, same seed) and how often each of the two is better.

    The difference is over ``pairs`` that have the metric under both. Shares are of pairs that :func:`versus` tells
    apart, NaN where none is; ``one_only`` counts pairs where just one has the metric, ``neither`` those where none has.
    """

    metric: str
    first: str
    second: str
    pairs: int
    median: float
    low: float
    high: float
    first_wins: float
    second_wins: float
    one_only: int
    neither: int


def better(metric: str) -> int:
    """Return 1 where more is better, -1 where less is, 0 where neither."""
    return METRICS[metric].better.value


def signed(metric: str, values: np.ndarray) -> np.ndarray:
    """Return a metric so that more is better, same shape; not defined is the worst, or NaN if it is not known then."""
    values = better(metric) * values
    return np.where(np.isfinite(values), values, np.nan if METRICS[metric].needs_many else -np.inf)


def versus(metric: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return 1 where a is better, -1 where b is, 0 where they are equal, same shape.

    NaN where neither is defined, or one is not known, and throughout where neither more nor less is better.
    """
    first, second = signed(metric, a), signed(metric, b)
    known = (np.isfinite(first) | np.isfinite(second)) & ~np.isnan(first) & ~np.isnan(second) & bool(better(metric))
    return np.where(known, (first > second) * 1.0 - (first < second), np.nan)


def since(found: np.ndarray) -> np.ndarray:
    """Return the week from which on the first is better to the end, float, shape (...,); NaN where it is not at the end.

    ``found`` as :func:`versus` returns it of weekly curves, shape (..., weeks).
    """
    not_better = ~(found > 0)
    last = np.where(not_better.any(axis=-1), found.shape[-1] - not_better[..., ::-1].argmax(axis=-1), 0)
    return np.where(found[..., -1] > 0, last, np.nan)


def leader(metric: str, values: Mapping[str, np.ndarray]) -> str | None:
    """Return the motion that is ahead of each other one beyond luck, None where there is none; ``values`` by motion, shape (pairs,)."""
    for first in values:
        found = [versus(metric, values[first], of) for second, of in values.items() if second != first]
        if found and all(is_ahead(int((x > 0).sum()), int((x < 0).sum())) for x in found):
            return first
    return None


def ran(values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return where no motion's run failed; ``values`` by motion, shape (..., metrics): a run that failed has no metric."""
    return np.all([np.isfinite(v).any(axis=-1) for v in values.values()], axis=0)


def failures(missing: list[str], counted: str) -> str:
    """Return a sentence on runs that failed, empty where none did; ``counted`` says what does not count."""
    if not missing:
        return ""
    named = ", ".join(missing[:NAMED]) + (", ..." if len(missing) > NAMED else "")
    return f"{len(missing)} runs failed ({named}): {counted}"


def quantiles(values: np.ndarray) -> tuple[float, float, float]:
    """Return the 5th percentile, the median and the 95th of what is known; NaN where nothing is, and too little for the ends."""
    known = values[np.isfinite(values)]
    low, mid, high = np.percentile(known, INTERVAL).tolist() if known.size else (math.nan,) * 3
    return (low, mid, high) if known.size >= LEAST_MARKETS else (math.nan, mid, math.nan)


def median_first(values: np.ndarray) -> tuple[float, float, float]:
    """Return the same, the median first."""
    low, mid, high = quantiles(values)
    return mid, low, high


def summarise(found: dict[str, np.ndarray]) -> list[Summary]:
    """Return one line a motion and metric; ``found`` by motion, shape (seeds, metrics)."""
    lines = []
    for motion, values in found.items():
        runs = np.isfinite(values).sum(axis=0).tolist()
        for metric, n, (low, mid, high) in zip(METRICS, runs, _quantiles_of(values), strict=True):
            lines.append(Summary(motion, metric, n, mid, low, high))
    return lines


def _quantiles_of(values: np.ndarray) -> list[tuple[float, float, float]]:
    """Return :func:`quantiles` of each column; at once of those that are known throughout (6 times as fast, measured)."""
    whole = np.isfinite(values).all(axis=0) & (values.shape[0] >= LEAST_MARKETS)
    at_once = iter(np.percentile(values[:, whole], INTERVAL, axis=0).T.tolist() if whole.any() else [])
    return [tuple(next(at_once)) if known else quantiles(values[:, k]) for k, known in enumerate(whole)]


def difference(metric: str, first: str, second: str, a: np.ndarray, b: np.ndarray) -> Difference:
    """Return the paired difference of two motions' values, shape (pairs,)."""
    both, one = np.isfinite(a) & np.isfinite(b), np.isfinite(a) ^ np.isfinite(b)
    low, mid, high = quantiles((a - b)[both])
    found = versus(metric, a, b)
    decided = found[np.isfinite(found)]
    wins = (float((decided > 0).mean()), float((decided < 0).mean())) if decided.size else (math.nan, math.nan)
    counts = (int(both.sum()), int(one.sum()), int((~both & ~one).sum()))
    return Difference(metric, first, second, counts[0], mid, low, high, *wins, *counts[1:])


def differences(found: dict[str, np.ndarray]) -> list[Difference]:
    """Return one line a metric and pair of motions; ``found`` by motion, shape (seeds, metrics)."""
    there = ran(found)
    return [
        difference(metric, first, second, found[first][there, k], found[second][there, k])
        for first, second in combinations(found, 2)
        for k, metric in enumerate(METRICS)
    ]


def rows_of(lines: list, before: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return named tuples as rows of a table, with the columns ``before`` in front."""
    return [{**(before or {}), **line._asdict()} for line in lines]
