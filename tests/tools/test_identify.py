"""What patterns can say of numbers: those that move nothing are called so."""

import numpy as np

from simulation.evidence.targets import Target
from simulation.scenario.priors import Prior
from tools.identify import moves, ranks


def test_ranks_leave_out_what_is_not_defined():
    assert ranks(np.array([[3.0], [np.nan], [1.0]])).ravel().tolist() == [0.5, 0.0, -0.5]


def test_numbers_that_move_a_pattern_are_told_from_those_that_do_not():
    """Of 40 numbers the first moves pattern A widely, the second pattern B by a tenth of B's published range, no other any.

    At most one false alarm in 20 such tables (Bonferroni); here the seed is fixed and there is none.
    """
    draw = np.random.default_rng(3)
    unit = draw.random((300, 40))
    noise = 0.05 * draw.normal(size=(300, 2))
    seen = np.column_stack([unit[:, 0], 0.5 + 0.1 * (unit[:, 1] - 0.5)]) + noise * [1.0, 0.1]
    spans = {"A": (0.4, 0.6), "B": (0.0, 1.0)}
    of = [Target(name, name, "", low, high, "", "y", "E1", "A") for name, (low, high) in spans.items()]
    known = [Prior(f"n{k}", {f"n{k}": 1.0}, 1.0, 2.0, 1.5, "", "D", "") for k in range(40)]
    lines = {line.number: line for line in moves(known, unit, seen, of)}
    assert {n for n, line in lines.items() if line.moves} == {"n0", "n1"}
    assert (lines["n0"].pattern, lines["n1"].pattern) == ("A", "B")
    assert lines["n0"].informed and lines["n0"].predicted_share > 0.5
    assert not lines["n1"].informed  # it moves B, but B is not known well enough to tell
    assert not any(line.informed for n, line in lines.items() if n not in ("n0", "n1"))
