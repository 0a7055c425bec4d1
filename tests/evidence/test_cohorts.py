"""Cohorts foretold from three years: bands hold as often as they say where the truth is known."""

import numpy as np
import pytest

from simulation.calendar import YEAR_WEEKS
from simulation.evidence import cohorts
from simulation.evidence.cohorts import FITTED_YEARS, forecast
from simulation.evidence.customers import survival_of
from simulation.evidence.experiments import COHORT_MOTION, at_its_size
from simulation.evidence.survival import COHORT, foretell, sbg_survival, weibull_survival
from simulation.mesa_model import GrowthModel
from tests.evidence.test_estimators import REGULAR
from tests.worlds import world

YEARS = 7


def cohort_of(survival, rng):
    """Return the shares there of a cohort with luck."""
    there, found = round(COHORT), []
    for kept in survival / np.append(1.0, survival[:-1]):
        there = rng.binomial(there, kept)
        found.append(there / COHORT)
    return np.array(found)


def test_what_is_foretold_goes_on_from_the_share_seen_and_spreads():
    found = foretell(sbg_survival, REGULAR[:3], YEARS, 500)
    assert found.shape == (500, YEARS) and (np.diff(found[:, 2:], axis=1)[:, 1:] <= 0).all()
    assert np.median(found[:, 3:], axis=0) == pytest.approx(REGULAR[3:], abs=0.02)
    spread = np.ptp(np.percentile(found, (5, 95), axis=0), axis=0)
    assert (np.diff(spread[3:]) > 0).all() and spread[3] > 2 * 1.6 * np.sqrt(
        0.382 * 0.15 * 0.85 / COHORT
    ) * 0.8  # luck alone
    assert np.array_equal(found, foretell(sbg_survival, REGULAR[:3], YEARS, 500))


def test_a_weibull_of_shape_one_is_a_constant_rate():
    assert weibull_survival(0.2, 1.0, 4) == pytest.approx(np.exp(-0.2) ** np.arange(1, 5))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("curve", "centre", "spread"), [(sbg_survival, (0, 0.7), 0.5), (weibull_survival, (-1, -0.5), 0.3)]
)
def test_bands_of_a_curve_hold_as_often_as_they_say(curve, centre, spread):
    """150 cohorts of 1,000 that shrink by the curve, in four later years: 90 %, within three standard errors (2.5 points) of a year."""
    rng, inside = np.random.default_rng(3), []
    for _ in range(150):
        seen = cohort_of(curve(*np.exp(rng.normal(centre, spread)), YEARS), rng)
        low, high = np.percentile(foretell(curve, seen[:FITTED_YEARS], YEARS, 400), (5, 95), axis=0)
        inside.append(((low <= seen) & (seen <= high))[FITTED_YEARS:])
    assert np.mean(inside, axis=0) == pytest.approx(np.full(4, 0.9), abs=0.075)


@pytest.mark.slow
def test_bands_of_the_model_hold_the_truth_of_firms_whose_churn_and_fit_are_known(monkeypatch):
    """8 firms of its own, that win some 1,000 customers, in the last of four years.

    Where nine in ten hold, fewer than 5 of 8 come in 0.5 % of such tests (35 of 36 held).
    """
    monkeypatch.setattr(cohorts, "TRIES", 16)
    monkeypatch.setattr(cohorts, "FIT_SEEDS", 2)
    town, rng = at_its_size(world(COHORT_MOTION), COHORT_MOTION, {"market.people": 1700}), np.random.default_rng(8)
    inside, wide = [], []
    for k in range(8):
        settings = {
            "market.segments.*.p_contract": 0.0,
            "behaviour.retention.failed_payment_per_week": 0.0,
            "market.segments.*.churn_per_week": 0.02 * np.exp(rng.normal(0, 0.4)),
            "behaviour.retention.fit": 1.1 * np.exp(rng.normal(0, 0.3)),
        }
        record = GrowthModel(town, rng=900 + k, weeks=YEAR_WEEKS * (YEARS + 1), **settings).run()
        seen = survival_of(record.lives, record.weeks.shape[0], YEARS)
        band = forecast("own", seen, town, 30).model
        inside.append(band.inside(seen)[FITTED_YEARS:])
        wide.append(band.high[-1] - band.low[-1])
    assert np.sum(inside, axis=0)[-1] >= 5 and np.median(wide) < 0.25
