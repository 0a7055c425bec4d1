"""Against formulas with known answers. Each test states its error."""

import math

import numba as nb
import numpy as np
import pytest

from simulation.flywheel import desk, exchange
from simulation.mesa_model import GrowthModel
from simulation.metrics.retention import tenure
from simulation.metrics.tenure import kept
from simulation.scenario.records import records
from tests.worlds import world

fill_shares = nb.njit(lambda segments, x: exchange.fill_shares(segments, x))  # noqa: PLW0108 - Python cannot call it itself
P, Q = 0.004, 0.08  # weekly innovation and imitation


def test_well_mixed_word_of_mouth_is_the_discrete_bass_curve():
    """Everybody knows 1,000 of 4,000 people at random; hazard p + q F. Four standard errors over 8 seeds, plus 2 %.

    The 2 % allows for contacts being a sample of the market. Error rate of the noise part: about 1 in 15,000 a week.
    """
    degree = 400
    config = world(
        "bare", "company=bare", "weeks=80", "market.people=4000", f"market.network.degree={degree}", "market.network.p_rewire=1",
        f"behaviour.attraction.ambient_per_week={P}", f"behaviour.attraction.close_talk_per_week={Q / degree}",
        "market.segments.smaller.churn_per_week=0",
    )  # fmt: skip
    runs = np.array([GrowthModel(config, rng=seed).run().series("customer") / 4000 for seed in range(8)])
    share, expected = 0.0, []
    for _ in range(80):
        share += (1 - share) * (1 - math.exp(-(P + Q * share)))
        expected.append(share)
    error = 4 * runs.std(axis=0, ddof=1) / math.sqrt(8) + 0.02 * np.array(expected)
    assert (abs(runs.mean(axis=0) - expected) < error).all()
    assert 0.5 < expected[-1] < 0.999


def test_constant_churn_is_geometric_survival():
    """20,000 lives at a weekly chance of 0.02: Kaplan-Meier within four standard errors (1 in 15,000 a point)."""
    config = world(
        "bare", "company=bare", "market.people=20000", "behaviour.attraction.ambient_per_week=50",
        "behaviour.attraction.forgetting_per_week=0",
    )  # fmt: skip
    record = GrowthModel(config, rng=4).run()
    assert record.lives.size == 20_000
    ages = np.array([1, 5, 10, 20, 40, 52])
    # a life that ends in week w of its age was at risk w times; the week of adoption has no churn
    expected = 0.98**ages
    error = 4 * np.sqrt(expected * (1 - expected) / 20_000)
    assert (abs(kept(tenure(record))[ages] - expected) < error).all()


def test_the_bare_workload_ends_where_its_reference_does():
    """Means of 4,000 reference runs at N = 1,000: 112.7 prospects, 683.8 customers, 203.5 churned; four standard errors."""
    config = world("bare", "company=bare", "market.people=1000")
    ends = np.array([[m.series(s)[-1] for s in ("prospect", "customer", "lapsed")] for m in (
        GrowthModel(config, rng=seed).run() for seed in range(60))])  # fmt: skip
    error = 4 * ends.std(axis=0, ddof=1) / math.sqrt(60)
    assert (abs(ends.mean(axis=0) - (112.7, 683.8, 203.5)) < error).all()


@pytest.mark.parametrize(("supply", "demand"), [(0.0, 10), (5.0, 10), (10.0, 10), (30.0, 10)])
def test_answered_share_is_one_minus_exp_of_supply_over_demand(supply, demand):
    segments = records(1, desk.SEGMENT)
    segments["asked"] = demand
    x = desk.Exchange(*np.zeros((8, 1)))._replace(
        across=np.eye(1),
        groups=np.array([0, 0, 0, 1, 1]),
        upto=np.array([round(supply * exchange.CAPACITY_UNITS)]),
        parts=np.zeros((1, 4, 1)),
    )
    fill_shares(segments, x)
    able = 1 - math.exp(-supply / demand)
    assert segments["shares"][0] == pytest.approx([able, able, able, 0.0])


def test_help_in_a_run_follows_supply_and_demand():
    """Peers answer within four binomial standard errors of 1 - exp(-A/Q), read week by week (1 in 15,000)."""
    config = world("clg", "market.people=8000", "market.accounts=20000", "weeks=80", "platform.answers_in_week=1")
    model = GrowthModel(config, rng=2)
    expected = variance = got = 0.0
    for _ in range(80):
        model.step()
        segments = model.desk.segments
        asked = segments["asked"].copy()
        if asked.sum() == 0:
            continue
        share = segments["shares"].mean(axis=1)  # difficulties are drawn evenly
        expected += (asked * share).sum()
        variance += (asked * share * (1 - share)).sum()
        got += segments["got"].sum()
    assert expected > 200
    assert abs(got - expected) < 4 * math.sqrt(variance) + 0.01 * expected  # 1 %: nobody answers himself
