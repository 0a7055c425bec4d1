"""Monthly series of a simulation as a company would export them, and the summaries by which two histories are compared."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from simulation.calendar import weeks_of
from simulation.evidence.exports import ALL, CHANNELS, Exports
from simulation.people.stages import CAUSES

QUARTER = 3
COMMUNITY = {"members": "members", "posts": "posts", "questions": "questions", "answers": "answered"}
AGES = (1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 60)  # months at which cohorts are compared
IN_COHORTS = "customers of the cohorts"
AT_MONTHS_END = ("members", IN_COHORTS)  # stocks; all else is counted over the month
NEEDED = (*(f"adopted_{c}" for c in CHANNELS), *CAUSES, *COMMUNITY.values())


def by_month(weekly: np.ndarray, months: int, skip: int) -> np.ndarray:
    """Return monthly sums of the months after the first ``skip``, shape (..., months), of weekly values (..., weeks)."""
    edges = [weeks_of(skip + k) for k in range(months + 1)]
    return np.stack([weekly[..., a:b].sum(axis=-1) for a, b in pairwise(edges)], axis=-1)


def _total(weekly: dict[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    return np.sum([weekly[name] for name in names], axis=0)


def simulated(weekly: dict[str, np.ndarray], like: Exports, skip: int, weight: float) -> dict[str, np.ndarray]:
    """Return the monthly series that ``like`` has, of simulated ones (..., weeks); names are kind/name."""
    months = len(like.months)
    found = {}
    for channel in like.new_customers:
        names = CHANNELS if channel == ALL else (channel,)
        found[f"new/{channel}"] = weight * by_month(_total(weekly, [f"adopted_{c}" for c in names]), months, skip)
    if like.churned is not None:
        found["churned"] = weight * by_month(_total(weekly, CAUSES), months, skip)
    for name in like.community:
        series = weekly[COMMUNITY[name]]
        if name == "members":
            ends = [weeks_of(skip + k + 1) - 1 for k in range(months)]
            found["members"] = weight * series[..., ends]
        else:
            found[name] = weight * by_month(series, months, skip)
    return found


def observed(exports: Exports) -> dict[str, np.ndarray]:
    """Return the monthly series of a company under the names of :func:`simulated`, each (months,)."""
    found = {f"new/{channel}": values for channel, values in exports.new_customers.items()}
    if exports.churned is not None:
        found["churned"] = exports.churned
    found |= exports.community
    if exports.cohorts is not None:
        found[IN_COHORTS] = in_cohorts(exports.cohorts)
    return found


def kept_by_age(cohorts: np.ndarray) -> np.ndarray:
    """Return the pooled share of customers still there at each of ``AGES`` that the table reaches, from counts (..., cohort, month)."""
    n = cohorts.shape[-1]
    found = []
    for age in (a for a in AGES if a < n):
        first = np.diagonal(cohorts, 0, -2, -1)[..., : n - age]
        later = np.diagonal(cohorts, age, -2, -1)
        both = np.isfinite(first) & np.isfinite(later)
        began, stayed = (np.where(both, counts, 0.0).sum(axis=-1) for counts in (first, later))
        found.append(np.divide(stayed, began, out=np.zeros_like(began), where=began > 0))
    return np.stack(found, axis=-1)


def in_cohorts(cohorts: np.ndarray) -> np.ndarray:
    """Return the customers of all cohorts at each month's end, shape (..., month), from counts (..., cohort, month).

    NaN in a month of which no cohort is known.
    """
    return np.where(np.isfinite(cohorts).any(axis=-2), np.nansum(cohorts, axis=-2), np.nan)


def as_known(series: dict[str, np.ndarray], seen: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return monthly series (..., months) as far as a company's months are known, NaN in the others."""
    return {name: np.where(np.isfinite(seen[name]), values, np.nan) for name, values in series.items()}


def cohorts_of(adopted: np.ndarray, ended: np.ndarray, skip: int, like: np.ndarray) -> np.ndarray:
    """Return counts (cohort, month) at months' ends of simulated lives, NaN where ``like`` has none."""
    months = like.shape[0]
    edges = np.array([weeks_of(skip + k) for k in range(months + 1)])
    cohort = np.searchsorted(edges, adopted, side="right") - 1
    there = np.where(ended < 0, months, np.searchsorted(edges[1:], ended, side="right"))  # month in which it ends
    mine = (cohort >= 0) & (cohort < months)
    ends = np.zeros((months, months + 1))
    np.add.at(ends, (cohort[mine], there[mine]), 1)
    left = ends.cumsum(axis=1)[:, :months]
    return np.where(np.isfinite(like), ends.sum(axis=1, keepdims=True) - left, np.nan)


def summarise(series: dict[str, np.ndarray]) -> np.ndarray:
    """Return the summaries of monthly series, shape (..., summaries): logs of quarterly sums, stocks at quarters' ends.

    Months that are NaN, the same in all histories, are left out; of a quarter without any other nothing is said, as 0.
    """
    parts = []
    for name, values in series.items():
        quarters = [values[..., k : k + QUARTER] for k in range(0, values.shape[-1], QUARTER)]
        of = [_last(q) if name in AT_MONTHS_END else np.nansum(q, axis=-1) for q in quarters]
        parts.append(np.log1p(np.stack(of, axis=-1)))
    return np.concatenate(parts, axis=-1)


def _last(stock: np.ndarray) -> np.ndarray:
    """Return the last known month of a stock (..., months), 0 where none is."""
    known = np.flatnonzero(np.isfinite(stock).reshape(-1, stock.shape[-1]).all(axis=0))
    return stock[..., known[-1]] if known.size else np.zeros(stock.shape[:-1])
