"""CAC and lifetime value by group: all cost is spread once, groups add up, and each number is what the lives and the books say."""

import functools

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.metrics.cac import GO_TO_MARKET
from simulation.metrics.tenure import LEAST_AT_RISK, life_table, lifetime_weeks
from simulation.people.stages import Channel, Door
from simulation.scenario.firm import LEVERS
from simulation.studies.comparison import LIFE, NEEDED, Comparison
from simulation.studies.unit_economics import BY, economics, rows
from tests.worlds import world

WEEKS = 104
ASKED = ("market.people=800", "market.accounts=2400", f"weeks={WEEKS}", "behaviour.attraction.ambient_per_week=0.03", "budget.usd_per_account_per_week=10", "market.segments.smaller.price_level=0.5")  # fmt: skip
MOTIONS = ("clg", "plg", "slg")


@functools.cache
def told(motion):
    """Return the world of a motion."""
    return world(motion, *ASKED)


@functools.cache
def data():
    """Return two simulated markets of three motions as a study reads them."""
    weekly, lives = {}, {}
    for motion in MOTIONS:
        records = [GrowthModel(told(motion), rng=seed).run() for seed in (1, 2)]
        weekly[motion] = {name: np.array([r.series(name) for r in records]) for name in NEEDED}
        lives[motion] = {name: np.concatenate([r.lives[name] for r in records]) for name in LIFE}
    return Comparison(weekly, lives, {}, WEEKS, 2, "simulated markets", records[0].weight)


def groups(motion, by):
    """Return the groups of a kind by name."""
    return {of.group: of for of in economics(data(), motion, told(motion)) if of.by == by}


@pytest.mark.parametrize("motion", MOTIONS)
@pytest.mark.parametrize("by", BY)
def test_all_cost_is_spread_once_and_all_customers_are_in_one_group(motion, by):
    found = groups(motion, by).values()
    cost = sum(data().weekly[motion][name].sum() for name in GO_TO_MARKET) / 100 / 2
    assert sum(of.direct_usd + of.shared_usd for of in found) == pytest.approx(cost)
    assert sum(of.direct_usd + of.shared_by_contract_usd for of in found) == pytest.approx(cost)
    won = data().adopted(motion).sum(axis=1).mean()
    assert sum(of.new_customers for of in found) == pytest.approx(won) and won > 0
    new = data().weight * data().weekly[motion]["new_contract_value"].sum() / 100 / 2
    assert sum(of.first_contract_usd * of.new_customers for of in found if of.new_customers) == pytest.approx(new)


@pytest.mark.parametrize("motion", MOTIONS)
def test_first_contracts_are_seats_at_the_price_of_their_segment(motion):
    lives, w = data().lives[motion], told(motion)
    for k, (name, segment) in enumerate(w.market.segments.items()):
        seats = lives["seats"][lives["segment"] == k]
        assert groups(motion, "segment")[name].first_contract_usd == pytest.approx(12 * w.product.price_usd * segment.price_level * seats.mean(), rel=1e-6)  # fmt: skip


def test_levers_are_credited_to_their_channel_and_door_and_nothing_to_a_segment():
    spent = {m: {lever: data().weekly[m][f"{lever}_cents"].sum() / 100 / 2 for lever in LEVERS} for m in MOTIONS}
    community = ("community_team", "moderation", "recognition", "events")
    assert groups("plg", "channel")["advert"].direct_usd == pytest.approx(spent["plg"]["advertising"])
    assert groups("slg", "channel")["outbound"].direct_usd == pytest.approx(spent["slg"]["sales"])
    assert groups("slg", "door")["sales"].direct_usd == pytest.approx(spent["slg"]["sales"])
    assert groups("plg", "door")["trial"].direct_usd == pytest.approx(spent["plg"]["product_growth"])
    assert groups("clg", "door")["community"].direct_usd == pytest.approx(
        sum(spent["clg"][lever] for lever in community)
    )
    users = [
        of for name, of in groups("clg", "channel").items() if name in ("user_content", "close_talk", "broadcast_talk")
    ]
    assert sum(of.direct_usd for of in users) == pytest.approx(sum(spent["clg"][lever] for lever in community))
    assert len({round(of.direct_usd / of.new_customers, 6) for of in users if of.new_customers}) == 1
    orders = told("clg").prices.order_usd * data().weight * (data().lives["clg"]["door"] == Door.DIRECT).sum() / 2
    assert groups("clg", "door")["direct"].direct_usd == pytest.approx(orders) and orders > 0
    assert all(of.direct_usd == 0 for of in groups("clg", "segment").values())


@pytest.mark.parametrize("motion", MOTIONS)
def test_lifetime_value_is_the_margin_booked_over_the_lives_of_the_group(motion):
    lives = data().lives[motion]
    everybody = groups(motion, "all")["all"]
    weeks = np.where(lives["ended"] >= 0, lives["ended"], WEEKS) - lives["adopted"]
    revenue = data().weekly[motion]["revenue_cents"].sum() / 100
    per_week = told(motion).product.gross_margin * revenue / (data().weight * weeks.sum())
    stays = lifetime_weeks(life_table(lives["adopted"], lives["ended"], WEEKS))
    assert everybody.ltv_usd == pytest.approx(per_week * stays, rel=1e-4)  # a week's cash is in whole cents
    assert everybody.ltv_to_cac == pytest.approx(everybody.ltv_usd / everybody.cac_usd)
    for name, of in groups(motion, "channel").items():
        here = lives["channel"] == Channel[name.upper()]
        followed = int((lives["adopted"][here] <= WEEKS - 1 - 52).sum())
        assert np.isfinite(of.ltv_usd) == (followed >= LEAST_AT_RISK), (name, followed)


def test_a_quarter_is_charged_what_was_booked_in_it():
    cost = data().cost_usd("plg").mean(axis=0)
    found = list(groups("plg", "quarter").values())
    assert len(found) == 8 and found[0].direct_usd == pytest.approx(cost[:13].sum())
    assert all(of.shared_usd == pytest.approx(0, abs=1e-6) for of in found)


def test_a_channel_that_was_paid_for_and_brought_nobody_keeps_its_row():
    table = [
        row for row in rows(data(), {m: told(m) for m in MOTIONS}) if row["motion"] == "clg" and row["by"] == "door"
    ]
    trial = next(row for row in table if row["group"] == "trial")
    assert trial["direct_usd"] > 0 and trial["new_customers"] == 0 and np.isnan(trial["cac_usd"])  # it has no free plan
