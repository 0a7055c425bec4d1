"""A start in the calendar: dates as people type them, changes on a day, a season; and nothing else of a run changes."""

import numpy as np
import pytest

from simulation.calendar import MONTHS
from simulation.engine import Engine
from simulation.mesa_model import GrowthModel
from simulation.people.draws import key_of
from simulation.scenario.compose import compose, composed
from simulation.scenario.errors import BadInput
from simulation.scenario.warnings import notes
from tests.worlds import differing, lively, world

READ = {
    "2026-01-15": ("2026-01-15", "2026/01/15", "2026-1-15", "15 Jan 2026", "15 January 2026", "Jan 15, 2026", "January 15th, 2026", "15-Jan-2026", "15/1/2026", "1/15/2026"),
    "2026-02-01": ("2026-02", "2026/2", "Feb 2026", "february 2026", "Feb. 2026", "2/2026", "2026 Feb"),
    "2026-03-03": ("3/3/2026",),
}  # fmt: skip
A_DAY = "write a day as 2026-01-15, or a month as 2026-01 for its first day"
TWO = "is it 2026-03-04 or 2026-04-03? write one of these"
DATED = "interventions=[{date: 2026-07-01, set: {product.price_usd: 30}}]"
REFUSED = {
    ("start=3/4/2026",): f"start=3/4/2026: {TWO}",
    ("start=2026",): f"start=2026: {A_DAY}",
    ("start=1/2/26",): f"start=1/2/26: {A_DAY}",
    ("start=2026-02-30",): f"start=2026-02-30: {A_DAY}",
    ("start=soon",): f"start=soon: {A_DAY}",
    ("start=1812-01-01",): "start=1812-01-01: a day from 1950-01-01 to 2149-12-31 is needed",
    ("fiscal_year_starts=13",): "fiscal_year_starts=13: 1 to 12 (month) is allowed",
    (DATED,): "interventions: date=2026-07-01: nobody knows when week 0 is; add start=2026-01-01, or give a week",
    ("start=2026-08", DATED): (
        "interventions: date=2026-07-01: the first week begins on 2026-08-01; what changed in a past stands in history.interventions"
    ),
    ("start=2026-01", "interventions=[{date: 3/4/2026, set: {weeks: 1}}]"): f"interventions: date=3/4/2026: {TWO}",
    ("start=2026-01", "interventions=[{date: 2026-07, week: 3, set: {product.price_usd: 30}}]"): (
        "interventions: date=2026-07 and week=3: give one of them"
    ),
    ("start=2026-01", "history={motion: slg, customers: 9, interventions: [{date: 2025-07, set: {product.price_usd: 30}}]}"): (
        "history.interventions: date=2025-07: history.customers finds how many weeks the past has; give history.weeks, or a week"
    ),
    ("start=2026-01", "interventions=[{week: 3, set: {start: 2027-01-01}}]"): (
        "interventions: week 3 sets 'start', which cannot change during a run"
    ),
    tuple(f"season.{name}=0" for name in MONTHS): "season: no month has any demand; with season.swing=0 all months are alike",
}  # fmt: skip


@pytest.mark.parametrize(("day", "typed"), [(day, text) for day, of in READ.items() for text in of])
def test_a_day_is_read_in_the_forms_in_which_people_write_it(day, typed):
    found = composed(f"start='{typed}'")
    assert found.config.start == day
    assert found.read == (() if typed == day else (f"start={typed}: read as {day}",))


LAST = {
    "2028-12-31": ("2028-12", "Dec 2028", "Q4 2028", "2028-Q4", "31 Dec 2028", "2028-12-31"),
    "2028-02-29": ("2028-02", "Feb 2028", "2/2028"),
    "2028-03-31": ("Q1 2028", "q1/2028", "march 2028"),
}


@pytest.mark.parametrize(("day", "typed"), [(day, text) for day, of in LAST.items() for text in of])
def test_a_month_or_quarter_by_which_something_is_to_be_reached_is_its_last_day(day, typed):
    found = composed("study=reach", f"study.by={typed}")
    assert found.config.study.by == day
    assert found.read == (() if typed == day else (f"study.by={typed}: read as {day}",))


@pytest.mark.parametrize(("given", "sentence"), REFUSED.items())
def test_what_is_no_day_or_two_is_answered_in_one_sentence(given, sentence):
    with pytest.raises(BadInput) as error:
        compose(*given)
    assert str(error.value) == sentence


def test_a_change_on_a_day_is_one_in_the_week_in_which_the_day_falls():
    found = composed(
        "start=2026-01-01", DATED, "motions=[plg]", "motions.plg.plan=[{date: 2026-01-08, set: {free_tier: false}}]"
    )
    assert [i.week for i in found.config.interventions] == [25]  # its first day is 25 June
    assert [i.week for i in found.config.motions["plg"].plan] == [1]
    assert found.read == ("motions.plg.plan: date=2026-01-08: in week 1", "interventions: date=2026-07-01: in week 25")
    past = "history={motion: plg, weeks: 52, interventions: [{date: 2025-07-01, set: {product.price_usd: 30}}]}"
    config = compose(
        "start=2026-01-01", past, "motions=[plg]", "motions.plg.plan=[{date: 2026-01-08, set: {free_tier: false}}]"
    )
    assert [i.week for i in config.past.interventions] == [25]  # of the past, whose first day is 2 January
    assert [i.week for i in config.past.motion.plan] == [53] and config.past.goes_on.plan[0].week == 1
    assert config.world("plg").past().start == "2025-01-02"


def test_a_model_in_a_notebook_takes_dates_too():
    model = GrowthModel(
        world("plg"), rng=1, start="Jan 2026", interventions=[{"date": "2026-07-01", "set": {"weeks": 3}}][:0]
    )
    assert model.config.start == "2026-01-01"
    changed = GrowthModel(
        world("plg"), rng=1, start="2026-01", interventions=[{"date": "2026-07-01", "set": {"product.price_usd": 30.0}}]
    )
    assert [i.week for i in changed.config.interventions] == [25]


def run(*overrides: str) -> GrowthModel:
    model = GrowthModel(lively("weeks=60", *overrides), rng=3)
    model.run()
    return model


def test_a_start_without_a_season_changes_no_byte_and_a_season_does():
    flat = run()
    assert differing(flat, run("start=2026-03-15")) == []
    assert differing(flat, run("season=business")) == []  # nobody knows when week 0 is
    assert differing(flat, run("season=business", "start=2026-03-15"))
    assert notes(compose("season=business"))[-1] == (
        "season.swing=1: nobody knows in which month week 0 is, so no season acts; add start=2026-01-01"
    )
    for known in ("start=2026-01", "study.over={start: [2026-01, 2026-07]}"):
        study = "study=sweep" if "over" in known else "study=compare"
        assert not any("season" in note for note in notes(compose("season=business", study, known)))


def test_a_season_is_a_shape_whose_mean_is_one_and_all_channels_have_it():
    season = compose("season=business").season
    assert np.mean(season.by_month) == pytest.approx(1)
    assert min(season.by_month) == season.by_month[11] and 0.8 < season.by_month[11] < 0.95  # V33
    high = [f"season.{name}={2 * getattr(season, name)}" for name in MONTHS]
    assert compose("season=business", *high).season.by_month == pytest.approx(season.by_month)
    flat, march = (GrowthModel(lively(*more), rng=3) for more in ((), ("start=2026-03-02", "season=business")))
    flat.step(), march.step()
    usual = flat.desk.segments["reach"]
    assert march.desk.segments["reach"] == pytest.approx(usual * season.by_month[2]) and usual.any()


def test_more_people_hear_of_it_in_march_than_in_december():
    """Some 500 and 250 expected: where all months were alike, the first being 1.4 times the second has a chance below one in 10,000."""
    model = GrowthModel(
        world("bare", "company=bare", "market.people=20000", "weeks=53", "start=2026-01-01", "season.swing=5", "behaviour.attraction.ambient_per_week=0.005"),
        rng=5,
    )  # fmt: skip
    record = model.run()
    heard = sum(
        record.series(name) for name in ("attracted_ambient", "attracted_close_talk", "attracted_broadcast_talk")
    )
    months = compose("start=2026-01-01").calendar.months(np.arange(53))
    march, december = (heard[months == k].mean() for k in (2, 11))
    assert march > 1.4 * december > 0


def test_a_past_has_the_months_before_the_start():
    past = "history={motion: plg, weeks: 30}"
    engine = Engine(
        world("plg", "market.people=300", "weeks=20", "start=2026-01-01", "season=business", past), key_of(1, 0, 0)
    )
    season = compose("season=business").season
    assert engine.said.season[engine.today] == pytest.approx(season.by_month[0])
    assert engine.said.season[engine.today - 3] == pytest.approx(season.by_month[11])
    assert engine.said.season.size == engine.today + 20
