"""Named draws are uniform, independent of order, and different for each name."""

import numpy as np

from simulation.people.draws import Purpose, key_of, uniform

ROWS = 20_000


def sample(key, week, purpose):
    phase = key_of(key, week, purpose)
    return np.array([uniform(phase, row) for row in range(ROWS)])


def test_uniform_mean_and_variance_within_four_standard_errors():
    """False alarm once in 8,000 keys (two tests at 4 standard errors); the key is fixed."""
    u = sample(1, 0, Purpose.LIFE)
    assert abs(u.mean() - 0.5) < 4 * np.sqrt(1 / 12 / ROWS)
    assert abs(u.var() - 1 / 12) < 4 * np.sqrt(1 / 180 / ROWS)


def test_names_that_differ_in_one_word_are_uncorrelated():
    """Each correlation has standard error 1/sqrt(n); bound 4, false alarm 2e-4 over three tests."""
    base = sample(1, 5, Purpose.LIFE)
    others = (sample(2, 5, Purpose.LIFE), sample(1, 6, Purpose.LIFE), sample(1, 5, Purpose.TIE_MOVES))
    for other in others:
        assert abs(np.corrcoef(base, other)[0, 1]) < 4 / np.sqrt(ROWS)


def test_a_draw_does_not_depend_on_who_else_is_drawn():
    phase = key_of(3, 7, Purpose.LIFE)
    alone = uniform(phase, 42)
    crowd = [uniform(phase, row) for row in (1, 99, 42, 3)]
    assert crowd[2] == alone
