"""The figure of docs on money and markets: what it draws and what its title says, from costs that are known and from a small sweep."""

import numpy as np

from tools.budget import SIZES, Asked, draw, main, swept, title

BUDGETS = np.array([1.0, 2.0, 4.0])


def costs(**by_motion):
    """Return what a customer costs by budget, alike in ten seeds."""
    return {motion: np.tile(np.array(of, float), (10, 1)) for motion, of in by_motion.items()}


def test_the_title_says_the_largest_move_and_who_is_the_cheapest_where():
    found = {
        2000: costs(clg=[100, 150, 150], plg=[200, 100, 120]),
        10_000: costs(clg=[100, 100, 100], plg=[100, 90, 80]),
    }
    assert title(BUDGETS, found) == (
        "2.0 times the money moves what a customer costs by 2.0 times at most: no budget is a gate. Cheapest, of 6 budgets and markets: "
        "PLG at 4, CLG at 1"
    )


def test_a_gate_is_called_one():
    nobody = costs(plg=[np.nan, 100, 100])
    assert "2.0 times the money decides whether anybody buys: PLG in a market of 2,000 accounts" in title(
        BUDGETS, {2000: nobody}
    )


def test_a_small_sweep_is_drawn_with_a_panel_a_market(tmp_path, capsys):
    asked = Asked(budgets=2, rows=300, seeds=1)
    budgets, found = swept(asked)
    assert budgets.tolist() == [0.1, 10.0] and tuple(found) == SIZES
    assert {values.shape for of in found.values() for values in of.values()} == {(1, 2)}
    figure = draw(budgets, found)
    assert [axes.get_title() for axes in figure.axes] == [f"{n:,} accounts" for n in SIZES]


def test_bad_input_is_a_sentence(capsys):
    assert main(["budgets=1"]) == 2
    assert capsys.readouterr().err.strip() == "budgets=1: 2 to 100 (budgets) is allowed"
