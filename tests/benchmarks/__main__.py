"""Print every figure as a ratio taken in this run; ``--quick`` leaves out the large populations."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from simulation import model as engine
from simulation.model import GrowthModel
from simulation.people.network import small_world
from simulation.scenario.compose import compose
from tests.benchmarks import limit
from tests.benchmarks.plain_mesa import WordOfMouth

LARGE = """
import resource
from simulation.model import GrowthModel
from simulation.scenario.compose import compose
world = compose("motions=[clg]", "market.people=10000000", "weeks=52").world("clg")
GrowthModel(world, rng=1).run()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


def world(motion: str, people: int, weeks: int, *overrides: str):
    """Return the world of one motion."""
    return compose(f"motions=[{motion}]", f"market.people={people}", *overrides, f"weeks={weeks}").world(motion)


def bare(people: int, weeks: int = 60):
    """Return the bare word-of-mouth workload."""
    return world("bare", people, weeks, "company=bare")


def seconds(make: Callable[[int], Callable[[], object]], rounds: int) -> float:
    """Return the best time of what ``make(round)`` returns; making it is not timed."""
    best = float("inf")
    for k in range(rounds):
        job = make(k + 2)
        start = time.perf_counter()
        job()
        best = min(best, time.perf_counter() - start)
    return best


def per_week(config, rounds: int = 5, threads: int = 1) -> float:
    """Return seconds of a person-week."""
    total = seconds(lambda k: GrowthModel(config, rng=k, threads=threads).run, rounds)
    return total / config.weeks / config.market.people


def limit_per_week(people: int, rounds: int = 5) -> float:
    """Return the limit kernel's seconds of a person-week."""
    network = small_world(people, 10, 0.1, 1)
    limit.run(network, 3, 1)
    return seconds(lambda k: lambda: limit.run(network, 60, k), rounds) / 60 / people


def phases(config) -> str:
    """Return the share of each phase in a run, largest first."""
    spent: dict[str, float] = {}

    def timed(phase):
        def run(model):
            start = time.perf_counter()
            phase(model)
            spent[phase.__name__] = spent.get(phase.__name__, 0.0) + time.perf_counter() - start

        return run

    weeks = engine.WEEK
    engine.WEEK = tuple(timed(p) for p in weeks)
    try:
        GrowthModel(config, rng=9).run()
    finally:
        engine.WEEK = weeks
    total = sum(spent.values())
    first = sorted(spent.items(), key=lambda kv: -kv[1])[:5]
    return ", ".join(f"{name} {100 * s / total:.0f} %" for name, s in first)


def measures(quick: bool):
    """Yield (what, value, target, kind) one after another; a target is a ceiling unless it is a floor."""
    for config in (bare(2000), world("clg", 2000, 30)):
        GrowthModel(config, rng=1).run()  # compile
    sizes = (100_000,) if quick else (100_000, 1_000_000)
    limits = {n: limit_per_week(n) for n in sizes}
    for n in sizes:
        yield f"bare workload, {n:,} people, times the limit kernel", per_week(bare(n)) / limits[n], 1.5, "at most"
    weeks = 156 if quick else 52
    full = per_week(world("clg", 100_000, 156), 3)
    yield "full CLG, 100,000 people, 156 weeks, times the limit kernel", full / limits[100_000], 6.0, "at most"
    if not quick:
        small, large = per_week(world("clg", 100_000, weeks), 3), per_week(world("clg", 1_000_000, weeks), 2)
        yield "full CLG, a person-week at 1,000,000 over 100,000 people", large / small, 1.5, "at most"
        two = per_week(world("clg", 1_000_000, weeks), 2, threads=2)
        yield "full CLG, 1,000,000 people, speed of two threads over one", large / two, 1.6, "at least"
        done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True)
        yield "10,000,000 people, 52 weeks: peak GiB with building", float(done.stdout), 4.0, "at most"
    for motion, config in (("CLG", world("clg", 100, 1000)), ("bare", bare(100, 1000))):
        yield f"microseconds a week of {motion}, 100 people", 1e6 * per_week(config, 3) * 100, 100.0, "at most"
    network = small_world(2000, 10, 0.1, 1)
    mesa_week = seconds(lambda k: WordOfMouth(network, rng=k).step, 5) / 2000
    yield "plain Mesa, 2,000 people, times the limit kernel", mesa_week / limits[100_000], float("inf"), "at most"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    console = Console(width=110)
    console.print(f"{os.cpu_count()} cores, load average {', '.join(f'{x:.2f}' for x in os.getloadavg())} at the start")
    table = Table()
    for head in ("measure", "value", "target", ""):
        table.add_column(head, justify="left" if head in ("measure", "") else "right")
    for what, value, target, kind in measures(quick):
        met = value <= target if kind == "at most" else value >= target
        aim = "" if target == float("inf") else f"{kind} {target:g}"
        verdict = "" if not aim else "met" if met else f"missed by {100 * abs(value / target - 1):.0f} %"
        table.add_row(what, f"{value:,.2f}", aim, verdict)
        console.print(f"{what}: {value:,.2f}")
    console.print(table)
    console.print(f"load average {os.getloadavg()[0]:.2f} at the end")
    for name, config in (("bare", bare(100_000)), ("full CLG", world("clg", 100_000, 156))):
        console.print(f"where the time of {name} goes, 100,000 people: {phases(config)}")


if __name__ == "__main__":
    main()
