"""Measures of whole commands: sweeps of many small runs, a sensitivity study, the default comparison; each must end well."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from simulation.runs.store import Store
from tests.benchmarks.measure import ROUNDS, Measure

PEAK = """
import resource, sys
from simulation.cli import main
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
SWEEP = "study=sweep", "rows=2000", "weeks=156", "market.accounts=20000", "motions=[clg,plg]", "seeds=10"
RUNS_A_POINT = 20
FLAT_KIB = 0.1  # a run: what counts as no growth
FEW, SOME, MANY = 200, 1_200, 10_000  # runs of a sweep; the costs of a few are those of starting and ending


class Ended(NamedTuple):
    """A command that ended well."""

    wall: float
    cpu: float
    parent_kib: int
    runs: int
    inside: float  # seconds within the runs


def command(folder: Path, *words: str, env: dict[str, str] | None = None) -> Ended:
    """Run one command to its end; raises CalledProcessError, with what it said, where its exit code is not 0."""
    out = next(place for k in count() if not (place := folder / str(k)).exists())
    before, start = _cpu_of_children(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *words, f"out={out}"],
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - start
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        done.check_returncode()
    inside, n = Store(out).query("select sum(seconds), count(*) from timings").fetchall()[0]
    return Ended(took, _cpu_of_children() - before, int(done.stderr.split()[-1]), n, inside)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def sweep(folder: Path, runs: int, jobs: int) -> Ended:
    """Sweep a price over so many runs of 2,000 people; raises RuntimeError where one is missing."""
    ended = command(
        folder, *SWEEP, f"study.over={{product.price_usd:{{low:20,high:60,n:{runs // RUNS_A_POINT}}}}}", f"jobs={jobs}"
    )
    if ended.runs != runs:
        raise RuntimeError(f"{ended.runs} of {runs} runs are there")
    return ended


def sweeps(folder: Path) -> Iterator[Measure]:
    """What a run costs in a sweep, all costs but starting; what two processes bring, what is added to the runs, what the parent keeps."""
    start, one = sweep(folder, FEW, 1), sweep(folder, SOME, 1)
    each = "run of 2,000 people, 156 weeks, in a sweep, all costs, ms"
    yield Measure(f"{each} of CPU", 1e3 * (one.cpu - start.cpu) / (SOME - FEW), 6, 34, rounds=SOME - FEW)
    few, two = sweep(folder, FEW, 2), sweep(folder, MANY, 2)
    what = f"{MANY:,} such runs on two cores, s"
    yield Measure(what, two.wall, 40, 182, rounds=1)
    yield Measure(f"{what} of CPU over two", two.cpu / 2, rounds=1)
    added = 100 * (2 * (two.wall - few.wall) / (two.inside - few.inside) - 1)
    yield Measure("scheduling and storing, all but starting, % of the seconds within the runs", added, 10, rounds=1)
    kept = (two.parent_kib - few.parent_kib) / (two.runs - few.runs)
    yield Measure("parent's memory, KiB a run", kept, FLAT_KIB, 8, rounds=1)


def sensitivity(folder: Path) -> Iterator[Measure]:
    """The study at its default."""
    ended = command(folder, "study=sensitivity")
    yield Measure(f"study=sensitivity at its default ({ended.runs:,} runs), s", ended.wall, 35, 148, rounds=1)
    yield Measure("study=sensitivity, s of CPU over two", ended.cpu / 2, rounds=1)


def comparison(folder: Path) -> Iterator[Measure]:
    """What somebody waits for who types ``flywheel``: in a new environment with bytecode, and later."""
    first = command(folder, env={"XDG_CACHE_HOME": str(folder / "cache")})
    yield Measure("flywheel at its default, first, s", first.wall, 30, 36, rounds=1)
    yield Measure("flywheel, first, s of CPU", first.cpu, rounds=1)
    command(folder)
    warm = [command(folder) for _ in range(ROUNDS)]
    yield Measure("flywheel at its default, warm, s", statistics.median(e.wall for e in warm), 6, 14)
    yield Measure("flywheel, warm, s of CPU", statistics.median(e.cpu for e in warm))
