"""The named companies: each file composes with everything else, and what is typical of each comes out.

Sign tests over paired seeds: the same people and the same luck on both sides. All of 10 seeds has the error rate
2^-10 = 0.1 % where there is no effect.
"""

from functools import cache
from itertools import cycle, islice

import numpy as np
import pytest
import yaml

from simulation.metrics import measure
from simulation.model import GrowthModel
from simulation.people.stages import Channel
from simulation.scenario.compose import SHIPPED, compose, groups, options

COMPANIES = [name for name in options("company") if name not in {"reference", "bare"}]
TYPICAL = {  # how the archetype grows
    "atlassian_community": "clg",
    "dropbox": "plg",
    "figma": "clg",
    "harley_davidson": "clg",
    "iphone_imessage": "plg",
    "lego_afol": "clg",
    "lego_ideas": "clg",
    "notion": "clg",
    "oracle": "slg",
    "peloton": "clg",
    "sap": "slg",
    "sephora_beauty_insider": "clg",
    "slack": "plg",
    "starbucks_rewards": "rewards_led",
}
SEEDS = range(10)
YEAR_WEEKS = 52


def facts(record):
    """Return the metrics of a run, the shares of its channels and what else these tests look at."""
    found = measure(record)
    customer_years = (record.series("customer") + record.series("expert")).sum() / YEAR_WEEKS
    found["ended_per_year"] = (record.lives["ended"] >= 0).sum() / customer_years if customer_years else np.nan
    found["switched_per_year"] = record.series("switched").sum() / customer_years if customer_years else np.nan
    found["quality"] = record.series("quality")[-1]
    found["new_experts"] = record.series("new_experts").sum()
    for channel in Channel:
        share = (record.lives["channel"] == channel).mean() if record.lives.size else np.nan
        found[f"by_{channel.name.lower()}"] = share
    return found


@cache
def seen(company, motion, *overrides, off=None):
    """Return a dict of arrays, one value a seed; ``off`` is a mechanism to switch off."""
    switch = (f"switches.{off}=false",) if off else ()
    world = compose(f"company={company}", f"motions=[{motion}]", *overrides, *switch).world(motion)
    runs = [facts(GrowthModel(world, rng=seed).run()) for seed in SEEDS]
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}


# --- every file ------------------------------------------------------------------------------------


def test_every_company_has_a_typical_motion():
    assert set(COMPANIES) == set(TYPICAL)


@pytest.mark.parametrize("company", options("company"))
def test_a_company_sets_no_motion(company):
    """A company that did could favour one."""
    tree = yaml.safe_load((SHIPPED / "company" / f"{company}.yaml").read_text(encoding="utf-8"))
    assert not [key for key in tree if key.startswith("motions")]
    assert not [entry for entry in tree.get("defaults", []) if "motions" in str(entry)]


@pytest.mark.parametrize("company", COMPANIES)
def test_a_company_sells_at_the_price_people_are_used_to(company):
    product = compose(f"company={company}").product
    assert product.price_usd == product.reference_price_usd


@pytest.mark.parametrize("company", COMPANIES)
def test_a_company_composes_and_runs_with_every_option_of_every_group(company, tmp_path):
    """Each option and each motion once, not every combination; then ten weeks of it."""
    ring = tmp_path / "edges.csv"
    ring.write_text("source,target\n" + "".join(f"{i},{(i + 1) % 60}\n" for i in range(60)), encoding="utf-8")
    motions = options("motions")
    choices = {g: options(g) for g in groups() if g not in {"company", "motions", "study"}}
    turns = max(len(names) for names in choices.values())
    named = {g: islice(cycle(names), turns) for g, names in choices.items()}
    for turn in range(turns):
        chosen = {g: next(named[g]) for g in choices}
        mine = motions[turn::turns]
        file = [f"market.network.file={ring}"] if chosen["market"] == "from_file" else ["market.people=200"]
        picked = (f"{g}={n}" for g, n in chosen.items())
        config = compose(f"company={company}", f"motions=[{','.join(mine)}]", *picked, *file)
        for motion in mine:
            model = GrowthModel(config.world(motion), rng=turn)
            for _ in range(10):
                model.step()
            assert model.firm.ledger.budget_cents == sum(model.firm.ledger.by_lever.values())


def test_a_choice_on_the_command_line_wins_over_the_company_s_own():
    assert compose("company=notion").platform == compose("platform=reddit").platform
    assert compose("company=notion", "platform=forum").platform == compose().platform
    assert compose("company=starbucks_rewards").loyalty.rewards_usd > 0
    assert compose("company=starbucks_rewards", "loyalty=none").loyalty.rewards_usd == 0


def test_rivals_points_and_price_rises_are_shares_of_the_price():
    for company in ("reference", "oracle", "dropbox"):
        config = compose(f"company={company}", "rival=cheaper", "loyalty=points", "shock=price_rise")
        price = config.product.price_usd
        assert config.rival.price_usd == pytest.approx(0.625 * price)
        assert config.loyalty.rewards_usd == pytest.approx(0.1 * price)
        assert config.interventions[0].set["product.price_usd"] == pytest.approx(1.5 * price)
    assert (
        compose("rival=cheaper", "product.price_usd=20").rival.price_usd == 25.0
    )  # a price cut does not move the rival


# --- money -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("company", "motion"), TYPICAL.items())
def test_the_budget_is_plausible_beside_the_revenue(company, motion):
    """Of the third year, under the typical motion; median of 3 seeds, no statistics: a check of the file."""
    shares = []
    for seed in range(3):
        record = GrowthModel(compose(f"company={company}", f"motions=[{motion}]").world(motion), rng=seed).run()
        spent = record.series("acquisition_cents") + record.series("retention_cents")
        shares.append(spent[-YEAR_WEEKS:].sum() / record.series("revenue_cents")[-YEAR_WEEKS:].sum())
    assert 0.1 <= np.median(shares) <= 0.5


# --- what is typical ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("company", ["oracle", "sap"])
@pytest.mark.parametrize("other", ["plg", "clg"])
def test_enterprise_software_sells_through_sellers(company, other):
    """All of 10 seeds: 0.1 % each."""
    slg, rest = seen(company, "slg"), seen(company, other)
    assert (slg["revenue_usd"] > rest["revenue_usd"]).all()
    assert (slg["cash_usd"] > rest["cash_usd"]).all()


@pytest.mark.slow
def test_sap_keeps_whom_it_won_longer_than_dropbox():
    """All of 10 seeds: 0.1 %."""
    assert (seen("sap", "slg")["retention_12_months"] > seen("dropbox", "plg")["retention_12_months"]).all()


@pytest.mark.slow
def test_dropbox_wins_customers_for_less_through_a_trial_and_invites_are_a_main_channel():
    """All of 10 seeds: 0.1 % each. Invites are the first or second of the eight channels."""
    plg = seen("dropbox", "plg")
    assert (plg["cac_usd"] < seen("dropbox", "slg")["cac_usd"]).all()
    above = sum(plg[f"by_{c.name.lower()}"] > plg["by_invite"] for c in Channel)
    assert (above <= 1).all()
    assert (plg["new_customers"] > seen("dropbox", "plg", off="invites")["new_customers"]).all()


@pytest.mark.slow
def test_slack_is_kept_by_the_contacts_who_use_it():
    """All of 10 seeds: 0.1 % each."""
    on, off = seen("slack", "plg"), seen("slack", "plg", off="product_network")
    assert (on["customers_end"] > off["customers_end"]).all()
    assert (on["ended_per_year"] < off["ended_per_year"]).all()
    assert (on["cac_usd"] < seen("slack", "slg")["cac_usd"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("company", ["notion", "figma"])
def test_templates_and_kits_bring_customers_for_less_than_sellers_do(company):
    """All of 10 seeds: 0.1 % each. What users publish is the largest channel, and without it fewer come."""
    clg = seen(company, "clg")
    assert (clg["cac_usd"] < seen(company, "slg")["cac_usd"]).all()
    assert all((clg["by_user_content"] >= clg[f"by_{c.name.lower()}"]).all() for c in Channel)
    assert (clg["new_customers"] > 1.5 * seen(company, "clg", off="user_content")["new_customers"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("company", ["peloton", "harley_davidson"])
def test_belonging_and_ties_keep_people(company):
    """All of 10 seeds: 0.1 % each."""
    clg = seen(company, "clg")
    assert (clg["retention_12_months"] > seen(company, "clg", off="social_capital")["retention_12_months"]).all()
    assert (clg["retention_12_months"] > seen(company, "clg", off="ties")["retention_12_months"]).all()
    assert (clg["retention_12_months"] > seen(company, "plg")["retention_12_months"]).all()


@pytest.mark.slow
def test_adult_fans_help_one_another_and_become_experts():
    """All of 10 seeds: 0.1 % each. Without peers' help nobody becomes an expert and fewer buy."""
    on, off = seen("lego_afol", "clg"), seen("lego_afol", "clg", off="peer_help")
    assert (on["new_experts"] > 0).all()
    assert (off["new_experts"] == 0).all()
    assert (on["customers_end"] > off["customers_end"]).all()


@pytest.mark.slow
def test_ideas_of_fans_raise_quality_and_quality_brings_customers():
    """All of 10 seeds: 0.1 % each."""
    on, off = seen("lego_ideas", "clg"), seen("lego_ideas", "clg", off="feedback")
    assert (on["quality"] > 1.2 * off["quality"]).all()
    assert (on["customers_end"] > off["customers_end"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("motion", ["plg", "rewards_led"])
def test_contacts_on_imessage_keep_people_without_any_community(motion):
    """All of 10 seeds: 0.1 % each."""
    on, off = seen("iphone_imessage", motion), seen("iphone_imessage", motion, off="product_network")
    assert (on["members_end"] == 0).all()
    assert (on["retention_12_months"] > off["retention_12_months"]).all()
    assert (on["customers_end"] > 1.1 * off["customers_end"]).all()


@pytest.mark.slow
def test_a_better_phone_that_nobody_has_wins_fewer_than_one_with_people_around_it():
    """All of 10 seeds: 0.1 %."""
    empty = seen("iphone_imessage", "plg", "rival=better_but_empty")
    peopled = seen("iphone_imessage", "plg", "rival=better_with_community")
    assert (empty["switched_per_year"] < 0.6 * peopled["switched_per_year"]).all()


@pytest.mark.slow
def test_contacts_on_imessage_hold_people_against_a_better_phone():
    """All of 10 seeds: 0.1 %."""
    on = seen("iphone_imessage", "plg", "rival=better_but_empty")["switched_per_year"]
    off = seen("iphone_imessage", "plg", "rival=better_but_empty", off="product_network")["switched_per_year"]
    assert (on < off).all()


@pytest.mark.slow
@pytest.mark.parametrize("motion", ["clg", "rewards_led"])
def test_reviews_bring_shoppers_beside_the_points(motion):
    """The mean paired difference is above zero by two standard errors: 2.5 % each. Only the second pays points."""
    on, off = (seen("sephora_beauty_insider", motion, off=off)["new_customers"] for off in (None, "broadcast_talk"))
    more = on - off
    assert more.mean() > 2 * more.std(ddof=1) / np.sqrt(more.size)


PLAIN_RIVAL = ("rival=discounter", "rival.rewards_usd=0", "rival.entry_week=52")
DISCOUNTER = ("rival=discounter", "rival.entry_week=52")


@pytest.mark.slow
def test_points_hold_people_until_a_rival_gives_more():
    """All of 10 seeds: 0.1 % each."""
    bare = seen("starbucks_rewards", "rewards_led", *PLAIN_RIVAL, "loyalty=none")["switched_per_year"]
    points = seen("starbucks_rewards", "rewards_led", *PLAIN_RIVAL)["switched_per_year"]
    outbid = seen("starbucks_rewards", "rewards_led", *DISCOUNTER)["switched_per_year"]
    assert (points < bare).all()
    assert (outbid > bare).all()


@pytest.mark.slow
@pytest.mark.parametrize("company", ["starbucks_rewards", "harley_davidson"])
@pytest.mark.parametrize("rival", [PLAIN_RIVAL, DISCOUNTER], ids=["plain", "discounter"])
def test_ties_hold_people_whatever_a_rival_gives(company, rival):
    """All of 10 seeds: 0.1 % each. The sign that points lose to a discounter, ties keep."""
    on = seen(company, "clg", *rival)["switched_per_year"]
    off = seen(company, "clg", *rival, off="social_capital")["switched_per_year"]
    assert (on < off).all()


@pytest.mark.slow
def test_peer_answers_make_a_customer_cost_less_to_support():
    """All of 10 seeds: 0.1 % each."""
    on, off = seen("atlassian_community", "clg"), seen("atlassian_community", "clg", off="peer_help")
    assert (on["support_usd_per_customer_week"] < off["support_usd_per_customer_week"]).all()
    assert (on["deflected_share"] > 0.1).all()
