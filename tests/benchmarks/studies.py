"""The engine of the studies: what scheduling and storing add to the runs themselves, what a second worker brings, and whole commands.

Every figure is a ratio taken in this run, or stands beside the load: seconds of the wall, times workers, over the seconds inside the runs.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from simulation.runs.store import Store

SCRIPT = """
import resource, sys, time
from simulation.cli import main
start = time.perf_counter()
code = main(sys.argv[1:])
print(code, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr)
"""
START = "study=sweep", "rows=2000", "weeks=156", "market.accounts=20000", "motions=[clg,plg]"


def sweep(folder: Path, runs: int, jobs: int) -> tuple[float, float, float]:
    """Sweep so many runs; return wall seconds, seconds inside the runs, and MiB of the parent at its peak."""
    points = runs // 20
    command = [
        *START,
        f"study.over={{product.price_usd:{{low:20,high:60,n:{points}}}}}",
        "seeds=10",
        f"jobs={jobs}",
        f"out={folder}",
    ]
    done = subprocess.run([sys.executable, "-c", SCRIPT, *command], capture_output=True, text=True, check=True)
    _, wall, peak = done.stderr.strip().splitlines()[-1].split()
    store = Store(folder)
    inside, n = store.query("select sum(seconds), count(*) from timings").fetchall()[0]
    if n != runs:
        raise RuntimeError(f"{n} of {runs} runs are there")
    return float(wall), float(inside), float(peak)


def whole(folder: Path, *words: str, rounds: int = 5) -> float:
    """Return the median wall seconds of a whole command, warm, with bytecode and compiled code kept."""
    seconds = []
    for k in range(rounds + 1):  # the first one compiles
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *words, f"out={folder / str(k)}"], capture_output=True, text=True, check=True
        )
        seconds.append(float(done.stderr.strip().splitlines()[-1].split()[1]))
    return statistics.median(seconds[1:])


def main() -> None:
    """Print the ratios; ``--runs`` of the largest sweep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    runs = parser.parse_args().runs
    if runs <= 200:
        parser.error("--runs: more than 200")
    with tempfile.TemporaryDirectory() as folder:
        small, _, small_peak = sweep(Path(folder) / "small", 200, 2)
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; starting, 200 runs and ending take {small:.0f} s"
        )
        two, inside_two, peak = sweep(Path(folder) / "two", runs, 2)
        one, inside_one, _ = sweep(Path(folder) / "one", runs, 1)
        print(
            f"{runs} runs with 2 workers: overhead {100 * (2 * two / inside_two - 1):.1f} % of the runs themselves "
            f"({1000 * inside_two / runs:.1f} ms each; {1000 * inside_one / runs:.1f} with 1)"
        )
        print(f"{runs} runs: 2 workers are {one / two:.2f} times as fast as 1 ({two:.0f} and {one:.0f} s)")
        print(f"a run of 2,000 people, 156 weeks, all costs: {1000 * one / runs:.1f} ms with 1 process")
        a_run = 1024 * (peak - small_peak) / (runs - 200)
        print(f"parent at its peak: {peak:.0f} MiB, {small_peak:.0f} MiB with 200 runs: {a_run:.1f} kB a run")
        alone, default = (whole(Path(folder) / f"compare{k}", *w) for k, w in enumerate((["jobs=1"], [])))
        print(f"flywheel at its default, warm: {default:.1f} s, {default / alone:.2f} times jobs=1")
        print(f"study=sensitivity at its default: {whole(Path(folder) / 's', 'study=sensitivity', rounds=1):.0f} s")
        print(f"load at the end {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
