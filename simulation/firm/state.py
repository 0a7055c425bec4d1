"""The firm as it stands: money, this week's capacity, stocks that decay, content by language."""

import math
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import month_of_date
from simulation.firm import ledger
from simulation.firm.levers import CREDITED, Tag
from simulation.people.columns import N_TIES
from simulation.people.town import spoken
from simulation.scenario.firm import KINDS, LEVERS, TASKS
from simulation.scenario.records import NEVER, fill, kind_of, records
from simulation.scenario.schema import World

FIRM = np.dtype(
    [
        # the market it serves
        ("accounts", np.float64),
        ("weight", np.float64),  # accounts that a row stands for
        # stocks
        ("ease", np.float64),
        ("brand", np.float64),  # USD per account, decayed
        ("free_tier", np.float64),  # 0 to 1: how far this door is open
        ("community", np.float64),  # likewise
        ("launched", np.int64),  # week of the last opening of a community
        ("founders", np.float64),  # seed members who are less than a row: they count as the team's hosts do
        ("base_price", np.float64),  # setting of the week before
        ("repriced", np.int64),  # 1 = the price of some customer has changed
        ("quality", np.float64),
        # what a rival's fortune is read from, smoothed, see flywheel/rivals.py
        ("reached", np.float64),  # people attracted
        ("won", np.float64),  # who bought, as if every rival they knew were like us
        ("stayed", np.float64),  # weeks of customers
        ("lost", np.float64),  # who left, as if nobody around them were a customer
        ("unpaid", np.float64),  # whose payment failed
        # money, see ledger.py
        ("planned_cents", np.float64),
        ("budget_cents", np.int64),
        ("revenue_cents", np.int64),
        ("week_revenue_cents", np.int64),
        ("cash_cents", np.int64),
        ("closed_cents", np.int64),  # booked cost that is in the cash already
        # what this week's money can do, for the real market, see spending.py
        ("pods", np.float64),
        ("advert_usd", np.float64),  # per account
        ("news_usd", np.float64),  # per account
        ("account_managers", np.float64),
        ("engineers", np.float64),
        ("pieces", np.float64),  # how-tos
        ("contest_usd", np.float64),
        ("moderation_hours", np.float64),
        ("recognition_usd", np.float64),
        ("events", np.int64),  # whole events
        ("rewards_usd", np.float64),
        ("managers", np.float64),
        ("hours", np.float64, (len(TASKS),)),  # of the community's team
        # by lever; cents hang on the order in which the motion names them
        ("order", np.int64, (len(LEVERS),)),
        ("shares", np.float64, (len(LEVERS),)),  # of the budget, in force
        ("purse", np.int64, (len(LEVERS),)),  # cents
        ("by_lever", np.int64, (len(LEVERS),)),  # cents paid so far
        ("paid", np.int64, (len(LEVERS),)),  # cents paid this week
        ("usd", np.float64, (len(LEVERS),)),  # what bills left of this week's money
        ("booked", np.int64, (len(Tag),)),  # cents
        # since the last review, by credited lever, see policy.py
        ("review_weeks", np.int64),
        ("spent", np.float64, (len(CREDITED),)),  # cents
        ("brought", np.int64, (len(CREDITED),)),  # customers
    ]
)
LIBRARY = np.dtype(
    [
        ("topics", np.float64),
        ("firm", np.float64),  # topics covered by the firm
        ("users", np.float64),  # topics covered by users
        ("noise", np.float64),  # share of posts that is noise, smoothed
        ("share", np.float64),  # of the market that speaks the language
    ]
)


TABLES = np.dtype(
    [
        ("team_hours", np.float64, (len(TASKS),)),  # shares
        ("content_mix", np.float64, (len(KINDS),)),  # shares
        ("ask_by_ties", np.float64, (N_TIES + 1,)),  # ratio
        ("offer_by_ties", np.float64, (N_TIES + 1,)),  # ratio
    ]
)
WORLD = kind_of(World)
RIVAL = np.dtype(
    [
        ("entry_week", np.int64),  # or NEVER
        ("price_usd", np.float64),
        ("quality_growth_per_week", np.float64),
        ("content", np.float64),
        ("reach_per_week", np.float64),
        ("users", np.float64),
        ("community", np.float64),
        ("rewards_usd", np.float64),
        ("switching_per_week", np.float64),
        ("lock", np.float64),
        ("looking", np.float64),
        # as it stands
        ("quality", np.float64),
        ("entered", np.int64),  # 1 = its first users are there
        ("present", np.int64),  # 1 = it is there this week
        ("pull", np.float64),  # on every customer of ours, log units
        ("worth", np.float64),  # its value for money less ours, logit
    ]
)
SETTINGS_OF_A_RIVAL = (RIVAL.names or ())[:11]


class Said(NamedTuple):
    """What the settings and the firm say."""

    world: Any  # a record of World
    tables: Any  # a record TABLES: settings that are lists
    firm: Any  # a record FIRM
    libraries: np.ndarray  # LIBRARY (languages,)
    season: np.ndarray  # float64 (weeks by the clock,): demand of the week's month, ratio to the mean month
    rivals: np.ndarray  # RIVAL (rivals,), in the order in which the scenario names them


def new_said(world: World, accounts: float, weight: float, weeks: int) -> Said:
    """Return a firm that has not spent anything yet, in a market of ``accounts``; ``weeks`` by the clock are to come."""
    languages = spoken(world.market)
    libraries = records(len(languages), LIBRARY)
    libraries["topics"] = world.market.topics
    for segment in world.market.segments.values():
        libraries["share"][languages.index(segment.language)] += segment.share
    firm = records(1, FIRM)[0]
    firm["accounts"], firm["weight"], firm["base_price"] = accounts, weight, world.product.base_price
    firm["ease"], firm["quality"] = world.product.ease, world.product.quality
    follow(firm, world)
    return Said(records(1, WORLD)[0], records(1, TABLES)[0], firm, libraries, np.ones(weeks), records(0, RIVAL))


def new_rivals(world: World) -> np.ndarray:
    """Return the rivals of ``world``, none of which has entered yet."""
    rivals = records(len(world.rivals), RIVAL)
    rivals["quality"] = [rival.quality for rival in world.rivals.values()]
    return rivals


def follow(firm: Any, world: World) -> None:
    """Let the shares of the motion be in force, and forget what was seen since the last review."""
    firm["order"][:], firm["shares"][:] = -1, 0.0
    for k, (lever, share) in enumerate(world.motion.shares.items()):
        firm["order"][k] = LEVERS.index(lever)
        firm["shares"][LEVERS.index(lever)] = share
    firm["spent"][:], firm["brought"][:], firm["review_weeks"] = 0.0, 0, 0
    ledger.settle_closed(firm)


def settle(said: Said, world: World, today: int) -> None:
    """Take over the settings of ``world``; by the clock, ``today`` is the week in which it starts."""
    fill(said.world, world)
    said.season[:] = 1.0
    if world.start:
        months = month_of_date(date.fromisoformat(world.start), np.arange(said.season.size) - today)
        said.season[:] = np.array(world.season.by_month)[months % 12]
    for record, rival in zip(said.rivals, world.rivals.values(), strict=True):
        for name in SETTINGS_OF_A_RIVAL:
            value = getattr(rival, name)
            record[name] = NEVER if value is None else value
    said.tables["team_hours"][:] = [world.motion.team_hours.get(task, 0.0) for task in TASKS]
    said.tables["content_mix"][:] = [world.motion.content_mix.get(kind, 0.0) for kind in KINDS]
    h = world.behaviour.help
    said.tables["ask_by_ties"][:] = by_ties(h.ask_tie)
    said.tables["offer_by_ties"][:] = by_ties(h.offer_tie)


def by_ties(log_rate: float) -> list[float]:
    """Return the ratio of a rate by live ties, ``(1 + ties) ** log_rate``; by libm, as compiled code has it."""
    return [math.exp(log_rate * math.log1p(k)) for k in range(N_TIES + 1)]
