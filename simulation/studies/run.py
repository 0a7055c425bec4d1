"""One run: it depends on its world and its seed alone, wherever it runs."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.compiled import RULES_HASH
from simulation.scenario.schema import World


class Task(NamedTuple):
    """One run to do."""

    run_id: str
    point: int
    motion: str
    seed: int


class Outcome(NamedTuple):
    """What a run left: rows for the three tables, or the error."""

    task: Task
    metrics: dict[str, float]
    weeks: dict[str, np.ndarray]
    lives: dict[str, np.ndarray]
    seconds: float
    error: str | None


def data_hash(world: World) -> str:
    """Return a hash of the content of the files a world reads, empty if it reads none."""
    net = world.market.network
    files = [Path(f) for f in (net.file, net.traits_file) if f]
    return "".join(hashlib.sha256(f.read_bytes()).hexdigest()[:16] for f in files if f.is_file())


def world_hash(world: World) -> str:
    """Return a hash of all that decides a run besides its seed: settings, rules, data."""
    text = json.dumps(world.model_dump(mode="json"), sort_keys=True) + RULES_HASH + data_hash(world)
    return hashlib.sha256(text.encode()).hexdigest()


def run_id(world_digest: str, seed: int) -> str:
    """Return the name of a run, 16 hex digits."""
    return hashlib.sha256(f"{world_digest}/{seed}".encode()).hexdigest()[:16]


def run(world: World, task: Task) -> Outcome:
    """Run one task; an error is returned, not raised, so that it costs only itself."""
    from simulation.metrics import measure
    from simulation.model import GrowthModel
    from simulation.people.book import LIFE
    from simulation.record import SERIES

    start = time.perf_counter()
    try:
        record = GrowthModel(world, rng=task.seed).run()
        lives: dict[str, Any] = {name: np.ascontiguousarray(record.lives[name]) for name in LIFE.fields or ()}
        weeks = {name: record.series(name) for name in SERIES}
        metrics = measure(record)
        return Outcome(task, metrics, weeks, lives, time.perf_counter() - start, None)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in one run is listed, the others go on
        return Outcome(task, {}, {}, {}, time.perf_counter() - start, f"{type(error).__name__}: {error}")


def run_chunk(worlds: dict[str, World], tasks: list[Task]) -> list[Outcome]:
    """Run tasks one after another; what a cluster's worker is given. ``worlds`` by (point, motion) name."""
    return [run(worlds[f"{t.point}/{t.motion}"], t) for t in tasks]
