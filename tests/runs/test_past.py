"""A firm's past: the same for every future, on luck of its own, and paid for before today."""

import numpy as np
import pytest

from simulation import engine as engines
from simulation.engine import Engine, past_of, simulate
from simulation.metrics import measure
from simulation.people.counts import WEEKS_PER_COHORT
from simulation.people.draws import Purpose, key_of
from simulation.people.stages import Stage
from simulation.record import Record
from simulation.runs.pilot import customers_today, with_weeks
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput
from simulation.scenario.firm import LEVERS, Motion
from tests.worlds import state

SMALL = ("market.people=600", "market.accounts=24000", "weeks=60", "seeds=12")
KEY = key_of(3, 0, 0)


def told(motion: str, *more: str, past: str = "slg", weeks: int = 70):
    """Return a small world of a firm with a past."""
    motions = motion if motion not in ("as_before", "stop") else "plg"
    return compose(f"history={{motion: {past}, weeks: {weeks}}}", f"motions=[{motions}]", *SMALL, *more).world(motion)


def as_bytes(record: Record) -> bytes:
    periods = (record.today + record.weeks.shape[0]) // WEEKS_PER_COHORT
    return record.weeks.tobytes() + record.lives.tobytes() + record.cohort_revenue[:periods, :periods].tobytes()


def test_every_future_begins_where_the_past_ended():
    runs = {m: Engine(told(m), KEY) for m in ("as_before", "stop", "plg")}
    before = Engine(
        told("stop").past(), key_of(KEY, 0, Purpose.PAST), first_week=34
    )  # 70 weeks end a period of four then
    before.advance(70)
    for run in runs.values():
        assert (run.week, run.clock, run.today) == (0, 104, 104)
        assert run.record.past is not None
        assert as_bytes(run.record.past) == as_bytes(before.record)
        assert (
            run.people.tobytes() == before.people.tobytes()
        )  # contracts, ties and referrers are those of simulated weeks
        assert run.counts.totals.tobytes() == before.counts.totals.tobytes()


@pytest.mark.parametrize("past", ["slg", "clg"])
def test_a_longer_future_changes_no_byte_of_the_past(past):
    short, long = (simulate(told("plg", f"weeks={weeks}", past=past), 3) for weeks in (26, 90))
    assert short.past is not None
    assert long.past is not None
    assert as_bytes(short.past) == as_bytes(long.past)
    assert short.weeks.tobytes() == long.weeks[:26].tobytes()


def test_a_past_of_no_weeks_is_none():
    without = compose("motions=[plg]", *SMALL).world("plg")
    assert told("plg", weeks=0) == without
    assert simulate(without, 3).past is None


def test_going_on_as_before_is_the_motion_of_the_past():
    slg, before = simulate(told("slg"), 3), simulate(told("as_before"), 3)
    assert as_bytes(slg) == as_bytes(before)


def test_luck_from_today_is_the_runs_own_and_that_of_the_past_another():
    aged, young = Engine(told("plg"), KEY), Engine(compose("motions=[plg]", *SMALL).world("plg"), KEY)
    past = Engine(told("plg").past(), key_of(KEY, 0, Purpose.PAST))
    for run in (aged, young, past):
        run.advance(1)
    assert aged.keys.tobytes() == young.keys.tobytes()
    assert not np.intersect1d(aged.keys, past.keys).size


def test_a_past_taken_from_the_shelf_is_one_lived_anew():
    config = told("clg")
    engines._lived.clear()
    fresh = simulate(config, 3)
    simulate(told("stop"), 3)
    assert engines._lived
    again = simulate(config, 3)
    assert as_bytes(fresh) == as_bytes(again)


def test_drivers_agree_on_a_firm_with_a_past():
    from simulation import GrowthModel

    config = told("clg", "market.people=300")
    runs = [
        GrowthModel(config, rng=5, **more) for more in ({}, {"driver": "agents"}, {"bound_one": True}, {"threads": 2})
    ]
    for run in runs:
        assert run.week == 0
        run.run()
    for run in runs[1:]:
        assert state(run) == state(runs[0])
    by_steps = GrowthModel(config, rng=5)
    for _ in range(60):
        by_steps.step()
    assert not by_steps.running
    assert by_steps.datacollector.get_model_vars_dataframe().shape[0] == 60
    assert state(by_steps) == state(runs[0])


def test_customers_of_before_and_new_ones_are_told_apart():
    record = simulate(told("clg", past="plg"), 5)
    assert record.past is not None
    there = record.past.series("customer")[-1] + record.past.series("expert")[-1]
    assert record.base.size == there >= 30
    assert record.past.weeks.shape[0] == 70
    alive = (record.lives["ended"] < 0).sum()
    assert alive == record.series("customer")[-1] + record.series("expert")[-1]
    found = measure(record)
    assert found["new_customers"] == record.won.size * record.weight
    assert found["customers_end_today"] == there * record.weight
    assert found["base_kept_12_months"] == ((record.base["ended"] < 0) | (record.base["ended"] >= 52)).mean()
    assert 0 < found["base_nrr_12_months"] < 1.5
    base, all_of_it = record.series("base_revenue_cents"), record.series("revenue_cents")
    assert np.all(base <= all_of_it + 1)
    assert base[0] > 0.9 * all_of_it[0]


def test_money_left_in_closing_levers_is_paid_back_and_debts_are_booked():
    run = past_of(told("plg", past="clg"), KEY, 1)
    purses = np.array(run.firm["purse"])
    assert np.any(purses != 0)
    changed = Engine(told("plg", past="clg"), KEY)
    closed = changed.firm["shares"] == 0
    assert np.all(changed.firm["purse"][closed] == 0)
    booked, before = int(changed.firm["booked"].sum()), int(run.firm["booked"].sum())
    assert booked - before == -int(purses[closed].sum())
    assert changed.firm["budget_cents"] - run.firm["budget_cents"] == booked - before


def test_who_stops_spends_nothing_but_what_is_owed_and_closes_doors():
    world = told("stop", "interventions=[{week: 20, set: {budget.usd_per_account_per_week: 5}}]", past="plg")
    record = simulate(world, 3)
    before = simulate(told("as_before", past="plg"), 3)
    spent = sum(record.series(f"{tag}_cents").sum() for tag in ("acquisition", "retention"))
    paid = sum(before.series(f"{tag}_cents").sum() for tag in ("acquisition", "retention"))
    assert spent < 0.05 * paid
    assert record.won.size < before.won.size


def test_a_launch_begins_where_the_motion_does():
    """The community's money comes early, and the plan is paid out to the cent in the weeks from today."""
    clg, stop = simulate(told("clg"), 3), told("clg")
    budget = sum(clg.series(f"{lever}_cents").sum() for lever in stop.motion.shares)
    planned = round(100 * stop.budget.usd_per_account_per_week * 24000 * 60)
    left = Engine(stop.past(), key_of(KEY, 0, Purpose.PAST), first_week=34)
    left.advance(70)
    closed = [LEVERS.index(lever) for lever in stop.history.motion.shares if not stop.motion.shares.get(lever)]
    assert (
        budget == planned - left.firm["purse"][closed].sum()
    )  # what closing levers owe is paid, what they have left is back
    weekly = sum(clg.series(f"{lever}_cents") for lever in ("community_team", "content", "recognition"))
    assert weekly[1:26].mean() > 1.3 * weekly[26:].mean()


def test_a_rival_enters_so_many_weeks_after_today():
    record = simulate(told("as_before", "rival=cheaper", "rival.entry_week=30", past="plg"), 3)
    assert record.past is not None
    assert record.past.series("switched").sum() == 0
    switched = record.series("switched")
    assert switched[:30].sum() == 0
    assert switched[30:].sum() > 0


def test_a_pilot_finds_the_weeks_that_win_so_many_customers():
    config = compose("history={motion: plg, customers: 2000}", "motions=[clg]", *SMALL)
    assert config.history is not None
    found, said = with_weeks(config, config.history)
    assert found.past is not None
    one_more = compose(f"history={{motion: plg, weeks: {found.past.weeks + 1}}}", "motions=[clg]", *SMALL)
    one_less = compose(f"history={{motion: plg, weeks: {found.past.weeks - 1}}}", "motions=[clg]", *SMALL)
    gaps = [abs(customers_today(c) - 2000) for c in (one_less, found, one_more)]
    assert gaps[1] == min(gaps)
    assert said == (
        f"the past: {found.past.weeks} weeks of PLG, after which the firm has {customers_today(found):,.0f} customers in the mean "
        "over simulated markets; 2,000 were asked for"
    )


def test_a_pilot_says_what_was_the_most():
    config = compose("history={motion: slg, customers: 20000, at_most_weeks: 40}", "motions=[clg]", *SMALL)
    assert config.history is not None
    with pytest.raises(BadInput, match=r"^history.customers=20000: a firm that spends its money like slg has \d+ after 40 weeks, and no more in history.at_most_weeks=40; give it more weeks, more money or a larger market$"):  # fmt: skip
        with_weeks(config, config.history)


def test_who_pays_today_stood_in_a_stage_of_customers():
    run = Engine(told("stop"), KEY)
    pays = np.isin(run.people["stage"], (Stage.CUSTOMER, Stage.EXPERT))
    assert pays.sum() == run.record.base.size
    assert np.all(run.people["begun"][pays] < run.today)


def test_a_plan_of_the_past_goes_on_from_today_and_does_not_begin_again():
    """Adverts cut in week 40 of 70 stay cut; what is planned for week 90 comes 20 weeks after today; what is over stays over."""
    shares = {"product_growth": 0.6, "content": 0.4}
    changes = [(40, None, shares), (50, 10, {"product_growth": 1.0}), (60, 30, {"product_growth": 0.9, "content": 0.1}), (120, None, {"product_growth": 1.0})]  # fmt: skip
    plan = [{"week": w, "set": {"shares": s}} | ({"for_weeks": n} if n else {}) for w, n, s in changes]
    before = told("as_before", past="plg")
    motion = Motion.model_validate(before.motion.model_dump() | {"plan": plan})
    past = before.history.model_copy(update={"motion": motion})
    world = before.model_copy(update={"history": past, "motion": past.goes_on})
    found = {week: dict(of.motion.shares) for week, of in world.timeline().items()}
    assert found == {0: {"product_growth": 0.9, "content": 0.1}, 20: shares, 50: {"product_growth": 1.0}}
    assert dict(world.past().timeline()[60].motion.shares) == found[0]
