"""What price and quality do once somebody is a customer: the reference company at shipped values, and three companies.

The same people and luck on both sides. An effect is judged by its mean paired difference at two standard errors (error rate
2.5 % an effect); an arrow is the coefficient at its value against zero, on what follows from it, not on what it sets.
"""

from functools import cache

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.metrics import measure
from simulation.scenario.compose import compose

pytestmark = pytest.mark.slow
SEEDS = range(12)
CHANGE, AFTER = 78, 52
FREE_TO_GO = {"market.segments.*.p_contract": 0.0}
DEARER = {"product.base_price": 1.5}


@cache
def world(company="reference", motion="plg", rows=4000, weeks=CHANGE + AFTER):
    """Return a company's market with fewer rows, so that a run is short."""
    return compose(f"company={company}", f"rows={rows}", f"motions=[{motion}]", f"weeks={weeks}").world(motion)


def run(of, seed, change=None, **settings):
    interventions = [{"week": CHANGE, "set": change}] if change else []
    return GrowthModel(of, rng=seed, interventions=interventions, **settings).run()


def kept(record, weeks=AFTER):
    """Return the share of the customers of the change's week who are there ``weeks`` later."""
    lives = record.lives
    here = (lives["adopted"] < CHANGE) & ((lives["ended"] < 0) | (lives["ended"] >= CHANGE))
    return (here & ((lives["ended"] < 0) | (lives["ended"] >= CHANGE + weeks))).sum() / here.sum()


def felt(record, week=-1):
    return record.series("satisfaction")[week] / (record.series("customer") + record.series("expert"))[week]


def larger(more, less):
    """Assert that ``more`` is larger than ``less`` beyond two standard errors of their mean paired difference."""
    gap = np.array(more, float) - np.array(less, float)
    assert gap.mean() > 2 * gap.std(ddof=1) / np.sqrt(gap.size), gap


def each(of, outcome, change=None, **settings):
    return [outcome(run(of, seed, change, **FREE_TO_GO, **settings)) for seed in SEEDS]


@pytest.mark.parametrize("company, motion", [("reference", "plg"), ("reference", "clg"), ("notion", "clg"), ("slack", "plg"), ("dropbox", "plg")])  # fmt: skip
def test_a_rise_for_customers_makes_them_leave_and_one_for_newcomers_keeps_them_away(company, motion):
    of = world(company, motion)
    larger(each(of, kept), each(of, kept, DEARER))

    def won(record):
        return (record.lives["adopted"] >= CHANGE).sum()

    price = of.product.price_usd
    larger(each(of, won), each(of, won, {"product.price_usd": 1.5 * price, "product.grandfather": True}))


ARROWS = {  # coefficient: (its value, the others' values, what changes, outcome, sign of the effect)
    "retention.value": (0.3, {"satisfaction.dearer": 0.0, "satisfaction.level": 0.0}, DEARER, kept, -1),
    "satisfaction.dearer": (0.8, {"retention.value": 0.0, "satisfaction.level": 0.0}, DEARER, kept, -1),
    "satisfaction.level": (0.1, {"retention.value": 0.0, "satisfaction.dearer": 0.0}, DEARER, kept, -1),
    "satisfaction.surprise": (0.6, {"retention.value": 0.0, "satisfaction.level": 0.0}, {"product.quality": 2.0}, kept, 1),
    "satisfaction.cheaper": (1.0, {"retention.value": 0.0, "satisfaction.level": 0.0, "satisfaction.dearer": 0.8}, {"product.base_price": 0.4}, kept, 1),
    "adoption.price": (1.8, {}, {"product.price_usd": 80.0}, lambda r: (r.lives["adopted"] >= CHANGE).sum(), -1),
}  # fmt: skip


@pytest.mark.parametrize("name", ARROWS)
def test_an_arrow_of_price_and_quality(name):
    value, others, change, outcome, sign = ARROWS[name]
    both = {f"behaviour.{path}": of for path, of in others.items()}
    with_it, without = (each(world(), outcome, change, **both, **{f"behaviour.{name}": x}) for x in (value, 0.0))
    larger(*((with_it, without) if sign > 0 else (without, with_it)))


def test_answers_please_and_the_pleased_stay():
    of = world(motion="clg", rows=8000)
    with_it, without = ([run(of, seed, **FREE_TO_GO, **{"behaviour.satisfaction.answer": x}) for seed in range(36)] for x in (1.0, 0.0))  # fmt: skip
    larger([felt(r) for r in with_it], [felt(r) for r in without])
    larger([kept(r) for r in with_it], [kept(r) for r in without])


def test_ease_is_quality_as_customers_live_it():
    of = world(motion="plg")
    with_it, without = (each(of, felt, **{"behaviour.satisfaction.ease": x}) for x in (1.0, 0.0))
    larger(with_it, without)


def test_the_shock_of_a_rise_fades_and_the_price_put_back_restores_churn():
    of = world(weeks=CHANGE + 4 * 52)
    rise = [{"week": CHANGE, "for_weeks": 52, "set": DEARER}]
    plain = [GrowthModel(of, rng=s, **FREE_TO_GO).run() for s in SEEDS]
    put_back = [GrowthModel(of, rng=s, interventions=rise, **FREE_TO_GO).run() for s in SEEDS]

    def churn(record, first, last):
        lost = record.series("left")[first:last].sum()
        return lost / (record.series("customer") + record.series("expert"))[first:last].sum()

    for weeks, excess in (((CHANGE, CHANGE + 52), True), ((CHANGE + 2 * 52, CHANGE + 4 * 52), False)):
        ratio = np.array([churn(a, *weeks) / churn(b, *weeks) for a, b in zip(put_back, plain, strict=True)])
        error = ratio.std(ddof=1) / np.sqrt(ratio.size)
        assert ratio.mean() > 1.1 if excess else abs(ratio.mean() - 1) < 0.05, (weeks, ratio.mean(), error)
    shock = [felt(a, week) - felt(b, week) for week in (CHANGE + 6, CHANGE + 50) for a, b in zip(put_back, plain, strict=True)]  # fmt: skip
    larger(shock[len(SEEDS) :], shock[: len(SEEDS)])


def test_a_worse_product_loses_customers_talk_sentiment_and_expansion():  # at equal price
    def of(quality):
        settings = {"product.quality": quality, "product.quality_ceiling": 1.6 * quality}
        records = [run(world(motion="clg", rows=8000, weeks=208), seed, **FREE_TO_GO, **settings) for seed in SEEDS]
        return [measure(record) for record in records]

    worse, plain, better = of(0.6), of(1.0), of(1.6)
    for name in ("new_customers", "retention_12_months", "satisfaction", "sentiment"):
        larger([m[name] for m in better], [m[name] for m in worse])
        larger([m[name] for m in plain], [m[name] for m in worse])


def test_customers_of_a_product_that_grows_worse_leave_and_add_fewer_seats():
    def added(record):
        return record.series("expanded_seats")[CHANGE:].sum() / record.series("seats")[CHANGE:].sum()

    alike = {"market.traits.size_sd_log": 0.1, "market.traits.size_median_seats": 30.0}  # else a few giants decide
    of, worse = world(motion="plg", rows=8000), {"product.quality": 0.4}
    for outcome in (kept, added):
        larger(each(of, outcome, **alike), each(of, outcome, worse, **alike))


def test_feedback_makes_customers_satisfied_and_keeps_them():
    def of(rate):
        settings = {"behaviour.feedback.rate_per_week": rate}
        return [
            measure(run(world(motion="clg", rows=8000, weeks=416), seed, **FREE_TO_GO, **settings)) for seed in SEEDS
        ]

    with_it, without = of(0.015), of(0.0)
    for name in ("satisfaction", "retention_12_months"):
        larger([m[name] for m in with_it], [m[name] for m in without])
