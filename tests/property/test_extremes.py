"""Settings at the ends of what is allowed: exponents, powers and quotients of them stay numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.mesa_model import GrowthModel
from simulation.metrics import measure
from simulation.scenario.market import Rival
from simulation.scenario.schema import World, leaves
from simulation.scenario.settings import kind, limits_of, said_of
from tests.property.test_accounting import check
from tests.worlds import differing, lively

SECTIONS = ("product", "prices", "budget", "platform", "loyalty", "outside", "behaviour", "market.traits")
PATHS = [path for path in leaves(World) if path.startswith(SECTIONS)]
PATHS += [
    f"rivals.{name}.{of}"
    for name in ("cheaper", "better_with_community")
    for of in Rival.model_fields
    if of != "entry_week"
]
PATHS += [f"market.segments.{of}.{name}" for of in ("smaller", "larger") for name in ("churn_per_week", "price_level")]

AT_ONCE = {  # everybody buys within weeks, and again after leaving
    "behaviour.attraction.ambient_per_week": 50.0, "behaviour.attraction.interest_loss_per_week": 0.0,
    "behaviour.engagement.trial_per_week": 50.0, "behaviour.adoption.rate_per_week": 50.0, "behaviour.adoption.intercept": 20.0,
    "behaviour.adoption.give_up_per_week": 0.0, "behaviour.retention.win_back_per_week": 50.0,
}  # fmt: skip
NARROW = {
    "rivals.cheaper.entry_week": 0,
    "rivals.cheaper.reach_per_week": 1.0,
    "behaviour.retention.switch_width": 0.01,
}
CASES = {
    "pull of exp(1000) to stay": NARROW | {"behaviour.retention.inertia": 10.0},
    "a reward of 100,000 USD on a price of 0": NARROW
    | {"product.price_usd": 0.0, "loyalty.rewards_usd": 1e5, "behaviour.retention.reward_gap": 10.0},
    "hundreds of contacts leave in a month": AT_ONCE
    | {
        "behaviour.retention.contact_left": 5.0, "market.network.degree": 300, "market.segments.*.p_contract": 0.0,
        "market.segments.smaller.churn_per_week": 50.0, "market.segments.larger.churn_per_week": 0.001,
    },
    "accounts of 10^12 seats": AT_ONCE
    | {
        "market.traits.size_median_seats": 1e5, "market.traits.size_sd_log": 4.0, "budget.usd_per_account_per_week": 1000.0,
        "behaviour.adoption.friction_per_ln_size": 0.0, "behaviour.adoption.sales_cycle_weeks": 0,
    },
}  # fmt: skip


def whole(**given):
    """Return a model that has run, its record, and the same with every bound at one."""
    models = [GrowthModel(lively("weeks=60"), rng=1, bound_one=one, **given) for one in (False, True)]
    with np.errstate(all="raise"):
        records = [model.run() for model in models]
    assert differing(*models) == []
    check(models[0])
    return models[0], records[0]


@pytest.mark.parametrize("case", CASES)
def test_a_run_keeps_its_books_where_an_exponent_is_larger_than_any_number(case):
    _, record = whole(**CASES[case])
    measure(record)


def test_where_hundreds_of_contacts_leave_all_leave_and_nobody_joins_instead():
    model, record = whole(**CASES["hundreds of contacts leave in a month"])
    assert record.series("left").sum() > 10 * model.n
    assert record.series("customer")[-4:].min() < 0.15 * model.n  # they come back and leave again, in waves of weeks


def test_an_account_has_a_million_seats_at_most():
    model, record = whole(**CASES["accounts of 10^12 seats"])
    assert model.people["size_seats"].max() == 1e6
    assert 1e5 < record.lives["seats"].max() <= 1e6


@settings(max_examples=12, deadline=None)
@given(st.dictionaries(st.sampled_from(PATHS), st.integers(0, 1), max_size=40), st.integers(0, 2**31))
def test_any_settings_at_their_ends_keep_the_books(ends, seed):
    given_ = {path: kind(path)(limits_of(said_of(World, path.split(".")))[end]) for path, end in ends.items()}
    model = GrowthModel(lively("weeks=30"), rng=seed, **given_)
    with np.errstate(all="raise"):
        record = model.run()
    check(model)
    for name, value in measure(record).items():
        assert not np.isinf(value), name
