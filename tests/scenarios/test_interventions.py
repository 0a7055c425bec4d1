"""Every setting that an intervention can name acts from its week on, in a world in which it lives, or is refused in one sentence."""

import pytest

from simulation.mesa_model import GrowthModel
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput
from simulation.scenario.market import Rival
from simulation.scenario.schema import FIXED, World, leaves
from simulation.scenario.warnings import notes
from tests.worlds import differing, lively

WEEK = 20
HOURS = dict.fromkeys(("welcome", "answers", "introductions", "translation", "moderation", "listening", "hosting", "invitations"), 0.125)  # fmt: skip
MIX = {"how_to": 0.4, "news": 0.2, "question_sessions": 0.2, "contests": 0.2}
SHARES = {"sales": 0.3, "product_growth": 0.2, "community_team": 0.15, "content": 0.1, "account_management": 0.05, "recognition": 0.05, "advertising": 0.05, "events": 0.05, "moderation": 0.03, "rewards": 0.02}  # fmt: skip
BUSY = {
    "motion.team_hours": HOURS,
    "motion.content_mix": MIX,
    "motion.shares": SHARES,
}  # every task and kind has its money
OPENS = {"motion.community": False}, {"motion.community": True}
STORM = {"outside.criticism": 1.0}
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip
LIVES = {  # what must be so from the start, and what comes with the change, for a setting to matter
    "prices.engineers_for_free_tier": (
        {"prices.hosting_usd_per_trial_week": 0.0, "prices.trial_support_usd_per_week": 0.0},
        {"motion.shares": SHARES | {"product_growth": 0.005, "sales": 0.495}},
    ),
    "prices.invitation_hours": (
        {"behaviour.engagement.join_per_week": 0.01, "behaviour.engagement.customer_join_per_week": 0.02},
        {},
    ),
    "behaviour.retention.rewards": ({"motion.shares": SHARES | {"rewards": 0.32, "sales": 0.0}}, {}),
    "prices.managers_for_community": ({}, {"motion.shares": SHARES | {"community_team": 0.003, "sales": 0.447}}),
    "prices.contractor_premium": ({}, {"motion.shares": SHARES | {"community_team": 0.001, "sales": 0.449}}),
    "prices.door_decay_per_week": ({}, {"budget.usd_per_account_per_week": 0.0}),
    "prices.ease_decay_per_week": ({}, {"budget.usd_per_account_per_week": 0.0}),
    **dict.fromkeys(("prices.order_usd", "behaviour.engagement.direct_per_week"), ({"motion.free_tier": False, "behaviour.engagement.direct_per_week": 0.01, "behaviour.engagement.join_per_week": 0.01, "behaviour.attraction.interest_loss_per_week": 0.01, "behaviour.adoption.rate_per_week": 3.0}, {"behaviour.engagement.sales_per_week": 0.0})),
    "prices.hosting_hours": ({"behaviour.engagement.liveliness_half_posters": 5000.0}, {}),
    "season.swing": ({"start": "2026-07-01"}, {}),
    **{f"season.{month}": ({"start": f"{2026 + (k + 6) // 12}-{(k + 6) % 12 + 1:02}-01", "season.swing": 1.0}, {}) for k, month in enumerate(MONTHS)},  # half a year before
    "behaviour.adoption.yearly_by_seller": (
        {"market.segments.*.p_contract": 0.0, "behaviour.retention.failed_payment_per_week": 0.2, "behaviour.adoption.sales_cycle_weeks": 1},
        {"prices.meetings_per_pod_per_week": 50.0},
    ),
    "behaviour.adoption.learn_seller": ({"behaviour.adoption.skill": 5.0}, {"prices.meetings_per_pod_per_week": 50.0}),
    "product.base_price": ({"product.notice_weeks": 0}, {}),
    "product.notice_weeks": ({}, {"product.base_price": 2.0}),
    "product.grandfather": ({"product.notice_weeks": 0}, {"product.price_usd": 60.0}),
    "behaviour.satisfaction.cheaper": ({"product.notice_weeks": 0}, {"product.base_price": 0.5}),
    **dict.fromkeys(("behaviour.satisfaction.dearer", "behaviour.satisfaction.used_to_price_per_week"), ({"product.notice_weeks": 0}, {"product.base_price": 2.0})),
    "behaviour.adoption.price": ({}, {"product.price_usd": 60.0}),
    "prices.contest_half_usd": ({"behaviour.advocacy.write_per_week": 0.2, "behaviour.advocacy.contest_writes": 5.0}, {}),
    "behaviour.reading.learn_per_week": ({"behaviour.reading.reads_on": 1.0, "behaviour.reading.look_again_per_week": 0.5}, {}),
    "behaviour.advocacy.active_weeks": ({"behaviour.advocacy.answers_of_expert": 1, "behaviour.help.newcomer_ask_per_week": 0.5, "behaviour.help.offer_per_week": 0.2}, {}),
    "behaviour.retention.contract_share": ({"behaviour.retention.contract_per_week": 0.1}, {}),
    **dict.fromkeys(
        (f"behaviour.retention.{name}" for name in ("referrer_here", "brought_somebody", "brought_half_life_weeks")),
        ({"behaviour.attraction.close_talk_per_week": 3.0, "behaviour.adoption.rate_per_week": 3.0}, {}),
    ),  # many buy on a contact's word
    **dict.fromkeys(("behaviour.help.noise_decay_per_week", "behaviour.help.noise_belonging"), ({}, {"outside.spam": 5.0})),
    "budget.keeps_doors": ({}, {"budget.usd_per_account_per_week": 0.0}),
    "motion.launch.weeks": ({}, {"motion.launch.factor": 3.0}),
    "motion.launch.factor": ({}, {"motion.launch.weeks": 30}),
    "motion.adaptive.step": ({}, {"motion.adaptive.weeks": 4}),
    "motion.adaptive.weeks": ({}, {"motion.adaptive.step": 0.05}),
    "platform.lost_when_moving": ({}, {"platform.moves": 1}),
    **dict.fromkeys(("behaviour.engagement.seed_pool", "behaviour.engagement.seed_skill", "behaviour.engagement.seed_belonging"), OPENS),
    **dict.fromkeys(("motion.launch.seed_members", "motion.launch.seed_pieces", "prices.seed_piece_usd", "prices.seed_member_usd"), OPENS),
    **dict.fromkeys((f"behaviour.criticism.{name}" for name in ("adoption", "churn", "talk", "advocates_dampen")), ({}, STORM)),
    "rivals.cheaper.content": ({"rivals.cheaper.content": 2000.0}, {}),
    "behaviour.engagement.encouragement": ({"behaviour.engagement.encouraged": 0.5}, {}),
    "behaviour.engagement.encouraged": ({"behaviour.engagement.encouragement": 3.0}, {}),
}  # fmt: skip
PATHS = [path for path in leaves(World) if not any(f"{path}.".startswith(f"{name}.") for name in FIXED)]
PATHS = [path for path in PATHS if path not in ("market.segments", "motion.plan", "rivals")]
PATHS += [f"rivals.cheaper.{name}" for name in Rival.model_fields]  # it enters in that very week
PATHS += [f"market.segments.smaller.{name}" for name in ("churn_per_week", "price_level", "search_demand_per_week", "openness", "contact_cost_usd")]  # fmt: skip


def world(*overrides):
    """Return a small world in which all that people and the firm do happens, in two languages."""
    return lively(
        "weeks=40", "market.segments.larger.language=da", "market.segments.larger.time_zone_hours=4",
        "market.segments.larger.contact_cost_usd=5", *overrides,
    )  # fmt: skip


def value_at(node, path):
    for key in path.split("."):
        node = node[key] if isinstance(node, dict) else getattr(node, key)
    return node


def others(value):
    """Return other values to try."""
    if value is None:
        return [WEEK + 5]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, dict):
        (one, most), (other, _) = sorted(value.items(), key=lambda item: -item[1])[:2]
        return [value | {one: most / 2, other: value[other] + most / 2}]
    if isinstance(value, int):
        return [value + 9, max(value - 5, 1), 0]
    return [1.7 * value + 0.05, 0.5 * value, 0.9, 4.0 * value + 1.0]


def after(settings, start):
    """Return what is recorded of a run whose settings change in week 20."""
    model = GrowthModel(world(), rng=3, **BUSY | start, interventions=[{"week": WEEK, "set": settings}])
    model.run()
    return model.desk.weeks.tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_a_setting_acts_from_its_week_on(path):
    start, along = LIVES.get(path, ({}, {}))
    value = BUSY.get(path) or value_at(world(), path)
    plain = after(along or {"outside.spam": 0.0}, start)
    tried = 0
    for other in others(value):
        try:
            changed = after(along | {path: other}, start)
        except ValueError:
            continue  # not a value that it can have
        tried += 1
        if changed != plain:
            return
    raise AssertionError(f"{path}: {tried} other values tried, nothing changes")


@pytest.mark.parametrize(
    "path",
    [
        "rivals",
        "behaviour.competition.seen_at_first",
        "market.accounts",
        "market.topics",
        "market.homophily",
        "behaviour.attraction.outbound_need",
    ],
)
def test_what_cannot_change_is_refused(path):
    with pytest.raises(ValueError, match=rf"interventions: week 20 sets '{path}', which cannot change during a run"):
        GrowthModel(world(), rng=1, interventions=[{"week": WEEK, "set": {path: 1}}])


def test_seeds_of_a_community_that_never_opens_are_refused():
    with pytest.raises(
        ValueError, match="week 20 sets 'motion.launch.seed_members', but no community opens then or later"
    ):
        GrowthModel(world(), rng=1, interventions=[{"week": 20, "set": {"motion.launch.seed_members": 20.0}}])


def test_a_plan_of_a_motion_is_an_intervention_for_it_alone():
    """The same changes by plan and by intervention leave the same bytes; another motion of the comparison has none of it."""
    change = {"community": True, "launch.seed_members": 60.0, "shares": {"product_growth": 0.5, "community_team": 0.5}}
    plan = (
        "motions.plg.plan=[{week: 20, set: {community: true, launch.seed_members: 60.0, "
        "shares: {product_growth: 0.5, community_team: 0.5}}}]"
    )
    small = ("motions=[plg,slg]", "market.people=300", "market.accounts=3000", "weeks=40")
    planned, plain = compose(*small, plan), compose(*small)
    given = [{"week": WEEK, "set": {f"motion.{path}": value for path, value in change.items()}}]
    by_plan, by_hand, without = (
        GrowthModel(planned.world("plg"), rng=2),
        GrowthModel(plain.world("plg"), rng=2, interventions=given),
        GrowthModel(plain.world("plg"), rng=2),
    )
    for model in (by_plan, by_hand, without):
        model.run()
    assert differing(by_plan, by_hand) == []
    assert differing(by_plan, without) != []
    assert planned.world("slg") == plain.world("slg")


def test_a_mistake_in_a_plan_is_one_sentence():
    with pytest.raises(
        BadInput,
        match="^interventions: week 30 sets 'motion.comunity', which does not exist; did you mean motion.community",
    ):
        compose("motions=[plg]", "motions.plg.plan=[{week: 30, set: {comunity: true}}]")
    late = compose("motions=[plg]", "weeks=60", "motions.plg.plan=[{week: 90, set: {free_tier: false}}]")
    assert notes(late) == ["motions.plg.plan: week 90 is after the run's last week (59): free_tier=False is never set"]
