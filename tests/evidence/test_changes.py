"""Settings that changed month by month: read, refused in a sentence, and carried out as a past."""

import numpy as np
import pytest

from simulation.calendar import weeks_of
from simulation.evidence.changes import base_of, check_changes, scaled, steps
from simulation.evidence.exports import Exports, read_exports
from simulation.mesa_model import GrowthModel
from simulation.scenario.errors import BadInput
from tests.worlds import world

MONTHS = [f"2024-{k + 1:02d}" for k in range(6)]
CHURN = "market.segments.*.churn_per_week"
PLG = world("plg", "market.people=200")


def given(**times):
    paths = {"churn": CHURN, "price": "product.price_usd"}
    return Exports(MONTHS, {}, np.zeros(6), None, {}, {}, {paths[k]: np.array(v, float) for k, v in times.items()})


def folder(tmp_path, *lines):
    (tmp_path / "churn.csv").write_text("month,churned_customers\n" + "".join(f"{m},1\n" for m in MONTHS))
    (tmp_path / "settings.csv").write_text("\n".join(["month,setting,times", *lines]) + "\n")
    return tmp_path


def test_a_row_holds_until_the_next_one_of_its_setting(tmp_path):
    lines = (
        f"2024-05,{CHURN},1.2",
        f"2024-02,{CHURN},1.4",
        "2024-01,product.price_usd,0.5",
        "2024-04,product.price_usd,1",
    )
    data = read_exports(folder(tmp_path, *lines))
    assert data.times[CHURN].tolist() == [1, 1.4, 1.4, 1.4, 1.2, 1.2]
    assert data.times["product.price_usd"].tolist() == [0.5, 0.5, 0.5, 1, 1, 1]
    assert data.upto(3).times[CHURN].tolist() == [1, 1.4, 1.4]
    check_changes(data, PLG)


SENTENCES = {
    f"2025-01,{CHURN},2": "settings.csv: row 2, column month is '2025-01'; the other files reach from 2024-01 to 2024-06",
    f"2024-01,{CHURN},-1": "settings.csv: row 2, column times is '-1', 0 to 1e+15 is allowed",
    f"2024-01,{CHURN},": "settings.csv: row 2, column times is empty, a number is needed",
    "2024-01,budget.usd_per_account_per_week,2": (
        "settings.csv: budget.usd_per_account_per_week is what a company spends; give it in spend.csv"
    ),
    "2024-01,market.accounts,2": "settings.csv: market.accounts cannot change while a firm lives",
    "2024-01,product.price,2": "settings.csv: there is no number product.price in the scenario; did you mean product.price_usd?",
    "2024-01,market.segments.*.churn,2": (
        "settings.csv: there is no number market.segments.*.churn in the scenario; did you mean market.segments.*.churn_per_week?"
    ),
}


@pytest.mark.parametrize("line", SENTENCES)
def test_what_cannot_change_is_said_in_a_sentence(line, tmp_path):
    with pytest.raises(BadInput) as error:
        check_changes(read_exports(folder(tmp_path, line)), PLG)
    assert str(error.value) == SENTENCES[line]


def test_a_past_begins_as_the_first_month_and_changes_with_the_months():
    data = given(churn=[1, 1, 1.5, 1.5, 1.5, 1], price=[0.8, 0.8, 0.8, 0.8, 1, 1])
    drawn = {"market.segments.smaller.churn_per_week": 0.02}
    larger, price = PLG.market.segments["larger"].churn_per_week, PLG.product.price_usd
    found = steps(data, PLG, drawn, warm_up_months=3)
    assert [step["week"] for step in found] == [0, *(weeks_of(3 + k) for k in (2, 4, 5))]
    assert [step["set"]["market.segments.smaller.churn_per_week"] for step in found] == pytest.approx(
        [0.02, 0.03, 0.03, 0.02]
    )
    assert [step["set"]["market.segments.larger.churn_per_week"] / larger for step in found] == pytest.approx(
        [1, 1.5, 1.5, 1]
    )
    assert [step["set"]["product.price_usd"] / price for step in found] == pytest.approx([0.8, 0.8, 1, 1])
    today = scaled(given(churn=[1] * 5 + [2]), base_of(given(churn=[1] * 6), PLG, drawn))
    assert today == pytest.approx(
        {"market.segments.smaller.churn_per_week": 0.04, "market.segments.larger.churn_per_week": 2 * larger}
    )
    assert steps(given(), PLG, drawn, 0) == []


def test_a_past_is_a_run_of_these_settings():
    """Ten times the churn from the fourth month on: the same luck until then, more who leave after it."""
    town = world("plg", "market.people=3000", "behaviour.attraction.ambient_per_week=1")
    changed = steps(given(churn=[1, 1, 1, 10, 10, 10]), town, {}, 0)
    weeks, turn = weeks_of(6), weeks_of(3)
    plain, more = (
        GrowthModel(town, rng=4, weeks=weeks, **more).run().series("left") for more in ({}, {"interventions": changed})
    )
    assert np.array_equal(plain[:turn], more[:turn]) and more[turn:].sum() > 2 * plain[turn:].sum() > 0
