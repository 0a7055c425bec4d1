"""The hiring plan: who works for the firm by quarter, and what they cost. Means over simulated markets.

Who is recorded is taken from the record; the others follow from the money of their lever and the prices in force, as
:mod:`simulation.firm.spending` buys them. Content and staffed support are bought by the piece and the ticket: the model knows no heads of them.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from simulation.scenario.schema import World
from simulation.studies.comparison import Comparison
from simulation.studies.periods import Period, cents, periods_of

HEADS = "heads"
ROLES = {  # and what is counted of them
    "seller_pods": HEADS, "account_managers": HEADS, "product_growth_engineers": HEADS, "community_managers": HEADS,
    "question_session_hosts": HEADS, "moderators": HEADS, "how_to_pieces": "a week", "support_tickets": "a week",
}  # fmt: skip


class Work(NamedTuple):
    """The work of a role by week, shape (markets, weeks) each."""

    amount: np.ndarray  # heads, or what is done in a week
    usd: np.ndarray  # what it costs


def heads_for(usd: np.ndarray, usd_per_head: float, premium: float) -> np.ndarray:
    """Return how many heads money buys, as :func:`simulation.firm.spending.staff` does: less than one by the hour, at a premium."""
    heads = usd / usd_per_head
    return np.where(heads >= 1, heads, heads / (premium - (premium - 1) * heads))


def usd_for(heads: np.ndarray, usd_per_head: float, premium: float) -> np.ndarray:
    """Return what such heads cost: the inverse of :func:`heads_for`."""
    return usd_per_head * np.where(heads >= 1, heads, heads * premium / (1 + (premium - 1) * heads))


def work(weekly: Mapping[str, np.ndarray], world: World, weight: float) -> dict[str, Work]:
    """Return the work of every role; ``weekly`` as in a comparison, ``weight`` accounts a row."""
    found = {role: Work(np.zeros_like(weekly["pods"]), np.zeros_like(weekly["pods"])) for role in ROLES}
    changes = world.timeline()
    for start, end in zip(changes, [*list(changes)[1:], world.weeks], strict=True):
        here = {name: of[:, start:end] for name, of in weekly.items()}
        for role, part in _work(here, changes[start], weight).items():
            found[role].amount[:, start:end], found[role].usd[:, start:end] = part
    return found


def _work(weekly: Mapping[str, np.ndarray], world: World, weight: float) -> dict[str, Work]:
    """Return the same for weeks without a change of settings."""
    p, mix = world.prices, world.motion.content_mix
    content, moderation, managed = (
        weekly[f"{lever}_cents"] / 100 for lever in ("content", "moderation", "account_management")
    )
    heads = {
        "seller_pods": (weekly["pods"], p.seller_pod_usd_per_week),
        "account_managers": (heads_for(managed, p.account_manager_usd_per_week, p.contractor_premium), p.account_manager_usd_per_week),
        "product_growth_engineers": (weekly["engineers"], p.engineer_usd_per_week),
        "community_managers": (weekly["managers"], p.manager_usd_per_week),
    }  # fmt: skip
    sessions, pieces = content * mix.get("question_sessions", 0.0), content * mix.get("how_to", 0.0)
    tickets = weekly["staff_tickets"] * weight
    return {role: Work(n, usd_for(n, usd, p.contractor_premium)) for role, (n, usd) in heads.items()} | {
        "question_session_hosts": Work(sessions / p.manager_usd_per_week, sessions),
        "moderators": Work(moderation / (p.moderator_usd_per_hour * p.manager_hours_per_week), moderation),
        "how_to_pieces": Work(pieces / p.piece_usd, pieces),
        "support_tickets": Work(tickets, tickets * p.ticket_usd),
    }


class Post(NamedTuple):
    """A role in a quarter."""

    role: str
    amount: float  # heads, or what is done in a week: mean over the weeks of the quarter
    at_end: float  # in its last week
    cost_cents: int

    @property
    def whole(self) -> int:
        """Heads rounded to whole ones, a half upward."""
        return math.floor(self.amount + 0.5)


class Quarter(NamedTuple):
    """A quarter of the plan."""

    period: Period
    posts: list[Post]


def plan(data: Comparison, motion: str, world: World) -> list[Quarter]:
    """Return the plan of the mean market by quarter, of the roles that anybody ever holds."""
    done = work(data.weekly[motion], world, data.weight)
    held = {role: (of.amount.mean(axis=0), of.usd.mean(axis=0)) for role, of in done.items() if of.amount.any()}
    quarters = periods_of(data, "quarter")
    costs = {role: cents(100 * usd, quarters) for role, (_, usd) in held.items()}
    return [
        Quarter(
            at,
            [
                Post(role, float(n[at.first : at.last + 1].mean()), float(n[at.last]), costs[role][k])
                for role, (n, _) in held.items()
            ],
        )
        for k, at in enumerate(quarters)
    ]


def rows(data: Comparison, worlds: Mapping[str, World]) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``hiring_plan.csv``: whole heads, and how many more than in the quarter before."""
    for motion in data.weekly:
        before: dict[str, int] = {}
        for quarter in plan(data, motion, worlds[motion]):
            for post in quarter.posts:
                whole: dict[str, Any] = {"whole_heads": "", "hires": ""}
                if ROLES[post.role] == HEADS:
                    whole = {"whole_heads": post.whole, "hires": post.whole - before.get(post.role, 0)}
                    before[post.role] = post.whole
                yield {
                    "motion": motion, "quarter": quarter.period.name, "role": post.role, "unit": ROLES[post.role],
                    "amount": f"{post.amount:.2f}", "at_end": f"{post.at_end:.2f}", **whole,
                    "cost_usd": f"{post.cost_cents / 100:.2f}", **quarter.period.begins,
                }  # fmt: skip
