"""Repeat purchases: closed forms against published fits, known truth, and CDNOW's second half beside BG/NBD."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from simulation.evidence.experiments import COHORT_MOTION, COHORT_SETTINGS, at_its_size
from simulation.evidence.purchases import WEEK_DAYS, Buyers, bg_nbd, forecast, likelihood, lives
from tests.worlds import world

EVIDENCE = Path(os.environ.get("FLYWHEEL_EVIDENCE", Path(__file__).parents[2].parent / "shared" / "evidence"))
CDNOW = EVIDENCE / "data" / "cdnow_1997q1_cohort" / "rfm_1_10_sample.csv"
needs_cdnow = pytest.mark.skipif(not CDNOW.is_file(), reason=f"{CDNOW} is not there")
HALF_WEEKS = 39
# CDNOW's mean purchases in weeks 40 to 78 by purchases until then (0, 1, ..., 7 or more), and their sum, counted in the event log of
# the same 2,357 customers that Fader & Hardie published (CDNOW_sample.txt; days with several count once)
LATER = np.array([0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359])
LATER_SUM = 1882


def cdnow() -> Buyers:
    with CDNOW.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    days = [np.rint([float(r[name]) * WEEK_DAYS for r in rows]).astype(int) for name in ("recency", "T")]
    return Buyers(np.array([int(r["frequency"]) for r in rows]), *days)


@needs_cdnow
def test_lives_of_a_pareto_give_the_published_fit_of_the_pareto_nbd():
    """Fader, Hardie & Lee 2005, table 2: r .553, alpha 10.578, s .606, beta 11.669, log-likelihood -9,595.0."""
    t = np.arange(WEEK_DAYS * HALF_WEEKS + 1) / WEEK_DAYS
    found, here = likelihood(cdnow(), (11.669 / (11.669 + t)) ** 0.606, 0.553, 10.578)
    assert found.sum() == pytest.approx(-9595.0, abs=0.3)  # leaving is by the day
    assert here.min() > 0 and here.max() <= 1


@needs_cdnow
def test_the_published_fit_of_the_bg_nbd_is_the_most_likely():
    """The same table: r .243, alpha 4.414, a .793, b 2.426, log-likelihood -9,582.4."""
    buyers, best = cdnow(), np.array([0.243, 4.414, 0.793, 2.426])
    assert bg_nbd(buyers, *best)[0].sum() == pytest.approx(-9582.4, abs=0.05)
    for k in range(4):
        for factor in (0.9, 1.1):
            other = best * np.where(np.arange(4) == k, factor, 1)
            assert bg_nbd(buyers, *other)[0].sum() < bg_nbd(buyers, *best)[0].sum()


def test_who_never_leaves_buys_as_a_negative_binomial():
    """No leaving: the gamma-Poisson alone; with one rate of leaving, none bought and one day watched, by hand."""
    buyers = Buyers(np.array([0, 2]), np.array([0, 30]), np.array([70, 70]))
    found, here = likelihood(buyers, np.ones(71), 0.5, 8.0)
    by_hand = [0.5 * np.log(8 / 18), 0.5 * np.log(8 / 18) + np.log(0.5 * 1.5) - 2 * np.log(18)]
    assert found == pytest.approx(by_hand) and here == pytest.approx([1, 1])
    one = likelihood(Buyers(*(np.array([k]) for k in (0, 0, 1))), np.array([1.0, 0.4]), 1.0, 1 / 7)
    assert np.exp(one[0]) == pytest.approx(0.4 / 2 + 0.6 / 1.5) and one[1] == pytest.approx(0.2 / 0.6)


def drawn(rng, customers, weeks):
    """Return customers who leave at .03 a week times a lognormal, and what they buy later: the truth is known."""
    rate = rng.gamma(0.6, 1 / 8.0, customers)
    end = rng.exponential(1 / (0.03 * np.exp(rng.normal(0, 1.1, customers))))
    age = rng.integers(WEEK_DAYS * (weeks - 12), WEEK_DAYS * weeks, customers)
    days = np.arange(2 * WEEK_DAYS * weeks)
    bought = (rng.random((customers, days.size)) < -np.expm1(-rate / WEEK_DAYS)[:, None]) & (
        days < WEEK_DAYS * end[:, None]
    )
    before = bought & (days < age[:, None])
    later = bought & (days >= age[:, None]) & (days < (age + WEEK_DAYS * weeks)[:, None])
    last = np.where(before.any(axis=1), days.size - before[:, ::-1].argmax(axis=1), 0)
    return Buyers(before.sum(axis=1), last, age), later.sum(axis=1)


def lognormal(churn, fit):
    """Return survival by day of a hazard of ``churn`` a week times a lognormal: the truth of :func:`drawn`."""
    z, weight = np.polynomial.hermite_e.hermegauss(40)
    t = np.arange(WEEK_DAYS * 2 * HALF_WEEKS + 1) / WEEK_DAYS
    return weight / weight.sum() @ np.exp(-churn * np.exp(fit * z)[:, None] * t)


@pytest.mark.slow
def test_bands_hold_the_sum_of_later_purchases_where_the_truth_is_known():
    """20 cohorts of 1,000. Where nine in ten hold, fewer than 14 of 20 come in 0.2 % of such tests."""
    rng, held, wide = np.random.default_rng(5), 0, []
    for _ in range(20):
        buyers, later = drawn(rng, 1000, HALF_WEEKS)
        sums = forecast(buyers, lognormal, HALF_WEEKS, 100)["model"].cumulative
        held += sums.low[-1] <= later.sum() <= sums.high[-1]
        wide.append((sums.high[-1] - sums.low[-1]) / sums.middle[-1])
    assert held >= 14 and np.median(wide) < 0.4


@pytest.mark.slow
@needs_cdnow
def test_the_second_half_of_cdnow_is_foretold():
    """By class nearer than BG/NBD, of all together not: both stay below what came (measured -14 % and -12 %)."""
    buyers = cdnow()
    town = at_its_size(world(COHORT_MOTION), COHORT_MOTION, COHORT_SETTINGS)
    found = forecast(buyers, lives(town, 2 * HALF_WEEKS), HALF_WEEKS, 200)
    error = {name: np.abs(f.by_class.middle - LATER).mean() for name, f in found.items()}
    whole = {name: f.cumulative.middle[-1] / LATER_SUM - 1 for name, f in found.items()}
    rate = buyers.frequency.sum() / (buyers.age.sum() / WEEK_DAYS) * HALF_WEEKS
    assert error["model"] < error["bg_nbd"] < 0.3
    assert error["model"] < 0.25 * np.abs(rate - LATER).mean()
    assert error["model"] < 0.25 * np.abs(buyers.mean_by_class(buyers.frequency) - LATER).mean()
    assert all(-0.2 < off < 0 for off in whole.values())
    assert found["bg_nbd"].log_likelihood > found["model"].log_likelihood
    assert found["bg_nbd"].numbers == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=0.001)
    assert 0.8 < found["model"].numbers[1] < 1.5  # fit, found without the 1.1 of behaviour.yaml
