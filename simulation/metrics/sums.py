"""Sums over a record, and quotients of them."""

import numpy as np

from simulation.record import Record

NAN = float("nan")


def usd(record: Record, *names: str) -> float:
    """Return the sum of series of cents over the whole run, in USD of the whole market."""
    return float(sum(record.series(name).sum() for name in names)) / 100


def trailing(weekly: np.ndarray, weeks: int) -> np.ndarray:
    """Return sums over the last ``weeks`` weeks, or all there are, same shape (..., weeks of the run)."""
    total = np.cumsum(weekly, axis=-1)
    total[..., weeks:] -= total[..., :-weeks].copy()
    return total


def ratio(top: float, low: float) -> float:
    """Return top over low; NaN where low is nothing."""
    return float(top / low) if low > 0 else NAN


def ratios(top: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Return top over low, same shape; NaN where low is nothing."""
    return np.divide(top, low, out=np.full(np.shape(top), NAN), where=low > 0)
