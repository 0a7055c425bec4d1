"""The search for settings: what has a solution is found, what has none does not spoil the rest."""

import numpy as np
import pytest

from simulation.knowns.solver import Solution, refine, solve

LOW, HIGH = np.full(3, -4.0), np.full(3, 4.0)


def _firm(x: np.ndarray) -> np.ndarray:
    """Return three knowns that lean on each other, each by about one per one of its own, the third up to a limit."""
    return np.array([
        x[0] + 0.3 * np.tanh(x[1]) - 1.1,
        0.8 * x[1] + 0.2 * x[0] ** 2 / (1 + x[0] ** 2) - 0.1 * x[2] + 0.7,
        0.9 * x[2] + 0.4 * x[0] - 1.3,
    ])  # fmt: skip


def _lucky(luck: np.ndarray):
    """Return the three knowns on luck of their own."""
    return lambda x: _firm(x) + luck


def test_it_finds_what_lean_on_each_other_in_few_evaluations():
    asked = []
    found = solve(lambda x: asked.append(x) or _firm(x), LOW, HIGH)
    assert np.abs(found.left).max() < 0.004 and np.array_equal(found.left, _firm(found.x))
    assert len(asked) <= 12


def test_one_that_cannot_be_met_stands_at_its_bound_and_the_others_are_met():
    found = solve(_firm, LOW, np.array([4.0, 4.0, 0.2]))
    assert found.x[2] == 0.2 and found.left[2] < -0.5
    assert np.abs(found.left[:2]).max() < 0.01


def test_one_whose_setting_moves_nothing_any_more_goes_to_its_bound_and_drags_no_other_along():
    def saturated(x: np.ndarray) -> np.ndarray:
        r = _firm(x)
        r[1] = 0.1 * np.tanh(x[1]) - 2.0
        return r

    found = solve(saturated, LOW, HIGH)
    assert found.x[1] == HIGH[1] and found.left[1] < -1.5 and np.abs(found.left[[0, 2]]).max() < 0.01


def test_slopes_that_were_measured_badly_are_corrected_by_what_steps_do():
    """With slopes so near singular that a plain step goes astray, eight rounds end within luck all the same (without correction sd .9): of 40 searches the mean is within five standard errors, .02."""
    rng = np.random.default_rng(2)
    goal = solve(_firm, LOW, HIGH)
    bad = goal.slopes + np.array([[0, 0, 0.4], [0.3, -0.3, 0], [0.5, 0, -0.5]])
    start = goal._replace(x=goal.x + np.array([0.3, -0.3, 0.3]), slopes=bad)
    ends = [
        refine([_lucky(rng.normal(0, 0.02, 3)) for _ in range(8)], start, LOW, HIGH, 0.02) - goal.x for _ in range(40)
    ]
    assert np.abs(np.mean(ends, axis=0)).max() < 0.02 and np.std(ends, axis=0).max() < 0.05


def test_a_step_is_damped_where_luck_is_all_that_it_may_follow():
    """A slope of .05 makes .02 of luck a step of .4; damped against a distance of .3 it is a fifth of that, and a known without luck is met at once."""
    one = Solution(np.zeros(1), np.zeros(1), np.array([[0.05]]))
    off = [lambda x: 0.05 * x - 0.02]
    followed, known = (refine(off, one, np.full(1, -4.0), np.full(1, 4.0), luck)[0] for luck in (0.02, 0.001))
    assert followed == pytest.approx(0.4 * 0.05**2 / (0.05**2 + (0.02 / 0.3) ** 2)) and known == pytest.approx(
        0.4, rel=0.01
    )


def test_luck_is_averaged_over_rounds():
    """The sd of what is found in five rounds is that of the mean of the last four's luck: half of one's; of 400 searches, +-.1 is four sd."""
    near = solve(_firm, LOW, HIGH)
    rng = np.random.default_rng(1)

    found = [refine([_lucky(rng.normal(0, 0.02, 3)) for _ in range(5)], near, LOW, HIGH)[2] for _ in range(400)]
    single = [refine([_lucky(rng.normal(0, 0.02, 3))], near, LOW, HIGH)[2] for _ in range(400)]
    assert 0.4 < np.std(found) / np.std(single) < 0.6
