"""Real cohorts: fit base churn and the spread of fit to years 1 to 3, foretell to year 7, beside sBG, discrete Weibull, geometric."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.evidence.customers import survival_of
from simulation.evidence.foretold import Foretold
from simulation.evidence.survival import COHORT, fit_geometric, foretell, sbg_survival, weibull_survival
from simulation.mesa_model import GrowthModel
from simulation.scenario.csv_table import cell, number_in, read_sheet, shown
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World

FITTED_YEARS = 3
MOST_YEARS = 98  # a run of them and one more ends within 5,200 weeks
TRIES = 40
FIT_SEEDS = 4  # the fit is to their mean; forecasts have other seeds
STEP = 0.25  # of a logarithm, over which the curve's slope is taken
VAGUE = 1.0  # standard deviation of either logarithm before the data
CURVE_DRAWS = 2000


class CohortForecast(NamedTuple):
    """Survival by year from year 1: seen, and foretold from the first three years.

    Bands hold what the fitted numbers leave open, and luck.
    """

    cohort: str
    seen: np.ndarray
    model: Foretold
    sbg: Foretold
    weibull: Foretold
    geometric: np.ndarray
    churn_per_week: float
    fit: float

    def error(self, foretold: np.ndarray) -> float:
        """Return the mean absolute error over the years not fitted."""
        return float(np.abs(foretold - self.seen)[FITTED_YEARS:].mean())

    def later(self, of: Foretold) -> tuple[int, float]:
        """Return of the years not fitted how many lie inside a band, and its mean interval score."""
        rest, came = Foretold(*(part[FITTED_YEARS:] for part in of)), self.seen[FITTED_YEARS:]
        return int(rest.inside(came).sum()), rest.score(came)


def read_survival(file: Path) -> dict[str, np.ndarray]:
    """Return each cohort's survival from year 1 on, of a CSV with the column year (0, 1, ...) and one column a cohort.

    Raises BadInput with row and column where survival does not start at 1, leaves 0 to 1 or rises.
    """
    said = f"study.cohorts={file}"
    sheet = read_sheet(file, said, check_head=lambda head: _check_head(said, head))
    last = len(sheet.rows) - 1
    if not FITTED_YEARS < last <= MOST_YEARS:
        raise BadInput(
            f"{said}: {last + 1} years are given; the years 0 to {FITTED_YEARS + 1} are needed, up to {MOST_YEARS} are allowed"
        )
    found: dict[str, list[float]] = {name: [] for name in sheet.head if name != "year"}
    for year, (n, row) in enumerate(sheet.rows):
        if number_in(said, n, "year", row["year"]) != year:
            raise BadInput(
                f"{cell(said, n, 'year', row['year'])}, {year} is needed: the years are 0, 1, 2, ... in order"
            )
        for name, before in found.items():
            before.append(_survival(said, n, name, row[name], before))
    return {name: np.array(values[1:]) for name, values in found.items()}


def _check_head(said: str, head: list[str]) -> None:
    if "year" not in head or len(head) < 2 or "" in head:
        raise BadInput(
            f"{said}: row 1 is '{shown(','.join(head))}', a column year and a named one for each cohort are needed"
        )


def _survival(said: str, n: int, name: str, text: str, before: list[float]) -> float:
    """Return the share still there that a cell holds, given those of the years before."""
    where, share = cell(said, n, name, text), number_in(said, n, name, text, 0, 1)
    if not before and share != 1:
        raise BadInput(f"{where}, 1 is needed: in year 0 everybody is there")
    if before and share > before[-1]:
        raise BadInput(f"{where}, more than the {before[-1]:g} of the year before: who has left cannot be there again")
    if share == 0 and len(before) <= FITTED_YEARS:
        raise BadInput(f"{where}, more than 0 is needed in the {FITTED_YEARS} years that are fitted")
    return share


def forecast(cohort: str, seen: np.ndarray, world: World, runs: int) -> CohortForecast:
    """Fit two numbers of the model to the first years of a cohort by generalised least squares, run on ``runs`` times.

    Each run has numbers of its own: normal in the logarithm around the fit, as wide as a cohort of ``COHORT`` leaves open where
    the curve is as steep as measured.
    """
    from scipy.optimize import minimize

    years = seen.size

    def simulated(logs: np.ndarray, seed: int) -> np.ndarray:
        settings: dict[str, Any] = {
            "weeks": YEAR_WEEKS * (years + 1),
            "market.segments.*.p_contract": 0.0,
            "behaviour.retention.failed_payment_per_week": 0.0,  # of theirs nothing is known: it is in the base rate
            "market.segments.*.churn_per_week": float(np.clip(np.exp(logs[0]), 0.0, 50.0)),
            "behaviour.retention.fit": float(np.clip(np.exp(logs[1]), 0.0, 5.0)),
        }
        record = GrowthModel(world, rng=seed, **settings).run()
        return survival_of(record.lives, record.weeks.shape[0], years)

    def curve(logs: np.ndarray) -> np.ndarray:
        return np.mean([simulated(logs, seed) for seed in range(FIT_SEEDS)], axis=0)[:FITTED_YEARS]

    there = seen[:FITTED_YEARS]
    luck = (np.minimum.outer(there, there) - np.outer(there, there)) / COHORT
    weight = np.linalg.inv(luck * (1 + 1 / FIT_SEEDS))  # the runs fitted have luck of their own

    def loss(logs: np.ndarray) -> float:
        off = there - curve(logs)
        return float(off @ weight @ off)

    start = np.log([0.02, 1.1])
    simplex = start + np.array([[0.0, 0.0], [0.7, 0.0], [0.0, 0.5]])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxfev": TRIES, "initial_simplex": simplex})
    slope = np.stack([(curve(found.x + d) - curve(found.x - d)) / (2 * STEP) for d in STEP * np.eye(2)])
    left_open = np.linalg.inv(slope @ weight @ slope.T + np.eye(2) / VAGUE**2)
    middle = found.x + left_open @ slope @ weight @ (there - curve(found.x))  # where the search stopped short
    churn, fit = np.exp(middle).tolist()
    numbers = np.random.default_rng(FIT_SEEDS).multivariate_normal(middle, left_open, runs)
    foretold = [simulated(logs, FIT_SEEDS + k) for k, logs in enumerate(numbers)]
    curves = [foretell(of, seen[:FITTED_YEARS], years, CURVE_DRAWS) for of in (sbg_survival, weibull_survival)]
    model, sbg, weibull = (_band(np.asarray(of)) for of in (foretold, *curves))
    geometric = fit_geometric(seen[:FITTED_YEARS]).parameters[0] ** np.arange(1, years + 1)
    return CohortForecast(cohort, seen, model, sbg, weibull, geometric, churn, fit)


def _band(foretold: np.ndarray) -> Foretold:
    low, middle, high = np.percentile(foretold, (5, 50, 95), axis=0)
    return Foretold(middle, low, high)
