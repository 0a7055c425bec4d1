"""Study ``compare``: the same market, people, luck and money under several motions; paired by seed."""

import csv
import math
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.metrics import METRICS
from simulation.scenario.schema import Config
from simulation.studies.cluster import outcomes
from simulation.studies.run import Outcome, Task, run_id, world_hash
from simulation.studies.store import Store

KEEP = ("runs", "weeks", "lives")
LOWER_IS_BETTER = {
    "cac_usd", "cac_loaded_usd", "cac_paid_usd", "payback_months", "acquisition_per_new_arr", "break_even_week",
    "support_usd_per_customer_week",
}  # fmt: skip
INTERVAL = (5, 50, 95)  # percent over seeds


class Summary(NamedTuple):
    """Median and 90 % interval over seeds of one metric under one motion."""

    motion: str
    metric: str
    runs: int
    median: float
    low: float
    high: float


class Difference(NamedTuple):
    """Paired difference (first minus second, same seed) and how often each of the two is better."""

    metric: str
    first: str
    second: str
    pairs: int
    median: float
    low: float
    high: float
    first_wins: float
    second_wins: float


def plan(config: Config) -> list[Task]:
    """Return the runs of a comparison, seed by seed, so that pairs are complete early."""
    hashes = {motion: world_hash(config.world(motion)) for motion in config.motions}
    return [
        Task(run_id(digest, seed), 0, motion, seed)
        for seed in range(1, config.seeds + 1)
        for motion, digest in hashes.items()
    ]


def execute(config: Config, store: Store, progress: Callable[[int], None]) -> Iterator[list[Outcome]]:
    """Do the runs that are not there yet, store each chunk, tell ``progress`` how many; yield chunks."""
    done = store.finished()
    tasks = [task for task in plan(config) if task.run_id not in done]
    progress(len(plan(config)) - len(tasks))
    if not tasks:
        return
    worlds = {f"0/{motion}": config.world(motion) for motion in config.motions}
    for chunk in outcomes(worlds, tasks, config.cluster, config.jobs):
        store.add(chunk, {0: {}}, KEEP)
        progress(len(chunk))
        yield chunk


def read_metrics(config: Config, store: Store) -> dict[str, np.ndarray]:
    """Return, by motion, an array (seeds, metrics) of this plan's runs, sorted by seed; NaN where a run is missing."""
    ids = {task.run_id: task for task in plan(config)}
    names = ", ".join(METRICS)
    found = {m: np.full((config.seeds, len(METRICS)), np.nan) for m in config.motions}
    for run, *values in store.query(f"select run_id, {names} from runs").fetchall():
        if run in ids:
            found[ids[run].motion][ids[run].seed - 1] = [math.nan if v is None else v for v in values]
    return found


def _quantiles(values: np.ndarray) -> tuple[float, float, float]:
    known = values[np.isfinite(values)]
    return tuple(np.percentile(known, INTERVAL).tolist()) if known.size else (math.nan,) * 3


def summarise(found: dict[str, np.ndarray]) -> list[Summary]:
    """Return one line a motion and metric."""
    lines = []
    for motion, values in found.items():
        for k, metric in enumerate(METRICS):
            low, mid, high = _quantiles(values[:, k])
            lines.append(Summary(motion, metric, int(np.isfinite(values[:, k]).sum()), mid, low, high))
    return lines


def differences(found: dict[str, np.ndarray]) -> list[Difference]:
    """Return one line a metric and pair of motions."""
    lines = []
    for first, second in combinations(found, 2):
        for k, metric in enumerate(METRICS):
            gap = found[first][:, k] - found[second][:, k]
            gap = gap[np.isfinite(gap)]
            low, mid, high = _quantiles(gap)
            sign = -1 if metric in LOWER_IS_BETTER else 1
            wins = [float((sign * gap > 0).mean()), float((sign * gap < 0).mean())] if gap.size else [math.nan] * 2
            lines.append(Difference(metric, first, second, gap.size, mid, low, high, *wins))
    return lines


def write_lines(path: Path, lines: list) -> None:
    """Write named tuples as CSV with nine significant digits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(lines[0]._fields)
        for line in lines:
            writer.writerow([f"{v:.9g}" if isinstance(v, float) else v for v in line])
