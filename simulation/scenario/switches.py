"""Mechanisms by name. Off means: its rates are zero, nothing else. So a switch cannot do anything hidden."""

from collections.abc import Mapping
from typing import Any

SWITCHES: dict[str, tuple[str, ...]] = {
    "search": ("market.segments.*.search_demand_per_week",),
    "firm_content": ("behaviour.attraction.firm_content",),
    "user_content": ("behaviour.help.p_answer_becomes_content", "behaviour.advocacy.write_per_week"),
    "close_talk": ("behaviour.attraction.close_talk_per_week",),
    "broadcast_talk": ("behaviour.attraction.broadcast_talk_per_week",),
    "memory": ("behaviour.attraction.memory_half_life_weeks",),
    "saturation": ("behaviour.attraction.talk_saturation",),
    "readiness": ("market.traits.readiness_variance",),
    "invites": ("behaviour.attraction.invite_per_week",),
    "adverts": ("behaviour.attraction.advert_per_week", "behaviour.attraction.brand_per_week"),
    "outbound": ("prices.meetings_per_pod_per_week",),
    "peer_help": ("behaviour.help.offer_per_week",),
    "belonging": (
        "behaviour.engagement.welcome_belonging",
        "behaviour.help.answer_belonging",
        "behaviour.help.helper_belonging",
        "behaviour.help.event_belonging",
    ),
    "ties": ("behaviour.help.p_tie",),
    "recognition": ("behaviour.help.recognition",),
    "events": ("behaviour.help.event_attendance",),
    "moderation": ("behaviour.help.moderation",),
    "social_proof": ("behaviour.adoption.social_proof",),
    "product_network": ("product.network_benefit",),
    "social_capital": ("behaviour.retention.social_capital", "behaviour.retention.social_switch_cost"),
    "referrer_bond": ("behaviour.retention.referrer_here",),
    "commitment": ("behaviour.retention.brought_somebody",),
    "contacts_gone": ("behaviour.retention.contacts_gone",),
    "churn_contagion": ("behaviour.retention.contact_left",),
    "account_management": ("behaviour.retention.account_management",),
    "rewards": ("behaviour.retention.rewards", "behaviour.retention.reward_gap"),
    "feedback": ("behaviour.feedback.rate_per_week",),
    "win_back": ("behaviour.retention.win_back_per_week",),
}


def set_path(tree: dict[str, Any], path: str, value: Any) -> None:
    """Set ``path`` (dotted, ``*`` = every name) of a nested dict in place; raise KeyError where it does not exist."""
    head, _, rest = path.partition(".")
    for name in list(tree) if head == "*" else [head]:
        if name not in tree:
            raise KeyError(name)
        if rest:
            set_path(tree[name], rest, value)
        else:
            tree[name] = value


def turn_off(tree: dict[str, Any], switches: Mapping[str, bool]) -> None:
    """Set the rates of every mechanism that is switched off to zero, in place."""
    for name, on in switches.items():
        if not on:
            for path in SWITCHES[name]:
                set_path(tree, path, 0.0)
