"""The mean firm: money and customers by month, quarter and year, its costs, its life table and its cohorts.

Means over simulated markets, not medians: means add up over months and lines, medians do not.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS, weeks_of
from simulation.metrics.metric import Kind
from simulation.metrics.sums import ratio
from simulation.metrics.tenure import DISCOUNT_PER_YEAR, HORIZON_WEEKS, LifeTable, later, life_table, lifetime_weeks
from simulation.people.stages import CAUSES
from simulation.studies.bridge import MOVED, bridge
from simulation.studies.comparison import Comparison

COSTS = {"acquisition_usd": "acquisition_cents", "retention_usd": "retention_cents", "support_usd": "support_cents"}
SERIES = CAUSES  # beside those of a comparison


class Line(NamedTuple):
    """A line of the accounts: what it is called, what sort of number it is, and how a sheet computes it from others, if it does."""

    label: str
    kind: Kind
    formula: str = ""  # over names of lines, in braces; _period computes the same
    flow: bool = True  # adds up over periods; else it is the value at the end


LINES = {
    "new_customers": Line("new customers", Kind.COUNT),
    "gone_customers": Line("customers lost", Kind.COUNT),
    "customers": Line("customers at the end", Kind.COUNT, flow=False),
    "customer_weeks": Line("customer-weeks", Kind.COUNT),
    "revenue_usd": Line("revenue", Kind.USD),
    "goods_usd": Line("cost of goods", Kind.USD),
    "gross_usd": Line("gross margin", Kind.USD, "{revenue_usd}-{goods_usd}"),
    "acquisition_usd": Line("acquisition", Kind.USD),
    "retention_usd": Line("retention", Kind.USD),
    "support_usd": Line("support", Kind.USD),
    "market_usd": Line("go-to-market cost", Kind.USD, "{acquisition_usd}+{retention_usd}+{support_usd}"),
    "cash_usd": Line("cash of the period", Kind.USD, "{gross_usd}-{market_usd}"),
    "opening_usd": Line("ARR, opening", Kind.USD, flow=False),
    "new_usd": Line("new ARR", Kind.USD),
    "expansion_usd": Line("expansion", Kind.USD),
    "contraction_usd": Line("contraction", Kind.USD),
    "churn_usd": Line("churn", Kind.USD),
    "price_usd": Line("price", Kind.USD),
    "closing_usd": Line("ARR, closing", Kind.USD, "+".join(f"{{{name}}}" for name in ("opening_usd", *MOVED)), flow=False),
}  # fmt: skip
RATIOS: dict[str, Line] = {
    "cac_usd": Line("fully loaded CAC", Kind.USD, "{market_usd}/{new_customers}"),
    "new_arr_per_customer_usd": Line("first contract, a year", Kind.USD, "{new_usd}/{new_customers}"),
    "cost_per_new_arr": Line("cost per new yearly dollar", Kind.RATIO, "{market_usd}/{new_usd}"),
    "payback_months": Line("payback, months", Kind.MONTHS, "{market_usd}/({new_usd}/12*{gross_usd}/{revenue_usd})"),
}
Period = dict[str, float]  # lines by name; NaN where a ratio is not defined


class Firm(NamedTuple):
    """The mean firm under one motion."""

    months: list[Period]
    quarters: list[Period]
    years: list[Period]
    whole: Period  # of all months, with its ratios
    tenure: LifeTable  # lives of all markets pooled
    cohorts: list[
        tuple[float, list[float | None]]
    ]  # by month of adoption: new customers, share there after so many months


def firm(data: Comparison, weekly: Mapping[str, np.ndarray], motion: str) -> Firm:
    """Return the mean firm; ``weekly`` holds :data:`SERIES`, shape (markets, weeks)."""
    month = data.calendar.months(np.arange(data.weeks))
    last = np.flatnonzero(np.diff(month, append=month[-1] + 1))
    means = {name: weekly[name].mean(axis=0) for name in SERIES}
    flows = {
        "new_customers": data.adopted(motion).mean(axis=0),
        "gone_customers": data.weight * sum(means[name] for name in CAUSES),
        "customer_weeks": data.customers(motion).mean(axis=0),
        "revenue_usd": data.weekly[motion]["revenue_cents"].mean(axis=0) / 100,
        **{name: data.weekly[motion][series].mean(axis=0) / 100 for name, series in COSTS.items()},
        "cash": data.weekly[motion]["cash_cents"].mean(axis=0) / 100,
    }
    by_month = {name: np.bincount(month, of) for name, of in flows.items()}
    by_month |= {name: of.mean(axis=0) for name, of in bridge(data, motion, month).items()}
    customers = data.customers(motion).mean(axis=0)[last]
    months: list[Period] = []
    for k in range(last.size):
        at = {name: float(of[k]) for name, of in by_month.items()}
        costs = sum(at[name] for name in COSTS)
        goods = at["revenue_usd"] - (at.pop("cash") + costs)
        months.append(_period(at | {"customers": float(customers[k]), "goods_usd": goods}))
    lives = data.lives[motion]
    pooled = life_table(lives["adopted"], lives["ended"], data.weeks)
    quarters, years = _sums(months, data.calendar.quarter), _sums(months, data.calendar.year)
    return Firm(months, quarters, years, _sums(months, lambda _: 0)[0], pooled, _cohorts(lives, data))


def _period(given: Period) -> Period:
    """Return a period with the lines that follow from those given, as their formulas say, and its ratios."""
    gross = given["revenue_usd"] - given["goods_usd"]
    market = sum(given[name] for name in COSTS)
    closing = given["opening_usd"] + sum(given[name] for name in MOVED)
    new, won = given["new_usd"], given["new_customers"]
    margin = gross / given["revenue_usd"] if given["revenue_usd"] else 0.0
    found = given | {
        "gross_usd": gross, "market_usd": market, "cash_usd": gross - market, "closing_usd": closing,
        "cac_usd": ratio(market, won), "new_arr_per_customer_usd": ratio(new, won), "cost_per_new_arr": ratio(market, new),
        "payback_months": ratio(market, new / 12 * margin),
    }  # fmt: skip
    return {name: found[name] for name in (*LINES, *RATIOS)}


def periods(n: int, of: Callable[[int], int]) -> list[range]:
    """Return the months of each period, of so many months; ``of`` tells in which period a month lies. First and last may be shorter."""
    at = [of(k) for k in range(n)]
    return [range(at.index(p), n - at[::-1].index(p)) for p in sorted(set(at))]


def _sums(months: list[Period], of: Callable[[int], int]) -> list[Period]:
    """Return the periods that months add up to."""
    found = []
    for here in periods(len(months), of):
        part = months[here.start : here.stop]
        given = {name: sum(m[name] for m in part) for name, line in LINES.items() if line.flow}
        found.append(_period(given | {"customers": part[-1]["customers"], "opening_usd": part[0]["opening_usd"]}))
    return found


class Worth(NamedTuple):
    """What a customer of the mean firm is worth, before the cost to serve; NaN where too few are followed through a year."""

    margin_usd_per_week: float
    lifetime_weeks: float
    ltv_usd: float
    ltv_to_cac: float


def worth(of: Firm) -> Worth:
    """Return lifetime value of the mean firm: its margin per customer-week over the discounted weeks of the pooled life table."""
    margin, weeks = ratio(of.whole["gross_usd"], of.whole["customer_weeks"]), lifetime_weeks(of.tenure)
    return Worth(margin, weeks, margin * weeks, ratio(margin * weeks, of.whole["cac_usd"]))


class Age(NamedTuple):
    """A row of the tenure sheet: lives at risk and ended, the hazard and the share kept, the discount to the first week."""

    age: int
    at_risk: int
    ended: int
    hazard: float
    kept: float
    discount: float


def ages(of: Firm) -> tuple[int, list[Age]]:
    """Return the age from which older customers are pooled, and all ages to ten years; none where too few are followed."""
    table, old = of.tenure, later(of.tenure)
    if old is None:
        return 0, []
    rows, share = [], 1.0
    for age in range(HORIZON_WEEKS + 1):
        known = age < table.at_risk.size
        at_risk, ended = (int(x[age]) if known else 0 for x in (table.at_risk, table.ended))
        hazard = (ended / at_risk if at_risk else 0.0) if age < old.since else float(old.hazards[age % YEAR_WEEKS])
        share *= 1 - hazard
        rows.append(Age(age, at_risk, ended, hazard, share, (1 + DISCOUNT_PER_YEAR) ** (-age / YEAR_WEEKS)))
    return old.since, rows


def _cohorts(lives: Mapping[str, np.ndarray], data: Comparison) -> list[tuple[float, list[float | None]]]:
    """Return by month of adoption how many came in the mean market, and which share is there after so many whole months."""
    adopted, ended = (lives[name].astype(int) for name in ("adopted", "ended"))
    months = data.calendar.months(np.arange(data.weeks))
    month, n = months[adopted], int(months[-1]) + 1
    stayed = np.where(ended >= 0, ended - adopted, data.weeks)
    found = []
    for cohort in range(n):
        here = month == cohort
        size = int(here.sum())
        shares: list[float | None] = []
        for k in range(n):
            followed = np.flatnonzero(months == cohort)[-1] + weeks_of(k) <= data.weeks - 1
            if not followed or not size:
                break
            shares.append(float((stayed[here] >= weeks_of(k)).mean()) if k else 1.0)
        found.append((data.weight * size / data.seeds, shares))
    return found
