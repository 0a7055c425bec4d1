"""The figures by which a firm recognises itself, against counts made another way."""

import numpy as np
import pytest

from simulation.engine import simulate
from simulation.metrics import METRICS, measure
from simulation.metrics.company import PROFILE, TODAY
from simulation.people.stages import Cause, Door
from simulation.scenario.compose import compose
from tests.worlds import LIVELY

WEEKS = 90


@pytest.fixture(scope="module")
def record():
    past = "history={motion: hybrid, weeks: 80}"
    return simulate(compose("motions=[hybrid]", *LIVELY, f"weeks={WEEKS}", past).world("hybrid"), 4)


@pytest.fixture(scope="module")
def found(record):
    return measure(record)


def test_churn_is_what_is_lost_in_a_year_over_the_mean_a_month(record, found):
    ended = record.lives["ended"]
    lost = ((ended >= WEEKS - 52) & np.isin(record.lives["cause"], [*Cause])).sum()
    paying = [((record.lives["adopted"] <= w) & ((ended < 0) | (ended > w))).sum() for w in range(WEEKS - 52, WEEKS)]
    assert found["monthly_churn"] == pytest.approx(lost / np.mean(paying) / 12)
    seats = record.series("seats")[-52:].mean()
    gone = (record.series("lost_seats") + record.series("contracted_seats"))[-52:].sum()
    assert found["monthly_seat_churn"] == pytest.approx(gone / seats / 12)


def test_churn_of_too_few_or_too_short_a_run_is_not_known(record):
    short = record._replace(weeks=record.weeks[:40])
    few = record._replace(weeks=record.weeks / 20)
    for name in ("monthly_churn", "monthly_seat_churn"):
        assert np.isnan(METRICS[name](short))
        assert np.isnan(METRICS[name](few))


def test_who_lands_how_and_how_fast(record, found):
    new = record.lives[record.lives["adopted"] >= 0]
    assert found["seats_at_landing"] == pytest.approx(record.series("landed_seats").sum() / new.size)
    sold = new[new["door"] == Door.SALES]
    weeks = sorted(int(x) for x in sold["adopted"] - sold["engaged"])
    assert weeks[0] >= 0
    assert found["sales_cycle_weeks"] == np.median(weeks)
    tried = (new["door"] == Door.TRIAL).sum()
    assert found["trial_to_paid_share"] == pytest.approx(tried / record.series("engaged_trial").sum())


def test_revenue_is_that_of_the_last_week_a_year(record, found):
    assert found["arr_usd"] == pytest.approx(52 * record.series("revenue_cents")[-1] / 100)
    assert found["revenue_per_customer_usd"] == pytest.approx(found["arr_usd"] / found["customers_end"])
    assert found["budget_usd_per_year"] == pytest.approx(found["budget_usd"] * 52 / WEEKS)


def test_today_is_the_end_of_the_past(record, found):
    past = measure(record.past)
    assert set(TODAY) == {f"{row.name}_today" for row in PROFILE}
    for row in PROFILE:
        np.testing.assert_equal(found[f"{row.name}_today"], past[row.name])
    assert found["customers_end_today"] == record.base.size * record.weight > 0
