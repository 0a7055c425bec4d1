"""Values outside what a prior holds plausible are told, by the setting as it was asked."""

import pytest

from simulation.scenario.compose import compose
from simulation.scenario.priors import beyond, priors

DEMAND = "market.segments.{}.search_demand_per_week"


def test_values_outside_a_prior_are_told_by_the_path_that_was_asked():
    world = compose("motions=[clg]", DEMAND.format("larger") + "=0.016").world("clg")  # twice that of the smaller
    (prior,) = (p for p in priors(world) if p.name == DEMAND.format("*"))
    low, high = prior.low, prior.high
    asked = {DEMAND.format("*"): [low / 2, low, high, 2 * high], DEMAND.format("larger"): [low, 2 * high, 3 * high]}
    every, larger = beyond(world, asked | {"product.price_usd": [1e-6, 1e6]})  # a price has no prior
    assert (every.path, every.low, every.high, every.values) == (DEMAND.format("*"), low, high, [low / 2, 2 * high])
    assert (larger.low, larger.high) == pytest.approx((2 * low, 2 * high)) and larger.values == [low, 3 * high]


def test_an_even_step_of_the_logarithm_that_ends_beside_the_end_is_inside():
    world = compose("motions=[clg]").world("clg")
    (prior,) = (p for p in priors(world) if p.name == DEMAND.format("*"))
    assert beyond(world, {prior.name: [prior.low * (1 - 1e-12), prior.high * (1 + 1e-12), "words"]}) == []
