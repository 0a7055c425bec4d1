"""The search for settings: what has a solution is found, what has none does not spoil the rest."""

import numpy as np

from simulation.knowns.solver import refine, solve

LOW, HIGH = np.full(3, -4.0), np.full(3, 4.0)


def _firm(x: np.ndarray) -> np.ndarray:
    """Return three knowns that lean on each other, each by about one per one of its own, the third up to a limit."""
    return np.array([
        x[0] + 0.3 * np.tanh(x[1]) - 1.1,
        0.8 * x[1] + 0.2 * x[0] ** 2 / (1 + x[0] ** 2) - 0.1 * x[2] + 0.7,
        0.9 * x[2] + 0.4 * x[0] - 1.3,
    ])  # fmt: skip


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


def test_luck_is_averaged_over_rounds():
    """The sd of what is found in five rounds is that of the mean of the last four's luck: half of one's; of 400 searches, +-.1 is four sd."""
    near = solve(_firm, LOW, HIGH)
    rng = np.random.default_rng(1)

    def one(luck: np.ndarray):
        return lambda x: _firm(x) + luck

    found = [refine([one(rng.normal(0, 0.02, 3)) for _ in range(5)], near, LOW, HIGH)[2] for _ in range(400)]
    single = [refine([one(rng.normal(0, 0.02, 3))], near, LOW, HIGH)[2] for _ in range(400)]
    assert 0.4 < np.std(found) / np.std(single) < 0.6
