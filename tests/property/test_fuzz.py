"""Random valid scenarios break nothing, and the net that says so has no holes."""

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.metrics import measure
from simulation.metrics.metric import Kind
from simulation.record import PLACE
from tests.property.fuzz import BOUNDS, broken, of_customers, of_metrics, of_money, scenario
from tests.worlds import lively


@pytest.mark.parametrize("k", range(0, 120, 10))
def test_a_random_scenario_breaks_nothing(k):
    assert broken(k) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(120, 240, 30))
def test_more_random_scenarios_break_nothing(first):
    assert {k: found for k in range(first, first + 30) if (found := broken(k))} == {}


def test_a_scenario_is_the_same_each_time_and_no_two_are_alike():
    worlds = [scenario(k) for k in range(6)]
    assert worlds == [scenario(k) for k in range(6)]
    assert len({world.model_dump_json() for world in worlds}) == 6


def test_every_kind_of_metric_has_bounds():
    assert set(BOUNDS) == set(Kind)


@pytest.fixture(scope="module")
def ran():
    model = GrowthModel(lively("weeks=30"), rng=3)
    return model, model.run()


def spoiled(record, name, week, value):
    weeks = record.weeks.copy()
    weeks[week, PLACE[name]] += value
    return record._replace(weeks=weeks)


@pytest.mark.parametrize(
    ("series", "value", "said"),
    [
        ("sales_cents", 0.5, "money: sales_cents is not in whole cents"),
        ("sales_cents", np.inf, "money: sales_cents is not in whole cents"),
        ("events_cents", -(10**9), "money: events_cents is below zero"),
        ("cash_cents", 1, "money: cash is not gross margin less cost"),
    ],
)
def test_a_cent_that_is_lost_is_found(series, value, said, ran):
    model, record = ran
    assert list(of_money(model, record)) == []
    assert said in list(of_money(model, spoiled(record, series, 5, value)))


def test_a_lever_that_books_what_is_not_paid_out_is_found(ran):
    model, record = ran
    (found,) = of_money(model, spoiled(record, "content_cents", 5, 100))
    assert found.startswith("money: levers ")


def test_a_customer_who_is_lost_is_found(ran):
    assert list(of_customers(ran[1])) == []
    assert list(of_customers(spoiled(ran[1], "left", 29, 1))) == [
        "customers: won less lost are not those who are there"
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("answered_share", 1.01), ("cac_usd", -1.0), ("cac_usd", np.inf), ("members_end", -1.0)]
)
def test_a_metric_outside_its_kind_is_found(name, value, ran, monkeypatch):
    assert list(of_metrics(ran[1])) == []
    monkeypatch.setattr("tests.property.fuzz.measure", lambda record: measure(record) | {name: value})
    assert any(name in found for found in of_metrics(ran[1]))
