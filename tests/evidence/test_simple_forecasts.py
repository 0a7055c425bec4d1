"""Forecasts of made-up months whose truth is known."""

import math

import numpy as np
import pytest

from simulation.evidence.foretold import Foretold
from simulation.evidence.simple_forecasts import straight_line, year_before


def test_a_score_is_width_and_twenty_times_what_lies_outside():
    f = Foretold(np.array([5.0, 5.0]), np.array([4.0, 4.0]), np.array([6.0, 7.0]))
    assert f.score(np.array([5.0, 5.0])) == pytest.approx(2.5)
    assert f.score(np.array([3.5, 7.25])) == pytest.approx(2.5 + 20 * (0.5 + 0.25) / 2)
    assert f.inside(np.array([6.0, 7.25])).tolist() == [True, False]
    assert f.error(np.array([6.0, 7.0])) == pytest.approx(math.sqrt(2.5))


def test_a_line_goes_on_and_a_year_comes_again():
    line = straight_line(np.array([2.0, 4.0, np.nan, 8.0, 10.0]), 2)
    assert line is not None and line.middle == pytest.approx([12.0, 14.0]) and line.high == pytest.approx(line.middle)
    fall = straight_line(np.array([6.0, 4.0, 2.0, 0.5]), 3)
    assert fall is not None and fall.middle[2] == 0.0 and not fall.low.any()
    season = np.tile(np.arange(12.0), 2)
    year = year_before(season, 14)
    assert year is not None and year.middle.tolist() == [*range(12), 0, 1] and year.low.tolist() == year.middle.tolist()


def test_what_is_too_short_is_not_foretold():
    assert straight_line(np.array([1.0, 2.0, 3.0]), 2) is None
    assert year_before(np.arange(14.0), 2) is None and year_before(np.arange(15.0), 2) is not None
    gap = np.arange(20.0)
    gap[-1] = np.nan
    assert year_before(gap, 2) is None


@pytest.mark.parametrize("forecast", [straight_line, year_before])
def test_intervals_of_noise_about_a_level_hold_as_often_as_they_say(forecast):
    """4,000 months in 1,000 series: nine in ten inside, within 3 points; series share the error of their fit."""
    rng = np.random.default_rng(4)
    inside = []
    for _ in range(1000):
        series = 100 + rng.normal(0, 5, 28)
        inside.append(forecast(series[:24], 4).inside(series[24:]))
    assert np.mean(inside) == pytest.approx(0.9, abs=0.03)


def test_a_sure_forecast_that_is_right_scores_better_than_a_wide_one():
    came = np.full(6, 10.0)
    narrow, wide = (Foretold(came, came - w, came + w) for w in (1.0, 30.0))
    assert narrow.inside(came).all() and wide.inside(came).all() and narrow.score(came) < wide.score(came)
