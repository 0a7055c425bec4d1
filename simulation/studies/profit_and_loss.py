"""Profit and loss by quarter and year: what the firm takes in, what it spends by lever, what is left. Means over simulated markets.

Money is what was booked, in whole cents that add up. Research, development and administration are no part of the model: the operating
result is before them, and cash is the sum of operating results since today.
"""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from simulation.scenario.firm import LEVERS
from simulation.scenario.schema import World
from simulation.studies import hiring
from simulation.studies.comparison import Comparison
from simulation.studies.periods import Period, cents, periods_of

# By the lever whose budget it was; staffed support and orders of no lever's door are in no budget.
SPENT = (*LEVERS, "support", "orders")
LENGTHS = ("quarter", "year")
LINES = {  # and what they are called
    "revenue": "revenue", "cost_of_revenue": "cost of revenue, hosting", "gross_margin": "gross margin",
    **{name: name.replace("_", " ") for name in LEVERS}, "support": "staffed support", "orders": "orders that come by themselves",
    "spending": "spending", "of_which_team": "of which team", "operating_result": "operating result", "cash": "cash at the end",
}  # fmt: skip


class Statement(NamedTuple):
    """A period: cents by line, in the order of :data:`LINES`."""

    period: Period
    cents: dict[str, int]


def statements(data: Comparison, motion: str, world: World, length: str) -> list[Statement]:
    """Return the mean market's quarters or years."""
    weekly = {name: of.mean(axis=0) for name, of in data.weekly[motion].items()}
    levers = {name: weekly[f"{name}_cents"] for name in LEVERS}
    budget = np.sum(list(levers.values()), axis=0)
    spent = levers | {
        "support": weekly["support_cents"],
        "orders": weekly["acquisition_cents"] + weekly["retention_cents"] - budget,
    }
    periods = periods_of(data, length)
    revenue, result = (cents(weekly[name], periods) for name in ("revenue_cents", "cash_cents"))
    by_share = {name: cents(spent[name], periods) for name in SPENT}
    team = [
        sum(post.cost_cents for post in q.posts if hiring.ROLES[post.role] == hiring.HEADS)
        for q in hiring.plan(data, motion, world)
    ]
    quarters = [q.last for q in periods_of(data, "quarter")]
    found = []
    for k, (at, cash) in enumerate(zip(periods, accumulate(result), strict=True)):
        shares = {name: by_share[name][k] for name in SPENT}
        spending = sum(shares.values())
        gross = result[k] + spending
        part = sum(usd for usd, last in zip(team, quarters, strict=True) if at.first <= last <= at.last)
        found.append(
            Statement(
                at,
                {
                    "revenue": revenue[k], "cost_of_revenue": revenue[k] - gross, "gross_margin": gross, **shares,
                    "spending": spending, "of_which_team": part, "operating_result": result[k], "cash": cash,
                },
            )
        )  # fmt: skip
    return found


def rows(data: Comparison, worlds: Mapping[str, World]) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``profit_and_loss.csv``."""
    for motion in data.weekly:
        for length in LENGTHS:
            for of in statements(data, motion, worlds[motion], length):
                money = {f"{name}_usd": f"{of.cents[name] / 100:.2f}" for name in LINES}
                yield {"motion": motion, "length": length, "period": of.period.name, **money, **of.period.begins}
