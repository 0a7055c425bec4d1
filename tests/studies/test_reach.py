"""The least budget that reaches an amount of yearly recurring revenue: where it is known by hand, and what is said where there is none."""

from math import inf

import numpy as np
import pytest

from simulation.cli import main
from simulation.figures.reach import draw
from simulation.scenario.compose import compose
from simulation.studies.reach import Found, State, crossings, judged, sentences, verdict
from tests.studies.small import SMALL, rows, run

BUDGETS = np.array([0.0, *np.geomspace(1e5, 1e7, 10)])
LUCK = np.linspace(0.5, 1.5, 20)
STUDY = compose("study=reach").study


def found(**arr: np.ndarray) -> Found:
    """Return what is said of motions with such revenue, USD, of shape (budgets, markets)."""
    return judged(arr, BUDGETS, STUDY, "31 December 2028")


def power(least: float, by: float = 2.0, luck: np.ndarray = LUCK) -> np.ndarray:
    """Return revenue that is the goal of 2 M USD where the budget is ``least`` over the market's luck: a power law of the budget."""
    return 2e6 * (BUDGETS[:, None] * luck / least) ** by


def test_the_budget_is_read_where_revenue_that_never_falls_with_it_crosses_the_goal():
    steps = np.array([[0.0], [1e6], [0.8e6], [3e6]])  # the fall is noise: the two are one step of 0.9 M
    assert crossings(np.array([0, 1e5, 2e5, 8e5]), steps, 2e6)[0] == pytest.approx(2e5 * 4 ** (1.1 / 2.1))
    assert crossings(np.array([0, 1e5, 2e5, 8e5]), steps, 0.45e6)[0] == pytest.approx(0.5e5)  # over the budget itself
    assert crossings(np.array([0, 1e5, 2e5, 8e5]), steps, 4e6)[0] == inf
    assert crossings(np.array([0, 1e5, 2e5, 8e5]), steps + 2e6, 2e6)[0] == 0


def test_four_of_five_markets_reach_it_with_the_least_budget_and_a_tenth_less_is_not_enough():
    of = found(clg=power(1e6)).motions[0]
    lucky = np.sort(1e6 / LUCK)[15]  # the sixteenth of twenty
    assert of.state is State.REACHED and of.least == pytest.approx(lucky, rel=0.05)  # lines between budgets 1.7 apart
    assert (of.crossings <= of.least).mean() == 0.8 and (of.crossings <= 0.9 * of.least).mean() < 0.8
    assert of.low <= of.least <= of.high


def test_who_needs_less_in_the_same_markets_is_ranked_and_who_is_not_told_apart_is_not():
    draw_ = np.random.default_rng(3)
    alike = power(1e6, luck=LUCK * draw_.lognormal(0, 0.1, 20))
    three = found(clg=power(1e6), plg=alike, slg=power(1.5e6))
    assert ("clg", "slg") in three.less and not {("clg", "plg"), ("plg", "clg")} & three.less
    names = [of.motion.upper() for of in three.ranked]
    assert verdict(three).endswith(f" a year; {names[0]} is not told apart from {names[1]}.") and names[2] == "SLG"
    assert verdict(found(clg=power(1e6), slg=power(2e6))).endswith("a year; CLG needs least.")


def test_two_motions_that_need_the_same_are_ranked_in_error_in_at_most_one_of_five():
    """At a nominal 10 %; of 150 pairs more than 30 come about by chance with less than one in 10,000 at that rate."""
    draw_ = np.random.default_rng(7)
    ranked = sum(
        bool(found(a=power(1e6, luck=draw_.lognormal(0, 0.3, 20)), b=power(1e6, luck=draw_.lognormal(0, 0.3, 20))).less)
        for _ in range(150)
    )
    assert ranked <= 30


def test_already_reached_unreachable_and_saturated_are_said():
    three = found(clg=power(1e6) + 2e6, plg=power(1e8, 1.0), slg=np.minimum(power(1e5), 1e6))
    assert [of.state for of in three.motions] == [State.ALREADY, State.UNREACHABLE, State.SATURATED]
    assert list(sentences(three)) == [
        "$2.0 M of yearly recurring revenue by 31 December 2028 in 80 % of simulated markets: CLG gets there without any budget; no budget tried is enough for PLG, SLG.",
        "PLG reaches it in 0 % of simulated markets with $10.0 M a year, the most that was tried: more may.",
        "SLG reaches it in 0 % of simulated markets with $10.0 M a year, the most that was tried: more money no longer helps.",
    ]
    assert verdict(found(clg=power(1e6) + 2e6, slg=power(1e6)), intervals=False).endswith(
        " takes SLG $1.4 M a year; CLG gets there without any budget."
    )
    figure, text = draw(three)
    assert figure.get_figwidth() / figure.get_figheight() == pytest.approx(16 / 9)
    assert text.startswith("$2.0 M of yearly recurring revenue")


def test_too_few_markets_give_no_interval_and_no_ranking():
    few = found(clg=power(1e6)[:, :9], slg=power(9e6)[:, :9])
    assert not few.less and np.isnan(few.motions[0].low)
    assert list(sentences(few))[-1] == (
        "9 simulated markets are too few for intervals and for a ranking; 10 are needed."
    )


def test_the_study_runs_every_budget_on_the_same_seeds(tmp_path, capsys):
    asked = (
        "study=reach",
        "motions=[plg]",
        "study.arr_usd=300k",
        "study.chance=50 %",
        "start=2026-01",
        "study.by=Q1 2027",
    )
    folder = run(tmp_path / "r", *asked, "weeks=70", "seeds=2", "study.budgets={low: 0.5, high: 4, n: 3}")
    lines = rows(folder / "data" / "reach.csv")
    assert [round(float(r["budget_usd_per_year"]) / 1.04e6, 3) for r in lines] == [0, 0.5, 1.414, 4]
    share, arr = ([float(r[name]) for r in lines] for name in ("reached_share", "arr_usd"))
    assert share == sorted(share) and share[0] == 0 and arr == sorted(arr) and arr[-1] > 2 * arr[1] > 0
    least = rows(folder / "data" / "least_budget.csv")[0]
    assert least["state"] == "reached" and 0 < float(least["budget_usd_per_year"]) < 4.2e6
    assert {p.stem for p in (folder / "figures").glob("*.png")} == {"reach"}
    out = " ".join(capsys.readouterr().out.split())
    assert "study.by=Q1 2027: read as 2027-03-31" in out
    assert "$300,000 of yearly recurring revenue by 31 March 2027 in 50 % of simulated markets takes PLG" in out


def test_budgets_are_of_all_accounts_also_where_a_file_says_how_many_there_are(tmp_path):
    edges = tmp_path / "edges.csv"
    edges.write_text("source,target\n" + "".join(f"{k},{k + 1}\n" for k in range(299)))
    asked = ("study=reach", "motions=[plg]", f"market.network.file={edges}", "weeks=10", "jobs=1", "seeds=1")
    assert main([*asked, "study.budgets={low: 1, high: 4, n: 3}", f"out={tmp_path / 'r'}"]) == 0
    assert [float(r["budget_usd_per_year"]) for r in rows(tmp_path / "r" / "data" / "reach.csv")] == [
        0,
        15_600,
        31_200,
        62_400,
    ]


REFUSED = {
    "study.by=2028-12": "study.by=2028-12-31: nobody knows when week 0 is; add start=2026-01-01, or leave study.by away",
    "study.by=2028-12 start=2026-01": "study.by=2028-12-31: the run ends after 60 weeks; write weeks=156",
    "study.by=2025-12 start=2026-01": "study.by=2025-12-31: the first week begins on 2026-01-01; a later day is needed",
    "study.by=01/02/2028": "study.by=01/02/2028: is it 2028-01-02 or 2028-02-01? write one of these",
    "study.by=soon": "study.by=soon: write a day as 2026-01-15, or a month as 2026-01 for its first day",
    "study.chance=80": "study.chance=80: 0.01 to 1 (share of simulated markets) is allowed; 80 % is 0.8",
    "study.arr_usd=MRR170k": ("study.arr_usd=MRR170k: that is of a month; x 12 = 2.04M? write study.arr_usd=2.04M USD"),
    "budget.usd_per_account_per_week=0": (
        "budget.usd_per_account_per_week=0: nothing is spent, so there is nothing to have more or less of"
    ),
    "shock=budget_cut weeks=156": "motions.clg: its budget changes in week 104, but study=reach changes it itself",
    "study.keep=[runs]": "study.keep=[runs]: reach reads weeks; write study.keep=[runs,weeks]",
}


@pytest.mark.parametrize("command", REFUSED)
def test_what_cannot_be_asked_is_one_sentence_and_leaves_nothing(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    small = [setting for setting in SMALL if not setting.startswith("weeks") or "weeks" not in command]
    assert main([*small, "study=reach", *command.split(" ")]) == 2
    assert capsys.readouterr().err.strip() == REFUSED[command]
    assert list(tmp_path.iterdir()) == []
