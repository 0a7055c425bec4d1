"""Each mechanism off: the bytes of its rates at zero, and an effect of the documented sign while it is on."""

import copy

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.scenario.schema import World
from simulation.scenario.switches import SWITCHES, set_path
from tests.worlds import differing, lively

# what each mechanism moves, and which way, over the seeds below
SIGN = {
    "search": ("attracted_user_content", 1),
    "firm_content": ("firm_topics", 1),
    "user_content": ("user_topics", 1),
    "close_talk": ("attracted_close_talk", 1),
    "broadcast_talk": ("attracted_broadcast_talk", 1),
    "memory": ("attracted_close_talk", -1),
    "saturation": ("attracted_close_talk", -1),
    "readiness": ("customer", -1),
    "invites": ("attracted_invite", 1),
    "adverts": ("attracted_advert", 1),
    "outbound": ("called", 1),
    "peer_help": ("answered", 1),
    "belonging": ("answered", 1),
    "ties": ("ties", 1),
    "recognition": ("answered", 1),
    "events": ("attendances", 1),
    "moderation": ("noise", -1),
    "social_proof": ("customer", 1),
    "product_network": ("customer", 1),
    "social_capital": ("lapsed", -1),
    "referrer_bond": ("left", -1),
    "commitment": ("left", -1),
    "contacts_gone": ("left", 1),
    "churn_contagion": ("left", 1),
    "account_management": ("left", -1),
    "rewards": ("switched", -1),
    "feedback": ("quality", 1),
    "win_back": ("returned", 1),
}
SEEDS = range(40)
STRONG = {  # rates at which a mechanism's effect shows in so small a world
    "behaviour.retention.referrer_here": 3.0,
    "behaviour.retention.contact_left": 4.0,
    "behaviour.retention.contacts_gone": 3.0,
    "behaviour.retention.brought_somebody": 4.0,
    "behaviour.attraction.memory_half_life_weeks": 10.0,
    "behaviour.attraction.talk_saturation": 0.3,
    "market.traits.readiness_variance": 2.0,
    "behaviour.retention.account_management": 3.0,
    "behaviour.retention.social_capital": 3.0,
    "behaviour.retention.win_back_per_week": 0.05,
    "behaviour.retention.reward_gap": 5.0,
    "loyalty.rewards_usd": 8.0,
    "behaviour.help.recognition": 6.0,
    "behaviour.adoption.social_proof": 4.0,
    "behaviour.attraction.close_talk_per_week": 0.05,
    "behaviour.attraction.broadcast_talk_per_week": 0.2,
    "behaviour.attraction.invite_per_week": 0.05,
    "product.network_benefit": 3.0,
    "prices.managed_usd_per_year": 2e7,
    "motion.team_hours": {"welcome": 0.4, "answers": 0.1, "introductions": 0.2, "moderation": 0.3},
}


def run(seed, **settings):
    """Return a model after 50 weeks of the lively world with strong rates."""
    model = GrowthModel(lively("weeks=50"), rng=seed, **{**STRONG, **settings})
    model.run()
    return model


def test_every_switch_has_a_documented_sign():
    assert SIGN.keys() == SWITCHES.keys()


@pytest.mark.parametrize("name", SWITCHES)
def test_off_gives_the_bytes_of_rates_at_zero(name):
    tree = copy.deepcopy(run(1).config.model_dump())
    for path in SWITCHES[name]:
        set_path(tree, path, 0.0)
    zero = GrowthModel(World.model_validate(tree), rng=1)
    zero.run()
    off = run(1, switches={name: False})
    assert differing(off, zero) == []
    assert any(differing(run(s, switches={name: False}), run(s)) for s in range(1, 7))


@pytest.mark.slow
@pytest.mark.parametrize("name", SWITCHES)
def test_on_has_the_documented_sign(name):
    """Mean paired difference over 40 seeds; the sign is judged at two standard errors (error rate 2.5 % a mechanism)."""
    series, sign = SIGN[name]
    gaps = np.array([run(s).series(series).sum() - run(s, switches={name: False}).series(series).sum() for s in SEEDS])
    assert sign * gaps.mean() > 2 * gaps.std(ddof=1) / np.sqrt(len(SEEDS))
