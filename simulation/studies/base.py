"""How the customers of today stay, by their true age: time since they bought, of which a part lies before today."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import QUARTER_WEEKS, YEAR_WEEKS
from simulation.metrics.tenure import LEAST_AT_RISK, LifeTable, delayed_life_table, kept_since
from simulation.runs.paired import median_first, quantiles
from simulation.scenario.settings import motion_called
from simulation.studies.tables import with_interval


class Base(NamedTuple):
    """The share kept by true age under each motion, of those who reach the age ``since``; where that is None, too few are there."""

    since: int | None
    tables: dict[str, list[LifeTable]]  # by motion and market
    kept: dict[str, np.ndarray]  # by motion, shape (markets, ages from ``since`` on)


def read(lives: Mapping[str, Mapping[str, np.ndarray]], weeks: int) -> Base:
    """Return the base of each motion; ``lives`` by motion, with columns seed, adopted (below zero), ended."""
    tables = {m: list(_tables(of, weeks)) for m, of in lives.items()}
    every = [table for of in tables.values() for table in of]
    ages = min((t.at_risk.size for t in every), default=0)
    enough = np.array([t.at_risk[:ages] >= LEAST_AT_RISK for t in every])
    if not ages or not enough.all(axis=0).any():
        return Base(None, tables, {})
    since = int(np.argmax(enough.all(axis=0)))
    kept = {m: np.array([kept_since(t, since)[: ages - since] for t in of]) for m, of in tables.items()}
    for of in kept.values():
        of[:, np.isnan(of).any(axis=0)] = np.nan  # a median over other markets at each age would be no curve
    return Base(since, tables, kept)


def _tables(lives: Mapping[str, np.ndarray], weeks: int) -> Iterator[LifeTable]:
    adopted, ended, seed = (np.asarray(lives[name]).astype(int) for name in ("adopted", "ended", "seed"))
    for each in np.unique(seed):
        here = seed == each
        yield delayed_life_table(adopted[here], ended[here], weeks)


def rows(base: Base) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``base_retention.csv``: a motion and an age, quarter by quarter."""
    for motion, of in base.kept.items():
        for k in range(0, of.shape[1], QUARTER_WEEKS):
            low, mid, high = quantiles(of[:, k])
            age = (base.since or 0) + k
            at_risk = float(np.median([t.at_risk[age] for t in base.tables[motion]]))
            yield {"motion": motion, "since_weeks": base.since, "age_weeks": age, "at_risk": at_risk, "median": mid, "low": low, "high": high}  # fmt: skip


def sentence(base: Base) -> str:
    """Return which share of the customers of today is there a year later under each motion, by true age."""
    if base.since is None:
        return f"Of the customers of today too few are of one age to say how they stay by it: {LEAST_AT_RISK} simulated customers are needed in each market."
    said = []
    for motion, of in base.kept.items():
        year = of[:, YEAR_WEEKS] if of.shape[1] > YEAR_WEEKS else np.full(len(of), np.nan)
        mid, low, high = median_first(100 * year)
        text = with_interval(f"{mid:.0f}", low, high, "{:.0f}".format) if np.isfinite(mid) else "too few to say"
        said.append(f"{motion_called(motion)} {text}")
    return f"Customers of today by their true age: of 100 who bought {base.since} weeks ago, so many are there a year later: {', '.join(said)}."
