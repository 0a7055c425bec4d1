"""E15 the year: how far sign-ups fall in the weakest month, where the scenario has a season."""

from datetime import date
from typing import Any

import numpy as np

from simulation.calendar import month_of_date
from simulation.evidence.history import signed_up, started
from simulation.evidence.pooling import Statistic
from simulation.scenario.schema import World

YEAR_MONTHS = 12


def observe_season(world: World, seed: int) -> dict[str, Any]:
    """Return sign-ups by month of the year, January first, with the season and without it: ``with`` and ``without``, (12,)."""
    months = month_of_date(date.fromisoformat(str(world.start)), np.arange(world.weeks)) % YEAR_MONTHS
    found = {}
    for name, swing in (("with", world.season.swing), ("without", 0.0)):
        record = started(world, seed, **{"season.swing": swing}).run()
        found[name] = np.bincount(months, signed_up(record), YEAR_MONTHS)
    return found


def _lowest(parts: list[dict[str, Any]]) -> float:
    """V33: the lowest month over the mean of the twelve; over the run without a season, since a firm that grows has more in late months."""
    shape = np.sum([p["with"] for p in parts], axis=0) / np.sum([p["without"] for p in parts], axis=0)
    return float(shape.min() / shape.mean())


def conclude_season(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V33."""
    return {"V33": Statistic(parts, _lowest)}
