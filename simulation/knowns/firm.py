"""The firm that knowns describe: how it spends, and what is set at once, without solving."""

import math
from functools import cache
from typing import Any

from simulation.calendar import MONTH_WEEKS, YEAR_WEEKS
from simulation.evidence.company_file import PAID_BY, unlaunched
from simulation.scenario.compose import compose
from simulation.scenario.firm import Motion
from simulation.scenario.known import Known
from simulation.scenario.resolution import rows_needed
from simulation.scenario.schema import World

LIKE = "hybrid"  # whose hours and mix of content a firm has that says its spending alone
ROWS = 20_000  # of people simulated, or one an account
CUSTOMERS_IN_ROWS, MOST_ROWS = 200, 60_000  # of a large market more, so that customers are no handful


def motion_of(known: Known) -> Motion:
    """Return the firm's own motion: the one that it is like, spending as it says, the same in every week."""
    like = known.like or LIKE
    motion = compose(f"motions=[{like}]").motions[like].model_dump()
    shares = dict(known.spending or motion["shares"])
    if known.spending:
        motion |= {switch: shares.get(lever, 0.0) > 0 for switch, lever in PAID_BY.items()}
    return Motion.model_validate(unlaunched(motion, shares))


def direct(known: Known, motion: Motion) -> dict[str, Any]:
    """Return settings by path that follow from knowns at once."""
    found: dict[str, Any] = {
        "product.price_usd": known.price_usd,
        "product.reference_price_usd": known.price_usd,
        "market.accounts": known.accounts,
        "budget.usd_per_account_per_week": rounded(known.budget_usd_per_year / YEAR_WEEKS / known.accounts),
    }
    if known.gross_margin is not None:
        found["product.gross_margin"] = known.gross_margin
    if known.failed_payments is not None:
        found["behaviour.retention.failed_payment_per_week"] = rounded(
            -math.log1p(-known.failed_payments) / MONTH_WEEKS
        )
    return found | {"market.people": _rows(known, motion)}


def _rows(known: Known, motion: Motion) -> int:
    """Return how many people are simulated: one an account, of a large market as many as resolve its customers and seed members."""
    wanted = math.ceil(CUSTOMERS_IN_ROWS * known.accounts / known.customers)
    market = reference().market.model_copy(update={"accounts": known.accounts})
    return min(known.accounts, MOST_ROWS, max(ROWS, wanted, rows_needed(market, [motion])))


def rounded(value: float) -> float:
    """Return a value as it stands in a file: five digits."""
    return float(f"{value:.5g}")


@cache
def reference() -> World:
    """Return the reference world, whose values are kept where nothing is known; it is made of shipped files alone."""
    return compose("motions=[hybrid]").world("hybrid")
