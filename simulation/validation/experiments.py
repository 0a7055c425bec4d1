"""The experiments that the targets name: which world, how many seeds, what is observed and what is concluded."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from simulation.validation import adoption, community, customers, motions
from simulation.validation.pooling import Estimate

Parts = list[dict[str, Any]]


class Target(NamedTuple):
    """A published pattern and its range."""

    id: str
    experiment: str
    pattern: str
    statistic: str
    low: float
    high: float
    grade: str  # A to C
    emergent: str  # y: no parameter sets it; n: a parameter may be calibrated to it
    source: str


class Experiment(NamedTuple):
    """``observe(world, seed)`` on every seed of every motion's world with ``settings`` on top; ``conclude`` of them all."""

    name: str
    motions: tuple[str, ...]
    settings: dict[str, Any]
    seeds: int
    observe: Callable[..., dict[str, Any]]
    conclude: Callable[[Parts], dict[str, Estimate]]


# the sources' communities had no staff to answer: nearly no question stays open where there is
AMONG_USERS = {"welcome": 0.30, "introductions": 0.15, "moderation": 0.10, "listening": 0.45}
# the source's firm spent little on marketing: adverts take 2 % of the money of a mix of all levers
FEW_ADVERTS = {
    "sales": 0.38, "product_growth": 0.25, "community_team": 0.15, "content": 0.10, "account_management": 0.05, "recognition": 0.05,
    "advertising": 0.02,
}  # fmt: skip
FEW_SEEDS = {"weeks": 0, "factor": 1.0, "seed_pieces": 0.0, "seed_members": 10.0}
MONTHLY = {"market.segments.*.p_contract": 0.0}  # cohorts on monthly contracts
EXPERIMENTS = (
    Experiment("impulses", ("hybrid",), {"market.people": 10_000, "weeks": 312, "motion.shares": FEW_ADVERTS}, 40, motions.observe_impulses, motions.conclude_impulses),
    Experiment("adoption", ("clg",), {"market.people": 5000, "weeks": 416}, 24, adoption.observe_adoption, adoption.conclude_adoption),
    Experiment(
        "community", ("clg",), {"market.people": 20_000, "weeks": 156, "motion.team_hours": AMONG_USERS}, 24,
        community.observe_community, community.conclude_community,
    ),
    Experiment(
        "retention", ("clg",), {"market.people": 5000, "weeks": 416, **MONTHLY}, 20,
        customers.observe_retention, customers.conclude_retention,
    ),
    Experiment(
        "encouragement", ("community_assisted_plg",),
        {"market.people": 20_000, "weeks": 131, "behaviour.engagement.encouraged": 0.5}, 20,
        customers.observe_encouragement, customers.conclude_encouragement,
    ),
    Experiment("cost", ("slg", "plg"), {"market.people": 20_000, "weeks": 156}, 20, motions.observe_cost, motions.conclude_cost),
    Experiment(
        "cold_start", ("clg",), {"market.people": 10_000, "weeks": 416, "motion.launch": FEW_SEEDS}, 20,
        adoption.observe_cold_start, adoption.conclude_cold_start,
    ),
    Experiment(
        "rival", ("clg",), {"market.people": 10_000, "weeks": 156, "rival.entry_week": 104, "rival.quality": 1.5}, 12,
        customers.observe_rival, customers.conclude_rival,
    ),
)  # fmt: skip


COHORT_MOTION = "plg"  # whose customers stand for a cohort
COHORT_SETTINGS: dict[str, Any] = {"market.people": 4000}


def targets(file: str = "targets.csv") -> list[Target]:
    """Return the published patterns in their order; of ``checks.csv`` what is asked or shown beside them."""
    with (Path(__file__).parent / file).open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [Target(**(row | {"low": float(row["low"]), "high": float(row["high"])})) for row in rows]  # type: ignore[arg-type]
