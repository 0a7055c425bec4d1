"""E7 what becomes of contracts in a year, by their size, and how much of new revenue is expansion."""

from typing import Any

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.evidence.history import customers, run_to, started
from simulation.evidence.pooling import Statistic
from simulation.metrics.retention import LARGE_USD, SMALL_USD
from simulation.scenario.schema import World

GROWN_WEEK = 156  # from the fourth year on


def observe_expansion(world: World, seed: int) -> dict[str, Any]:
    """Return the yearly value of each contract a year before the end and at the end, USD; seats landed and added since year four."""
    run = started(world, seed)
    run_to(run, world.weeks - YEAR_WEEKS)
    here, life = customers(run), run.people["life"].copy()
    a_year = 12.0 * world.product.price_usd
    then = a_year * run.people["seats"][here]
    run_to(run, world.weeks)
    still = (run.people["life"] == life) & customers(run)
    now = a_year * np.where(still, run.people["seats"], 0)[here]
    record = run.record
    added = record.series("expanded_seats")[GROWN_WEEK:].sum()
    return {"then": then, "now": now, "new": np.array([added, record.series("landed_seats")[GROWN_WEEK:].sum()])}


def _kept(parts: list[dict[str, Any]], large: bool, gross: bool) -> float:
    """Return what is left of a year's revenue of large or small contracts, percent."""
    then, now = (np.concatenate([p[name] for p in parts]) for name in ("then", "now"))
    of = then >= LARGE_USD if large else then < SMALL_USD
    if gross:
        now = np.minimum(then, now)
    return float(100.0 * now[of].sum() / then[of].sum())


def _added(parts: list[dict[str, Any]]) -> float:
    added, landed = np.sum([p["new"] for p in parts], axis=0)
    return float(added / (added + landed))


def conclude_expansion(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V26a to V26c; beside them net and gross retention of all contracts, percent."""

    def gap(gross: bool) -> Statistic:
        return Statistic(parts, lambda ps: _kept(ps, True, gross) - _kept(ps, False, gross))

    def all_of(gross: bool) -> Statistic:
        def value(ps: list[dict[str, Any]]) -> float:
            then, now = (np.concatenate([p[name] for p in ps]) for name in ("then", "now"))
            return float(100.0 * (np.minimum(then, now) if gross else now).sum() / then.sum())

        return Statistic(parts, value)

    return {
        "V26a": gap(gross=False),
        "V26b": gap(gross=True),
        "V26c": Statistic(parts, _added),
        "V26.net": all_of(gross=False),
        "V26.gross": all_of(gross=True),
    }
