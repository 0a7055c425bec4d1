"""What the advice is for each named company, over the set: ``python -m tools.companies out=results/companies``.

Each is simulated at every solution of simulation/evidence/solutions.csv, its numbers as far from its own as the solution's are from those
that ship; the answers are those of tools/answers.py. ``companies.csv`` has them all; the least and the most of each are printed.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from simulation.evidence.solutions import settings_of, solutions
from simulation.scenario.files import options
from simulation.scenario.priors import choose
from simulation.scenario.units import Frozen, count
from tools.answers import NAMES, answers
from tools.asked import ends, read
from tools.rows import pool, world_of

TEST_CASE = "bare"  # of companies: a market without most of the model, which no firm has


class Asked(Frozen):
    """What is asked for."""

    jobs: count("processes", 1, 1_000) | None = None  # type: ignore[valid-type]
    out: str = "results/companies"


def at_each(company: str) -> list[list[float]]:
    """Return a company's answers at each solution, in their order."""
    known = choose(world_of("clg", company), [])
    return [answers(settings_of(solution, known), company) for solution in solutions()]


def sentence(company: str, found: Sequence[Sequence[float]]) -> str:
    """Say from what to what each answer goes over the set."""
    every = zip(NAMES, zip(*found, strict=True), strict=True)
    return f"{company}: " + ", ".join(f"{name} {min(of):.2f} to {max(of):.2f}" for name, of in every)


def main(arguments: Sequence[str]) -> int:
    """Run every company at every solution; 2 for input that cannot be used."""

    def work() -> int:
        asked = read(arguments, Asked)
        folder = Path(asked.out)
        folder.mkdir(parents=True, exist_ok=True)
        companies = [name for name in options("company") if name != TEST_CASE]
        with pool(asked.jobs) as workers, (folder / "companies.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(["company", "found", *NAMES])
            for company, found in zip(companies, workers.map(at_each, companies), strict=True):
                for solution, of in zip(solutions(), found, strict=True):
                    lines.writerow([company, solution.found, *(f"{x:.3g}" for x in of)])
                print(sentence(company, found), flush=True)
        return 0

    return ends(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
