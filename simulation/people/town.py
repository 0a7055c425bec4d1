"""What compiled code takes: the people, their network and counts (``town``), and when it is (``now``)."""

from typing import Any, NamedTuple

import numpy as np

from simulation.people.cohorts import COHORT, MOOD
from simulation.people.columns import N_TIES
from simulation.people.counts import Book, new_book
from simulation.people.draws import Purpose
from simulation.people.influence import FULL_TALK, LEFT, LEFT_WEEKS, Influence, quiet
from simulation.people.memory import remembered
from simulation.people.populate import Population
from simulation.people.screen import levels_of
from simulation.people.stages import MOST_RIVALS
from simulation.scenario.market import Market, Segment
from simulation.scenario.records import fill, kind_of, records
from simulation.scenario.schema import World

NOW = np.dtype(
    [
        ("week", np.int64),  # by the clock, which began with the past
        ("began", np.int64),  # the first week by the clock
        ("today", np.int64),  # the week from which on a run is reported, and its luck its own
        ("weeks", np.int64),  # by the clock, when the run ends
        ("joined", np.int64),  # members who joined last week
        ("key", np.uint64),  # of the run
        ("keys", np.uint64, (max(Purpose) + 1,)),  # of this week's draws
    ]
)
TERMS = np.dtype(
    [
        ("size_median", np.float64),
        ("size_power", np.float64),
        ("call_by_need", np.float64),
        ("contact_levels", np.int64),  # levels of the bound that one contact who leaves adds
        ("contacts_gone", np.float64),  # log-hazard added where all contacts who ever came are gone
        ("remembered", np.int64),  # of what contacts said, from week to week, in 65,536ths
        ("fit", np.float64),
        ("need", np.float64),
        ("ln_affinity", np.float64),
        ("join", np.float64),  # hazard of a customer of affinity 1 joining the liveliest community
        ("satisfaction", np.float64),  # at the first day, of average fit
        ("pleased_by_fit", np.float64),  # share per sd
        ("expert_talk", np.float64),
        ("leaver_talk", np.int64),  # eighths
        ("left", np.int64),  # what a leaver adds to the packed counts: LEFT, or 0 where nobody listens
        ("deal_slots_per_ln_size", np.float64),
        ("practice", np.float64),  # skill gained by use, of what is missing, per week at aptitude 1
        ("price_cents", np.int64),
        ("further", np.float64),  # what can be sold beyond seats, share of them, to an account of 100
        ("growth", np.float64),  # of accounts, log units a year
        ("growth_sd", np.float64),
        ("growth_lasts", np.float64),  # years after which a rate has fallen to 1 / e
        ("growth_key", np.uint64),  # of the draw of an account's own rate
        ("joins_key", np.uint64),  # of the draw of who never joins a community
        ("drops_in_key", np.uint64),  # of the draw of who posts no more after a burst
        ("yearly_contracts", np.int64),  # 1 where anybody may have one
    ]
)
SEGMENT = kind_of(Segment, language=np.int64)
COMMUNITY = np.dtype(
    [
        ("answered", np.float64),  # share of questions that peers answered, smoothed
        ("backlog", np.float64),  # questions left open, decayed
        ("effort", np.float64),  # ratio of what helpers offer, raised by the backlog
        ("posters", np.int64),  # members who posted in the last four weeks
        ("heard", np.float64),  # talk of the whole segment as its people have it in mind, of full talk
        ("reached_by", np.float64, (MOST_RIVALS,)),  # hazard so far of having been reached by each rival
    ]
)
KEPT = LEFT_WEEKS + 1
MARKS = np.dtype(
    [
        ("noted", np.int64),  # weeks
        ("forgotten", np.int64),  # weeks
        ("left", np.int64, (KEPT,)),  # what a leaver added to the packed counts
        ("n_rows", np.int64, (KEPT,)),
        ("n_heard", np.int64, (KEPT,)),
    ]
)


class Leaving(NamedTuple):
    """Who left of late, and which tied members heard of it: one row a week, the oldest gives way."""

    marks: Any  # a record MARKS
    rows: np.ndarray  # int32 (weeks kept, people + 1)
    heard: np.ndarray  # int32 (weeks kept, ties of all people + 1)


class Town(NamedTuple):
    """Everybody, and what is counted while they move."""

    people: np.ndarray  # PERSON (n,)
    net: Influence
    members: np.ndarray  # int32 (n + 1,): rows of members, in the order of joining
    counts: Book
    leaving: Leaving
    community: np.ndarray  # COMMUNITY (segments,): carried from week to week
    segments: np.ndarray  # SEGMENT (segments,): settings
    terms: Any  # a record TERMS: what transitions need of the settings
    cohorts: np.ndarray  # COHORT (weeks + 1,): customers by week of adoption
    mood: Any  # a record MOOD: of all customers, as of this week


def new_town(population: Population, segments: int, weeks: int) -> Town:
    """Return a town of prospects in which nothing has happened yet."""
    n, community = population.people.shape[0], records(segments, COMMUNITY)
    community["effort"] = 1.0
    return Town(
        people=population.people,
        net=quiet(population.network),
        members=np.zeros(n + 1, np.int32),
        counts=new_book(n, segments, weeks),
        leaving=Leaving(
            records(1, MARKS)[0], np.zeros((KEPT, n + 1), np.int32), np.zeros((KEPT, n * N_TIES + 1), np.int32)
        ),
        community=community,
        segments=records(segments, SEGMENT),
        terms=records(1, TERMS)[0],
        cohorts=records(weeks + 1, COHORT),
        mood=records(1, MOOD)[0],
    )


def new_now(key: np.uint64, weeks: int, first_week: int = 0) -> Any:
    """Return the first week of a run of ``weeks``."""
    now = records(1, NOW)[0]
    now["key"], now["weeks"] = key, first_week + weeks
    now["week"] = now["began"] = now["today"] = first_week
    return now


def spoken(market: Market) -> list[str]:
    """Return the languages of a market, in the order of its segments."""
    return list(dict.fromkeys(segment.language for segment in market.segments.values()))


def settle(town: Town, world: World) -> None:
    """Take over what the settings say of transitions and segments."""
    a, e, r = world.behaviour.attraction, world.behaviour.engagement, world.behaviour.retention
    for segment, record in zip(world.market.segments.values(), town.segments, strict=True):
        fill(record, segment, language=spoken(world.market).index(segment.language))
    listens = r.contact_left > 0 or a.leaver_talk != 0
    join = e.customer_join_per_week * world.platform.reach_customers if world.motion.community else 0.0
    if world.motion.team_hours.get("invitations"):
        join *= e.encouragement
    said = {
        "size_median": world.market.traits.size_median_seats,
        "size_power": a.outbound_size_power,
        "call_by_need": a.outbound_need,
        "contact_levels": levels_of(r.contact_left),
        "contacts_gone": r.contacts_gone,
        "remembered": remembered(a.memory_half_life_weeks),
        "fit": r.fit,
        "need": r.need,
        "ln_affinity": r.ln_affinity,
        "join": join,
        "satisfaction": world.product.satisfaction,
        "pleased_by_fit": world.behaviour.satisfaction.fit,
        "expert_talk": a.expert_talk,
        "leaver_talk": round(FULL_TALK * a.leaver_talk),
        "left": LEFT if listens else 0,
        "deal_slots_per_ln_size": world.prices.seller_hours_per_deal_ln_size,
        "practice": r.practice_per_week / world.product.complexity,
        "price_cents": round(100 * world.product.price_usd),
        "further": world.product.further,
        "growth": world.market.traits.growth_per_year,
        "growth_sd": world.market.traits.growth_sd,
        "growth_lasts": world.market.traits.growth_lasts_years,
        "yearly_contracts": bool((town.segments["p_contract"] > 0).any() or town.people["contract"].any()),
    }
    for name, value in said.items():
        town.terms[name] = value
    if not town.terms["remembered"]:
        town.net.lag[:] = 0
