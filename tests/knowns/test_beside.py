"""Worlds of a design, solved again beside the firm's own: its numbers hold in each, few markets are enough, and one that cannot be is known."""

from types import SimpleNamespace

import numpy as np
import pytest

from simulation.knowns.beside import beginnings, checked, one_beside, own_world, still_free
from simulation.knowns.carriers import new_customers, share_by
from simulation.knowns.markets import lived
from simulation.knowns.solved import world_of
from simulation.metrics.company import monthly_churn
from simulation.scenario.compose import world_at
from simulation.scenario.priors import choose, settings_at
from simulation.studies.firm import Designed, _assumed, sentence
from tests.knowns.small_firm import firm

FRESH = range(9001, 9061)  # seeds that no search has seen


@pytest.fixture(scope="module")
def own():
    return own_world(firm())


def numbers(own, settings):
    """Return what the firm has in a world on fresh seeds, its past lived through: customers won and lost, by search, by adverts."""
    world = world_at(own.firm.world, "hybrid", settings)
    records = lived(world_of(world, {}, own.firm.motion), world.history.weeks, FRESH)
    of = (new_customers, monthly_churn, share_by("search"), share_by("adverts"))
    return np.array([np.nanmean([measure(record) for record in records]) for measure in of])


@pytest.mark.slow
def test_a_world_with_every_free_number_drawn_has_the_numbers_of_the_firms_own(own):
    """Eight worlds, 60 fresh markets: as drawn the worst of four numbers is off by two fifths in the median, solved again by 3.5 %, and by 5 %
    at most; two standard errors of a mean over the 60 are 2 to 5 %. Of eight worlds seven are within 10 % or two standard errors on other
    fresh markets. Seeds and draws are fixed: the test has no luck of its own.
    """
    priors = still_free(own, choose(own.firm.world, [])).free
    unit = np.random.default_rng(5).random((8, len(priors)))
    points, goal = settings_at(priors, unit), numbers(own, {})
    solved = [one_beside(own, point, np.zeros(own.slopes.shape[0])) for point in points]
    drawn = [np.abs(numbers(own, point) / goal - 1).max() for point in points]
    again = [np.abs(numbers(own, of.settings) / goal - 1).max() for of in solved]
    assert all(of.met for of in solved) and np.median(drawn) > 0.3
    assert np.median(again) < 0.06 and max(again) < 0.1
    assert sum(checked(own, of.settings, [])[0] for of in solved) >= 6
    kept = {
        path: value
        for path, value in points[0].items()
        if path not in solved[0].settings or value != solved[0].settings[path]
    }
    assert all(
        "attraction" in path for path in kept
    )  # what is free stays as it was drawn, what is solved together moves


@pytest.mark.slow
def test_a_world_in_which_the_firm_cannot_have_its_numbers_is_known(own):
    """Payments that fail this often alone cost more customers than the firm loses."""
    payments = {"behaviour.retention.failed_payment_per_week": 0.05}
    there = one_beside(own, payments, np.zeros(own.slopes.shape[0]))
    assert not there.met and there.settings["behaviour.retention.failed_payment_per_week"] == 0.05
    assert not checked(own, there.settings, [])[0]


def test_the_firms_own_world_is_met_as_it_is(own):
    there = one_beside(own, {}, np.zeros(own.slopes.shape[0]))
    assert there.met and not there.x.any() and there.settings["history.weeks"] == own.firm.world.history.weeks


def test_what_alone_carries_a_known_is_not_free_and_what_shares_one_is_in_part(own):
    asked = choose(own.firm.world, [])
    drawn = still_free(own, asked)
    assert [p.name for p in drawn.solved] == [
        "market.segments.*.search_demand_per_week",
        "market.segments.*.churn_per_week",
    ]
    assert not drawn.follows and {p.name.rpartition(".")[2] for p in drawn.shared} == {
        "advert_per_week", "brand_per_week", "close_talk_per_week", "broadcast_talk_per_week", "invite_per_week",
    }  # fmt: skip
    assert len(drawn.free) == len(asked) - 2
    margin = own.firm.known.model_copy(update={"gross_margin": 0.8, "failed_payments": 0.01})
    follows = still_free(own._replace(firm=own.firm._replace(known=margin)), asked).follows
    assert [p.name for p in follows] == ["product.gross_margin", "behaviour.retention.failed_payment_per_week"]


def test_a_search_begins_where_each_number_alone_has_led(own):
    first, second = choose(own.firm.world, ["market.topics", "behaviour.retention.skill"])
    n = own.slopes.shape[0]
    ends = [
        (first.place(float(v)), np.full(n, x))
        for v, x in zip(first.quantile(np.array([0.05, 0.95])), (-0.2, 0.4), strict=True)
    ]
    at = np.array([[0.05, 0.5], [0.95, 0.1]])
    assert beginnings(own, {first.name: ends}, [first, second], at) == pytest.approx(np.array([[-0.2] * n, [0.4] * n]))
    assert not beginnings(own, {}, [first, second], at).any()


def test_how_many_worlds_are_the_firms_and_how_near_is_said():
    seen = [(True, 0.02)] * 22 + [(False, 0.2)] * 2
    assert sentence(1833, 1830, seen, ["seats"]) == (
        "1,833 worlds were solved again beside the firm's own: in 1,830 it has the same numbers within 10 %, 3 cannot have them and are left out; "
        "of 24 held against markets that no search has seen 22 have them within 10 % or two standard errors, the farthest of a world's numbers "
        "typically 2 % off; not held, since the scenario itself does not meet it: seats"
    )
    assert sentence(43, 43, seen[:22], []) == (
        "43 worlds were solved again beside the firm's own: in 43 it has the same numbers within 10 %; of 22 held against markets that no search "
        "has seen 22 have them within 10 % or two standard errors, the farthest of a world's numbers typically 2 % off"
    )


def test_how_long_it_takes_is_foretold_from_one_look(own):
    said = []
    designed = Designed.__new__(Designed)
    designed._own = own._replace(seconds=1.0)
    there: dict[str, str] = {}
    designed._session = SimpleNamespace(
        config=SimpleNamespace(jobs=2),
        foretell=lambda *what: said.append(what),
        store=SimpleNamespace(observed=lambda _: there),
    )
    designed.ahead(397, 1436)
    text = "1,833 worlds are solved again for what the firm knows of itself, which takes {}, and their runs more"
    assert said == [(text, 4 * (397 / 2 + 1436) / 2)]
    there |= dict.fromkeys(map(str, range(1833)), "")  # all are kept
    designed.ahead(397, 1436)
    assert said[1:] == [(text, 0.0)]
    designed._own = None
    designed.ahead(397, 1436)
    assert len(said) == 2


@pytest.mark.slow
def test_a_firm_that_does_not_say_what_brings_its_customers_has_one_source_in_every_world(own):
    silent = own.firm.known.model_copy(update={"sources": None})
    asked = own.firm._replace(known=silent)
    (said,) = _assumed(asked)
    assert said == (
        "where new customers came from the firm does not say: in every world search is held to bring what there are more or fewer than in the "
        "reference; known.carried_by=... holds another source to it"
    )
    adverts = asked._replace(known=silent.model_copy(update={"carried_by": "adverts"}))
    assert not list(_assumed(adverts)) and not list(_assumed(own.firm))
    assert own_world(asked).firm.known.carried_by == "search" and own_world(adverts).firm.known.carried_by == "adverts"
