"""One run: it depends on its world and its seed alone, wherever it runs."""

import hashlib
import json
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.scenario.compose import world_at
from simulation.scenario.schema import World
from simulation.sources import RULES


class Task(NamedTuple):
    """One run to do: a motion's world with ``settings`` on top, under a seed."""

    run_id: str
    point: int
    motion: str
    seed: int
    settings: dict[str, Any]

    @property
    def columns(self) -> dict[str, Any]:
        """What the tables say of this run: its name, its place in the plan, its settings."""
        named = {"run_id": self.run_id, "point": self.point, "motion": self.motion, "seed": self.seed}
        return named | {path: _cell(value) for path, value in self.settings.items()}


def _cell(value: Any) -> Any:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


class Outcome(NamedTuple):
    """What a run left: rows for the four tables, or the error."""

    task: Task
    metrics: dict[str, float]
    weeks: dict[str, np.ndarray]
    lives: dict[str, np.ndarray]
    moves: dict[str, np.ndarray]
    seconds: float
    error: str | None


def data_hash(world: World) -> str:
    """Return a hash of the content of the files a world reads, empty if it reads none."""
    net = world.market.network
    return "".join(_file_hash(Path(f), Path(f).stat().st_mtime_ns) for f in (net.file, net.traits_file) if f)


@cache
def _file_hash(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def world_hash(world: World, motion: str) -> str:
    """Return a hash of all that decides a run besides its seed: settings, rules, data; and of its motion's name.

    Two motions that spend alike have rows of their own in every table.
    """
    text = motion + json.dumps(world.model_dump(mode="json"), sort_keys=True) + str(RULES) + data_hash(world)
    return hashlib.sha256(text.encode()).hexdigest()


def run_id(world_digest: str, seed: int) -> str:
    """Return the name of a run, 16 hex digits."""
    return hashlib.sha256(f"{world_digest}/{seed}".encode()).hexdigest()[:16]


def run(base: World, task: Task, keep: Sequence[str]) -> Outcome:
    """Run one task and bring home the tables in ``keep``.

    An error is returned, not raised, so that it costs only itself.
    """
    from simulation.engine import simulate
    from simulation.metrics import measure

    start = time.perf_counter()
    try:
        record = simulate(world_at(base, task.motion, task.settings), task.seed)
        weeks = _weeks(record) if "weeks" in keep else {}
        lives, moves = (
            _columns(of) if name in keep else {} for name, of in (("lives", record.lives), ("moves", record.moves))
        )
        metrics = measure(record)
        return Outcome(task, metrics, weeks, lives, moves, time.perf_counter() - start, None)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in one run is listed, the others go on
        return Outcome(task, {}, {}, {}, {}, time.perf_counter() - start, f"{type(error).__name__}: {error}")


def _weeks(record) -> dict[str, np.ndarray]:
    """Return the weekly series of a record by name; weeks of the past are below zero."""
    from simulation.record import SERIES

    parts = [record.past, record] if record.past else [record]
    series = {name: np.concatenate([part.series(name) for part in parts]) for name in SERIES}
    return {"week": np.arange(-record.n_before, record.weeks.shape[0], dtype=np.int16)} | series


def _columns(table: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns of a table of records by name, each of its own memory."""
    return {name: np.ascontiguousarray(table[name]) for name in table.dtype.names or ()}


def run_chunk(worlds: dict[str, World], tasks: list[Task], keep: Sequence[str]) -> list[Outcome]:
    """Run tasks one after another; what a cluster's worker is given. ``worlds`` by motion."""
    return [run(worlds[t.motion], t, keep) for t in tasks]
