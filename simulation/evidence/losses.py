"""E2 a community loses its core: whether as much is answered a year later as before."""

from typing import Any

import numpy as np

from simulation.calendar import QUARTER_WEEKS, YEAR_WEEKS
from simulation.evidence.history import started
from simulation.evidence.pooling import Statistic
from simulation.metrics.sums import ratio
from simulation.scenario.schema import World

LOST_WEEK, LOST_SHARE = 104, 0.01
ACCOUNTS = (2000, 5000, 10_000, 20_000)  # of the markets, a row each, by seed in turn
RECOVERED = 0.9  # of the old level


def observe_loss(world: World, seed: int) -> dict[str, Any]:
    """Return the share of questions that peers answer in the half year before the loss, and around a year after it."""
    accounts = ACCOUNTS[seed % len(ACCOUNTS)]
    loss = {"week": LOST_WEEK, "set": {"outside.top_helpers_leave": LOST_SHARE}}
    settings: dict[str, Any] = {"market.people": accounts, "market.accounts": accounts, "interventions": [loss]}
    record = started(world, seed, **settings).run()
    asked, answered = record.series("questions"), record.series("answered")

    def share(middle: int) -> float:
        weeks = slice(middle - QUARTER_WEEKS, middle + QUARTER_WEEKS)
        return ratio(answered[weeks].sum(), asked[weeks].sum())

    return {"before": share(LOST_WEEK - QUARTER_WEEKS), "after": share(LOST_WEEK + YEAR_WEEKS)}


def _back(parts: list[dict[str, Any]]) -> float:
    """V31c: of communities that answered at all, those back to 90 % of their old level a year later."""
    before, after = (np.array([p[name] for p in parts]) for name in ("before", "after"))
    return float((after >= RECOVERED * before)[before > 0].mean())


def conclude_loss(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V31c."""
    return {"V31c": Statistic(parts, _back)}
