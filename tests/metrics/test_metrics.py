"""Every metric against its definition, computed here from the lives, the people and the ledger of one run."""

import re

import numpy as np
import pytest

from simulation.engine import simulate
from simulation.firm.levers import Tag
from simulation.mesa_model import GrowthModel
from simulation.metrics import METRICS, measure
from simulation.metrics.company import TODAY
from simulation.metrics.retention import tenure
from simulation.metrics.tenure import lifetime_weeks
from simulation.people.stages import Channel, Door
from simulation.record import YEAR
from simulation.scenario.firm import LEVERS
from simulation.studies.tables import HEADLINES, shown
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
    of_a_past = {"base_kept_12_months", "base_nrr_12_months", *TODAY}
    unknown = {name for name, value in metrics.items() if not np.isfinite(value)}
    few = {
        "break_even_week",
        "nrr_sold_12_months",
        "nrr_large_12_months",
        "grr_large_12_months",
    }  # buy from a seller, or much
    assert unknown - few == of_a_past
    assert metrics.keys() == METRICS.keys()


def test_acquisition_cost_fully_loaded_paid_and_by_channel(model, metrics):  # E1
    booked, won = model.firm.booked, model.record.lives.size * model.firm.weight
    owed = -np.minimum(model.firm.purse, 0).sum()  # bills that no money came for
    assert owed > 0
    assert metrics["cac_usd"] == pytest.approx((booked.sum() + owed) / 100 / won)
    assert metrics["cac_acquisition_usd"] == pytest.approx(booked[Tag.ACQUISITION] / 100 / won)
    assert metrics["new_customers_per_10k_usd"] == pytest.approx(won / ((booked.sum() + owed) / 100) * 10_000)
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


def test_payback_and_cost_per_new_yearly_dollar(model, metrics):  # E1
    yearly = model.record.series("new_contract_value").sum() / 100 * model.firm.weight
    booked = model.firm.booked
    cost = (booked.sum() - np.minimum(model.firm.purse, 0).sum()) / 100
    assert metrics["new_arr_per_customer_usd"] == pytest.approx(yearly / metrics["new_customers"])
    assert metrics["cost_per_new_arr"] == pytest.approx(cost / yearly)
    assert metrics["acquisition_per_new_arr"] == pytest.approx(
        booked[Tag.ACQUISITION] / 100 / yearly
    )  # as V17 defines it
    assert metrics["payback_months"] == pytest.approx(cost / (yearly / 12 * model.world.product.gross_margin))


def test_what_a_cfo_divides_is_what_is_printed(model, metrics):  # E1, E2
    """From the values as the table prints them, to their rounding; every ratio rests on the one CAC of the first row."""
    printed = {
        row.name: float(re.sub(r"[^\d.]", "", shown(metrics[row.name], row.kind)))
        for row in HEADLINES
        if metrics[row.name] >= 0
    }
    cac, contract = printed["cac_usd"], printed["new_arr_per_customer_usd"]
    assert next(iter(HEADLINES)).name == "cac_usd"
    assert printed["cost_per_new_arr"] == pytest.approx(cac / contract, rel=0.01)
    assert printed["payback_months"] == pytest.approx(
        cac / (contract / 12 * model.world.product.gross_margin), rel=0.01
    )
    assert printed["ltv_to_cac"] == pytest.approx(printed["ltv_usd"] / cac, rel=0.02)


def test_retention_is_kaplan_meier_by_hand(model, metrics):  # E2
    """Who is still a customer when the last week ends was at risk in it, and not in the week after."""
    lives = model.record.lives
    gone = lives["ended"] >= 0
    seen = np.where(gone, lives["ended"], WEEKS - 1) - lives["adopted"]
    share = []
    for age in range(53):
        stays = 1 - (gone & (seen == age)).sum() / (seen >= age).sum()
        share.append((share[-1] if share else 1.0) * stays)
    assert metrics["retention_12_months"] == pytest.approx(share[52])
    assert metrics["retention_before_renewals"] == pytest.approx(share[51])


def test_revenue_retention_is_weighted_by_revenue(model, metrics):  # E2
    """All of the last year's samples together: what those who paid a year before pay, over what they paid."""
    revenue = model.record.cohort_revenue.astype(float)
    now, then = (
        sum(revenue[t - lag, : t - 13 + 1].sum() for t in range(WEEKS // 4 - 13, WEEKS // 4)) for lag in (0, 13)
    )
    assert metrics["nrr_12_months"] == pytest.approx(now / then)


def test_lifetime_value_before_and_after_what_serving_costs(model, metrics):  # E2
    """The two differ by staffed support and account management, which `cash_usd` counts; the CAC holds them, so LTV : CAC takes the first."""
    record = model.record
    customer_weeks = (record.series("customer") + record.series("expert")).sum() * model.firm.weight
    margin = record.series("revenue_cents").sum() / 100 / customer_weeks * model.world.product.gross_margin
    serving = (model.firm.booked[Tag.SUPPORT] / 100 + lever_usd(model, "account_management")) / customer_weeks
    assert metrics["ltv_after_serving_usd"] / metrics["ltv_usd"] == pytest.approx((margin - serving) / margin)
    assert serving > 0
    assert metrics["ltv_usd"] == pytest.approx(margin * lifetime_weeks(tenure(record)))
    assert metrics["ltv_to_cac"] == pytest.approx(metrics["ltv_usd"] / metrics["cac_usd"])


def test_what_too_few_customers_say_is_not_said():
    """29 lives that began a year before the end are too few, 30 are enough; NRR counts those who paid then."""
    model = GrowthModel(lively("weeks=80", "market.people=400"), rng=4)
    record = model.run()
    old = record.lives["adopted"]
    assert (old <= 80 - 1 - 52).sum() >= 30
    few = record._replace(lives=record.lives[np.argsort(record.lives["adopted"], kind="stable")[:29]])
    enough = record._replace(lives=record.lives[np.argsort(record.lives["adopted"], kind="stable")[:30]])
    names = (
        "retention_before_renewals",
        "retention_12_months",
        "nrr_12_months",
        "ltv_usd",
        "ltv_after_serving_usd",
        "ltv_to_cac",
    )
    others = {
        "base_kept_12_months",
        "base_nrr_12_months",
        "monthly_churn",
        "monthly_seat_churn",
        "grr_12_months",
        "nrr_sold_12_months",
        "nrr_self_served_12_months",
        *(f"{kept}_{size}_12_months" for kept in ("nrr", "grr") for size in ("small", "large")),
        *TODAY,
    }  # see test_company, test_contracts_of_a_year_ago
    assert set(names) == {name for name, row in METRICS.items() if row.needs_many} - others
    assert all(np.isnan(METRICS[name](few)) for name in names)
    assert not any(np.isnan(METRICS[name](enough)) for name in names)


def test_members_growth_activity_and_what_they_write(model, metrics):  # E3, E4, E5
    members = model.record.series("members")
    assert metrics["members_end"] == model.people["member"].sum() * model.firm.weight
    assert metrics["member_growth_per_year"] == pytest.approx(members[-1] / members[-53] - 1)
    recent = (model.people["member"] == 1) & (model.people["last_post"] > WEEKS - 1 - 4)
    assert metrics["active_share"] == pytest.approx(recent.sum() / model.people["member"].sum())
    assert metrics["user_topics_end"] == pytest.approx(model.libraries["users"].sum())
    assert metrics["content_views"] == model.record.series("attracted_user_content").sum() * model.firm.weight
    assert metrics["content_shares"] > 0


def test_satisfaction_sentiment_and_social_capital_are_means_over_customers(model, metrics):  # E6, E7, E12
    pays = np.isin(model.people["stage"], (3, 4))
    began = model.week - 1  # the common part is felt at a week's start
    n = model.counts.cohort_customers.astype(float)
    bought, contract = (model.counts.lives["adopted"][model.people["life"][pays]], model.people["contract"][pays])
    assert (n[bought, contract] > 0).all() and n.sum() == pays.sum()
    here = bought < began
    common = model.cohorts["common"][bought[here], contract[here]].mean()
    assert metrics["satisfaction"] == pytest.approx(model.people["satisfaction"][pays].mean() + common, abs=2e-3)
    own = model.net.talk.astype(int).sum() / 8 / pays.sum()  # with those who left
    assert metrics["sentiment"] == pytest.approx(own + 2 * common, abs=4e-3)
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
    lives = model.record.lives
    bought = ((lives["door"] == Door.COMMUNITY) & (lives["channel"] != Channel.SEED)).sum()
    assert 0 < bought < came and (lives["channel"] == Channel.SEED).any()
    assert metrics["member_conversion_share"] == pytest.approx(bought / came)
    assert metrics["member_conversions"] == bought * model.firm.weight


def test_members_whom_an_opening_seeds_later_are_no_leads():
    """Where nobody joins of his own accord there is no lead, whoever is recruited as the community opens."""
    more = (
        "weeks=60",
        "motions.hybrid.launch.seed_members=9000",
        "prices.seed_member_usd=0",
        "history={motion: plg, weeks: 20}",
    )
    for join, leads in ((0, False), (1, True)):
        record = simulate(lively(*more, f"behaviour.engagement.join_per_week={join}"), 1)
        assert record.series("attracted_seed").sum() > 20
        assert (measure(record)["community_leads"] > 0) is leads


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
    assert metrics["users_share"] == pytest.approx(by_users / model.record.lives.size)


def test_what_hangs_on_adverts_and_calls(model, metrics):  # E11
    lives = model.record.lives
    paid = came_by(model, Channel.ADVERT, Channel.OUTBOUND) / model.firm.weight
    assert metrics["paid_share"] == pytest.approx(paid / lives.size)
    late = lives["channel"][lives["adopted"] >= WEEKS - 13]
    assert 0 < metrics["adverts_share_last_quarter"] == (late == Channel.ADVERT).mean()
    cents = {lever: np.diff(model.series(f"{lever}_cents"))[-13:].sum() for lever in LEVERS}
    spent = cents["advertising"] / sum(cents.values())
    assert 0 < metrics["adverts_money_share_last_quarter"] == pytest.approx(spent)


def year(then, now, door):
    """Return a record whose contracts of a year ago are these."""
    table = np.zeros(len(then), YEAR)
    table["then_usd"], table["now_usd"], table["door"] = then, now, door
    return GrowthModel(lively("weeks=2"), rng=1).run()._replace(year=table)


def test_contracts_of_a_year_ago():
    """Gross leaves growth out, net does not; by door; from fewer than 30 nothing is said."""
    record = year([100.0] * 40, [150.0] * 20 + [50.0] * 10 + [0.0] * 10, [Door.TRIAL] * 40)
    assert METRICS["grr_12_months"](record) == pytest.approx((20 * 100 + 10 * 50) / 4000)
    assert METRICS["nrr_self_served_12_months"](record) == pytest.approx((20 * 150 + 10 * 50) / 4000)
    assert np.isnan(METRICS["nrr_sold_12_months"](record))
    sold = year([10.0] * 30, [12.0] * 30, [Door.SALES] * 30)
    assert METRICS["nrr_sold_12_months"](sold) == pytest.approx(1.2) and METRICS["grr_12_months"](sold) == 1.0
    assert np.isnan(METRICS["grr_12_months"](year([10.0] * 29, [12.0] * 29, [Door.SALES] * 29)))


def test_contracts_of_a_year_ago_by_their_size():
    """Values are a month's: 999.9 is below 12,000 USD a year, 1,000 is not; 8,333.4 is 100,000 and more, 8,333 is not."""
    then = [999.9] * 30 + [1000.0] * 30 + [8333.0] * 30 + [8333.4] * 30
    now = [500.0] * 30 + [0.0] * 60 + [10_000.0] * 30
    record = year(then, now, [Door.SALES] * 120)
    assert (
        METRICS["nrr_small_12_months"](record) == METRICS["grr_small_12_months"](record) == pytest.approx(500 / 999.9)
    )
    assert METRICS["nrr_large_12_months"](record) == pytest.approx(1.2, rel=1e-4)
    assert METRICS["grr_large_12_months"](record) == 1.0
