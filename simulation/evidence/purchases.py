"""Customers who buy now and then, without a contract: fitted to their first half, foretold for the second, beside BG/NBD.

While a customer is there, purchases are a Poisson process whose rate differs between people (gamma). How long customers are there is
simulated; what they buy is laid over their lives in closed form, as in the Pareto/NBD (Schmittlein, Morrison & Colombo 1987,
Management Science 33), where lives are a mixture of exponentials.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from simulation.evidence.customers import survival_at
from simulation.evidence.foretold import Foretold
from simulation.mesa_model import GrowthModel
from simulation.scenario.schema import World

WEEK_DAYS = 7
CLASSES = 8  # customers by repeat purchases in the first half: 0, 1, ... and 7 or more
SEEDS = 48  # runs at each point of the grid, some 50,000 lives: with 12 what is foretold moves by 2 %
CHURN_PER_WEEK = np.geomspace(0.005, 1.0, 8)  # the grid on which lives are simulated, with the spread of fit
FIT = np.geomspace(0.2, 4.0, 6)
MORE_WEEKS = 130  # that a run lasts beyond the lives asked for: most customers come late
VAGUE = 1.0  # standard deviation of each logarithm before the data, in what they leave open
STEP = 0.02  # of a logarithm, over which the likelihood's curvature is taken
DRAW_SEED = 20_050_301


class Buyers(NamedTuple):
    """Customers by their repeat purchases in the first half, (customers,) int each; days are since the first purchase."""

    frequency: np.ndarray  # repeat purchases
    recency: np.ndarray  # day of the last purchase
    age: np.ndarray  # day on which the first half ends

    def mean_by_class(self, later: np.ndarray) -> np.ndarray:
        """Return the mean of ``later`` (customers,) by purchases in the first half, (CLASSES,); NaN where nobody is."""
        of = np.minimum(self.frequency, CLASSES - 1)
        with np.errstate(invalid="ignore"):
            return np.bincount(of, later, CLASSES) / np.bincount(of, minlength=CLASSES)


class PurchaseForecast(NamedTuple):
    """Purchases in the second half: the mean by class, and of all from its beginning to the end of each week."""

    numbers: np.ndarray  # fitted, (4,); of the model: churn_per_week, fit, shape and weeks of the gamma of rates
    log_likelihood: float
    by_class: Foretold
    cumulative: Foretold


def lives(world: World, weeks: int) -> Callable[[float, float], np.ndarray]:
    """Return survival at each day of ``weeks`` as a function of churn_per_week and fit, smooth between simulated points."""
    from scipy.interpolate import RegularGridInterpolator
    from scipy.special import expit, logit

    grid = np.array([[_survival(world, weeks, churn, fit) for fit in FIT] for churn in CHURN_PER_WEEK])
    axes = (np.log(CHURN_PER_WEEK), np.log(FIT))
    between = RegularGridInterpolator(axes, logit(grid.clip(1e-6, 1 - 1e-6)), method="cubic")

    def survival(churn: float, fit: float) -> np.ndarray:
        at = [np.clip(np.log(of), axis[0], axis[-1]) for of, axis in zip((churn, fit), axes, strict=True)]
        weekly = np.minimum.accumulate(np.append(1.0, expit(between(at)[0])))
        return np.interp(np.arange(WEEK_DAYS * weeks + 1) / WEEK_DAYS, np.arange(weeks + 1), weekly)

    return survival


def _survival(world: World, weeks: int, churn: float, fit: float) -> np.ndarray:
    """Return the share of simulated customers who are there after 1, 2, ... ``weeks``."""
    settings: dict[str, Any] = {
        "weeks": weeks + MORE_WEEKS,
        "market.segments.*.p_contract": 0.0,
        "behaviour.retention.failed_payment_per_week": 0.0,  # nothing is due between purchases
        "market.segments.*.churn_per_week": churn,
        "behaviour.retention.fit": fit,
    }
    found = np.concatenate([GrowthModel(world, rng=seed, **settings).run().lives for seed in range(SEEDS)])
    return survival_at(found, weeks + MORE_WEEKS, np.arange(1, weeks + 1))


def likelihood(buyers: Buyers, survival: np.ndarray, r: float, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Return of each customer the log-likelihood, and the chance to be there still when the first half ends.

    ``survival``: at days 0, 1, ...; ``r`` and ``alpha`` (weeks): shape and inverse scale of the gamma of purchases per week.
    """
    from scipy.special import gammaln

    x, age = buyers.frequency, buyers.age
    some, of = np.unique(x, return_inverse=True)
    middle = (np.arange(age.max()) + 0.5) / WEEK_DAYS
    none_for = np.exp(-(r + some)[:, None] * np.log1p(middle / alpha))  # nothing more is bought in that time
    ends = -np.diff(survival[: middle.size + 1])
    until = np.hstack([np.zeros((some.size, 1)), np.cumsum(ends * none_for, axis=1)])
    left = until[of, age] - until[of, buyers.recency]
    here = survival[age] * np.exp(-(r + x) * np.log1p(age / WEEK_DAYS / alpha))
    return gammaln(r + x) - gammaln(r) - x * np.log(alpha) + np.log(here + left), here / (here + left)


def bg_nbd(buyers: Buyers, r: float, alpha: float, a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the same as :func:`likelihood` by the BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24): left after a purchase or never."""
    from scipy.special import betaln, gammaln

    x, last, age = buyers.frequency, buyers.recency / WEEK_DAYS, buyers.age / WEEK_DAYS
    some = np.maximum(x, 1)
    left = np.where(x > 0, a / (b + some - 1) * ((alpha + age) / (alpha + last)) ** (r + x), 0.0)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + age)
    return common + betaln(a, b + x) - betaln(a, b) + np.log1p(left), 1 / (1 + left)


def forecast(
    buyers: Buyers, survival: Callable[[float, float], np.ndarray], weeks: int, draws: int
) -> dict[str, PurchaseForecast]:
    """Fit ``model`` and ``bg_nbd`` by maximum likelihood, each with four numbers, and foretell the ``weeks`` after the first half.

    Bands hold what the fitted numbers leave open (normal in their logarithms), and luck.
    """

    def model(churn: float, fit: float, r: float, alpha: float) -> tuple[np.ndarray, np.ndarray]:
        return likelihood(buyers, survival(churn, fit), r, alpha)

    def bought(numbers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        churn, fit, r, alpha = numbers
        return _bought(buyers, survival(churn, fit), r, alpha, weeks, rng)

    def bought_bg_nbd(numbers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        r, alpha, a, b = numbers
        return _bought_bg_nbd(buyers, r, alpha, a, b, weeks, rng)

    return {
        "model": _foretold(buyers, model, bought, (0.05, 1.1, 0.5, 8.0), draws),
        "bg_nbd": _foretold(buyers, lambda *of: bg_nbd(buyers, *of), bought_bg_nbd, (0.5, 8.0, 1.0, 2.0), draws),
    }


def _foretold(
    buyers: Buyers,
    of: Callable[..., tuple[np.ndarray, np.ndarray]],
    bought: Callable[[np.ndarray, np.random.Generator], np.ndarray],
    start: tuple[float, ...],
    draws: int,
) -> PurchaseForecast:
    from scipy.optimize import minimize

    def loss(logs: np.ndarray) -> float:
        return -float(of(*np.exp(logs))[0].sum())

    search = {"xatol": 1e-5, "fatol": 1e-5, "maxiter": 4000, "maxfev": 4000}
    found = minimize(loss, np.log(start), method="Nelder-Mead", options=search)
    curvature, axes = np.linalg.eigh(_curvature(loss, found.x))
    left_open = axes / (curvature.clip(0) + 1 / VAGUE**2) @ axes.T  # flat where the search ended at no peak
    rng = np.random.default_rng(DRAW_SEED)
    later = [bought(np.exp(logs), rng) for logs in rng.multivariate_normal(found.x, left_open, draws)]
    by_class = [buyers.mean_by_class(counts.sum(axis=1)) for counts in later]
    cumulative = [counts.sum(axis=0).cumsum() for counts in later]
    return PurchaseForecast(np.exp(found.x), -found.fun, _band(by_class), _band(cumulative))


def _curvature(loss: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Return the matrix of second derivatives by central differences."""
    steps, signs = STEP * np.eye(at.size), ((1, 1), (1, -1), (-1, 1), (-1, -1))
    total = [[sum(s * t * loss(at + s * i + t * j) for s, t in signs) for j in steps] for i in steps]
    return np.array(total) / (2 * STEP) ** 2


def _bought(
    buyers: Buyers, survival: np.ndarray, r: float, alpha: float, weeks: int, rng: np.random.Generator
) -> np.ndarray:
    """Return purchases of each customer in each week of the second half, drawn, (customers, weeks)."""
    n, age = buyers.age.size, buyers.age
    here = rng.random(n) < likelihood(buyers, survival, r, alpha)[1]
    end = np.searchsorted(-survival, -survival[age] * rng.random(n)) - age  # the day on which they are gone
    days = np.clip(np.where(here, end, 0)[:, None] - WEEK_DAYS * np.arange(weeks), 0, WEEK_DAYS)
    rate = rng.gamma(r + buyers.frequency) / (alpha + age / WEEK_DAYS)
    return rng.poisson(rate[:, None] * days / WEEK_DAYS)


def _bought_bg_nbd(
    buyers: Buyers, r: float, alpha: float, a: float, b: float, weeks: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the same as :func:`_bought` by the BG/NBD: each purchase may be the last."""
    n, x = buyers.age.size, buyers.frequency
    here = rng.random(n) < bg_nbd(buyers, r, alpha, a, b)[1]
    rate = rng.gamma(r + x) / (alpha + buyers.age / WEEK_DAYS)
    last = np.where(here, rng.geometric(rng.beta(a, b + x).clip(1e-12)), 0)
    bought = rng.poisson(np.repeat(rate[:, None], weeks, axis=1)).cumsum(axis=1)
    return np.diff(np.minimum(bought, last[:, None]), axis=1, prepend=0)


def _band(foretold: list[np.ndarray]) -> Foretold:
    low, middle, high = np.percentile(foretold, (5, 50, 95), axis=0)
    return Foretold(middle, low, high)
