"""Every lever of running a community: with it and with its money or hours gone to waste, on the same seeds.

Hours go to translation, which does nothing where there is one language; money goes to rewards that nobody is promised.
So both sides spend the same, to the cent.
"""

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.scenario.compose import compose

pytestmark = pytest.mark.slow
SEEDS = range(12)
MORE_SEEDS = {"points (C3)": range(48)}  # few switch in so small a market
BASE = ("rows=4000", "market.accounts=20000", "weeks=104", "motions=[clg]")
CLG = compose(*BASE).world("clg")
GLOBAL = compose(*BASE, "market=global").world("clg")
SHARES, HOURS, LAUNCH = CLG.motion.shares, CLG.motion.team_hours, CLG.motion.launch.model_dump()


def without_hours(task):
    return {"motion.team_hours": HOURS | {task: 0.0, "translation": HOURS.get("translation", 0.0) + HOURS[task]}}


def without_share(lever):
    return {"motion.shares": SHARES | {lever: 0.0, "rewards": SHARES[lever]}}


def mix(**kinds):
    return {
        "motion.content_mix": kinds,
        "motion.shares": SHARES | {"content": SHARES["content"] + SHARES["product_growth"], "product_growth": 0.0},
    }


# lever: (world, with, without, series, sign of the effect)
LEVERS = {
    "welcome (D10)": (CLG, {}, without_hours("welcome"), "member_adopted", 1),
    "seed content (D9)": (CLG, {}, {"motion.launch": LAUNCH | {"seed_pieces": 0.0}}, "attracted_firm_content", 1),
    "seed members (D8)": (CLG, {}, {"motion.launch": LAUNCH | {"seed_members": 0.0}}, "joined", 1),
    "launch window (D8)": (CLG, {}, {"motion.launch": LAUNCH | {"factor": 1.0}}, "members", 1),
    "content (D5)": (CLG, {}, without_share("content"), "attracted_firm_content", 1),
    "how-tos against news (D5)": (CLG, mix(how_to=1.0), mix(news=1.0), "firm_topics", 1),
    "news (D5)": (CLG, mix(news=1.0), mix(how_to=1.0), "attracted_advert", 1),
    "question sessions (D5)": (CLG, without_hours("answers") | mix(question_sessions=1.0), without_hours("answers") | mix(news=1.0), "staff_answered", 1),
    "contests (D5)": (CLG, mix(contests=1.0), mix(question_sessions=1.0), "user_pieces", 1),
    "hosting (D8)": (CLG, {}, without_hours("hosting"), "joined", 1),
    "staff answers (D11)": (CLG, {}, without_hours("answers"), "staff_answered", 1),
    "moderation (D6, D7)": (CLG, {}, without_share("moderation"), "noise", -1),
    "recognition (D14)": (CLG, {}, without_share("recognition"), "answered", 1),
    "events (D15)": (CLG, {}, without_share("events"), "attendances", 1),
    "recordings (D15)": (GLOBAL, {}, {"behaviour.help.recording_effect": 0.0}, "attendances", 1),
    "introductions (D16)": (CLG, {}, without_hours("introductions"), "ties", 1),
    "introductions, in customers (D16)": (CLG, {}, without_hours("introductions"), "member_adopted", 1),
    "listening (D17)": (CLG, {}, without_hours("listening"), "quality", 1),
    "points (C3)": (
        compose(*BASE, "rival=cheaper", "rival.entry_week=40").world("clg"),
        {"loyalty.rewards_usd": 6.0, "motion.shares": SHARES | {"content": 0.0, "rewards": SHARES["content"]}},
        {"loyalty.rewards_usd": 0.0, "motion.shares": SHARES | {"content": 0.0, "rewards": SHARES["content"]}},
        "switched", -1,
    ),
}  # fmt: skip


def run(world, seed, settings):
    model = GrowthModel(world, rng=seed, **settings)
    model.run()
    return model


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_has_its_effect_and_the_same_cost(lever):
    """Mean paired difference over 12 seeds, judged at two standard errors (error rate 2.5 % a lever)."""
    world, with_it, without, series, sign = LEVERS[lever]
    gaps, budgets = [], set()
    for seed in MORE_SEEDS.get(lever, SEEDS):
        a, b = run(world, seed, with_it), run(world, seed, without)
        gaps.append(a.series(series).sum() - b.series(series).sum())
        budgets |= {a.firm.budget_cents, b.firm.budget_cents}
    gaps = sign * np.array(gaps)
    assert gaps.mean() > 2 * gaps.std(ddof=1) / np.sqrt(gaps.size), (gaps.mean(), gaps.std())
    assert len(budgets) == 1


def test_translation_opens_a_community_to_other_languages():  # D18
    """100,000 accounts, hours for translation or for listening: more answers and more customers, the mean of 12 pairs by two standard errors (2.5 % each)."""
    large = compose("rows=5000", "market.accounts=100000", "weeks=104", "motions=[clg]", "market=global").world("clg")
    hours = HOURS | {"answers": HOURS["answers"] - 0.3}
    translated, not_ = (
        [run(large, seed, {"motion.team_hours": hours | {task: hours[task] + 0.3}}) for seed in range(12)]
        for task in ("translation", "listening")
    )
    for count in (lambda r: r.series("answered").sum(), lambda r: r.record.lives.size):
        gap = np.array([count(r) for r in translated]) - [count(r) for r in not_]
        assert gap.mean() > 2 * gap.std(ddof=1) / np.sqrt(gap.size)


def test_every_lever_of_money_is_booked_under_its_tag():
    from simulation.firm.levers import TABLE
    from simulation.scenario.firm import LEVERS as ALL

    assert tuple(lever.name for lever in TABLE) == ALL
    model = run(compose(*BASE[:-1], "motions=[hybrid]").world("hybrid"), 1, {})
    by_tag = np.zeros(3, int)
    np.add.at(by_tag, [lever.tag for lever in TABLE], model.firm.by_lever)
    by_tag[0] += round(100 * 30 * model.record.series("adopted_door_direct").sum() * model.record.weight)  # orders
    assert by_tag[:2].tolist() == model.firm.booked[:2].tolist()


def test_monitor_and_adapt_moves_money_from_dear_to_cheap_levers():  # D12
    """A firm that wastes half of its money on adverts nobody sees moves most of it, and wins more: all of 12 seeds (0.02 %)."""
    plg = compose(
        *BASE[:-1], "motions=[plg]", "behaviour.attraction.advert_per_week=0", "behaviour.attraction.brand_per_week=0"
    ).world("plg")
    rigid, adaptive = {}, {"motion.adaptive": {"weeks": 8, "step": 0.05}}
    for seed in SEEDS:
        a, b = run(plg, seed, adaptive), run(plg, seed, rigid)
        assert a.series("advertising_cents")[-1] < 0.5 * b.series("advertising_cents")[-1]
        assert a.record.lives.size > b.record.lives.size
        assert a.firm.budget_cents == b.firm.budget_cents


def test_moderators_of_a_culture_keep_its_language_clean():  # D7
    """Capacity is shared by language: with as many posts, a language with fewer people is no noisier (all of 12 seeds)."""
    for seed in SEEDS:
        model = run(GLOBAL, seed, {})
        noise = model.libraries["noise"]
        none = run(GLOBAL, seed, without_share("moderation"))
        assert (noise <= none.libraries["noise"]).all()
