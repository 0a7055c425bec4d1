"""Forecasts that know nothing of a market, to hold a model's beside: a straight line, and the same month of the year before."""

import math

import numpy as np

from simulation.evidence.foretold import LEVEL, Foretold

YEAR_MONTHS = 12
FEWEST = 3  # differences of which a spread is taken


def straight_line(seen: np.ndarray, ahead: int) -> Foretold | None:
    """Return a least-squares line of ``seen`` (months, NaN where not known) carried on, no count below zero; None from under four."""
    from scipy.stats import t as student

    at = np.flatnonzero(np.isfinite(seen))
    if at.size <= FEWEST:
        return None
    slope, start = np.polyfit(at, seen[at], 1)
    off = at - at.mean()
    spread = math.sqrt(((seen[at] - start - slope * at) ** 2).sum() / (at.size - 2))
    later = np.arange(seen.size, seen.size + ahead)
    error = spread * np.sqrt(1 + 1 / at.size + (later - at.mean()) ** 2 / (off**2).sum())
    return _around(start + slope * later, student.ppf(0.5 + LEVEL / 2, at.size - 2) * error)


def year_before(seen: np.ndarray, ahead: int) -> Foretold | None:
    """Return the same months of the last year seen (seasonal naive), spread as years differ; None from under fifteen months."""
    from scipy.stats import t as student

    differences = seen[YEAR_MONTHS:] - seen[:-YEAR_MONTHS]
    differences = differences[np.isfinite(differences)]
    last = seen[-YEAR_MONTHS:]
    if differences.size < FEWEST or not np.isfinite(last).all():
        return None
    later = np.arange(ahead)
    error = np.sqrt((differences**2).mean() * (1 + later // YEAR_MONTHS))
    return _around(last[later % YEAR_MONTHS], student.ppf(0.5 + LEVEL / 2, differences.size) * error)


def _around(middle: np.ndarray, half: np.ndarray) -> Foretold:
    return Foretold(*(np.clip(x, 0.0, None) for x in (middle, middle - half, middle + half)))
