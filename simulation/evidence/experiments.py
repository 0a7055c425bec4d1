"""The experiments that the targets name: which world, how many seeds, what is observed and what is concluded."""

from collections.abc import Callable
from typing import Any, NamedTuple

from simulation.evidence import (
    adoption,
    community,
    customers,
    entrants,
    expansion,
    launches,
    losses,
    motions,
    prices,
    search,
    seasons,
    self_service,
)
from simulation.evidence.pooling import Statistic
from simulation.scenario.compose import world_at
from simulation.scenario.schema import World

Parts = list[dict[str, Any]]


class Experiment(NamedTuple):
    """``observe(world, seed)`` on every seed of every motion's world with ``settings`` on top; ``conclude`` of them all."""

    name: str
    motions: tuple[str, ...]
    settings: dict[str, Any]
    seeds: int
    observe: Callable[..., dict[str, Any]]
    conclude: Callable[[Parts], dict[str, Statistic]]
    differs: str  # from the reference scenario under CLG, and why
    not_read: str = ""  # why its rows cannot be read off a plain run of the scenario; empty where they can


AMONG_USERS = {"welcome": 0.30, "introductions": 0.15, "moderation": 0.10, "listening": 0.45}
FEW_ADVERTS = {
    "sales": 0.40, "product_growth": 0.25, "community_team": 0.15, "content": 0.12, "recognition": 0.06, "advertising": 0.02,
}  # fmt: skip
FEW_SEEDS = {"weeks": 0, "factor": 1.0, "seed_pieces": 0.0, "seed_members": 10.0}
NO_WELCOME = {"introductions": 0.15, "moderation": 0.10, "listening": 0.65, "hosting": 0.10}
MONTHLY = {"market.segments.*.p_contract": 0.0}
FIRST_SEED = 1001  # the search used 1, 2, ...: what it found is judged on seeds that it has not seen
EXPERIMENTS = (
    Experiment(
        "impulses", ("hybrid",), {"market.people": 10_000, "weeks": 312, "motion.shares": FEW_ADVERTS}, 40,
        motions.observe_impulses, motions.conclude_impulses,
        "a mix of all levers with 2 % on adverts: the source's firm spent little on marketing and had all channels",
        not_read="a plain run has no impulses",
    ),
    Experiment(
        "adoption", ("clg",), {"market.people": 5000, "weeks": 416}, 24, adoption.observe_adoption, adoption.conclude_adoption,
        "eight years, so that the curve bends",
    ),
    Experiment(
        "community", ("clg",), {"market.people": 20_000, "weeks": 156, "motion.team_hours": AMONG_USERS}, 24,
        community.observe_community, community.conclude_community,
        "the team answers no questions, as in the sources' communities: nearly none stays open where it does",
    ),
    Experiment(
        "retention", ("clg",), {"market.people": 5000, "weeks": 416, **MONTHLY}, 20,
        customers.observe_retention, customers.conclude_retention,
        "eight years of monthly contracts, as the sources' cohorts had",
    ),
    Experiment(
        "encouragement", ("community_assisted_plg",),
        {"market.people": 20_000, "weeks": 160, "behaviour.engagement.encouraged": 0.5}, 40,
        customers.observe_encouragement, customers.conclude_encouragement,
        "a trial beside the community: under CLG most who would join are members already",
        not_read="a plain run invites nobody at random",
    ),
    Experiment(
        "cost", ("slg", "plg", "clg"), {"market.people": 20_000, "weeks": 156}, 20, motions.observe_cost, motions.conclude_cost,
        "nothing",
    ),
    Experiment(
        "cold_start", ("clg",), {"market.people": 10_000, "weeks": 416, "motion.launch": FEW_SEEDS}, 40,
        adoption.observe_cold_start, adoption.conclude_cold_start,
        "ten seed members and no seed content: a start without help",
        not_read="a plain run has no twin without the chill",
    ),
    Experiment(
        "rival", ("clg",), {"market.people": 10_000, "weeks": 156}, 12,
        customers.observe_rival, customers.conclude_rival,
        "a better rival enters, as the target asks",
        not_read="a plain run has no rival",
    ),
    Experiment(
        "launch", ("clg",), {"weeks": 52, "motion.shares": {"community_team": 1.0}, "prices.managers_for_community": 0.0, "motion.launch.weeks": 0}, 50,
        launches.observe_launches, launches.conclude_launches,
        "nothing is spent but on a team of one, where there is one; members look after the door, as in the sources' groups",
        not_read="a plain run is one launch, with content and money",
    ),
    Experiment(
        "welcome", ("clg",),
        {"market.people": 20_000, "weeks": 104, "motion.team_hours": NO_WELCOME, "behaviour.engagement.encouraged": 0.5, "behaviour.engagement.encouragement": 1.0},
        20, launches.observe_welcome, launches.conclude_welcome,
        "the experimenter welcomes a random half after their first post, in the team's place",
        not_read="a plain run welcomes nobody at random",
    ),
    Experiment(
        "price", ("plg",), {"market.people": 10_000, "weeks": 160, **MONTHLY}, 40, prices.observe_price, prices.conclude_price,
        "self-service at monthly contracts, as the sources sold; every seat gets dearer, there is no price of added seats alone",
        not_read="a plain run keeps its price",
    ),
    Experiment(
        "satisfaction", ("clg",), {"market.people": 20_000, "weeks": 260, **MONTHLY}, 10,
        prices.observe_satisfaction, prices.conclude_satisfaction,
        "five years of monthly contracts: customers are free to leave, as in the sources",
    ),
    Experiment(
        "expansion", ("slg",), {"market.accounts": 300_000, "market.people": 300_000, "weeks": 260}, 16,
        expansion.observe_expansion, expansion.conclude_expansion,
        "five years, so that the firm is grown, in a market of 300,000 accounts: of contracts above 100,000 USD there are few",
    ),
    Experiment(
        "self_service", ("plg",), {"market.people": 10_000, "weeks": 208}, 10,
        self_service.observe_self_service, self_service.conclude_self_service,
        "four years, so that who left can come back",
    ),
    Experiment(
        "core_lost", ("clg",), {"weeks": 208}, 40, losses.observe_loss, losses.conclude_loss,
        "the 1 % who answered most leave at once after two years; markets of 2,000 to 20,000 accounts in turn",
        not_read="a plain run keeps its core",
    ),
    Experiment(
        "search", ("clg",), {"market.people": 20_000, "weeks": 260}, 10, search.observe_search, search.conclude_search,
        "five years on a flat budget, so that there are old pieces",
    ),
    Experiment(
        "season", ("plg",), {"market.people": 20_000, "weeks": 260, "season.swing": 1.0, "start": "2026-01-05"}, 10,
        seasons.observe_season, seasons.conclude_season,
        "the season of business software, over five years, beside the same run without it",
        not_read="a plain run has no season",
    ),
    Experiment(
        "entrants", ("plg",), {"market.people": 10_000, "weeks": 312, "switches.feedback": False}, 20,
        entrants.observe_entrants, entrants.conclude_entrants,
        "six years beside a rival like us, under the motion in which the two take off alike; nobody learns from feedback, as a rival does not",
        not_read="a plain run has no rival",
    ),
)  # fmt: skip


def at_its_size(base: World, motion: str, settings: dict[str, Any], times: float = 1.0) -> World:
    """Return a scenario's world under an experiment's settings: fewer people stand for a market of as many accounts.

    ``times``: that of another market, so many times as large. No more people than accounts are simulated.
    """
    market = {"market.accounts": base.market.accounts or base.market.people}
    asked: dict[str, Any] = market | settings
    if times != 1:
        accounts = round(times * asked["market.accounts"])
        people = min(asked.get("market.people", base.market.people) or accounts, accounts)
        asked |= {"market.accounts": accounts, "market.people": people}
    return world_at(base, motion, asked)


COHORT_MOTION = "plg"  # whose customers stand for a cohort
COHORT_SETTINGS: dict[str, Any] = {"market.people": 4000}
