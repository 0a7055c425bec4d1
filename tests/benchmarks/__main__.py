"""Print every figure as a ratio taken in this run; ``--quick`` leaves out the large populations.

Limit kernels: ``limit.py`` for the bare workload, ``limit_full.py`` for the full week, and where the folder of other frameworks' benchmarks lies
beside this one, its own. NumPy and laser-core (``pip install -e '.[bench]'``) run the bare workload beside the simulator.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import mesa
import numpy as np
from rich.console import Console
from rich.table import Table

from simulation import model as engine
from simulation.mesa_model import GrowthModel
from simulation.people.network import small_world
from tests.benchmarks import limit, limit_full, peers
from tests.benchmarks.plain_mesa import WordOfMouth
from tests.benchmarks.worlds import bare, world

LARGE = """
from simulation.mesa_model import GrowthModel
from simulation.scenario.compose import compose
world = compose("motions=[clg]", "market.people=10000000", "weeks=52").world("clg")
GrowthModel(world, rng=1).run()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) / 2**20)
"""  # not getrusage: its peak starts from that of the process that forked

Job = Callable[[], object]
LIMIT_TRIES = 3  # a limit run is short: several each round, so that its best is as good as the others'
REFERENCE = Path(__file__).parents[3] / "shared" / "bench" / "peers" / "peer_numba.py"


class Measure(NamedTuple):
    """One line of the table; ``aim`` is "at most", "at least" or, without a target, empty."""

    what: str
    value: float
    target: float = float("nan")
    aim: str = ""

    @property
    def verdict(self) -> str:
        """Return whether the target is met, and by how much it is missed."""
        if not self.aim:
            return ""
        met = self.value <= self.target if self.aim == "at most" else self.value >= self.target
        return "met" if met else f"missed by {100 * abs(self.value / self.target - 1):.0f} %"


# --- timing ------------------------------------------------------------------------------------


def best(rounds: int, **makers: Callable[[int], Job]) -> dict[str, float]:
    """Return each maker's best seconds, taken in turn round by round; ``make(seed)`` itself is not timed."""
    seconds = dict.fromkeys(makers, float("inf"))
    for k in range(rounds):
        for name, make in makers.items():
            for seed in range(LIMIT_TRIES if name.startswith("limit") else 1):
                job = make(LIMIT_TRIES * k + seed + 1)
                start = time.perf_counter()
                job()
                seconds[name] = min(seconds[name], time.perf_counter() - start)
    return seconds


def runs(config, threads: int = 1) -> Callable[[int], Job]:
    """Return a maker of runs of the simulator."""
    return lambda seed: GrowthModel(config, rng=seed, threads=threads).run


def bare_runs(people: int, run: Callable = limit.run) -> Callable[[int], Job]:
    """Return a maker of runs of the bare workload on one network; by the limit kernel, or as others write it."""
    network = small_world(people, 10, 0.1, 1)
    return lambda seed: lambda: run(network, limit.WEEKS, seed)


def limit_full_runs(config) -> Callable[[int], Job]:
    """Return a maker of runs of the full week's limit, for one plan."""
    plan = limit_full.plan_of(config, 1)
    return lambda _: lambda: limit_full.run(plan)


def reference_seconds(people: int) -> float:
    """Return the best seconds of five runs of the other folder's limit kernel, by its own clock."""
    command = [sys.executable, str(REFERENCE), f"--n={people}", f"--steps={limit.WEEKS}", "--replicates=5"]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=True
    )
    return min(json.loads(line)["run_s"] for line in done.stdout.splitlines() if line.startswith("{"))


def mesa_runs(people: int) -> Callable[[int], Job]:
    """Return a maker of runs of the plain Mesa model on one network."""
    network = small_world(people, 10, 0.1, 1)

    def make(seed: int) -> Job:
        model = WordOfMouth(network, rng=seed)
        return lambda: [model.step() for _ in range(limit.WEEKS)]

    return make


def compile_all() -> None:
    """Compile, or load from disk, all that is timed later."""
    for config in (bare(2000), world("clg", 2000, 60)):
        GrowthModel(config, rng=1).run()
    network = small_world(100, 10, 0.1, 1)
    for run in (limit.run, *others().values()):
        run(network, 3, 1)
    limit_full.run(limit_full.plan_of(world("clg", 2000, 10), 1))


def others() -> dict[str, Callable]:
    """Return the bare workload as others write it, by name; laser-core where it is installed."""
    found = {"numpy": peers.run_numpy, "laser": peers.run_laser}
    return {name: run for name, run in found.items() if name != "laser" or find_spec("laser") is not None}


# --- measures ----------------------------------------------------------------------------------


def against_limit(sizes: list[int]) -> Iterator[Measure]:
    """The bare workload at every size and the full scenario at the first, each over its own limit kernel and others."""
    for n in sizes:
        made = {name: bare_runs(n, run) for name, run in others().items()}
        took = best(7 if n <= 100_000 else 5, limit=bare_runs(n), bare=runs(bare(n)), **made)
        where = f"bare workload, {n:,} people"
        yield Measure(f"{where}, times limit.py", took["bare"] / took["limit"], 1.5, "at most")
        yield Measure(f"{where}, times the speed of NumPy", took["numpy"] / took["bare"], 1.0, "at least")
        if "laser" in took:
            yield Measure(f"{where}, times the speed of laser-core", took["laser"] / took["bare"], 1.0, "at least")
        else:
            yield Measure(f"{where}: no laser-core: pip install -e '.[bench]'", float("nan"))
        if REFERENCE.is_file():
            yield Measure(f"limit.py, {n:,} people, times peer_numba.py", took["limit"] / reference_seconds(n))
        else:
            yield Measure(f"limit.py, {n:,} people: the folder with peer_numba.py is not here", float("nan"))
    n, weeks = sizes[0], 156
    config = world("clg", n, weeks)
    took = best(5, limit=bare_runs(n), limit_full=limit_full_runs(config), full=runs(config))
    where = f"full CLG, {n:,} people, {weeks} weeks"
    yield Measure(f"{where}, times limit_full.py", took["full"] / took["limit_full"], 1.5, "at most")
    weekly = {name: seconds / (limit.WEEKS if name == "limit" else weeks) for name, seconds in took.items()}
    yield Measure(f"{where}, times limit.py by the week", weekly["full"] / weekly["limit"], 6.0, "at most")
    yield Measure(f"limit_full.py, {n:,} people, times limit.py by the week", weekly["limit_full"] / weekly["limit"])


def at_a_million() -> Iterator[Measure]:
    """The full scenario over an equal number of weeks: a million people against a tenth, two threads against one."""
    small, large = world("clg", 100_000, 52), world("clg", 1_000_000, 52)
    took = best(5, small=runs(small), one=runs(large), two=runs(large, threads=2))
    ratio = took["one"] / took["small"] / 10
    yield Measure("full CLG, a person-week at 1,000,000 over 100,000 people", ratio, 1.5, "at most")
    yield Measure(
        "full CLG, 1,000,000 people, speed of two threads over one", took["one"] / took["two"], 1.6, "at least"
    )


def memory() -> Iterator[Measure]:
    """Ten million people in a process of their own: the most memory held, building the network included."""
    if not os.path.exists("/proc/self/status"):  # noqa: PTH110
        return
    done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True)
    yield Measure("full CLG, 10,000,000 people, 52 weeks: peak GiB", float(done.stdout), 4.0, "at most")


def fixed_cost() -> Iterator[Measure]:
    """What a week costs however few the people."""
    weeks = 520
    took = best(7, clg=runs(world("clg", 100, weeks)), bare=runs(bare(100, weeks)))
    for name, seconds in took.items():
        yield Measure(f"a week of {name}, 100 people, microseconds", 1e6 * seconds / weeks, 100.0, "at most")


def against_mesa(sizes: list[int]) -> Iterator[Measure]:
    """The bare workload as ordinary Mesa agents, over the limit kernel and over the simulator."""
    for n in sizes:
        took = best(3, limit=bare_runs(n), bare=runs(bare(n)), mesa=mesa_runs(n))
        yield Measure(f"plain Mesa, {n:,} people, times the limit kernel", took["mesa"] / took["limit"])
        yield Measure(f"plain Mesa, {n:,} people, times the simulator", took["mesa"] / took["bare"])


def start_up() -> Iterator[Measure]:
    """What a user waits for help."""
    command = [sys.executable, "-m", "simulation", "--help"]
    took = best(5, start=lambda _: lambda: subprocess.run(command, capture_output=True, check=True))
    yield Measure("flywheel --help, seconds", took["start"])


def measures(quick: bool) -> Iterator[Measure]:
    """Yield one measure after another."""
    compile_all()
    yield from against_limit([100_000] if quick else [100_000, 1_000_000])
    if not quick:
        yield from at_a_million()
    yield from fixed_cost()
    yield from against_mesa([1_000] if quick else [1_000, 10_000])
    yield from start_up()
    if not quick:
        yield from memory()


# --- where the time goes -----------------------------------------------------------------------


def phases(config) -> str:
    """Return the microseconds a week and the share of each phase of a run, largest first."""
    spent = dict.fromkeys((phase.name for phase in engine.WEEK), 0.0)
    run = engine.Engine(config, np.uint64(9))
    for _ in range(config.weeks):
        for at, phase in enumerate(engine.WEEK):
            start = time.perf_counter()
            run._part(1, at, at + 1)
            spent[phase.name] += time.perf_counter() - start
    total = sum(spent.values())
    first = sorted(spent.items(), key=lambda kv: -kv[1])[:6]
    shares = ", ".join(f"{name} {100 * seconds / total:.0f} %" for name, seconds in first)
    return f"{1e6 * total / config.weeks:,.0f} us a week: {shares}"


def profiled(quick: bool) -> Iterator[tuple[str, str]]:
    """Yield the profile of each workload that has a target."""
    sizes = (100, 100_000) if quick else (100, 100_000, 1_000_000)
    for n in sizes:
        yield f"bare, {n:,} people", phases(bare(n, 520 if n == 100 else limit.WEEKS))
        yield f"full CLG, {n:,} people", phases(world("clg", n, 520 if n == 100 else 156 if n <= 100_000 else 52))


def load() -> str:
    """Return the machine's load averages over 1, 5 and 15 minutes."""
    return ", ".join(f"{x:.2f}" for x in os.getloadavg())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no million, no ten million people")
    quick = parser.parse_args().quick
    console = Console(width=110, highlight=False)
    console.print(f"{os.cpu_count()} cores, Mesa {mesa.__version__}, load average {load()} at the start")
    table = Table("measure")
    table.add_column("value", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for one in measures(quick):
        aim = f"{one.aim} {one.target:g}" if one.aim else ""
        table.add_row(one.what, f"{one.value:,.2f}", aim, one.verdict)
    console.print(table)
    console.print(f"load average {load()} at the end")
    console.print("where the time goes:")
    for name, shares in profiled(quick):
        console.print(f"  {name}: {shares}", soft_wrap=True)


if __name__ == "__main__":
    main()
