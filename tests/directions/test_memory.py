"""Talk that lasts, commitment, contacts who are gone, saturation and readiness: one arrow a test.

Where nothing else is said the same draws are asked twice, so that who differs differs by the arrow, to the byte.
"""

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.people.influence import gone_of
from simulation.people.stages import Channel, Stage
from tests.worlds import world

WEEK = 100
MEMORY, SATURATION = "behaviour.attraction.memory_half_life_weeks", "behaviour.attraction.talk_saturation"
GONE, BROUGHT = "behaviour.retention.contacts_gone", "behaviour.retention.brought_somebody"
FADES = "behaviour.retention.brought_half_life_weeks"
VARIANCE = "market.traits.readiness_variance"
LEAVE_OFTEN = {"market.segments.*.churn_per_week": 1.0}
BY_THE_MONTH = {"market.segments.*.p_contract": 0.0}
TALK = (Channel.CLOSE_TALK, Channel.BROADCAST_TALK)
TOLD = [f"attracted_{c.name.lower()}" for c in TALK]


def until(week, motion="clg", **given):
    model = GrowthModel(world(motion, "market.people=20000", "weeks=150"), rng=4, **given)
    while model.week < week:
        model.step()
    return model


def pays(model):
    return np.isin(model.people["stage"], (Stage.CUSTOMER, Stage.EXPERT))


def told(half_life, *, delighted):
    """Return how many come by talk, by week from WEEK on, where all customers are delighted for two weeks; nobody buys any more."""
    strong = {"behaviour.adoption.rate_per_week": 0.0, "behaviour.attraction.close_talk_per_week": 0.03}
    nobody_buys = {"week": WEEK, "set": strong}
    model = until(WEEK, interventions=[nobody_buys], **{MEMORY: half_life})
    rows = np.flatnonzero(pays(model))
    before = model.people["satisfaction"][rows].copy()
    if delighted:
        model.people["satisfaction"][rows] = 1.0
    for k in range(48):
        if delighted and k == 2:
            here = pays(model)[rows]
            model.people["satisfaction"][rows[here]] = before[here]
        model.step()
    return np.sum([model.record.series(name)[WEEK:] for name in TOLD], axis=0)


def test_a_burst_of_talk_works_on_for_weeks_and_adds_up_to_as_much():
    at_once, later = (told(half_life, delighted=True) - told(half_life, delighted=False) for half_life in (0.0, 6.0))
    assert at_once[:4].sum() > 0.75 * at_once[:30].sum() > 50
    assert 0 < later[:4].sum() < 0.5 * later[:30].sum()
    assert later[:30].sum() == pytest.approx(at_once[:30].sum(), rel=0.35)  # a count of some hundred, with its luck


@pytest.mark.parametrize("half_life", [0.0, 3.0])
def test_what_is_remembered_comes_to_what_contacts_say(half_life):
    still = {
        "week": WEEK,
        "set": {"behaviour.adoption.rate_per_week": 0.0, "market.segments.*.churn_per_week": 0.0}
        | dict.fromkeys(("behaviour.retention.failed_payment_per_week", "behaviour.support.tickets_per_week"), 0.0),
    }
    model = until(WEEK, "plg", interventions=[still], **{MEMORY: half_life})
    lag = np.abs(model.net.lag).sum()
    assert (lag == 0) == (half_life == 0.0)
    while model.week < 150:
        model.step()
    assert np.abs(model.net.lag).sum() < 1e-4 * max(lag, 1e5)


def in_week(settings, motion="clg"):
    """Return a run over week WEEK, in which ``settings`` come into force; nobody is bound for a year."""
    return until(WEEK + 1, motion, interventions=[{"week": WEEK, "set": settings}], **BY_THE_MONTH)


def test_talk_that_saturates_attracts_fewer_of_the_same():
    def attracted(k, channels):
        return np.flatnonzero(np.isin(in_week({SATURATION: k}).people["channel"], channels))

    mild, linear, all_linear = attracted(5.0, TALK), attracted(0.0, TALK), attracted(0.0, list(Channel)[1:])
    assert np.isin(mild, all_linear).all() and mild.size + 5 < linear.size


def test_who_brought_somebody_stays_and_others_do_as_before():
    bound, free = (in_week({BROUGHT: x, FADES: 520.0} | LEAVE_OFTEN) for x in (5.0, 0.0))
    spared = pays(bound) & ~pays(free)
    assert spared.sum() >= 3 and (bound.people["brought"][spared] >= 0).all()
    assert not (pays(free) & ~pays(bound)).any()


def test_commitment_wears_off():
    def stayed(half_life):
        return pays(in_week({BROUGHT: 5.0, FADES: half_life} | LEAVE_OFTEN)).sum()

    assert stayed(520.0) > stayed(1.0)


def test_whose_contacts_are_gone_leaves_and_others_do_as_before():
    shaken, calm = (in_week({GONE: x} | LEAVE_OFTEN, "plg") for x in (2.0, 0.0))
    lost = pays(calm) & ~pays(shaken)
    before = until(WEEK, "plg", **BY_THE_MONTH)
    assert lost.sum() >= 3 and all(gone_of(int(heard)) for heard in before.net.heard[lost])
    assert not (pays(shaken) & ~pays(calm)).any()


def test_the_readier_come_first_and_where_nobody_differs_nobody_does():
    ready = until(WEEK, "plg", **{VARIANCE: 1.0})
    trait = ready.people["readiness"] / 2048
    assert trait.mean() == pytest.approx(1.0, abs=4 / np.sqrt(ready.n)) and trait.var() == pytest.approx(1.0, rel=0.1)
    came = ready.people["stage"] != Stage.PROSPECT
    quarter = np.quantile(trait, (0.25, 0.75))
    assert came[trait > quarter[1]].mean() > 4 * came[trait < quarter[0]].mean() > 0
    assert (until(1, "plg", **{VARIANCE: 0.0}).people["readiness"] == 2048).all()


@pytest.mark.slow
def test_saving_customers_saves_their_contacts():
    """A tenth of customers is bound to stay; of their contacts more stay, by a paired t of 3 or more: errs in 1 of 200."""

    def kept_more(weight, seed):
        def kept(*, saved):
            model = GrowthModel(
                world("plg", "market.people=20000", "weeks=150", f"{GONE}={weight}"), rng=seed
            )  # fmt: skip
            while model.week < WEEK:
                model.step()
            rows = np.flatnonzero(pays(model))[::10]
            contacts = np.unique(np.concatenate([model.net.indices[slice(*model.net.indptr[r : r + 2])] for r in rows]))
            others = contacts[pays(model)[contacts] & ~np.isin(contacts, rows)]
            if saved:
                model.people["fit"][rows] = 8.0
            while model.week < 150:
                model.step()
            return pays(model)[others].mean()

        return kept(saved=True) - kept(saved=False)

    found = np.array([kept_more(2.0, seed) for seed in range(12)])
    none = np.array([kept_more(0.0, seed) for seed in range(12)])
    assert found.mean() > none.mean() + 3 * np.hypot(found.std(ddof=1), none.std(ddof=1)) / np.sqrt(found.size)
