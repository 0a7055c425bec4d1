"""The Bass curve, fitted with a free market size."""

from typing import NamedTuple

import numpy as np


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


def fit_bass(cumulative: np.ndarray, most: float = np.inf) -> BassFit:
    """Fit the curve to cumulative adopters at times 1, 2, ... by nonlinear least squares (Srinivasan & Mason 1986).

    The market size is free, up to ``most`` people.
    """
    from scipy.optimize import least_squares

    y = np.asarray(cumulative, float)
    t = np.arange(1, y.size + 1, dtype=float)
    if y.size < 4 or y.max() == y.min():
        return BassFit(np.nan, np.nan, np.nan, np.nan)  # nothing spreads
    top = max(y[-1], 1.0)
    ceiling = max(min(1e4 * top, most), 1.001 * top)
    tries = []
    for m in (1.05, 2.0, 6.0):
        for q in (4.0 / y.size, 12.0 / y.size):
            start = np.log([0.1 * q, q, min(m * top, 0.9995 * ceiling)])
            tries.append(
                least_squares(
                    lambda x: (bass(t, *np.exp(x)) - y) / top,
                    start,
                    bounds=(np.log([1e-9, 1e-9, top]), np.log([1.0, 5.0, ceiling])),
                )
            )
    p, q, m = np.exp(min(tries, key=lambda found: found.cost).x).tolist()
    residual = y - bass(t, p, q, m)
    return BassFit(p, q, m, float(1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum()))
