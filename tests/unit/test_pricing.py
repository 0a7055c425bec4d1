"""Who pays what, and from when: list price, notice, renewal, grandfathering, and the money that comes of it."""

import numpy as np
import pytest

from simulation.calendar import MONTHS_A_WEEK
from simulation.mesa_model import GrowthModel
from tests.worlds import world

RISE, NOTICE = 60, 5
MONTHLY, YEARLY = 0, 1
MIXED = ("market.people=600", "market.accounts=600", "weeks=130", f"product.notice_weeks={NOTICE}", "behaviour.attraction.ambient_per_week=0.01", "budget.usd_per_account_per_week=10")  # fmt: skip


def risen(week, motion="plg", **settings):
    """Return a model whose price has changed in week 60, after ``week`` weeks."""
    both = {f"market.segments.{name}.p_contract": 0.5 for name in ("smaller", "larger")}
    model = GrowthModel(world(motion, *MIXED), rng=1, interventions=[{"week": RISE, "set": settings}], **both)
    while model.week < week:
        model.step()
    return model


def paid(model, contract):
    """Return the price of a seat by week of adoption, of those who have customers; NaN of the others."""
    there = model.counts.cohort_customers[:, contract] > 0
    return np.where(there, model.cohorts["paid_usd"][:, contract], np.nan)[: model.week]


def seen(values):
    return set(np.round(values[np.isfinite(values)], 6).tolist())


def test_a_rise_reaches_newcomers_at_once_the_others_after_the_notice_or_at_renewal():
    last = RISE + NOTICE  # the model has run its week
    model = risen(last, **{"product.price_usd": 60.0})
    assert seen(paid(model, MONTHLY)[:RISE]) == {40.0}
    assert seen(paid(model, MONTHLY)[RISE:last]) == {60.0}
    model.step()
    assert seen(paid(model, MONTHLY)) == {60.0}
    model = risen(100, **{"product.price_usd": 60.0})
    renewed = {week for week in range(RISE) if week + 52 in range(RISE, 100)}
    price = paid(model, YEARLY)
    assert seen(price[sorted(renewed)]) == {60.0}
    assert seen(price[[week for week in range(RISE) if week not in renewed]]) == {40.0}


def test_who_is_grandfathered_keeps_his_price_and_a_rise_for_customers_spares_newcomers():
    kept = risen(120, **{"product.price_usd": 60.0, "product.grandfather": True})
    assert seen(paid(kept, MONTHLY)[:RISE]) == seen(paid(kept, YEARLY)[:RISE]) == {40.0}
    assert seen(paid(kept, MONTHLY)[RISE:]) == {60.0}
    dearer = risen(130, **{"product.base_price": 1.25})
    assert seen(paid(dearer, MONTHLY)[:RISE]) == seen(paid(dearer, YEARLY)[:RISE]) == {50.0}
    assert seen(paid(dearer, MONTHLY)[RISE:]) == {40.0}


def test_a_price_put_back_is_what_it_was():
    both = [{"week": RISE, "for_weeks": 20, "set": {"product.price_usd": 60.0}}]
    model = GrowthModel(world("plg", *MIXED), rng=1, interventions=both, **{"market.segments.*.p_contract": 0.0})
    model.run()
    bought_dear = np.arange(RISE, RISE + 20)
    price = paid(model, MONTHLY)
    assert seen(price[bought_dear]) == {40.0} and seen(price) == {
        40.0
    }  # without grandfathering all prices follow the list


@pytest.mark.parametrize("settings", [{"product.price_usd": 60.0}, {"product.base_price": 1.3}, {"product.price_usd": 25.0, "product.grandfather": True}])  # fmt: skip
def test_revenue_is_seats_times_what_each_pays(settings):
    model = risen(110, **settings)
    people, lives = model.people, model.counts.lives
    pays = np.isin(people["stage"], (3, 4))
    bought = lives["adopted"][people["life"][pays]]
    price = model.cohorts["paid_usd"][bought, people["contract"][pays]]
    week = round(100 * MONTHS_A_WEEK * model.firm.weight * float((people["seats"][pays] * price).sum()))
    assert len(seen(price)) > 1
    assert model.firm.week_revenue_cents == pytest.approx(week, abs=1)
