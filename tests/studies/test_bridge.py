"""The ARR bridge: it adds up to the cent, and ``price`` is what changes of price did to the seats then held, counted from the books."""

import functools
from datetime import date

import numpy as np
import pytest

from simulation.calendar import Calendar
from simulation.mesa_model import GrowthModel
from simulation.studies import bridge
from simulation.studies.comparison import NEEDED, Comparison, arr_usd
from tests.worlds import world

WEEKS, RISE, PAST = 90, 30, 40
ASKED = ("market.people=600", "market.accounts=1800", f"weeks={WEEKS}", "product.notice_weeks=5", "behaviour.attraction.ambient_per_week=0.03", "budget.usd_per_account_per_week=10", "market.segments.smaller.p_contract=0.5", "market.segments.larger.p_contract=0.5", "market.segments.smaller.price_level=0.7")  # fmt: skip
WHO = {
    "nobody": {},
    "newcomers": {"product.price_usd": 60.0, "product.grandfather": True},
    "customers": {"product.base_price": 1.25},
    "both": {"product.price_usd": 60.0},
}
SEEDS = (1, 2, 3)
ROUNDING_USD = 0.52  # half a cent of a week's revenue, 52 times, at both ends; contracts are of whole cents here


@functools.cache
def lived(who, past, seed):
    """Return a record, and what the changes of price did to seats held before them by week, USD a year, from the books."""
    history = (f"history={{motion: plg, weeks: {PAST}}}",) if past else ()
    rise = [{"week": RISE, "set": WHO[who]}] if WHO[who] else []
    told = world("plg", *ASKED, *history)
    model = GrowthModel(told, rng=seed, interventions=rise)
    level = np.array([of.price_level for of in told.market.segments.values()])
    done = []
    while model.running:
        seats, before = model.counts.cohort_seats.copy(), model.cohorts["paid_usd"].copy()
        model.step()
        change = model.cohorts["paid_usd"] - before
        done.append(12 * model.firm.weight * float(np.einsum("bsc,s,bc->", seats[: len(change)], level, change)))
    return model.record, np.array(done[-WEEKS:])


def data(who, past, calendar=None):
    """Return the runs of all seeds as a comparison, and what changes of price did, shape (seeds, weeks)."""
    records, done = zip(*(lived(who, past, seed) for seed in SEEDS), strict=True)
    weekly = {name: np.array([record.series(name) for record in records]) for name in NEEDED}
    today = {"plg": arr_usd(np.array([r.past.series("revenue_cents")[-1] for r in records]))} if past else {}
    found = Comparison({"plg": weekly}, {}, {}, WEEKS, len(SEEDS), "markets", records[0].weight, calendar or Calendar(), {}, today)  # fmt: skip
    return found, np.array(done)


@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("who", WHO)
def test_what_moves_by_seats_do_not_explain_is_what_changes_of_price_did(who, past):
    """By week and seed; rounding of revenue to cents, 52 times, is all that lies between."""
    found, done = data(who, past)
    lines = bridge.bridge(found, "plg", np.arange(WEEKS))
    assert lines["price_usd"] == pytest.approx(done, abs=ROUNDING_USD)
    changed = np.abs(done) > 1
    assert changed.any() == (who in ("customers", "both")) and not changed[:, :RISE].any()


@pytest.mark.parametrize("start", [None, date(2026, 3, 18)])
@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("who", WHO)
def test_it_adds_up_for_every_period_and_market_and_periods_hang_together(who, past, start):
    found, _ = data(who, past, Calendar(start, 4))
    months = found.calendar.months(np.arange(WEEKS))
    quarters = np.array([found.calendar.quarter(int(m)) for m in months])
    by = {name: bridge.bridge(found, "plg", period) for name, period in (("month", months), ("quarter", quarters))}
    for lines in by.values():
        total = lines["opening_usd"] + sum(lines[name] for name in bridge.MOVED)
        assert total == pytest.approx(lines["closing_usd"], abs=0.005)
        assert (lines["opening_usd"][:, 1:] == lines["closing_usd"][:, :-1]).all()
        assert (lines["opening_usd"][:, 0] > 0).all() == past
        assert (lines["new_usd"] >= 0).all() and (lines["churn_usd"] <= 0).all() and (lines["churn_usd"] < 0).any()
        assert (lines["closing_usd"][:, -1] == arr_usd(found.weekly["plg"]["revenue_cents"][:, -1])).all()
    for name in bridge.MOVED:
        assert by["month"][name].sum(axis=1) == pytest.approx(by["quarter"][name].sum(axis=1), abs=0.005)


@pytest.mark.parametrize("start", [None, date(2026, 3, 18)])
def test_its_table_is_in_cents_that_add_up_by_month_and_quarter(start):
    rows = list(bridge.rows(data("both", True, Calendar(start, 4))[0]))
    assert {row["length"] for row in rows} == {"month", "quarter"}
    before = {}
    for row in rows:
        cents = {name: round(100 * float(row[name])) for name in bridge.LINES}
        assert cents["opening_usd"] + sum(cents[name] for name in bridge.MOVED) == cents["closing_usd"]
        assert cents["opening_usd"] == before.get(row["length"], cents["opening_usd"])
        before[row["length"]] = cents["closing_usd"]
    first = rows[0]["period"], next(row["period"] for row in rows if row["length"] == "quarter")
    assert first == (("1", "1") if start is None else ("Mar 2026", "Q4 FY2026"))
    assert (rows[0].get("begins") == "2026-03-18") == (start is not None)


def test_a_waterfall_begins_each_move_where_the_one_before_ended_also_below_zero():
    lines = dict(zip(bridge.LINES, (100.0, 20.0, 0.0, -10.0, -250.0, 200.0, 60.0), strict=True))
    steps = bridge.steps(lines)
    assert [step.end for step in steps] == [100, 120, 120, 110, -140, 60, 60]
    assert [step.start for step in steps] == [0, 100, 120, 120, 110, -140, 0]
    assert [step.name for step in steps if step.total] == ["opening", "closing"]
    assert steps[2].stacked == (120, 0, 0) and steps[3].stacked == (110, 10, 0)
    assert steps[4].stacked == (0, 110, -140) and steps[5].stacked == (0, 60, -140)
    below = bridge.Step("churn", -20, -50)
    assert below.stacked == (-20, 0, -30)
