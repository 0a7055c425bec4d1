"""What may be said of how many: the cases of a verdict, word by word."""

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import binom

from simulation.metrics import METRICS
from simulation.runs.enough import LEAST_MARKETS, is_ahead, limits, seen_in, winner
from simulation.runs.paired import differences, summarise
from simulation.scenario.compose import compose
from simulation.studies.tables import HEADLINES, difference_table, summary_table

CAC = HEADLINES[0].name  # the first row of every table


@pytest.mark.parametrize(
    ("won", "lost", "said"),
    [
        (0, 0, "the same"),
        (1, 0, "too few simulated markets to say"),
        (9, 0, "too few simulated markets to say"),
        (9, 1, "CLG ahead in 9 of 10"),
        (8, 2, "not told apart: CLG 8, PLG 2"),
        (15, 5, "CLG ahead in 15 of 20"),
        (14, 6, "not told apart: CLG 14, PLG 6"),
        (12, 8, "not told apart: CLG 12, PLG 8"),
        (5, 15, "PLG ahead in 15 of 20"),
        (20, 0, "CLG ahead in 20 of 20"),
    ],
)
def test_who_is_ahead(won, lost, said):
    assert winner("clg", "plg", won, lost) == said
    assert winner("plg", "clg", lost, won) == said.replace(f"CLG {won}, PLG {lost}", f"PLG {lost}, CLG {won}")


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
        (20, {"clg": np.nan, "plg": 40.0}, ("plg",), "outside the comparison: CLG wins nan customers"),
    ],
)
def test_what_may_be_compared(markets, won, inside, sentence):
    found = limits(markets, won)
    assert (found.inside, found.sentence) == (inside, sentence)


def test_a_value_that_some_markets_lack_says_how_many_have_it():
    assert [seen_in(3, 4), seen_in(4, 4)] == ["in 3 of 4 simulated markets", ""]


def printed(table) -> str:
    console = Console(width=120, record=True)
    console.print(table)
    return console.export_text()


def made(clg: list[float], plg: list[float]) -> dict[str, np.ndarray]:
    """Return runs of two motions that have a CAC and 100 customers each, nothing else."""
    found = {}
    for motion, values in (("clg", clg), ("plg", plg)):
        runs = np.full((len(values), len(METRICS)), np.nan)
        runs[:, list(METRICS).index(CAC)] = values
        runs[:, list(METRICS).index("new_customers")] = 100.0
        found[motion] = runs
    return found


def test_four_markets_of_which_one_wins_nobody_give_a_median_and_its_count_and_nothing_else():
    config = compose("motions=[clg,plg]")
    found = made([70.0, 73.0, 75.0, np.nan], [80.0, 90.0, 100.0, 110.0])
    said = printed(summary_table(config, "seeds", 4, summarise(found)))
    assert "4 seeds: median (no interval from fewer than 10)" in said
    assert "$73" in said and "in 3 of 4 simulated markets" in said and " to $" not in said
    said = printed(difference_table("seeds", differences(found), limits(4, {"clg": 100.0, "plg": 100.0})))
    said = " ".join(said.split())
    assert "(4 simulated markets, too few to say who is better)" in said
    assert "ahead" not in said and "% of" not in said and "in 3 of 4 simulated markets" in said


def test_ten_markets_give_an_interval_and_a_winner():
    config, n = compose("motions=[clg,plg]"), LEAST_MARKETS
    found = made([70.0 + k for k in range(n)], [80.0 + 2 * k for k in range(n)])
    assert "($70 to $79)" in printed(summary_table(config, "seeds", n, summarise(found)))
    said = printed(difference_table("seeds", differences(found), limits(n, {"clg": 100.0, "plg": 100.0})))
    assert "CLG ahead in 10 of 10" in said
