"""Small worlds that many tests share; composed once."""

import re
from functools import cache

import numpy as np

from simulation.mesa_model import GrowthModel
from simulation.people.counts import moves_of
from simulation.scenario.compose import compose
from simulation.scenario.schema import World

LIVELY = (  # small, but with every mechanism at work within a year
    "market.people=400",
    "market.accounts=40000",
    "market.segments.smaller.churn_per_week=0.06",
    "rival=[cheaper,better_with_community]",
    "rivals.cheaper.switching_per_week=0.3",
    "rivals.cheaper.reach_per_week=0.05",
    "rivals.cheaper.users=0.05",
    "rivals.better_with_community.entry_week=10",
    "rivals.better_with_community.users=0.1",
    "rivals.better_with_community.content=100",
    "behaviour.attraction.ambient_per_week=0.02",
    "rivals.cheaper.entry_week=20",
    "loyalty.rewards_usd=2",
    (
        "motions.hybrid.shares={sales:0.3,product_growth:0.2,community_team:0.15,content:0.1,account_management:0.05,"
        "recognition:0.05,advertising:0.05,events:0.05,rewards:0.05}"
    ),
    "budget.usd_per_account_per_week=10",
    "behaviour.engagement.join_per_week=0.3",
    "behaviour.engagement.customer_join_per_week=0.1",
    "behaviour.help.ask_per_week=0.1",
    "behaviour.advocacy.answers_of_expert=1",
    "behaviour.help.offer_per_week=0.05",
    "motions.hybrid.launch.seed_members=300",
)


@cache
def world(motion: str, *overrides: str) -> World:
    """Return the world of one motion under these overrides."""
    return compose(f"motions=[{motion}]", *overrides).world(motion)


def lively(*overrides: str) -> World:
    """Return a small world in which everything happens."""
    return world("hybrid", *LIVELY, *overrides)


def state(model: GrowthModel) -> dict[str, bytes]:
    """Return all that a run leaves, as bytes: people, influence, books, weekly record."""
    lives = model.counts.lives[: int(model.counts.n_lives[0])]
    people = {name: model.people[name].tobytes() for name in model.people.dtype.names if name != "variant"}
    bounds = ("odds", "level")  # these may differ between drivers; nothing but speed hangs on them
    net = {name: value.tobytes() for name, value in model.net._asdict().items() if name not in bounds}
    return {
        **people,
        **net,
        "lives": lives.tobytes(),
        "totals": model.counts.totals.tobytes(),
        "moves": moves_of(model.counts).tobytes(),
        "cohorts": model.counts.cohort_seats.tobytes(),
        "weeks": model.desk.weeks[: model.today + model.week].tobytes(),
        "members": np.sort(model.members[: model.n_members]).tobytes(),
    }


def differing(a: GrowthModel, b: GrowthModel) -> list[str]:
    """Return the names of what two models do not agree on."""
    one, other = state(a), state(b)
    return [name for name in one if one[name] != other[name]]


def apart_from_progress(stderr: str) -> str:
    """Return what a command said, without what it tells those who wait for more than a minute, as on a busy machine."""
    waits = r"^([\d,]+ of [\d,]+ runs|[\d,]+ runs are left, which take about .*)\n"
    return re.sub(waits, "", stderr, flags=re.MULTILINE)
