"""One value over seeds with its interval: seeds are drawn again, so the interval holds what differs between runs."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

RESAMPLES = 60


class Estimate(NamedTuple):
    """A statistic and its 90 % interval over seeds (bootstrap)."""

    value: float
    low: float
    high: float


def pooled(parts: Sequence[Any], statistic: Callable[[Any], float]) -> Estimate:
    """Return ``statistic`` of all seeds' parts together, with the interval from seeds drawn again; one seed has none."""
    draw = np.random.default_rng(3)
    resamples = RESAMPLES if len(parts) > 1 else 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a resample may hold no event; it is left out
        value = _number(statistic, parts)
        again = [
            _number(statistic, [parts[k] for k in draw.integers(len(parts), size=len(parts))]) for _ in range(resamples)
        ]
    known = np.array([v for v in again if np.isfinite(v)])
    low, high = np.percentile(known, (5, 95)).tolist() if known.size else (np.nan, np.nan)
    return Estimate(value, low, high)


def _number(statistic: Callable[[Any], float], parts: Sequence[Any]) -> float:
    try:
        return float(statistic(parts))
    except (ValueError, ZeroDivisionError, np.linalg.LinAlgError):
        return float("nan")
