"""E6 content: how old the pieces are on which searches land.

The model keeps stocks, no pieces: a stock S that loses the share d of itself a week holds of what stood a year before S' (1 - d)^52,
and all else of it is younger. So the age of what is found follows from the weekly record without a piece being followed. Whatever is
published is found from that week on: there is no lag until a page ranks, so young pieces are found more than the sources say.
"""

from typing import Any

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.evidence.history import started
from simulation.evidence.pooling import Statistic
from simulation.scenario.schema import World

FROM_WEEK = 3 * YEAR_WEEKS  # from the fourth year on


def observe_search(world: World, seed: int) -> dict[str, Any]:
    """Return who came by search from the fourth year on, in rows: (on pieces younger than a year, on all)."""
    record = started(world, seed).run()
    kept = (1.0 - world.behaviour.advocacy.content_decay_per_week) ** YEAR_WEEKS
    landed = np.zeros(2)
    for topics, arrivals in (("user_topics", "attracted_user_content"), ("firm_topics", "attracted_firm_content")):
        stock, came = record.series(topics), record.series(arrivals)
        now, then = stock[FROM_WEEK - 1 : -1], stock[FROM_WEEK - 1 - YEAR_WEEKS : -1 - YEAR_WEEKS]  # as the week begins
        came = came[FROM_WEEK:]
        old = np.divide(kept * then, now, out=np.zeros_like(now), where=now > 0)
        landed += ((1.0 - old) * came).sum(), came.sum()
    return {"landed": landed}


def _young(parts: list[dict[str, Any]]) -> float:
    young, all_of = np.sum([p["landed"] for p in parts], axis=0)
    return float(young / all_of) if all_of > 0 else np.nan


def conclude_search(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V32a."""
    return {"V32a": Statistic(parts, _young)}
