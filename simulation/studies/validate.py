"""Study ``validate``: is it true. Each target's statistic, computed from the simulation as its source computed it."""

import math
from typing import Any, NamedTuple

from rich.table import Table

from simulation.scenario.compose import compose
from simulation.scenario.schema import World
from simulation.scenario.study import Validate
from simulation.studies.paired import write_rows
from simulation.studies.run import world_at
from simulation.studies.session import Session
from simulation.validation.experiments import EXPERIMENTS, Experiment, Target, targets
from simulation.validation.pooling import Estimate


class Verdict(NamedTuple):
    """A target and what the simulation does; ``inside``: the value lies in the range. A target missed is shown as missed."""

    id: str
    value: float
    interval_low: float
    interval_high: float
    range_low: float
    range_high: float
    inside: bool
    grade: str
    source: str


class Found(NamedTuple):
    """Verdicts in the targets' order, with the patterns in words."""

    verdicts: list[Verdict]
    patterns: dict[str, str]


def answer(session: Session, study: Validate) -> Found:
    """Run the experiments, compare with the ranges, write ``validation.csv``."""
    chosen = [e for e in EXPERIMENTS if e.name in study.experiments]
    items = [
        (e.observe, world, seed) for e in chosen for world in _worlds(session, e) for seed in range(1, e.seeds + 1)
    ]
    parts = session.each(_observe, items)
    estimates: dict[str, Estimate] = {}
    at = 0
    for e in chosen:
        n = len(e.motions) * e.seeds
        estimates |= e.conclude(parts[at : at + n])
        at += n
    known = targets()
    verdicts = [_verdict(t, estimates[t.id]) for t in known if t.id in estimates]
    write_rows(session.store.folder / "validation.csv", [v._asdict() for v in verdicts])
    found = Found(verdicts, {t.id: t.pattern for t in known})
    _print(session, found)
    return found


def _observe(observe: Any, world: World, seed: int) -> dict[str, Any]:
    return observe(world, seed)


def _worlds(session: Session, e: Experiment) -> list[World]:
    """Return the session's scenario under each motion of an experiment, at the size that the experiment needs."""
    base = session.config
    worlds = []
    for motion in e.motions:
        world = (
            base.world(motion)
            if motion in base.motions
            else base.model_copy(update={"motions": _shipped(motion)}).world(motion)
        )
        accounts = world.market.accounts or world.market.people
        worlds.append(world_at(world, motion, {"market.accounts": accounts} | e.settings))
    return worlds


def _shipped(motion: str) -> dict[str, Any]:
    return compose(f"motions=[{motion}]").motions


def _verdict(target: Target, found: Estimate) -> Verdict:
    inside = math.isfinite(found.value) and target.low <= found.value <= target.high
    return Verdict(
        target.id, found.value, found.low, found.high, target.low, target.high, inside, target.grade, target.source
    )


def _print(session: Session, found: Found) -> None:
    inside = sum(v.inside for v in found.verdicts)
    table = Table(
        title=f"{inside} of {len(found.verdicts)} published patterns inside their range", title_justify="left"
    )
    for name in ("", "pattern", "simulated (90 %)", "published", "grade", ""):
        table.add_column(name, justify="right" if name in ("simulated (90 %)", "published") else "left")
    for v in found.verdicts:
        value = f"{v.value:.3g} ({v.interval_low:.3g} to {v.interval_high:.3g})"
        published = f"{v.range_low:g} to {v.range_high:g}"
        table.add_row(v.id, found.patterns[v.id], value, published, v.grade, "inside" if v.inside else "MISSED")
    session.console.print(table)
