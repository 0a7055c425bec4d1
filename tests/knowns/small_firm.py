"""A small firm that knows of itself what the model has made of it: its scenario needs no search."""

import json
from functools import cache

import numpy as np

from simulation.knowns.carriers import new_customers, share_by
from simulation.knowns.markets import lived
from simulation.knowns.worlds import Firm
from simulation.metrics.company import monthly_churn
from simulation.metrics.firm import customers_end
from simulation.scenario.compose import compose
from simulation.scenario.known import SOURCES, Known, Sources

SCENARIO = (
    "history={motion: plg, weeks: 156}",
    "market.people=5000",
    "market.accounts=5000",
    "weeks=26",
    "motions=[plg,clg]",
)
MADE_ON = range(7001, 7041)  # seeds


@cache
def known() -> Known:
    """Return its numbers, means over markets: customers, new ones in a year, and how many are lost a month."""
    world = compose(*SCENARIO).world("plg")
    records = lived(world, 156, MADE_ON)
    shares = [round(float(np.mean([share_by(name)(r) for r in records])), 3) for name in SOURCES]
    shares[0] += 1 - sum(shares)
    return Known(
        price_usd=world.product.price_usd,
        accounts=5000,
        budget_usd_per_year=round(world.budget.usd_per_account_per_week * 52 * 5000),
        like="plg",
        sources=Sources(**dict(zip(SOURCES, shares, strict=True))),
        customers=round(np.mean([customers_end(r) for r in records])),
        new_customers=round(np.mean([new_customers(r) for r in records])),
        monthly_churn=float(np.nanmean([monthly_churn(r) for r in records])),
    )


def firm() -> Firm:
    """Return the firm in its own world."""
    config = compose(*SCENARIO)
    return Firm(known(), config.past.motion, config.world("plg"))


def overrides() -> list[str]:
    """Return the command line of its scenario."""
    return [*SCENARIO, f"known={json.dumps(known().model_dump(exclude_none=True)).replace(chr(34), '')}"]
