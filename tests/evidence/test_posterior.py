"""The posterior recovers what is known, as often as it says."""

import numpy as np
import pytest

from simulation.calendar import weeks_of
from simulation.evidence.posterior import coverage, infer
from simulation.evidence.summaries import as_known, by_month, kept_by_age, summarise


def table(n, seed):
    """Draws of four parameters: two seen in counts (one bent), one in a mix of both, one in nothing."""
    draw = np.random.default_rng(seed)
    unit = draw.random((n, 4))
    rate = np.exp(2 + 3 * unit[:, 0])
    other = np.exp(1 + 2 * unit[:, 1])
    counts = np.stack(
        [draw.poisson(rate * k) for k in (1, 2, 3)]
        + [draw.poisson(other * k) for k in (1, 2)]
        + [draw.poisson(rate * other * np.exp(unit[:, 2]))],
        axis=1,
    )
    return unit, np.log1p(counts)


def test_known_parameters_are_inside_the_90_percent_interval_in_90_percent_of_cases():
    """100 cases; the share of cases has a standard error of 3 points, so 80 to 98 % is asked (error rate below 1 % each)."""
    unit, stats = table(600, 1)
    inside, informed = coverage(unit, stats, np.arange(0, 600, 6))
    assert informed[:3].min() == 1 and informed[3] < 0.2
    assert (inside[:3] > 0.80).all() and (inside[:3] < 0.98).all()


def test_what_the_data_inform_narrows_and_what_they_do_not_is_said_so():
    unit, stats = table(800, 2)
    found = infer(unit[1:], stats[1:], stats[0])
    width = np.diff(found.interval(), axis=0)[0]
    assert found.informed.tolist() == [True, True, True, False]
    assert width[0] < 0.2 and width[3] > 0.75
    assert abs(np.median(found.unit[:, 0]) - unit[0, 0]) < 0.15


def test_data_that_no_prior_produces_are_called_strange():
    unit, stats = table(300, 3)
    wild = stats[0].copy()
    wild[0] = 99.0
    assert infer(unit, stats, wild).strange.tolist() == [True, False, False, False, False, False]


def test_months_share_out_all_weeks():
    weekly = np.arange(104, dtype=float)
    assert by_month(weekly, 24, 0).sum() == weekly.sum()
    assert by_month(weekly, 12, 12).sum() == weekly[52:].sum()
    assert weeks_of(12) == 52


def test_months_that_are_not_known_are_left_out_of_worlds_as_of_the_company():
    seen = {
        "churned": np.array([1.0, np.nan, 4.0, np.nan, np.nan, np.nan]),
        "members": np.array([5.0, 6.0, np.nan, 8.0, 9.0, 9.0]),
    }
    worlds = {name: np.arange(12.0).reshape(2, 6) for name in seen}
    known = as_known(worlds, seen)
    assert np.isnan(known["churned"][:, [1, 3, 4, 5]]).all() and known["churned"][1, 2] == 8.0
    assert np.expm1(summarise(seen)).tolist() == pytest.approx([5.0, 0.0, 6.0, 9.0])
    assert np.expm1(summarise(known)).ravel().tolist() == pytest.approx([0 + 2, 0, 1, 5, 6 + 8, 0, 7, 11])


def test_kept_shares_are_pooled_over_the_cohorts_that_are_old_enough():
    counts = np.array([[10.0, 8, 6], [np.nan, 20, 10], [np.nan, np.nan, 30]])
    assert kept_by_age(counts).tolist() == [(8 + 10) / 30, 0.6]
