"""How unevenly people contribute."""

import math

import numpy as np


def top_share(counts: np.ndarray, share: float) -> float:
    """Return the part of all contributions made by the ``share`` who contribute most (at least one person)."""
    counts = np.sort(np.asarray(counts))[::-1]
    n = max(1, round(share * counts.size))
    return float(counts[:n].sum() / counts.sum()) if counts.sum() > 0 else math.nan


def power_law_exponent(counts: np.ndarray, least: int) -> float:
    """Return the exponent of a discrete power law from ``least`` on (Clauset, Shalizi & Newman 2009, SIAM Review 51, eq. 3.7)."""
    tail = np.asarray(counts, float)
    tail = tail[tail >= least]
    return float(1 + tail.size / np.log(tail / (least - 0.5)).sum()) if tail.size else math.nan
