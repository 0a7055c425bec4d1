"""Does the reproduction number after a stop foretell growth? ``python -m tools.turning`` writes docs/turning.csv and says how surely.

The reference company, community-led, as it is shipped and with a number or two changed, twelve worlds; its money stops after two years, and doors
that nobody pays for close, or are kept up at cost. The number is read in the year after the stop, growth in the two years that follow it: neither is made of the other's weeks.
"""

import math
import sys
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.engine import simulate
from simulation.metrics.sums import ratio
from simulation.people.stages import BY_USERS, CAUSES
from simulation.runs.files import table_writer
from simulation.scenario.compose import compose, world_at
from simulation.scenario.intervention import NO_MONEY
from simulation.scenario.schema import World

FILE = Path(__file__).parents[1] / "docs" / "turning.csv"
VARIED = (  # what users bring, how long customers stay, how easily they buy
    "behaviour.attraction.close_talk_per_week", "market.segments.*.search_demand_per_week", "market.segments.*.churn_per_week",
    "product.complexity",
)  # fmt: skip
WORLDS: dict[str, dict[str, float]] = {"as shipped": {}, "talk four times": {VARIED[0]: 4.0}} | {
    f"{path.rpartition('.')[2].removesuffix('_per_week').replace('_', ' ')} {said}": {path: times}
    for path in VARIED
    for said, times in (("halved", 0.5), ("doubled", 2.0))
}
WORLDS |= {
    "search demand a quarter, churn four times": {VARIED[1]: 0.25, VARIED[2]: 4.0},
    "talk halved, churn doubled": {VARIED[0]: 0.5, VARIED[2]: 2.0},
}
DOORS = {"closed": False, "kept up": True}  # a free plan and a community, once nobody pays for them
STOP, READ, END = 2 * YEAR_WEEKS, 3 * YEAR_WEEKS, 5 * YEAR_WEEKS  # weeks
SEEDS = 4


class Fate(NamedTuple):
    """One world: means over seeds."""

    world: str
    doors: str
    number: float  # customers whom a customer brings in a mean life, in the year after the stop
    growth: float  # customers two years later over those at that year's end


def changed(base: World, times: dict[str, float]) -> World:
    """Return a world in which settings are so many times what they are; ``*`` stands for each segment."""
    settings = {
        path.replace("*", name): factor * reduce(_part, path.replace("*", name).split("."), base)
        for path, factor in times.items()
        for name in (base.market.segments if "*" in path else ("",))
    }
    return world_at(base, "clg", settings)


def _part(node: Any, name: str) -> Any:
    """Return a part of a scenario, or a value of a section that is a table."""
    return node[name] if isinstance(node, dict) else getattr(node, name)


def look_at(name: str, doors: str, seeds: int) -> Fate:
    """Return what becomes of a world's customers when its money stops."""
    stop = [{"week": STOP, "set": NO_MONEY | {"budget.keeps_doors": DOORS[doors]}}]
    shipped = compose("motions=[clg]", "rows=5000", f"weeks={END}").world("clg")
    base = world_at(shipped, "clg", {"interventions": stop})
    found = []
    for seed in range(1, seeds + 1):
        record = simulate(changed(base, WORLDS[name]), seed)
        brought, ended = (
            sum(record.series(name)[STOP:READ].sum() for name in names)
            for names in ([f"adopted_{c.name.lower()}" for c in BY_USERS], CAUSES)
        )
        customers = record.series("customer") + record.series("expert")
        found.append((ratio(brought, ended), ratio(customers[-1], customers[READ - 1])))
    return Fate(name, doors, *np.nanmean(found, axis=0).tolist())


def rank_correlation(worlds: list[Fate]) -> tuple[float, float, float]:
    """Return Spearman's rank correlation of number and growth with its 90 % interval (Bonett & Wright 2000, Psychometrika 65)."""
    from scipy.stats import norm, spearmanr

    rho = float(spearmanr([w.number for w in worlds], [w.growth for w in worlds]).statistic)
    rho = min(max(rho, -1 + 1e-9), 1 - 1e-9)
    half = norm.ppf(0.95) * math.sqrt((1 + rho**2 / 2) / (len(worlds) - 3))
    return rho, math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)


def sentence(worlds: list[Fate]) -> str:
    """Return what the worlds say, as docs/metrics.md holds it."""
    parts = [_of(doors, [w for w in worlds if w.doors == doors]) for doors in DOORS]
    return f"The rank correlation of the number in the year after a stop with growth in the two years after that is {'; '.join(parts)}."


def _of(doors: str, worlds: list[Fate]) -> str:
    rho, low, high = rank_correlation(worlds)
    above = [w for w in worlds if w.number > 1]
    return (
        f"with doors {doors} {rho:.2f} (90 % interval {low:.2f} to {high:.2f}) over {len(worlds)} worlds: of {len(above)} above one "
        f"{sum(w.growth > 1 for w in above)} grew, of {len(worlds) - len(above)} below one {sum(w.growth > 1 for w in worlds if w.number <= 1)}"
    )


def main() -> int:
    """Write the table and print the sentence."""
    worlds = [look_at(name, doors, SEEDS) for doors in DOORS for name in WORLDS]
    writer = table_writer(world._asdict() for world in worlds)
    if writer:
        with FILE.open("wb") as file:
            writer(file)
    print(sentence(worlds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
