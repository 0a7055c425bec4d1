"""Every metric against its definition, computed here from the lives, the people and the ledger of one run."""

import numpy as np
import pytest

from simulation.firm.levers import Tag
from simulation.mesa_model import GrowthModel
from simulation.metrics import METRICS, measure
from simulation.people.stages import Channel
from simulation.people.transitions import UNITS
from simulation.scenario.firm import LEVERS
from tests.worlds import lively

WEEKS = 120


@pytest.fixture(scope="module")
def model():
    model = GrowthModel(lively(f"weeks={WEEKS}", "market.people=800"), rng=4)
    model.run()
    return model


@pytest.fixture(scope="module")
def metrics(model):
    return measure(model.record)


def lever_usd(model, *levers):
    return sum(model.firm.by_lever[LEVERS.index(lever)] for lever in levers) / 100


def came_by(model, *channels):
    return np.isin(model.record.lives["channel"], channels).sum() * model.firm.weight


def test_every_metric_is_a_number_here(metrics):  # D19
    assert [name for name, value in metrics.items() if not np.isfinite(value)] in ([], ["break_even_week"])
    assert metrics.keys() == METRICS.keys()


def test_acquisition_cost_fully_loaded_paid_and_by_channel(model, metrics):  # E1
    booked, won = model.firm.ledger.booked, model.record.lives.size * model.firm.weight
    assert metrics["cac_usd"] == pytest.approx(booked["acquisition"] / 100 / won)
    assert metrics["cac_loaded_usd"] == pytest.approx(sum(booked.values()) / 100 / won)
    paid = came_by(model, Channel.ADVERT, Channel.OUTBOUND)
    assert metrics["cac_paid_usd"] == pytest.approx(lever_usd(model, "sales", "advertising") / paid)
    assert metrics["cac_outbound_usd"] == pytest.approx(lever_usd(model, "sales") / came_by(model, Channel.OUTBOUND))
    assert metrics["cac_adverts_usd"] == pytest.approx(lever_usd(model, "advertising") / came_by(model, Channel.ADVERT))
    assert metrics["cac_firm_content_usd"] == pytest.approx(
        lever_usd(model, "content") / came_by(model, Channel.FIRM_CONTENT)
    )
    by_users = came_by(model, Channel.USER_CONTENT, Channel.CLOSE_TALK, Channel.BROADCAST_TALK)
    community = lever_usd(model, "community_team", "moderation", "recognition", "events")
    assert metrics["cac_community_usd"] == pytest.approx(community / by_users)


def test_payback_and_acquisition_dollars_per_new_yearly_dollar(model, metrics):  # E1
    yearly = model.record.series("new_contract_value").sum() / 100 * model.firm.weight
    cost = model.firm.booked[Tag.ACQUISITION] / 100
    assert metrics["acquisition_per_new_arr"] == pytest.approx(cost / yearly)
    assert metrics["payback_months"] == pytest.approx(cost / (yearly / 12 * model.world.product.gross_margin))


def test_retention_is_kaplan_meier_by_hand(model, metrics):  # E2
    lives = model.record.lives
    gone = lives["ended"] >= 0
    lasted = np.where(gone, lives["ended"], WEEKS) - lives["adopted"]
    share = 1.0
    for age in range(53):
        at_risk = (lasted >= age).sum()
        share *= 1 - (gone & (lasted == age)).sum() / at_risk
    assert metrics["retention_12_months"] == pytest.approx(share)
    assert metrics["ltv_to_cac"] == pytest.approx(metrics["ltv_usd"] / metrics["cac_usd"])


def test_members_growth_activity_and_what_they_write(model, metrics):  # E3, E4, E5
    members = model.record.series("members")
    assert metrics["members_end"] == model.people["member"].sum() * model.firm.weight
    assert metrics["member_growth_per_year"] == pytest.approx(members[-1] / members[-53] - 1)
    recent = (model.people["member"] == 1) & (model.people["last_post"] > WEEKS - 1 - 4)
    assert metrics["active_share"] == pytest.approx(
        recent.sum() / model.people["member"].sum(), abs=0.02
    )  # some leave after it is counted
    assert metrics["user_topics_end"] == pytest.approx(model.libraries["users"].sum())
    assert metrics["content_views"] == model.record.series("attracted_user_content").sum() * model.firm.weight
    assert metrics["content_shares"] > 0


def test_satisfaction_sentiment_and_social_capital_are_means_over_customers(model, metrics):  # E6, E7, E12
    pays = np.isin(model.people["stage"], (3, 4))
    assert metrics["satisfaction"] == pytest.approx(model.people["satisfaction"][pays].mean(), abs=1 / UNITS)
    assert metrics["sentiment"] == pytest.approx(
        model.net.talk.astype(int).sum() / 8 / pays.sum()
    )  # with those who left
    r, p = model.world.behaviour.retention, model.people[pays]
    stake = (
        r.tie_weight * model.world.platform.intimacy * p["live_ties"]
        + r.status_weight * p["reputation"] / (p["reputation"] + model.world.behaviour.help.reputation_half)
        + r.belonging_weight * p["belonging"]
    )
    assert metrics["social_capital"] == pytest.approx((1 - np.exp(-stake.astype(float))).mean(), abs=1e-4)
    assert metrics["lost_to_rival_share"] == pytest.approx((model.record.lives["cause"] == 3).mean())


def test_leads_and_conversion_of_the_community(model, metrics):  # E8, E9
    came = model.record.series("engaged_community").sum()
    assert metrics["community_leads"] == came * model.firm.weight
    assert metrics["member_conversion_share"] == pytest.approx(model.record.series("member_adopted").sum() / came)


def test_support_by_peers_and_by_staff(model, metrics):  # E10
    tickets = model.record.series("tickets").sum()
    assert metrics["deflected_share"] == pytest.approx(model.record.series("solved_by_peers").sum() / tickets)
    assert metrics["staff_tickets"] == model.record.series("staff_tickets").sum() * model.firm.weight
    customer_weeks = (model.record.series("customer") + model.record.series("expert")).sum() * model.firm.weight
    assert metrics["support_usd_per_customer_week"] == pytest.approx(20 * metrics["staff_tickets"] / customer_weeks)
    assert metrics["answered_share"] == pytest.approx(
        model.record.series("answered").sum() / model.record.series("questions").sum()
    )


def test_organic_share_and_reproduction(model, metrics):  # E11
    organic = (Channel.USER_CONTENT, Channel.CLOSE_TALK, Channel.BROADCAST_TALK, Channel.INVITE, Channel.AMBIENT)
    assert metrics["organic_share"] >= came_by(model, *organic) / (model.record.lives.size * model.firm.weight) - 1e-9
    by_users = (
        came_by(model, Channel.USER_CONTENT, Channel.CLOSE_TALK, Channel.BROADCAST_TALK, Channel.INVITE)
        / model.firm.weight
    )
    assert metrics["reproduction_number"] == pytest.approx(by_users / (model.record.lives["ended"] >= 0).sum())
