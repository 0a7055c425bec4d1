"""The set of numbers at which the same patterns hold: read as ratios, applied to another company within its priors."""

import pytest

from simulation.evidence.solutions import Solution, settings_of, solutions
from simulation.scenario.compose import compose
from simulation.scenario.priors import choose
from tests.worlds import world
from tools.answers import NAMES, movers

DEMAND = "market.segments.*.search_demand_per_week"


def test_the_first_of_the_set_are_the_numbers_that_ship():
    first, *others = solutions()
    assert set(first.ratios.values()) == {1.0} and len(others) >= 1
    assert list(first.ratios) == movers() and list(first.advice) == NAMES
    known = {p.name: p for p in choose(world("clg"), [])}
    settings = settings_of(first, list(known.values()))
    assert settings == pytest.approx(
        {k: v for name in first.ratios for k, v in known[name].settings(known[name].mode).items()}
    )


def test_each_of_the_set_differs_and_stays_within_the_priors_of_the_reference():
    known = {p.name: p for p in choose(world("clg"), [])}
    _, *others = solutions()
    for of in others:
        assert set(of.ratios.values()) != {1.0}
        for name, ratio in of.ratios.items():
            assert known[name].low * 0.999 <= known[name].mode * ratio <= known[name].high * 1.001, name


def test_a_solution_moves_another_company_as_far_as_the_reference_and_no_farther_than_its_priors():
    (prior,) = choose(compose("company=slack", "motions=[clg]").world("clg"), [DEMAND])
    double = settings_of(Solution("", {DEMAND: 1.1, "no.such.number": 9.0}, {}), [prior])
    assert double == pytest.approx({path: 1.1 * prior.mode * ratio for path, ratio in prior.paths.items()})
    far = settings_of(Solution("", {DEMAND: 1e6}, {}), [prior])
    assert max(far.values()) <= prior.high * max(prior.paths.values()) * (1 + 1e-12)
