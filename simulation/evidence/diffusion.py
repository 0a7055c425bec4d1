"""The Bass curve, fitted with a free or a known market size, and what the fit leaves open."""

from typing import Any, NamedTuple

import numpy as np

VAGUE = 25.0  # variance of a log of which the data say nothing


class BassFit(NamedTuple):
    """Innovation p and imitation q per unit of time of the data, market size m, share of variance explained."""

    p: float
    q: float
    m: float
    r2: float


def bass(t: np.ndarray, p: float, q: float, m: float) -> np.ndarray:
    """Return cumulative adopters at times ``t`` (Bass 1969, Management Science 15)."""
    decay = np.exp(-np.clip((p + q) * t, 0.0, 700.0))
    return m * (1 - decay) / (1 + q / p * decay)


def fit_bass(cumulative: np.ndarray, most: float = np.inf, known: float | None = None) -> BassFit:
    """Fit the curve to cumulative adopters at times 1, 2, ... by nonlinear least squares (Srinivasan & Mason 1986).

    The market size is free, up to ``most`` people, or ``known``.
    """
    y = np.asarray(cumulative, float)
    if y.size < 4 or y.max() == y.min():
        return BassFit(np.nan, np.nan, np.nan, np.nan)  # nothing spreads
    p, q, m = _numbers(_least_squares(y, most, known).x, known)
    residual = y - bass(np.arange(1, y.size + 1, dtype=float), p, q, m)
    return BassFit(p, q, m, float(1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum()))


def draw_bass(
    cumulative: np.ndarray,
    periods: int,
    n: int,
    rng: np.random.Generator,
    most: float = np.inf,
    known: float | None = None,
) -> np.ndarray:
    """Return ``n`` curves to ``periods``, shape (n, periods): logs of p, q, m by the curvature of their least squares.

    NaN where there are no more times than numbers: nothing is then known of their error.
    """
    y = np.asarray(cumulative, float)
    size = 2 if known else 3
    if y.size < max(4, size + 1) or y.max() == y.min():
        return np.full((n, periods), np.nan)
    found = _least_squares(y, most, known)
    variance = 2 * found.cost / (y.size - size)
    precision = found.jac.T @ found.jac / max(variance, 1e-12) + np.eye(size) / VAGUE
    logs = rng.multivariate_normal(found.x, np.linalg.inv(precision), n)
    low, high = _bounds(y, most, known)
    times = np.arange(1, periods + 1, dtype=float)
    return np.array([bass(times, *_numbers(x, known)) for x in np.clip(logs, low, high)])


def _numbers(logs: np.ndarray, known: float | None) -> tuple[float, float, float]:
    """Return p, q, m."""
    p, q, *m = np.exp(logs).tolist()
    return p, q, known or m[0]


def _bounds(y: np.ndarray, most: float, known: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the logs between which is searched."""
    top = max(y[-1], 1.0)
    ceiling = max(min(1e4 * top, most), 1.001 * top)
    size = 2 if known else 3
    return np.log([1e-9, 1e-9, top])[:size], np.log([1.0, 5.0, ceiling])[:size]


def _least_squares(y: np.ndarray, most: float, known: float | None) -> Any:
    """Return the best of several searches."""
    from scipy.optimize import least_squares

    t = np.arange(1, y.size + 1, dtype=float)
    top = max(y[-1], 1.0)
    bounds = _bounds(y, most, known)
    tries = []
    for m in (1.0,) if known else (1.05, 2.0, 6.0):
        for q in (4.0 / y.size, 12.0 / y.size):
            start = np.log([0.1 * q, q, m * top])[: bounds[0].size]
            start[2:] = np.minimum(start[2:], np.log(0.9995) + bounds[1][2:])
            tries.append(least_squares(lambda x: (bass(t, *_numbers(x, known)) - y) / top, start, bounds=bounds))
    return min(tries, key=lambda found: found.cost)
