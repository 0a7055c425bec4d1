"""A share is a part of a whole: whatever the scenario, it lies between 0 and 1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.mesa_model import GrowthModel
from simulation.metrics import METRICS, measure
from simulation.metrics.metric import Kind
from tests.property.test_accounting import scenarios
from tests.worlds import lively, world

SHARES = [name for name, row in METRICS.items() if row.kind is Kind.SHARE]


def outside(record):
    """Return the shares of a run that are no shares."""
    found = measure(record)
    return {name: found[name] for name in SHARES if not (np.isnan(found[name]) or 0.0 <= found[name] <= 1.0)}


def test_what_is_called_a_share_is_one():
    assert {name for name in METRICS if name.endswith("_share")} <= set(SHARES)


def check(scenario, seeds, joining, weeks, seed):
    """Many seed members and few who join by themselves too: the two must not be set against each other."""
    chosen, off = scenario
    chosen = chosen | {"motion.launch.seed_members": float(seeds), "behaviour.engagement.join_per_week": joining}
    model = GrowthModel(
        world("hybrid", f"weeks={weeks}", "rival=[cheaper,better_with_community]"),
        rng=seed,
        **chosen,
        switches=dict.fromkeys(off, False),
    )
    assert outside(model.run()) == {}


ANY = (scenarios(), st.integers(0, 50_000), st.sampled_from([0.002, 0.05, 1.0]), st.sampled_from([1, 5, 30]), st.integers(0, 2**31))  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(*ANY)
def test_any_valid_scenario_has_shares_between_0_and_1(scenario, seeds, joining, weeks, seed):
    check(scenario, seeds, joining, weeks, seed)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(*ANY)
def test_three_hundred_scenarios_have_shares_between_0_and_1(scenario, seeds, joining, weeks, seed):
    check(scenario, seeds, joining, weeks, seed)


def test_seed_members_who_buy_are_no_conversions():
    """Nobody else joins here: of nobody who came in through the community's door the share is not defined, and no lead bought."""
    settings = {"behaviour.engagement.join_per_week": 0.0, "behaviour.engagement.customer_join_per_week": 0.0}
    found = measure(GrowthModel(lively("weeks=30"), rng=3, **settings).run())
    assert found["new_customers"] > 0 and found["member_conversions"] == 0
    assert np.isnan(found["member_conversion_share"])
