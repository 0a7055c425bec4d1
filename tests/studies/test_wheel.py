"""The wheel after a stop, and what further money wins: read from the right weeks, paired, and said in one sentence."""

import numpy as np
import pytest

from simulation import open_results
from simulation.figures.wheel import title
from simulation.people.stages import BY_USERS, CAUSES
from simulation.scenario.compose import compose
from simulation.studies.wheel import FURTHER, KEPT, NUMBER, Further, Turned, further, leading, more_for, sentence
from tests.studies.small import rows, run


def test_the_number_is_read_in_the_twin_whose_money_stops_and_levers_are_compared_with_none(tmp_path):
    folder = run(tmp_path / "w", "study=wheel", "seeds=3", "motions=[plg]", "study.stop_week=30", "study.more=0.5")
    results = open_results(folder)
    weeks = results.weeks
    stopped, paid = (weeks[weeks["point"] == point] for point in (1, 0))
    assert stopped.loc[stopped["week"] >= 34, "advertising_cents"].sum() == 0 < paid.loc[paid["week"] >= 34, "advertising_cents"].sum()  # fmt: skip
    late = (
        stopped[stopped["week"] >= 30]
        .groupby("seed")[[*(f"adopted_{c.name.lower()}" for c in BY_USERS), *CAUSES]]
        .sum()
    )
    number = late.iloc[:, : len(BY_USERS)].sum(axis=1) / late.iloc[:, len(BY_USERS) :].sum(axis=1)
    found = {(row["measure"], row["lever"]): row for row in rows(folder / "data" / "wheel.csv")}
    assert float(found[NUMBER, ""]["value"]) == pytest.approx(number.median())
    ends = stopped.assign(paying=stopped["customer"] + stopped["expert"]).pivot_table(
        index="seed", columns="week", values="paying"
    )
    assert float(found[KEPT, ""]["value"]) == pytest.approx((ends[59] / ends[29]).median())
    runs = results.runs.sort_values(["point", "seed"])
    levers = [lever for lever, share in compose("motions=[plg]").world("plg").motion.shares.items() if share]
    assert [lever for measure, lever in found if measure == FURTHER] == levers
    base, more = (runs[runs["point"] == point] for point in (0, 3))  # what ran already runs once
    each = 1000 * (more["new_customers"].to_numpy() - base["new_customers"].to_numpy()) / (more["budget_usd"].to_numpy() - base["budget_usd"].to_numpy())  # fmt: skip
    assert float(found[FURTHER, levers[0]]["value"]) == pytest.approx(each.mean())
    assert {p.stem for p in (folder / "figures").glob("*.png")} == {"flywheel", "further_money"}


def test_more_for_one_lever_leaves_the_others_what_they_have():
    world = compose("motions=[clg]", "budget.share_of_revenue=0.1").world("clg")
    for lever in (name for name, share in world.motion.shares.items() if share):
        settings = more_for(world, lever, 0.25)
        assert sum(settings["motion.shares"].values()) == pytest.approx(1, abs=1e-15)
        grown = settings["budget.usd_per_account_per_week"] / world.budget.usd_per_account_per_week
        assert grown == pytest.approx(1.25) and settings["budget.share_of_revenue"] == pytest.approx(0.125)
        for name, share in world.motion.shares.items():
            assert settings["motion.shares"][name] * grown == pytest.approx(share + 0.25 * (name == lever))


def test_further_money_is_a_mean_of_pairs_with_its_standard_error():
    found = further("events", np.array([10.0, 20.0, 30.0, np.nan]), np.array([10_000.0, 10_000.0, 10_000.0, 10_000.0]))
    assert (found.seeds, found.won) == (3, pytest.approx(2.0)) and found.error == pytest.approx(1 / np.sqrt(3))
    assert found.known and not found._replace(error=1.01).known
    assert not further("events", np.array([5.0]), np.array([100.0])).known  # one pair has no error


def turned(number, further_money=()):
    return Turned("clg", np.full(10, number), np.ones(10), list(further_money))


def test_it_is_said_whether_the_wheel_turns_and_what_wins_most():
    events, team = Further("events", 10, 0.31, 0.05), Further("community_team", 10, 0.05, 0.04)
    assert sentence(turned(1.2, [team, events])) == (
        "CLG: after its money stops a customer brings 1.20 (1.20 to 1.20) others in a mean life: the wheel turns by itself; "
        "1,000 USD more win most with events (0.31), in customers (standard errors in the table)."
    )
    assert "does not turn by itself; what 1,000 USD more win is not told apart from nothing for any lever." in sentence(
        turned(0.6, [team])
    )
    few = turned(0.6)._replace(number=np.full(9, 0.6))
    assert "a mean life: too few simulated markets to say whether the wheel turns by itself; " in sentence(few)
    assert sentence(turned(np.nan)).startswith("CLG: after its money stops nobody leaves, so no reproduction number is known;")  # fmt: skip
    content = Further("content", 10, 0.25, 0.04)
    assert leading(turned(1.2, [content, events])) == "events (0.31) or content (0.25)"
    assert title([turned(1.2, [team, events])]) == "1,000 USD more win most customers with: CLG events (0.31)"
