"""Worlds solved again for what a firm knows of itself: its numbers hold in each, and what they do not settle still differs."""

import numpy as np
import pytest

from simulation.knowns.firm import motion_of, reference
from simulation.knowns.known import known
from simulation.knowns.markets import lived
from simulation.knowns.solved import find, world_of
from simulation.knowns.worlds import Firm, solve_again
from simulation.metrics.company import monthly_churn
from simulation.scenario.compose import as_world
from simulation.scenario.history import Past
from simulation.scenario.priors import choose
from simulation.studies.uncertainty import drawn_from

SAID = (
    "price_usd=49", "accounts=20000", "customers=600", "new_customers=260", "budget_usd_per_year=1500000", "like=plg",
    "monthly_churn=2 %/month", "sources={search: 0.4, adverts: 0.3, word_of_mouth: 0.3}",
)  # fmt: skip
WORLDS = 8


@pytest.fixture(scope="module")
def firm():
    return firm_of(SAID)


def firm_of(arguments):
    said, _ = known(arguments, None)
    motion = motion_of(said)
    found = find(said, motion)
    world = world_of(reference(), found.settings | {"market.people": 6667}, motion)
    return Firm(said, motion, world.model_copy(update={"history": Past(weeks=found.weeks, motion=motion)}))


def here(function, items, _=()):
    return [function(*item) for item in items]


def off(firm, point):
    """Return by which share a firm that lives through a point has other customers won and lost than it says."""
    world = as_world(firm.world, "hybrid", point)
    records = lived(world_of(world, {}, firm.motion), world.history.weeks, range(1, 25))
    new = np.mean([(r.won["adopted"] >= r.weeks.shape[0] - 52).sum() * r.weight for r in records])
    churn = np.mean([monthly_churn(r) for r in records])
    return max(abs(new / firm.known.new_customers - 1), abs(churn / firm.known.monthly_churn - 1))


@pytest.mark.slow
def test_a_drawn_world_is_another_firm_until_it_is_solved_again(firm):
    """Of eight worlds none has the firm's numbers within 10 % as drawn (one of 48 had when it was first tried); all have them
    within 10 % or two standard errors after, typically within 3 %. Seeds and draws are fixed: the test has no luck of its own."""
    drawn, points = drawn_from(choose(firm.world, []), WORLDS)
    again = solve_again(here, here, firm, points)
    assert again.met.all() and not again.not_held and np.median(again.off) < 0.03
    assert (
        sum(
            off(firm, {p: v for p, v in point.items() if p in again.points[0] and p != "market.people"}) < 0.1
            for point in points
        )
        <= 1
    )
    assert all(off(firm, point) < 0.15 for point in again.points)
    free = [again.points[k]["market.topics"] for k in range(WORLDS)]
    assert np.allclose(free, drawn["market.topics"]) and np.ptp(free) > 0
    assert all(not {"product.price_usd", "market.accounts"} & set(point) for point in again.points)
    assert again.sentence("are left out").startswith(
        "8 worlds were solved again for what the firm knows of itself: in 8 its numbers are within 10 %"
    )


@pytest.mark.slow
def test_what_is_held_stays_and_a_firm_that_cannot_be_is_said(firm):
    """Four times the searches bring more customers than the firm has, whatever else moves: the axis of a map is not solved away."""
    held = "market.segments.*.search_demand_per_week"
    now = firm.world.market.segments["smaller"].search_demand_per_week
    again = solve_again(here, here, firm, [{held: 4 * now}, {held: now}], held=(held,))
    assert [point[held] for point in again.points] == [4 * now, now]
    assert again.met.tolist() == [False, True]
    assert again.sentence("are left out").endswith("; 1 cannot have them and are left out")


@pytest.mark.slow
def test_where_the_firm_does_not_say_what_brought_its_customers_each_source_has_its_turn():
    """What was solved for the source first assumed goes back to the reference's value where another one brings them."""
    firm = firm_of((*SAID[:-1], "new_customers=110"))
    demand = "market.segments.smaller.search_demand_per_week"
    there = reference().market.segments["smaller"].search_demand_per_week
    own = firm.world.market.segments["smaller"].search_demand_per_week
    again = solve_again(here, here, firm, [{demand: 1.2 * own}] * 3)
    assert again.carried_by == ["search", "adverts", "word_of_mouth"]
    search, adverts, talk = (point[demand] for point in again.points)
    assert adverts == talk == pytest.approx(1.2 * there) and search != pytest.approx(1.2 * there, rel=0.05)
    told = solve_again(here, here, firm._replace(known=firm.known.model_copy(update={"carried_by": "search"})), [{}])
    assert told.carried_by == ["search"]
