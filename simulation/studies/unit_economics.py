"""CAC and lifetime value by quarter of acquisition, first channel, door and segment: all simulated markets pooled, of the mean market.

All go-to-market cost is spread, nothing is left out. ``direct`` is what one group alone was paid for: of a quarter all that was booked in
it, of a channel or door the levers that are credited with it, of a segment nothing. The rest is shared, over customers alike, and beside
it in proportion to first contracts: where customers are unlike, the truth lies between. What a customer brings beyond the first contract
is not recorded by customer; it is spread in proportion to first contracts and weeks lived, so that groups add up to the revenue booked.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.metrics.cac import COMMUNITY_LEVERS, GO_TO_MARKET, USERS
from simulation.metrics.sums import NAN, ratio
from simulation.metrics.tenure import kept_at, life_table, lifetime_weeks
from simulation.people.stages import Channel, Door
from simulation.scenario.firm import LEVERS
from simulation.scenario.schema import World
from simulation.studies.comparison import Comparison
from simulation.studies.periods import periods_of

TAGS = tuple(name.removesuffix("_cents") for name in GO_TO_MARKET)
BY = ("all", "quarter", "channel", "door", "segment")
OF_CHANNEL = {Channel.ADVERT: ("advertising",), Channel.OUTBOUND: ("sales",), Channel.FIRM_CONTENT: ("content",)}
OF_DOOR = {Door.SALES: ("sales",), Door.TRIAL: ("product_growth",), Door.COMMUNITY: COMMUNITY_LEVERS}


class Economics(NamedTuple):
    """A group of new customers. Money is the mean market's, in USD; NaN where a number is not defined or too few are followed."""

    by: str
    group: str
    new_customers: float
    direct_usd: float
    shared_usd: float  # over customers alike
    shared_by_contract_usd: float
    first_contract_usd: float  # a year, per customer
    kept_12_months: float
    lifetime_weeks: float  # discounted, ten years
    ltv_usd: float  # before the cost to serve, which the CAC holds

    @property
    def cac_usd(self) -> float:
        """All cost per new customer, the shared one over customers alike."""
        return ratio(self.direct_usd + self.shared_usd, self.new_customers)

    @property
    def cac_by_contract_usd(self) -> float:
        """The same, the shared cost in proportion to first contracts."""
        return ratio(self.direct_usd + self.shared_by_contract_usd, self.new_customers)

    @property
    def ltv_to_cac(self) -> float:
        """Lifetime value over all cost per new customer."""
        return ratio(self.ltv_usd, self.cac_usd)


def economics(data: Comparison, motion: str, world: World) -> list[Economics]:
    """Return the groups of a motion that anybody is in or that anything was paid for."""
    lives, weekly = data.lives[motion], data.weekly[motion]
    adopted, ended = (np.asarray(lives[name]).astype(int) for name in ("adopted", "ended"))
    markets = len(weekly["revenue_cents"])
    each = data.weight / markets
    booked = {name: float(of.sum()) / 100 / markets for name, of in weekly.items() if name.endswith("_cents")}
    total = _spent(data, motion, TAGS)
    contract = _first_contracts(lives, world, weekly["new_contract_value"].sum(axis=0) / 100)
    lived = np.where(ended >= 0, ended, data.weeks) - adopted
    revenue = booked["revenue_cents"] - booked["base_revenue_cents"]
    growth = ratio(revenue, each * float((contract * lived).sum()) / YEAR_WEEKS)
    margin = ratio(booked["cash_cents"] + total, booked["revenue_cents"])
    found = []
    for by in BY:
        groups = list(_groups(by, data, motion, world))
        shared = total - sum(direct for _, _, direct in groups)
        for name, here, direct in groups:
            n, first = int(here.sum()), float(contract[here].sum())
            if not n and not direct:
                continue
            table = life_table(adopted[here], ended[here], data.weeks)
            stays = lifetime_weeks(table) if n else NAN
            per_week = ratio(float((contract[here] * lived[here]).sum()), float(lived[here].sum())) / YEAR_WEEKS
            found.append(
                Economics(
                    by, name, each * n, direct, shared * ratio(n, adopted.size), shared * ratio(first, float(contract.sum())),
                    ratio(first, n), kept_at(table, YEAR_WEEKS) if n else NAN, stays, margin * growth * per_week * stays,
                )
            )  # fmt: skip
    return found


def _first_contracts(lives: Mapping[str, np.ndarray], world: World, value: np.ndarray) -> np.ndarray:
    """Return each customer's first contract, USD a year: what a week's contracts are worth, by seats and the level of price of a segment."""
    level = np.array([of.price_level for of in world.market.segments.values()])
    size = np.asarray(lives["seats"]).astype(float) * level[np.asarray(lives["segment"]).astype(int)]
    adopted = np.asarray(lives["adopted"]).astype(int)
    sizes = np.bincount(adopted, size, minlength=value.size)
    worth = np.divide(value, sizes, out=np.zeros(value.size), where=sizes > 0)
    return size * worth[adopted]


# A name, which customers are in it, what it alone was paid for (USD of the mean market).
Groups = Iterator[tuple[str, np.ndarray, float]]


def _groups(by: str, data: Comparison, motion: str, world: World) -> Groups:
    """Yield every group of one kind."""
    if by == "quarter":
        yield from _quarters(data, motion)
    elif by == "channel":
        yield from _channels(data, motion)
    elif by == "door":
        yield from _doors(data, motion)
    else:
        segment = np.asarray(data.lives[motion]["segment"])
        if by == "all":
            yield "all", segment >= 0, _spent(data, motion, TAGS)
        else:
            for k, name in enumerate(world.market.segments):
                yield name, segment == k, 0.0


def _quarters(data: Comparison, motion: str) -> Groups:
    adopted, cost = np.asarray(data.lives[motion]["adopted"]), data.cost_usd(motion).mean(axis=0)
    for p in periods_of(data, "quarter"):
        yield p.name, (adopted >= p.first) & (adopted <= p.last), float(cost[p.first : p.last + 1].sum())


def _channels(data: Comparison, motion: str) -> Groups:
    """Yield first channels; the community's cost is shared among those of its users by customers, as ``cac_community_usd`` has it."""
    channel = np.asarray(data.lives[motion]["channel"])
    by_users = int(np.isin(channel, USERS).sum())
    for c in list(Channel)[1:]:
        here = channel == c
        if c in USERS:
            share = int(here.sum()) / by_users if by_users else float(c == USERS[0])
            yield c.name.lower(), here, share * _spent(data, motion, COMMUNITY_LEVERS)
        else:
            yield c.name.lower(), here, _spent(data, motion, OF_CHANNEL.get(c, ()))


def _doors(data: Comparison, motion: str) -> Groups:
    """Yield doors; who comes in directly is paid for by the handling of orders, which is in no lever's budget."""
    door = np.asarray(data.lives[motion]["door"])
    orders = _spent(data, motion, ("acquisition", "retention")) - _spent(data, motion, LEVERS)
    for d in Door:
        yield d.name.lower(), door == d, orders if d is Door.DIRECT else _spent(data, motion, OF_DOOR.get(d, ()))


def _spent(data: Comparison, motion: str, names: Iterable[str]) -> float:
    """Return what was booked under such names, USD of the mean market."""
    return sum(float(data.weekly[motion][f"{name}_cents"].sum(axis=1).mean()) for name in names) / 100


def rows(data: Comparison, worlds: Mapping[str, World]) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``unit_economics.csv``."""
    dated = data.calendar.start is not None
    begins = {p.name: p.begins.get("begins", "") for p in periods_of(data, "quarter")}
    for motion in data.lives:
        for of in economics(data, motion, worlds[motion]):
            yield {
                "motion": motion, "by": of.by, "group": of.group, "new_customers": of.new_customers, "direct_usd": of.direct_usd,
                "shared_usd": of.shared_usd, "cac_usd": of.cac_usd, "cac_by_contract_usd": of.cac_by_contract_usd,
                "first_contract_usd": of.first_contract_usd, "kept_12_months": of.kept_12_months,
                "lifetime_weeks": of.lifetime_weeks, "ltv_usd": of.ltv_usd, "ltv_to_cac": of.ltv_to_cac,
                **({"begins": begins[of.group] if of.by == "quarter" else ""} if dated else {}),
            }  # fmt: skip
