"""What may be said of how many: who is ahead, who may be compared, what some markets lack."""

import numpy as np
import pytest
from scipy.stats import binom

from simulation.runs.enough import is_ahead, limits, seen_in


@pytest.mark.parametrize(("won", "lost"), [(9, 1), (15, 5), (20, 0)])
def test_ahead_is_more_than_luck(won, lost):
    assert is_ahead(won, lost) and not is_ahead(lost, won)


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (9, 0), (8, 2), (14, 6), (12, 8), (10, 10)])
def test_what_luck_may_do_is_not_ahead(won, lost):
    assert not is_ahead(won, lost) and not is_ahead(lost, won)


@pytest.mark.parametrize("n", [10, 20, 100])
def test_of_equals_one_is_called_ahead_in_at_most_a_tenth(n):
    """The exact probability, either way, for a fair coin: two-sided 90 %, so at most 10 %."""
    assert sum(binom.pmf(k, n, 0.5) for k in range(n + 1) if is_ahead(k, n - k) or is_ahead(n - k, k)) <= 0.10


@pytest.mark.parametrize(
    ("markets", "won", "inside", "sentence"),
    [
        (1, {"clg": 500.0, "plg": 500.0}, (), "1 simulated market, too few to say who is better"),
        (9, {"clg": 500.0, "plg": 500.0}, (), "9 simulated markets, too few to say who is better"),
        (10, {"clg": 500.0, "plg": 30.0}, ("clg", "plg"), ""),
        (20, {"clg": 500.0, "plg": 29.4}, ("clg",), "outside the comparison: PLG wins 29 customers"),
        (20, {"clg": 0.0, "plg": 12.0}, (), "outside the comparison: CLG wins 0, PLG wins 12 customers"),
        (20, {"clg": np.nan, "plg": 40.0}, ("plg",), "outside the comparison: CLG wins no known number of customers"),
    ],
)
def test_what_may_be_compared(markets, won, inside, sentence):
    found = limits(markets, won)
    assert (found.inside, found.sentence) == (inside, sentence)


def test_a_value_that_some_markets_lack_says_how_many_have_it():
    assert [seen_in(3, 4), seen_in(4, 4)] == ["in 3 of 4 simulated markets", ""]
