"""E10 a dearer price, for newcomers, for customers, for both; E11 what satisfaction says of who will leave."""

from typing import Any

import numpy as np

from simulation.calendar import QUARTER_WEEKS, YEAR_WEEKS
from simulation.evidence.history import customers, run_to, started
from simulation.evidence.logit import person_period
from simulation.evidence.pooling import Statistic
from simulation.flywheel.satisfaction import felt_by
from simulation.people.counts import WEEKS_PER_COHORT
from simulation.scenario.schema import World

RISE_WEEK = 104
PAID_WEEKS = 56  # 13 months of revenue, in whole periods of record
UPGRADE_WEEKS = 26
RISES = (1.1, 1.2, 1.5)  # for customers
DOUBLED = 2.0
OPEN_RISE = 1.55  # for everybody


def observe_price(world: World, seed: int) -> dict[str, Any]:
    """Return what each rise does to the same people: revenue of newcomers, customers kept, seats added, customers there."""
    list_usd = world.product.price_usd
    arms: dict[str, dict[str, Any]] = {
        "none": {},
        "newcomers": {"product.price_usd": DOUBLED * list_usd, "product.grandfather": True},
        "seats": {"product.base_price": DOUBLED},
        "both": {"product.price_usd": OPEN_RISE * list_usd},
        **{f"base {rise}": {"product.base_price": rise} for rise in RISES},
    }
    found = {}
    for name, settings in arms.items():
        interventions = [{"week": RISE_WEEK, "set": settings}] if settings else []
        run = started(world, seed, interventions=interventions)
        run_to(run, RISE_WEEK)
        here, life = customers(run), run.people["life"].copy()
        seats = run.people["seats"].astype(int)
        run_to(run, RISE_WEEK + QUARTER_WEEKS)
        after = int(customers(run).sum())
        run_to(run, RISE_WEEK + UPGRADE_WEEKS)
        still = here & (run.people["life"] == life)
        added = np.maximum(run.people["seats"] - seats, 0)[still]
        run_to(run, RISE_WEEK + PAID_WEEKS)
        kept = here & (run.people["life"] == life)
        first = RISE_WEEK // WEEKS_PER_COHORT
        revenue = run.record.cohort_revenue[first : first + PAID_WEEKS // WEEKS_PER_COHORT, first:].sum()
        found[name] = (here.sum(), after, kept.sum(), added.sum(), float(revenue))
    return {"arms": {name: np.array(values, float) for name, values in found.items()}}


HERE, AFTER, KEPT, ADDED, REVENUE = range(5)


def _sums(parts: list[dict[str, Any]], arm: str) -> np.ndarray:
    return np.sum([p["arms"][arm] for p in parts], axis=0)


def newcomers(parts: list[dict[str, Any]]) -> float:
    """V21a: elasticity of paying volume to the price for newcomers."""
    gain = _sums(parts, "newcomers")[REVENUE] / _sums(parts, "none")[REVENUE]
    return float(np.log(gain) / np.log(DOUBLED) - 1.0)


def upgrades(parts: list[dict[str, Any]]) -> float:
    """V21b: elasticity of the seats that customers add to their price."""
    return float(np.log(_sums(parts, "seats")[ADDED] / _sums(parts, "none")[ADDED]) / np.log(DOUBLED))


def kept(parts: list[dict[str, Any]], rise: float) -> float:
    """V22b at one size: elasticity of 12-month retention to customers' own price."""
    return float(np.log(_sums(parts, f"base {rise}")[KEPT] / _sums(parts, "none")[KEPT]) / np.log(rise))


def kept_at_all(parts: list[dict[str, Any]]) -> float:
    """V22b: the mean over sizes."""
    return float(np.mean([kept(parts, rise) for rise in RISES]))


def open_rise(parts: list[dict[str, Any]]) -> float:
    """V22a: points of the base that a rise for everybody costs within a quarter."""
    none, both = _sums(parts, "none"), _sums(parts, "both")
    return float(100.0 * (both[AFTER] / both[HERE] - none[AFTER] / none[HERE]))


def conclude_price(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V21a to V22c; beside them whether small rises cost as little, for their size, as large ones."""
    return {
        "V21a": Statistic(parts, newcomers),
        "V21b": Statistic(parts, upgrades),
        "V22a": Statistic(parts, open_rise),
        "V22b": Statistic(parts, kept_at_all),
        "V22c": Statistic(parts, lambda ps: newcomers(ps) / kept_at_all(ps)),
        "V22b.cliff": Statistic(parts, lambda ps: kept(ps, RISES[0]) / kept(ps, RISES[-1])),
    }


def observe_satisfaction(world: World, seed: int) -> dict[str, Any]:
    """Return of customers at each quarter's start: satisfaction, age and ties by class, whether lost in the quarter, the half-year."""
    run, rows = started(world, seed), []
    seen: list[tuple[np.ndarray, ...]] = []
    for week in range(YEAR_WEEKS, world.weeks - 2 * QUARTER_WEEKS + 1, QUARTER_WEEKS):
        run_to(run, week)
        here = customers(run)
        age = week - run.counts.lives["adopted"][run.people["life"][here]]
        ties = np.digitize(run.people["live_ties"][here], (1, 3, 5))
        seen.append((run.people["life"][here].copy(), felt_by(run.town, here), age, ties))
    run_to(run, world.weeks)
    ended = run.counts.lives["ended"].astype(int)
    for k, (life, satisfaction, age, ties) in enumerate(seen):
        week = YEAR_WEEKS + k * QUARTER_WEEKS
        lost = np.where(ended[life] < 0, world.weeks + YEAR_WEEKS, ended[life]) - week
        rows.append(
            np.column_stack(
                [
                    satisfaction,
                    np.digitize(age, (13, 26, 52, 104)),
                    ties,
                    lost < QUARTER_WEEKS,
                    lost < 2 * QUARTER_WEEKS,
                ]
            )
        )
    return {"quarters": np.vstack(rows)}


def ratio_of_a_deviation(parts: list[dict[str, Any]]) -> float:
    """V27a: hazard ratio of a standard deviation of satisfaction, age and ties held fixed."""
    satisfaction, age, ties, lost, _ = np.vstack([p["quarters"] for p in parts]).T
    steps = np.round(10 * (satisfaction - satisfaction.mean()) / satisfaction.std()) / 10
    return person_period(lost, np.column_stack([steps, ties]), age, hazard=True)[0].value


def told_apart(parts: list[dict[str, Any]]) -> float:
    """V27b: how often a customer who leaves within half a year is the less satisfied one of a pair (AUC)."""
    from scipy.stats import mannwhitneyu

    satisfaction, _, _, _, lost = np.vstack([p["quarters"] for p in parts]).T
    gone, stay = satisfaction[lost == 1], satisfaction[lost == 0]
    return float(mannwhitneyu(stay, gone).statistic / (stay.size * gone.size))


def conclude_satisfaction(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V27a and V27b."""
    return {"V27a": Statistic(parts, ratio_of_a_deviation), "V27b": Statistic(parts, told_apart)}
