"""What published patterns say of a world: the rows of ``simulation/evidence/targets.csv``, each from its own experiment."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from simulation.evidence.experiments import EXPERIMENTS, Experiment, at_its_size
from simulation.evidence.targets import targets
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput, nearest
from simulation.scenario.schema import World

REFERENCE = "reference"


def chosen(names: Sequence[str]) -> list[str]:
    """Return the rows named, in the table's order, all if none is; raises BadInput where there is no such row."""
    known = [t.id for t in targets()]
    for name in names:
        if name not in known:
            raise BadInput(f"rows: there is no row {name} in targets.csv{nearest(name, known)}")
    return [name for name in known if name in names or not names]


def experiments_of(rows: Iterable[str]) -> dict[str, list[str]]:
    """Return the experiments that conclude some of ``rows``, by name, each with its own of them."""
    found = {e.name: [row for row in rows if row in e.conclude([])] for e in EXPERIMENTS}
    return {name: own for name, own in found.items() if own}


def values(settings: dict[str, Any], rows: Sequence[str], first: int, seeds: int | None = None) -> dict[str, float]:
    """Return the statistic of each row under the reference scenario with ``settings``, NaN where it is not defined.

    ``seeds`` from ``first`` on, at most as many as each experiment has, all of these if none are given. What an experiment
    itself sets stays as it sets it.
    """
    found: dict[str, float] = {}
    for name, own in experiments_of(rows).items():
        e = next(e for e in EXPERIMENTS if e.name == name)
        said = e.conclude(_observed(e, settings, range(first, first + min(seeds or e.seeds, e.seeds))))
        found |= {row: said[row].value() for row in own}
    return {row: found[row] for row in rows}


def _observed(e: Experiment, settings: dict[str, Any], seeds: range) -> list[dict[str, Any]]:
    worlds = [at_its_size(world_of(m), m, settings | e.settings) for m in e.motions]
    return [e.observe(world, seed) for world in worlds for seed in seeds]


def world_of(motion: str, company: str = REFERENCE) -> World:
    """Return a company's world under a motion."""
    return compose(f"motions=[{motion}]", f"company={company}").world(motion)


def pool(jobs: int | None) -> ProcessPoolExecutor:
    """Return processes that work side by side, each with one thread: those of linear algebra would be in each other's way."""
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
