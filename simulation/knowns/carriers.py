"""The table of knowns: how each is measured in the simulation, and which settings carry it.

A setting is multiplied by exp(x), or x is added to it, so that the known rises by about x in its logarithm. One carrier a known:
Gauss-Newton's Jacobian has what each does to all.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.knowns.firm import rounded
from simulation.metrics.company import (
    arr_usd,
    monthly_churn,
    revenue_per_customer_usd,
    sales_cycle_weeks,
    seats_at_landing,
    trial_to_paid_share,
)
from simulation.metrics.firm import customers_end
from simulation.metrics.metric import Kind, Metric
from simulation.people.stages import Channel
from simulation.record import Record
from simulation.scenario.firm import Motion
from simulation.scenario.known import SOURCES, Known

BY = {
    "search": (Channel.USER_CONTENT, Channel.FIRM_CONTENT),
    "adverts": (Channel.ADVERT,),
    "word_of_mouth": (Channel.CLOSE_TALK, Channel.BROADCAST_TALK, Channel.INVITE),
    "sellers": (Channel.OUTBOUND,),
}
SEGMENTS = "market.segments.*."  # of every segment
LARGEST_FACTOR = math.log(50.0)
SALES_CYCLE = "behaviour.adoption.sales_cycle_weeks"
PATIENCE = "behaviour.adoption.seller_patience_weeks"  # as long as the sales cycle, and more


class Carrier(NamedTuple):
    """Settings that move together, and why they may fail."""

    paths: tuple[str, ...]
    why: str  # a known is not met at the bound of its carrier
    against: tuple[str, ...] = ()  # settings that fall while the others rise
    added: bool = False  # to the setting, in its own unit; else a factor
    power: float = 1.0  # of the factor, where a known hardly moves with a setting
    low: float = -LARGEST_FACTOR
    high: float = LARGEST_FACTOR

    def moved(self, path: str, value: float, x: float) -> float:
        """Return the value of one of its settings at ``x``."""
        by = self._way(path) * x
        return rounded(value + by if self.added else value * math.exp(by))

    def at(self, path: str, value: float, end: float) -> float:
        """Return the x at which one of its settings, ``value`` at zero, comes to ``end``: infinite where it never does."""
        by = end - value if self.added else math.log(end / value) if end > 0 else -math.inf
        return by / self._way(path)

    def _way(self, path: str) -> float:
        return -self.power if path in self.against else self.power


class Row(NamedTuple):
    """A known: what was said, what a record says, and what carries it."""

    name: str
    label: str
    kind: Kind
    said: float
    measure: Callable[[Record], float] | Metric
    carrier: Carrier | None  # None: it follows from how long the firm has been there, or from settings at once


CARRIERS = {
    "search": Carrier(
        (f"{SEGMENTS}search_demand_per_week",),
        "what is written is found too seldom, or by too many who cannot be turned away",
    ),
    "adverts": Carrier(
        ("behaviour.attraction.advert_per_week", "behaviour.attraction.brand_per_week"),
        "the money for adverts reaches too few, or too many, at any effect allowed",
    ),
    "word_of_mouth": Carrier(
        tuple(f"behaviour.attraction.{name}_per_week" for name in ("close_talk", "broadcast_talk", "invite")),
        "what customers say brings too few, or too many, at any effect allowed",
    ),
    "sellers": Carrier(
        ("prices.meetings_per_pod_per_week",), "the sellers that the money pays for cannot win so many, or so few"
    ),
    "monthly_churn": Carrier(
        (f"{SEGMENTS}churn_per_week",),
        "failed payments alone, or yearly contracts, put a limit to it",
        low=-4.0,
        high=3.0,
    ),
    "seats": Carrier(
        ("market.traits.size_median_seats",),
        "an account has one seat at least, and sellers land more than others",
        low=-2.0,
    ),
    "arpa_usd": Carrier(
        tuple(f"behaviour.retention.{name}_per_week" for name in ("expand", "expand_managed", "expand_belonging")),
        "contracts grow from the seats of a new customer only as far as accounts have room",
        against=("behaviour.retention.contract_per_week",),
        power=3.0,
        low=-1.0,
        high=1.0,
    ),
    "free_to_paid": Carrier(
        ("behaviour.adoption.intercept",),
        "it is the length of the free plan that limits it",
        added=True,
        low=-5.0,
        high=5.0,
    ),
    "members": Carrier(
        ("behaviour.engagement.join_per_week", "behaviour.engagement.customer_join_per_week"),
        "a community of this firm either dies or grows past it",
    ),
}


def new_customers(record: Record) -> float:
    """Return customers won in the last 12 months."""
    return float(_last_year(record).size) * record.weight


def members(record: Record) -> float:
    """Return members of the community at the end."""
    return float(record.series("members")[-1]) * record.weight


def share_by(source: str) -> Callable[[Record], float]:
    """Return the measure of the share of a source in the last 12 months, of the customers of whom one of the four is known."""

    def measure(record: Record) -> float:
        known = [np.isin(_last_year(record), BY[name]).sum() for name in SOURCES]
        return float(known[SOURCES.index(source)] / max(sum(known), 1))

    return measure


def _last_year(record: Record) -> np.ndarray:
    """Return the channel of each customer won in the last 12 months."""
    return record.won["channel"][record.won["adopted"] >= record.weeks.shape[0] - YEAR_WEEKS]


def assumed(known: Known, motion: Motion) -> str:
    """Return which source is held to carry new customers where their sources are not known."""
    return known.carried_by or next(source for source in SOURCES if reaches(source, motion))


def reaches(source: str, motion: Motion) -> bool:
    """Return whether a firm that spends like this can win anybody by a source."""
    spends = motion.shares
    return {
        "search": motion.community or spends.get("content", 0) > 0,
        "adverts": spends.get("advertising", 0) > 0,
        "word_of_mouth": True,
        "sellers": spends.get("sales", 0) > 0,
    }[source]


def rows(known: Known, motion: Motion) -> Iterator[Row]:
    """Yield the knowns that a simulated firm is held against."""
    free = None if known.sources else CARRIERS[assumed(known, motion)]
    yield Row("customers", "customers today", Kind.COUNT, known.customers, customers_end, None)
    yield Row("new_customers", "new customers, 12 months", Kind.COUNT, known.new_customers, new_customers, free)
    if known.sources:
        for source in SOURCES:
            of_it = getattr(known.sources, source)
            yield Row(
                f"sources.{source}",
                f"  by {source.replace('_', ' ')}",
                Kind.SHARE,
                of_it,
                share_by(source),
                CARRIERS[source],
            )
    arpa = known.arpa_usd or (known.arr_usd / known.customers if known.arr_usd else None)
    seats = CARRIERS["seats"]
    for name, label, kind, said, measure, carrier in (
        ("monthly_churn", "customers lost, a month", Kind.SHARE, known.monthly_churn, monthly_churn, CARRIERS["monthly_churn"]),
        ("seats", "seats of a new customer", Kind.RATIO, known.seats, seats_at_landing, seats),
        ("arpa_usd", "revenue of a customer, a year", Kind.USD, arpa, revenue_per_customer_usd, CARRIERS["arpa_usd"] if known.seats else seats),
        ("arr_usd", "yearly recurring revenue", Kind.USD_TOTAL, known.arr_usd, arr_usd, None),
        ("sales_cycle_weeks", "sales cycle, weeks", Kind.WEEKS, known.sales_cycle_weeks, sales_cycle_weeks, None),
        ("free_to_paid", "free users who pay", Kind.SHARE, known.free_to_paid, trial_to_paid_share, CARRIERS["free_to_paid"]),
        ("members", "members of the community", Kind.COUNT, known.members, members, CARRIERS["members"]),
    ):  # fmt: skip
        if said is not None:
            yield Row(name, label, kind, float(said), measure, carrier)
