"""Settings that a company changed while it made its exports, month by month: as interventions in its past, and as they are today."""

from collections.abc import Mapping
from typing import Any

from simulation.calendar import weeks_of
from simulation.evidence.exports import Exports
from simulation.scenario.errors import BadInput, nearest
from simulation.scenario.priors import priors
from simulation.scenario.schema import FIXED, World, leaves

SPENDING = ("budget", "motion")  # what spend.csv says


def check_changes(data: Exports, world: World) -> None:
    """Raise BadInput where settings.csv names what is no number of the scenario, or what spend.csv says."""
    tree = world.model_dump()
    for path in data.times:
        if path.partition(".")[0] in SPENDING:
            raise BadInput(f"settings.csv: {path} is what a company spends; give it in spend.csv")
        if any(f"{path}.".startswith(f"{name}.") for name in FIXED):
            raise BadInput(f"settings.csv: {path} cannot change while a firm lives")
        if not _numbers(tree, path):
            known = [*leaves(World), *(prior.name for prior in priors(world))]
            raise BadInput(f"settings.csv: there is no number {path} in the scenario{nearest(path, known)}")


def base_of(data: Exports, world: World, drawn: Mapping[str, float]) -> dict[str, float]:
    """Return what the numbers that change are at 1 time, by path: as ``drawn``, else as in the scenario."""
    tree = world.model_dump()
    return {path: drawn.get(path, value) for wild in data.times for path, value in _numbers(tree, wild).items()}


def steps(data: Exports, world: World, drawn: Mapping[str, float], warm_up_months: int) -> list[dict[str, Any]]:
    """Return the interventions of a past, from its first week on; before the data all is as in their first month."""
    base, found, before = base_of(data, world, drawn), [], None
    for k in range(len(data.months)):
        now = scaled(data, base, k)
        if now and now != before:
            found.append({"week": weeks_of(warm_up_months + k) if k else 0, "set": now})
        before = now
    return found


def scaled(data: Exports, base: Mapping[str, float], month: int = -1) -> dict[str, float]:
    """Return those of ``base`` that change as they are in a month, the last one unless it is said."""
    of = {wild: float(times[month]) for wild, times in data.times.items()}
    return {path: base[path] * times for wild, times in of.items() for path in base if _matches(path, wild)}


def _matches(path: str, wild: str) -> bool:
    parts, asked = path.split("."), wild.split(".")
    return len(parts) == len(asked) and all(b in ("*", a) for a, b in zip(parts, asked, strict=True))


def _numbers(tree: Any, path: str, at: str = "") -> dict[str, float]:
    """Return the numbers at a dotted path, ``*`` takes every name, by their own paths; none where there is no such number."""
    head, _, rest = path.partition(".")
    names = tree if head == "*" else {head} & tree.keys()
    found: dict[str, float] = {}
    for name in names:
        value, here = tree[name], f"{at}{name}"
        if rest and isinstance(value, dict):
            found |= _numbers(value, rest, f"{here}.")
        elif not rest and isinstance(value, int | float) and not isinstance(value, bool):
            found[here] = float(value)
    return found
