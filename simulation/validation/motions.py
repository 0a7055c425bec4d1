"""E6 impulses in referrals and in adverts, E7 what new revenue costs each motion."""

from typing import Any

import numpy as np

from simulation.model import GrowthModel
from simulation.scenario.schema import World
from simulation.validation.pooling import Estimate, pooled

IMPULSE, IMPULSE_WEEK, IMPULSE_WEEKS = (
    0.5,
    78,
    4,
)  # a tenth would drown in the luck of single people; responses are nearly linear
FROM_WEEK, TO_WEEK = 52, 156  # months 13 to 36


def observe_impulses(world: World, seed: int) -> dict[str, Any]:
    """Return sign-ups after an impulse in talk, after one in money for adverts, and after none, on the same luck."""
    a, motion, budget = world.behaviour.attraction, world.motion, world.budget
    share = motion.shares["advertising"]
    more = 1 + IMPULSE * share
    adverts = {k: v * ((1 + IMPULSE) if k == "advertising" else 1.0) / more for k, v in motion.shares.items()}
    adverts["advertising"] += 1.0 - sum(adverts.values())
    impulses: dict[str, dict[str, Any]] = {
        "none": {},
        "talk": {
            "behaviour.attraction.close_talk_per_week": (1 + IMPULSE) * a.close_talk_per_week,
            "behaviour.attraction.broadcast_talk_per_week": (1 + IMPULSE) * a.broadcast_talk_per_week,
        },
        "adverts": {
            "budget.usd_per_account_per_week": more * budget.usd_per_account_per_week,
            "motion.shares": adverts,
        },
    }
    found = {}
    for name, settings in impulses.items():
        events = [{"week": IMPULSE_WEEK, "for_weeks": IMPULSE_WEEKS, "set": settings}] if settings else []
        record = GrowthModel(world, rng=seed, interventions=events).run()
        doors = ("community", "trial", "sales")
        found[name] = float(sum(record.series(f"engaged_{d}")[IMPULSE_WEEK:].sum() for d in doors))
    return found


def conclude_impulses(parts: list[dict[str, Any]]) -> dict[str, Estimate]:
    """Return V16a: the same relative impulse, so the ratio of responses is that of elasticities."""

    def ratio(ps: list[dict[str, float]]) -> float:
        base = sum(p["none"] for p in ps)
        adverts = sum(p["adverts"] for p in ps) - base
        return (sum(p["talk"] for p in ps) - base) / adverts if adverts > 0 else np.nan

    return {"V16a": pooled(parts, ratio)}


def observe_cost(world: World, seed: int) -> dict[str, Any]:
    """Return acquisition cost and new yearly revenue, in USD, of months 13 to 36."""
    model = GrowthModel(world, rng=seed)
    record = model.run()
    late = slice(FROM_WEEK, TO_WEEK)
    return {
        "cost": record.series("acquisition_cents")[late].sum() / 100,
        "revenue": record.series("new_contract_value")[late].sum() / 100 * record.weight,
        "free_tier": world.motion.free_tier,
    }


def conclude_cost(parts: list[dict[str, Any]]) -> dict[str, Estimate]:
    """Return V17a to V17c; ``parts`` of sellers and of a free tier, as many of each."""
    n = len(parts) // 2
    pairs = list(zip(parts[:n], parts[n:], strict=True))

    def of(side: int):
        return lambda ps: np.median([p[side]["cost"] / p[side]["revenue"] for p in ps])

    def ratio(ps: list[Any]) -> float:
        return of(0)(ps) / of(1)(ps)

    return {"V17a": pooled(pairs, of(0)), "V17b": pooled(pairs, of(1)), "V17c": pooled(pairs, ratio)}
