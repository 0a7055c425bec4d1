"""Profit and loss and the hiring plan: to the cent what was booked, and the heads that the model works with."""

import functools
import math

import numpy as np
import pytest

from simulation.calendar import UNDATED, Calendar
from simulation.mesa_model import GrowthModel
from simulation.scenario.firm import LEVERS
from simulation.studies import hiring, profit_and_loss
from simulation.studies.comparison import NEEDED, Comparison
from simulation.studies.periods import cents, periods_of
from tests.worlds import world

WEEKS, CHANGE = 90, 30
ASKED = ("market.people=600", "market.accounts=1800", f"weeks={WEEKS}", "behaviour.attraction.ambient_per_week=0.03", "budget.usd_per_account_per_week=10")  # fmt: skip
DEARER = {"prices.account_manager_usd_per_week": 4000.0, "prices.moderator_usd_per_hour": 70.0}
MIX = {"account_management": 0.3, "moderation": 0.2, "content": 0.2, "community_team": 0.2, "product_growth": 0.1}
CENT = 0.5 + 1e-6  # a period ends at a whole cent


def told(motion):
    """Return the world of a motion whose prices change; of hybrid one that spends on all that has heads."""
    changes = [{"week": CHANGE, "set": DEARER}]
    shares = {lever: MIX.get(lever, 0.0) for lever in LEVERS}
    more = {
        "motion": {
            **world(motion).motion.model_dump(),
            "shares": shares,
            "content_mix": {"how_to": 0.5, "question_sessions": 0.5},
        }
    }
    base = world(motion, *ASKED).model_dump() | {"interventions": changes} | (more if motion == "hybrid" else {})
    return type(world(motion)).model_validate(base)


@functools.cache
def lived(motion, seed):
    """Return a record, and by week what capacity the firm had."""
    model = GrowthModel(told(motion), rng=seed)
    seen = []
    while model.running:
        model.step()
        seen.append(
            (model.firm.account_managers, model.firm.moderation_hours, model.firm.pieces, model.firm.hours.sum())
        )
    return model.record, np.array(seen, float)


def comparison(motion, calendar=UNDATED):
    """Return two simulated markets as a study reads them."""
    records = [lived(motion, seed)[0] for seed in (1, 2)]
    weekly = {motion: {name: np.array([r.series(name) for r in records]) for name in NEEDED}}
    return Comparison(
        weekly, {}, {motion: np.zeros((2, 1))}, WEEKS, 2, "simulated markets", records[0].weight, calendar
    )


@pytest.mark.parametrize("calendar", [UNDATED, Calendar.of("2026-02-10", 4)])
@pytest.mark.parametrize("motion", ["hybrid", "slg", "plg"])
@pytest.mark.parametrize("length", profit_and_loss.LENGTHS)
def test_the_money_of_periods_is_to_the_cent_what_was_booked(motion, calendar, length):
    data, w = comparison(motion, calendar), told(motion)
    found = profit_and_loss.statements(data, motion, w, length)
    assert found[0].period.first == 0 and found[-1].period.last == WEEKS - 1
    booked = {name: of.mean(axis=0) for name, of in data.weekly[motion].items()}
    lines = {"revenue": "revenue_cents", "operating_result": "cash_cents", "support": "support_cents"} | {lever: f"{lever}_cents" for lever in LEVERS}  # fmt: skip
    for line, series in lines.items():
        at = 0
        for of in found:
            at += of.cents[line]
            assert abs(at - booked[series][: of.period.last + 1].sum()) <= CENT, (line, of.period.name)
    spending = sum(booked[name].sum() for name in ("acquisition_cents", "retention_cents", "support_cents"))
    assert abs(sum(of.cents["spending"] for of in found) - spending) <= (len(profit_and_loss.SPENT)) * CENT
    for of in found:
        c = of.cents
        assert c["revenue"] - c["cost_of_revenue"] == c["gross_margin"]
        assert sum(c[name] for name in profit_and_loss.SPENT) == c["spending"]
        assert c["gross_margin"] - c["spending"] == c["operating_result"]
        assert (
            abs(c["gross_margin"] - w.product.gross_margin * c["revenue"]) <= 0.5 * 53 + 15 * CENT
        )  # a week's cash is in whole cents
    assert found[-1].cents["cash"] == sum(of.cents["operating_result"] for of in found)


def test_quarters_add_up_to_years_in_every_line():
    data, w = comparison("hybrid", Calendar.of("2026-02-10", 4)), told("hybrid")
    quarters, years = (profit_and_loss.statements(data, "hybrid", w, length) for length in profit_and_loss.LENGTHS)
    assert len(years) == 3 and len(quarters) == 8  # the first is of weeks before April
    for year in years:
        inside = [q for q in quarters if year.period.first <= q.period.first <= year.period.last]
        for line in profit_and_loss.LINES:
            if line != "cash":
                assert sum(q.cents[line] for q in inside) == year.cents[line], line
        assert inside[-1].cents["cash"] == year.cents["cash"]


def test_heads_are_those_with_which_the_model_works_and_their_cost_is_their_lever_s_money():
    record, seen = lived("hybrid", 1)
    w = told("hybrid")
    weekly = {name: record.series(name)[None] for name in NEEDED}
    done = hiring.work(weekly, w, record.weight)
    hours = w.prices.manager_hours_per_week
    assert done["account_managers"].amount[0] == pytest.approx(seen[:, 0], rel=1e-12)
    assert done["moderators"].amount[0] * hours == pytest.approx(seen[:, 1], rel=1e-12)
    assert done["how_to_pieces"].amount[0] == pytest.approx(seen[:, 2], rel=1e-12)
    at_work = done["community_managers"].amount[0] + done["question_session_hosts"].amount[0]
    assert at_work * hours == pytest.approx(seen[:, 3], rel=1e-9)
    assert (
        done["account_managers"].amount[0, CHANGE] < done["account_managers"].amount[0, CHANGE - 1]
    )  # dearer, so fewer
    for role, lever in {"account_managers": "account_management", "moderators": "moderation"}.items():
        assert 100 * done[role].usd[0] == pytest.approx(weekly[f"{lever}_cents"][0], abs=1e-6)
    billed = weekly["product_growth_cents"][0].sum() - 100 * done["product_growth_engineers"].usd.sum()
    assert billed > 0  # trials are hosted out of the same money


@pytest.mark.parametrize("heads", [0.0, 0.2, 0.999, 1.0, 7.5])
def test_the_cost_of_heads_is_the_inverse_of_what_money_buys(heads):
    usd = hiring.usd_for(np.array([heads]), 2500.0, 1.5)
    assert hiring.heads_for(usd, 2500.0, 1.5)[0] == pytest.approx(heads, abs=1e-12)


def test_the_plan_is_in_whole_heads_and_says_what_to_hire():
    data = comparison("hybrid")
    rows = list(hiring.rows(data, {"hybrid": told("hybrid")}))
    roles = {row["role"] for row in rows}
    assert {
        "account_managers",
        "community_managers",
        "moderators",
        "how_to_pieces",
    } <= roles and "seller_pods" not in roles
    for role in roles:
        mine = [row for row in rows if row["role"] == role]
        assert [row["quarter"] for row in mine] == [q.name for q in periods_of(data, "quarter")]
        if hiring.ROLES[role] == hiring.HEADS:
            assert np.cumsum([row["hires"] for row in mine]).tolist() == [row["whole_heads"] for row in mine]
            assert all(row["whole_heads"] == math.floor(float(row["amount"]) + 0.5) for row in mine)
        else:
            assert {row["whole_heads"] for row in mine} == {""}


def test_cents_add_up_however_they_are_cut():
    data = comparison("plg", Calendar.of("2026-02-10"))
    weekly = np.random.default_rng(1).uniform(-5, 5, WEEKS)
    totals = [sum(cents(weekly, periods_of(data, length))) for length in profit_and_loss.LENGTHS]
    assert totals == [round(weekly.sum())] * 2
