"""Nothing is lost, nothing is counted twice, whatever the scenario."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.mesa_model import GrowthModel
from simulation.people.counts import Total
from simulation.people.influence import gone_of, left_of, talk_of, users_of, users_there
from simulation.people.stages import MOST_RIVALS, Stage, Uses
from simulation.record import EVENTS_AT, MONEY_AT
from simulation.scenario.firm import LEVERS as ALL_LEVERS
from simulation.scenario.switches import SWITCHES
from tests.worlds import lively, world

LEVERS = (
    "sales",
    "advertising",
    "account_management",
    "product_growth",
    "community_team",
    "content",
    "recognition",
    "events",
)


RIVAL = {
    "entry_week": st.sampled_from([None, 0, 10]),
    "switching_per_week": st.floats(0, 1),
    "reach_per_week": st.floats(0, 1),
    "users": st.floats(0, 1),
}


@st.composite
def scenarios(draw):
    """Return the settings of a random valid scenario."""
    raw = [draw(st.integers(1, 9)) for _ in LEVERS]
    shares = {name: k / sum(raw) for name, k in zip(LEVERS, raw, strict=True)}
    shares["sales"] += 1.0 - sum(shares.values())
    return {
        "motion.shares": shares,
        "market.people": draw(st.integers(1, 300)),
        "market.accounts": draw(st.integers(300, 50_000)),
        "market.network.degree": draw(st.sampled_from([0, 2, 10, 30])),
        "market.network.kind": draw(st.sampled_from(["small_world", "heavy_tailed"])),
        "product.price_usd": draw(st.floats(0, 500)),
        "product.complexity": draw(st.floats(0.05, 20)),
        "budget.usd_per_account_per_week": draw(st.floats(0, 50)),
        "budget.share_of_revenue": draw(st.floats(0, 1)),
        **{
            f"rivals.{name}.{setting}": draw(values)
            for name in ("cheaper", "better_with_community")
            for setting, values in RIVAL.items()
        },
        "outside.criticism": draw(st.floats(0, 5)),
        "behaviour.engagement.customer_join_per_week": draw(st.floats(0, 0.5)),
        "behaviour.attraction.ambient_per_week": draw(st.floats(0, 0.2)),
        "behaviour.retention.contact_left": draw(st.floats(0, 2)),
        "behaviour.help.offer_per_week": draw(st.floats(0, 2)),
    }, draw(st.sets(st.sampled_from(sorted(SWITCHES)), max_size=5))


def check(model):
    """Assert what must hold after any week."""
    people, totals = model.people, model.counts.totals
    stages = np.array([(people["stage"] == s).sum() for s in Stage])
    assert totals[:, : len(Stage)].sum(axis=0).tolist() == stages.tolist()
    assert stages.sum() == model.n
    assert totals[:, Total.SEATS].sum() == people["seats"].sum()
    assert totals[:, Total.MEMBERS].sum() == people["member"].sum() == model.n_members
    assert (
        totals[:, Total.TALK].sum()
        == model.net.talk[np.isin(people["stage"], (3, 4, 5))].sum()
        + model.net.talk[np.isin(people["stage"], (0, 1, 2))].sum()
    )
    assert totals[:, Total.DEALS].min() >= 0 and totals[:, Total.TRIALS].min() >= 0
    units = np.floor(65536 * people["satisfaction"].astype(np.float64))
    assert totals[:, Total.SATISFACTION].sum() == units.sum() == units[np.isin(people["stage"], (3, 4))].sum()
    assert totals[:, Total.CALL_WEIGHT].sum() == people["call_weight"][people["stage"] == 0].sum()
    assert model.counts.cohort_seats.sum() == people["seats"].sum() and model.counts.cohort_seats.min() >= 0
    members = model.members[: model.n_members]
    assert sorted(members) == np.flatnonzero(people["member"]).tolist()
    assert (people["place"][members] == np.arange(members.size)).all()
    for name in ("skill", "satisfaction", "belonging"):
        assert np.isfinite(people[name]).all() and people[name].min() >= 0 and people[name].max() <= 1
    assert np.isfinite(model.desk.weeks[: model.week]).all()
    assert model.desk.weeks[: model.week, :MONEY_AT].min(initial=0) >= min(
        0, model.desk.weeks[: model.week, Total.TALK].min(initial=0)
    )
    _check_influence(model)
    _check_ties(model)


def _check_influence(model):
    net, stage = model.net, model.people["stage"]
    pays, uses = np.isin(stage, (3, 4)), model.people["uses"]
    assert ((uses == Uses.US) == pays).all()
    for k in range(MOST_RIVALS):
        assert model.counts.totals[:, Total.RIVAL_1_USERS + k].sum() == (uses == Uses.RIVAL_1 + k).sum()
    for row in range(model.n):
        near = net.indices[net.indptr[row] : net.indptr[row + 1]]
        assert users_of(net.heard[row]) == pays[near].sum()
        assert gone_of(net.heard[row]) == (stage[near] == Stage.LAPSED).sum()
        for k in range(len(model.world.rivals)):
            assert users_there(net.there[row], k) == (uses[near] == Uses.RIVAL_1 + k).sum()
        assert talk_of(net.heard[row]) == net.talk[near].astype(int).sum()
        assert left_of(net.heard[row]) >= 0


def _check_ties(model):
    people = model.people
    for row in range(model.n):
        others = people["ties"][row][people["ties"][row] > 0] - 1
        assert len(set(others.tolist())) == others.size and row not in others
        assert all(row + 1 in people["ties"][other] for other in others)
        live = people["member"][others].sum() if people["member"][row] else 0
        assert people["live_ties"][row] == live


@settings(max_examples=25, deadline=None)
@given(scenarios(), st.integers(0, 2**31))
def test_any_valid_scenario_keeps_its_books(scenario, seed):
    chosen, off = scenario
    model = GrowthModel(
        world("hybrid", "weeks=30", "rival=[cheaper,better_with_community]"),
        rng=seed,
        **chosen,
        switches=dict.fromkeys(off, False),
    )
    for _ in range(30):
        model.step()
    check(model)


def test_a_lively_year_keeps_its_books_every_week():
    model = GrowthModel(lively("weeks=70"), rng=9)
    for _ in range(70):
        model.step()
        check(model)


def test_customers_in_are_customers_out_plus_present():
    model = GrowthModel(lively("weeks=70"), rng=9)
    model.run()
    won = np.cumsum(sum(model.series(f"adopted_door_{d}") for d in ("none", "community", "trial", "sales", "direct")))
    lost = np.cumsum(sum(model.series(c) for c in ("left", "failed_payment", "switched")))
    assert (won - lost == model.series("customer") + model.series("expert")).all()
    assert won[-1] == model.record.lives.size


def test_every_cent_is_booked_once():
    model = GrowthModel(lively("weeks=70", "behaviour.engagement.direct_per_week=0.01"), rng=2)
    record = model.run()
    levers = sum(record.series(f"{lever}_cents").sum() for lever in ALL_LEVERS)
    tags = record.series("acquisition_cents").sum() + record.series("retention_cents").sum()
    orders = 100 * 30 * record.series("adopted_door_direct").sum() * record.weight
    assert levers == tags - orders == model.firm.budget_cents
    assert orders > 0
    assert record.series("support_cents").sum() == 100 * 20 * record.series("staff_tickets").sum() * record.weight
    cost = tags + record.series("support_cents").sum()
    margin = np.round(record.series("revenue_cents") * 0.75).sum()
    assert record.series("cash_cents").sum() == margin - cost
    assert EVENTS_AT > 0


@pytest.mark.slow
def test_people_chosen_from_outside_are_in_the_counts():
    model = GrowthModel(lively("weeks=30"), rng=4)
    model.adopt(np.arange(0, 100, 3), seats=2)
    for _ in range(8):
        model.step()
    pays = np.isin(model.people["stage"], (3, 4))
    model.join(np.flatnonzero(pays & (model.people["member"] == 0))[:5])
    model.leave(np.flatnonzero(pays)[::4])
    check(model)
    for _ in range(8):
        model.step()
        check(model)
    customer = np.flatnonzero(np.isin(model.people["stage"], (3, 4)))[0]
    with pytest.raises(ValueError, match=rf"^row {customer} is not a prospect$"):
        model.adopt([customer])
    for seats in (0, -(2**40), 2**31, 1.5, True, None):
        with pytest.raises(ValueError, match=rf"^seats must be a whole number from 1 to 1,000,000, not {seats}$"):
            model.adopt([0], seats=seats)
    check(model)
    with pytest.raises(
        ValueError, match=rf"^row {model.members[0]} is not a newcomer or customer outside the community$"
    ):
        model.join([model.members[0]])
