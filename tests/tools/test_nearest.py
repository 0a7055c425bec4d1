"""The way to the nearest point at which ranges hold: what is outside, where steps lead, what is learnt of slopes."""

import numpy as np
import pytest

from simulation.evidence.targets import targets
from tools.nearest import half_widths, learnt, outside, step

BY = {t.id: t for t in targets()}


def test_a_statistic_stands_in_half_widths_of_its_range_in_the_logarithm_where_that_lies_above_zero():
    row = BY["V07"]
    low, high = row.low, row.high
    assert low > 0
    assert half_widths([row] * 3, [low, (low * high) ** 0.5, high]) == pytest.approx([-1, 0, 1])
    assert half_widths([row], [high * (high / low) ** 0.5]) == pytest.approx([2])
    assert list(half_widths([row] * 4, [float("nan"), float("inf"), 0.0, 1e9])) == [3.0, 3.0, -6.0, 6.0]
    zero = row._replace(low=0.0, high=10.0)
    assert list(half_widths([zero] * 3, [0.0, 5.0, 15.0])) == [-1, 0, 2]
    below = row._replace(low=-1.0, high=1.0)
    assert half_widths([below], [-0.5]) == pytest.approx([-0.5])


def test_an_end_that_nothing_passes_is_none():
    row = BY["V01a"]  # R2 of at most 1
    assert list(half_widths([row] * 2, [1.0, 0.99])) == [0.0, 0.0] and half_widths([row], [0.96])[0] == pytest.approx(
        -1
    )


def test_only_what_lies_outside_the_safe_part_counts():
    assert outside(np.array([0.0, 0.9, -0.9, 1.0, -2.0])) == pytest.approx([0, 0, 0, 0.1, -1.1])


def test_a_step_goes_no_farther_than_ranges_ask_for_and_along_the_number_that_moves_them():
    start = np.array([0.5, 0.5])
    slopes = np.array([[4.0, 0.0]])
    by = step(np.array([1.2]), slopes, start, start, 0.3)
    assert by[0] == pytest.approx(-0.1, abs=0.01) and by[1] == pytest.approx(0, abs=1e-6)  # to .8 of the range
    assert step(np.array([0.5]), slopes, start, start, 0.3) == pytest.approx([0, 0])
    assert step(np.array([5.0]), slopes, start, start, 0.3)[0] == pytest.approx(-0.3)  # the radius
    assert step(np.array([5.0]), slopes, np.array([0.1, 0.5]), start, 0.3)[0] == pytest.approx(-0.1)  # the prior's end
    assert step(np.array([0.0]), slopes, np.array([0.5, 0.9]), start, 0.2)[1] == pytest.approx(
        -0.2
    )  # back to the start


def test_slopes_learn_half_of_what_they_did_not_foretell_along_the_step_alone():
    slopes = np.array([[1.0, 1.0], [0.0, 2.0]])
    found = learnt(slopes, np.array([0.1, 0.0]), np.array([0.3, 0.0]))
    assert found == pytest.approx(np.array([[2.0, 1.0], [0.0, 2.0]]))
    assert learnt(slopes, np.array([0.1, 0.2]), slopes @ np.array([0.1, 0.2])) == pytest.approx(slopes)
