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


class Statistic(NamedTuple):
    """What all seeds' ``parts`` say together by ``of``; NaN where it is not defined."""

    parts: Sequence[Any]
    of: Callable[[Any], float]

    def value(self) -> float:
        """Return the statistic of all seeds."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a resample may hold no event; it is left out
            return _number(self.of, self.parts)

    def estimate(self) -> Estimate:
        """Return the statistic with the interval from seeds drawn again; one seed has none."""
        draw = np.random.default_rng(3)
        n = len(self.parts)
        resamples = RESAMPLES if n > 1 else 0
        again = [
            Statistic([self.parts[k] for k in draw.integers(n, size=n)], self.of).value() for _ in range(resamples)
        ]
        known = np.array([v for v in again if np.isfinite(v)])
        low, high = np.percentile(known, (5, 95)).tolist() if known.size else (np.nan, np.nan)
        return Estimate(self.value(), low, high)


def _number(statistic: Callable[[Any], float], parts: Sequence[Any]) -> float:
    try:
        return float(statistic(parts))
    except (ValueError, ZeroDivisionError, np.linalg.LinAlgError):
        return float("nan")
