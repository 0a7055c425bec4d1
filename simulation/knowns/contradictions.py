"""Knowns that contradict each other or the model, said before anything is run."""

import math
from collections.abc import Iterator

from simulation.calendar import MONTH_WEEKS
from simulation.knowns.carriers import reaches
from simulation.scenario.firm import Motion
from simulation.scenario.known import SOURCES, Known
from simulation.scenario.schema import World

ROUNDING = 0.05  # knowns are rounded, and of unlike dates
LONGEST_YEARS = 10  # of a past
NOBODY = {
    "search": "nothing is spent on content and there is no community, so a search finds nothing",
    "adverts": "nothing is spent on advertising, so adverts bring nobody",
    "sellers": "nothing is spent on sales, so sellers bring nobody",
}


def contradictions(known: Known, motion: Motion, base: World) -> Iterator[str]:
    """Yield a sentence for each; ``base`` is the world whose values are kept where nothing is known."""
    yield from _counts(known)
    yield from _churn(known, motion, base)
    yield from _revenue(known)
    yield from _sources(known, motion)
    yield from _doors(known, motion)


def _counts(known: Known) -> Iterator[str]:
    for name in ("customers", "new_customers", "members"):
        if (n := getattr(known, name) or 0) > known.accounts:
            yield f"{name}={n:,}: more than accounts={known.accounts:,}, the accounts that could buy"
    if known.customers > LONGEST_YEARS * known.new_customers * (1 + ROUNDING):
        yield (
            f"customers={known.customers:,}: at new_customers={known.new_customers:,} a year these are more than "
            f"{LONGEST_YEARS} years of winning, the longest past that is simulated"
        )


def _churn(known: Known, motion: Motion, base: World) -> Iterator[str]:
    churn, new, customers = known.monthly_churn, known.new_customers, known.customers
    if churn is None:
        return
    if customers * 12 * churn > new * (1 + ROUNDING):
        yield (
            f"customers={customers:,}: a firm that wins {new:,} a year and loses {100 * churn:g} % a month keeps "
            f"{new / (12 * churn):,.0f} at most (new_customers / (12 x monthly_churn)), unless it shrinks"
        )
    if new > customers * (1 + 6 * churn) * (1 + ROUNDING):
        yield (
            f"new_customers={new:,}: less {100 * churn:g} % a month these alone are more than customers={customers:,}; "
            "a year ago the firm would have had fewer than none"
        )
    monthly = sum(segment.share * (1 - segment.p_contract) for segment in base.market.segments.values())
    failed = known.failed_payments
    if failed is None:
        failed = -math.expm1(-base.behaviour.retention.failed_payment_per_week * MONTH_WEEKS)
    if not motion.shares.get("sales") and churn < failed * monthly:
        yield (
            f"monthly_churn={churn:g}: failed payments alone lose {100 * failed * monthly:.2g} % of customers a month "
            f"({100 * monthly:.0f} % pay by the month, and {100 * failed:.2g} % of these fail); give failed_payments=... of your own"
        )


def _revenue(known: Known) -> Iterator[str]:
    arpa, arr = known.arpa_usd, known.arr_usd
    if arpa is not None and arr is not None and abs(arr / (known.customers * arpa) - 1) > ROUNDING:
        yield (
            f"arr_usd={arr:,.0f}: customers={known.customers:,} at arpa_usd={arpa:,.0f} are {known.customers * arpa:,.0f} a year; "
            "leave one away"
        )
    arpa = arpa if arpa is not None or arr is None else arr / known.customers
    if arpa is not None and arpa < 12 * known.price_usd * (1 - ROUNDING):
        given = "arpa_usd" if known.arpa_usd is not None else "arr_usd / customers"
        yield (
            f"{given}={arpa:,.0f}: a customer pays for one seat at least, and price_usd={known.price_usd:g} a month is "
            f"{12 * known.price_usd:,.0f} a year"
        )


def _sources(known: Known, motion: Motion) -> Iterator[str]:
    if known.sources and known.carried_by:
        yield f"carried_by={known.carried_by}: sources say what brings new customers; leave carried_by away"
    for name in SOURCES:
        if reaches(name, motion):
            continue
        if known.sources and getattr(known.sources, name) > 0:
            yield f"sources.{name}={getattr(known.sources, name):g}: {NOBODY[name]}"
        if known.carried_by == name:
            yield f"carried_by={name}: {NOBODY[name]}"


def _doors(known: Known, motion: Motion) -> Iterator[str]:
    if known.free_to_paid is not None and not motion.free_tier:
        yield f"free_to_paid={known.free_to_paid:g}: the firm has no free plan, for nothing is spent on product_growth or its motion has none"
    if known.members is not None and not motion.community:
        yield f"members={known.members:,}: the firm has no community, for nothing is spent on community_team or its motion has none"
    if known.sales_cycle_weeks is not None and not motion.shares.get("sales"):
        yield f"sales_cycle_weeks={known.sales_cycle_weeks:g}: nothing is spent on sales, so no sale has a cycle"
