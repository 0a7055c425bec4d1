"""Print what speed and memory are, what they were and what was aimed at; ``--quick`` leaves out what takes long.

Ratios are medians of five rounds in which both sides take turns; microseconds of CPU are medians of five. Seconds of whole commands are of
this machine under the load that is stated. NumPy and laser-core (``pip install -e '.[bench]'``) run the bare workload beside the simulator.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import mesa
import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulation import engine
from tests.benchmarks import commands, limit, runs
from tests.benchmarks.measure import Measure
from tests.benchmarks.worlds import bare, world


def measures(quick: bool, folder: Path) -> Iterator[Measure]:
    """Yield one measure after another."""
    runs.compile_all()
    yield from runs.small_weeks()
    yield from runs.full_week()
    yield from runs.beside_rivals()
    yield from runs.bare_workload(100_000, 8.6)
    yield from runs.beside_mesa()
    if quick:
        return
    yield from runs.bare_workload(1_000_000, 6.9)
    yield from runs.at_a_million()
    yield from runs.memory()
    yield from commands.sweeps(folder / "sweep")
    yield from commands.sensitivity(folder / "sensitivity")
    yield from commands.comparison(folder / "comparison")


def phases(config) -> str:
    """Return the microseconds a week and the share of each phase of a run, largest first."""
    spent = dict.fromkeys((phase.name for phase in engine.WEEK), 0.0)
    run = engine.Engine(config, np.uint64(9))
    for _ in range(config.weeks):
        run._make_room()  # of lives: nothing in a phase guards the end of an array
        for at, phase in enumerate(engine.WEEK):
            start = time.perf_counter()
            run._part(1, at, at + 1)
            spent[phase.name] += time.perf_counter() - start
    total = sum(spent.values())
    first = sorted(spent.items(), key=lambda kv: -kv[1])[:6]
    shares = ", ".join(f"{name} {100 * seconds / total:.0f} %" for name, seconds in first)
    return f"{1e6 * total / config.weeks:,.0f} us a week: {shares}"


def profiled(quick: bool) -> Iterator[tuple[str, str]]:
    """Yield the profile of each workload that has an aim."""
    sizes = (100, 100_000) if quick else (100, 100_000, 1_000_000)
    for n in sizes:
        yield f"bare, {n:,} people", phases(bare(n, 520 if n == 100 else limit.WEEKS))
        yield f"full CLG, {n:,} people", phases(world("clg", n, 520 if n == 100 else 156 if n <= 100_000 else 52))


def load() -> str:
    """Return the machine's load averages over 1, 5 and 15 minutes."""
    return ", ".join(f"{x:.2f}" for x in os.getloadavg())


def row(one: Measure) -> tuple[str, ...]:
    """Return the cells of one measure."""
    said = ("" if x is None else f"{x:g}" for x in (one.before, one.aim))
    return one.what, *said, f"{one.value:,.2f}", one.gain, one.verdict, f"{one.rounds:,}"


def main() -> None:
    """Print the table, each line as it is known, and where the time goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no million people, no whole commands")
    quick = parser.parse_args().quick
    console = Console(width=140, highlight=False)
    console.print(f"{os.cpu_count()} cores, Mesa {mesa.__version__}, load average {load()} at the start")
    table = Table("", "before", "aim", "measured", "times as good", "", "rounds")
    with tempfile.TemporaryDirectory() as folder:
        for one in measures(quick, Path(folder)):
            cells = row(one)
            table.add_row(*map(escape, cells))
            console.print(" | ".join(cells), style="dim", markup=False)
    console.print(table)
    console.print(f"load average {load()} at the end")
    console.print("where the time goes:")
    for name, shares in profiled(quick):
        console.print(f"  {name}: {shares}", soft_wrap=True)


if __name__ == "__main__":
    main()
