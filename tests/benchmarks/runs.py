"""Measures of single runs: over the limit kernels, beside NumPy, laser-core and plain Mesa, by threads, by memory.

Limit kernels: ``limit.py`` for the bare workload, ``limit_full.py`` for the full week, and where the folder of other frameworks' benchmarks lies
beside this one, its own.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from simulation.mesa_model import GrowthModel
from simulation.people.agents import Customer
from simulation.people.network import small_world
from tests.benchmarks import limit, limit_full, peers
from tests.benchmarks.measure import Job, Measure, cpu, ratio, wall
from tests.benchmarks.plain_mesa import WordOfMouth
from tests.benchmarks.worlds import RIVALS, bare, world

LARGE = """
from simulation.mesa_model import GrowthModel
from simulation.scenario.compose import compose
world = compose("motions=[clg]", "market.people=10000000", "weeks=52").world("clg")
GrowthModel(world, rng=1).run()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) / 2**20)
"""  # not getrusage: its peak starts from that of the process that forked
REFERENCE = Path(__file__).parents[3] / "shared" / "bench" / "peers" / "peer_numba.py"
LIMIT_TIMES = 3  # a limit run is short: so many in one round


def runs(config, threads: int = 1) -> Callable[[int], Job]:
    """Return a maker of runs of the simulator."""
    return lambda seed: GrowthModel(config, rng=seed, threads=threads).run


def weeks_of(config, times: int) -> Callable[[int], Job]:
    """Return a maker of the weeks of so many runs, each on its own luck."""

    def make(seed: int) -> Job:
        models = [GrowthModel(config, rng=times * seed + k) for k in range(times)]
        return lambda: [model.run() for model in models]

    return make


def bare_runs(people: int, run: Callable = limit.run) -> Callable[[int], Job]:
    """Return a maker of runs of the bare workload on one network; by the limit kernel, or as others write it."""
    network, times = small_world(people, 10, 0.1, 1), LIMIT_TIMES if run is limit.run else 1
    return lambda seed: lambda: [run(network, limit.WEEKS, seed + k) for k in range(times)]


def limit_full_runs(config) -> Callable[[int], Job]:
    """Return a maker of runs of the full week's limit, for one plan."""
    plan = limit_full.plan_of(config, 1)
    return lambda _: lambda: [limit_full.run(plan) for _ in range(LIMIT_TIMES)]


def reference_seconds(people: int) -> float:
    """Return the median seconds of five runs of the other folder's limit kernel, by its own clock."""
    command = [sys.executable, str(REFERENCE), f"--n={people}", f"--steps={limit.WEEKS}", "--replicates=5"]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=True
    )
    return statistics.median(json.loads(line)["run_s"] for line in done.stdout.splitlines() if line.startswith("{"))


def mesa_runs(people: int) -> Callable[[int], Job]:
    """Return a maker of runs of the plain Mesa model on one network."""
    network = small_world(people, 10, 0.1, 1)

    def make(seed: int) -> Job:
        model = WordOfMouth(network, rng=seed)
        return lambda: [model.step() for _ in range(limit.WEEKS)]

    return make


def stepped(config) -> Callable[[int], Job]:
    """Return a maker of runs week by week from Python."""

    def make(seed: int) -> Job:
        model = GrowthModel(config, rng=seed)
        return lambda: [model.step() for _ in range(config.weeks)]

    return make


class Loyal(Customer):
    """A customer whose staying is decided in Python: while content, they stay."""

    def retention(self):
        """Return 1, to leave, or 0."""
        return int(self.satisfaction < 0.1)


def overridden(config, rows: int) -> Callable[[int], Job]:
    """Return a maker of runs in which so many people decide in Python."""

    def make(seed: int) -> Job:
        model = GrowthModel(config, rng=seed)
        model.use(Loyal, np.arange(0, model.n, model.n // rows))
        return model.run

    return make


def others() -> dict[str, Callable]:
    """Return the bare workload as others write it, by name; laser-core where it is installed."""
    found = {"numpy": peers.run_numpy, "laser": peers.run_laser}
    return {name: run for name, run in found.items() if name != "laser" or find_spec("laser") is not None}


def compile_all() -> None:
    """Compile, or load from disk, all that is timed later."""
    small = world("clg", 2000, 60)
    for config in (bare(2000), small):
        GrowthModel(config, rng=1).run()
    overridden(small, 20)(1)()
    GrowthModel(world("clg", 10_000, 10), rng=1, threads=2).run()
    network = small_world(100, 10, 0.1, 1)
    for run in (limit.run, *others().values()):
        run(network, 3, 1)
    limit_full.run(limit_full.plan_of(world("clg", 2000, 10), 1))


# --- measures ----------------------------------------------------------------------------------


def small_weeks() -> Iterator[Measure]:
    """What a week costs however few the people; a run compiled, a step from Python, decisions in Python."""
    few, many = world("clg", 100, 520), world("clg", 20_000, 156)
    took = cpu(clg=runs(few), step=stepped(few), bare=runs(bare(100, 520)))
    week = {name: 1e6 * statistics.median(times) / 520 for name, times in took.items()}
    yield Measure("week of 100 people, full CLG, us of CPU", week["clg"], 8, 140)
    yield Measure("step() of 100 people from Python, us of CPU", week["step"], 20, 140)
    yield Measure("week of 100 people, bare, us of CPU", week["bare"])
    took = cpu(plain=runs(many), some=overridden(many, 200))
    week = {name: 1e6 * statistics.median(times) / 156 for name, times in took.items()}
    yield Measure("week of 20,000 people, 200 of them overridden, us of CPU", week["some"], 250, 528)
    yield Measure("the same, times the week of nobody overridden", ratio(took["some"], took["plain"]))


def bare_workload(n: int, before: float) -> Iterator[Measure]:
    """The bare workload over its limit kernel, and beside others, by the wall: laser-core's loops use all cores."""
    took = cpu(limit=bare_runs(n), bare=runs(bare(n)))
    where = f"bare, {n:,} people"
    yield Measure(f"{where}, over limit.py", LIMIT_TIMES * ratio(took["bare"], took["limit"]), 3, before)
    beside = wall(limit=bare_runs(n), bare=runs(bare(n)), **{name: bare_runs(n, run) for name, run in others().items()})
    for name, label in (("numpy", "NumPy"), ("laser", "laser-core")):
        if name in beside:
            yield Measure(f"{where}, times the speed of {label}", ratio(beside[name], beside["bare"]), 1, less=False)
        else:
            yield Measure(f"{where}: no {label}: pip install -e '.[bench]'", float("nan"))
    if REFERENCE.is_file():
        one = statistics.median(beside["limit"]) / LIMIT_TIMES
        yield Measure(f"limit.py, {n:,} people, over peer_numba.py", one / reference_seconds(n))
    else:
        yield Measure(f"limit.py, {n:,} people: the folder with peer_numba.py is not here", float("nan"))


def full_week() -> Iterator[Measure]:
    """The full scenario over its own limit kernel."""
    n, weeks = 100_000, 156
    config = world("clg", n, weeks)
    took = cpu(limit=limit_full_runs(config), full=runs(config))
    what = f"full CLG, {n:,} people, over limit_full.py"
    yield Measure(what, LIMIT_TIMES * ratio(took["full"], took["limit"]), 1.5, 3.3)


def beside_rivals() -> Iterator[Measure]:
    """What two rivals from the start on cost."""
    for n, times in ((2_000, 10), (20_000, 1), (100_000, 1)):
        took = cpu(none=weeks_of(world("clg", n, 156), times), two=weeks_of(world("clg", n, 156, *RIVALS), times))
        yield Measure(
            f"full CLG, {n:,} people, a week with two rivals over one without", ratio(took["two"], took["none"]), 1.4
        )


def at_a_million() -> Iterator[Measure]:
    """A million people against a tenth, and two threads against one."""
    small, large = world("clg", 100_000, 52), world("clg", 1_000_000, 52)
    took = cpu(small=runs(small), large=runs(large))
    yield Measure("full CLG, a person's week at 1,000,000 over 100,000", ratio(took["large"], took["small"]) / 10)
    took = wall(one=runs(large), two=runs(large, threads=2))
    what = "full CLG, 1,000,000 people, two threads over one"
    yield Measure(what, ratio(took["one"], took["two"]), 1.6, 1.29, less=False)


def memory() -> Iterator[Measure]:
    """Ten million people in a process of their own: the most memory held, building the network included."""
    if not Path("/proc/self/status").exists():
        return
    done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True)
    yield Measure("full CLG, 10,000,000 people, 52 weeks, GiB", float(done.stdout), 2.2, 2.2, rounds=1)


def beside_mesa() -> Iterator[Measure]:
    """The bare workload as ordinary Mesa agents."""
    took = cpu(bare=runs(bare(1_000)), mesa=mesa_runs(1_000))
    yield Measure("bare, 1,000 people, times the speed of plain Mesa", ratio(took["mesa"], took["bare"]), less=False)
