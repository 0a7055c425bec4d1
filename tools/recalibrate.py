"""Search numbers under which published patterns hold: ``python -m tools.recalibrate rows=[V05,V07] out=results/search``.

CMA-ES (Hansen 2016; package ``cmaes``) moves the numbers named in ``settings`` (all that docs/identified.csv says move a
pattern, if none is) within their priors; every other number stays as it is. What is made small: the squared distances of the
``rows`` from their ranges in half-widths, and, as a small penalty, the squared distance to the priors' modes in widths.
``seeds`` common seeds an evaluation, others every ten generations; the first of ``starts`` begins at the modes, each other at a
draw from the priors. Every evaluation is kept as it ends: the same command goes on where it was stopped. The best of each start are judged
on the seeds of ``study=validate``, which the search has not seen: ``solutions.csv`` has all, and that which holds and lies
nearest to the modes is printed as YAML. It changes nothing: values go into scenarios/*.yaml by hand, with their source.
``leave_out=1`` draws a quarter of the rows by that seed: the search never sees them, and how many of them hold is said at the end.
"""

import csv
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, as_completed
from pathlib import Path

import numpy as np
import yaml

from simulation.evidence.experiments import EXPERIMENTS, FIRST_SEED, Target, targets
from simulation.runs.run import world_hash
from simulation.scenario.errors import BadInput
from simulation.scenario.priors import Prior, choose
from simulation.scenario.schema import tree
from simulation.scenario.units import Frozen, count
from simulation.sources import DECIDING, hash_of
from tools.asked import Names, read
from tools.kept import Kept, Tried
from tools.rows import chosen, pool, values, world_of

IDENTIFIED = Path(__file__).parents[1] / "docs" / "identified.csv"
SEED = 11
STEP = 0.15  # of the search at first, in widths of a prior
REFRESH = 10  # generations on the same seeds
SAFE = 0.9  # of a range is aimed at: what lies at its very end holds on some seeds only
UNDEFINED = 3.0  # half-widths that a statistic counts as missed by where it is not defined
PENALTY = 0.01  # of a width squared: a tenth of a half-width
LEFT_OUT = 0.25  # of the rows, where some are left out
JUDGED = 3  # points of each start that are judged, the best of them by the seeds of the search


Observe = Callable[[dict[str, float], Sequence[str], int, int | None], dict[str, float]]  # as tools.rows.values


class Asked(Frozen):
    """What a search is told."""

    rows: Names
    settings: Names
    starts: count("starts", 1, 20) = 1  # type: ignore[valid-type]
    generations: count("generations", 1, 10_000) = 60  # type: ignore[valid-type]
    seeds: count("seeds", 4, 40) = 4  # type: ignore[valid-type]
    jobs: count("processes", 1, 1_000) | None = None  # type: ignore[valid-type]
    leave_out: count("seed of the lot that leaves rows out", 0, 10_000) | None = None  # type: ignore[valid-type]
    out: str = "results/recalibrate"


class Search:
    """A search in its folder: what it asks, what it has tried."""

    def __init__(self, asked: Asked, folder: Path, workers: Executor, observe: Observe = values) -> None:
        self.asked, self.folder, self._workers, self._observe = asked, folder, workers, observe
        named = chosen(asked.rows)
        self.left_out = by_lot(named, asked.leave_out)
        self.rows = [row for row in named if row not in self.left_out]
        self.known = choose(world_of("clg"), asked.settings or movers(), "settings")
        by = {t.id: t for t in targets()}
        self.targets = [by[row] for row in self.rows]
        self.unseen = [by[row] for row in self.left_out]
        self.modes = np.array([prior.place(prior.mode) for prior in self.known])
        same_search(folder, self.rows, self.left_out, self.known, asked.seeds)
        self.tried = Kept(folder / "evaluations.csv", ("start", "generation", "candidate"), self.known, self.rows)
        self.judged = Kept(folder / "solutions.csv", ("start", "candidate"), self.known, [*self.rows, *self.left_out])

    def numbers(self, place: np.ndarray) -> tuple[float, ...]:
        """Return the numbers at places in the priors, with the digits with which they would be shipped."""
        return tuple(float(f"{p.at(x):.3g}") for p, x in zip(self.known, place.tolist(), strict=True))

    def loss(self, point: Tried) -> float:
        """Return how far a point's rows are from their ranges, and its numbers from their modes, squared."""
        far = sum(distance(t, v) ** 2 for t, v in zip(self.targets, point.found, strict=True))
        return far + PENALTY * self.from_modes(point) ** 2

    def from_modes(self, point: Tried) -> float:
        """Return the distance to the modes, in widths of the priors."""
        places = [prior.place(x) for prior, x in zip(self.known, point.numbers, strict=True)]
        return float(np.linalg.norm(places - self.modes))

    def settings(self, numbers: Iterable[float]) -> dict[str, float]:
        """Return the settings that these numbers stand for."""
        return {k: v for p, x in zip(self.known, numbers, strict=True) for k, v in p.settings(x).items()}

    def try_all(
        self,
        kept: Kept,
        points: dict[tuple[int, ...], tuple[float, ...]],
        rows: Sequence[str],
        first: int,
        seeds: int | None,
    ) -> list[Tried]:
        """Return points by key, in their order: as kept, or ``rows`` run on ``seeds`` from ``first`` on and kept as each is done."""
        found = {key: kept.get(key, numbers) for key, numbers in points.items()}
        waiting = {
            self._workers.submit(self._observe, self.settings(points[key]), rows, first, seeds): key
            for key in points
            if found[key] is None
        }
        for done in as_completed(waiting):
            key = waiting[done]
            found[key] = Tried(points[key], tuple(done.result().values()))
            kept.add(key, found[key])
        return [point for point in found.values() if point]

    def run(self, start: int) -> list[tuple[float, ...]]:
        """Search from one start; return the points to be judged: the last middle, and the best on the last seeds."""
        from cmaes import CMA

        draw = np.random.default_rng((SEED, start)).random(self.modes.size)
        middle = np.array([p.place(float(p.quantile(u))) for p, u in zip(self.known, draw, strict=True)])
        bounds = np.tile([0.0, 1.0], (self.modes.size, 1))
        cma = CMA(mean=self.modes if start == 0 else middle, sigma=STEP, bounds=bounds, seed=SEED + start)
        last: list[Tried] = []
        for generation in range(self.asked.generations):
            block = generation // REFRESH
            if generation % REFRESH == 0:
                last = []
            places = [cma.ask() for _ in range(cma.population_size)]
            points = {(start, generation, k): self.numbers(x) for k, x in enumerate(places)}
            first = 1 + block * self.asked.seeds % (FIRST_SEED - 1 - self.asked.seeds)
            tried = self.try_all(self.tried, points, self.rows, first, self.asked.seeds)
            losses = [self.loss(point) for point in tried]
            cma.tell(list(zip(places, losses, strict=True)))
            last += tried
            best = tried[int(np.argmin(losses))]
            print(f"start {start}, generation {generation}: {min(losses):.4g}, {self.said(best)}", flush=True)
        best = sorted(last, key=self.loss)[: JUDGED - 1]
        return list(dict.fromkeys([self.numbers(np.clip(cma.mean, 0, 1)), *(point.numbers for point in best)]))

    def missed(self, point: Tried) -> list[str]:
        """Return the rows outside their range, of those that the search sees."""
        return _outside(self.targets, point.found[: len(self.rows)])

    def said(self, point: Tried) -> str:
        """Say how many rows hold at a point, and which do not."""
        return f"holds {_held(self.rows, self.missed(point))}"

    def foretold(self, point: Tried) -> str:
        """Say how many of the rows left out hold at a point that was judged."""
        return f"foretold {_held(self.left_out, _outside(self.unseen, point.found[len(self.rows) :]))}"

    def answer(self) -> bool:
        """Search from every start and judge on seeds that no search has seen; print what ships. Return whether any holds."""
        shipped = tuple(prior.mode for prior in self.known)
        points = {(start, k): x for start in range(self.asked.starts) for k, x in enumerate(self.run(start))}
        rows = [*self.rows, *self.left_out]
        judged = self.try_all(self.judged, {(-1, 0): shipped, **points}, rows, FIRST_SEED, None)
        for key, point in zip([(-1, 0), *points], judged, strict=True):
            name = "as shipped" if key[0] < 0 else f"start {key[0]}, candidate {key[1]}"
            print(f"{name}: {self.said(point)} on held-out seeds, {self.from_modes(point):.2f} widths from the modes")
            if self.left_out and key[0] >= 0:  # what ships was searched with every row in view
                print(f"  {self.foretold(point)} that were left out of the search by lot")
        held = [point for point in judged if not self.missed(point)]
        print(f"{len(held)} of {len(judged)} hold; all are in {self.folder / 'solutions.csv'}")
        if held:
            nearest = min(held, key=self.from_modes)
            print(yaml.safe_dump(tree(self.settings(nearest.numbers)), sort_keys=False), end="")
        return bool(held)


def distance(target: Target, value: float) -> float:
    """Return how far a statistic lies outside the safe part of its range, in half-widths."""
    if not math.isfinite(value):
        return UNDEFINED
    half = (target.high - target.low) / 2
    return max(abs(value - (target.low + half)) / half - SAFE, 0.0)


def by_lot(rows: Sequence[str], seed: int | None) -> list[str]:
    """Return a quarter of ``rows``, one at least, drawn by ``seed``, in their order; none without a seed. Raises BadInput."""
    if seed is None:
        return []
    if len(rows) < 2:
        raise BadInput(f"leave_out={seed}: {len(rows)} row is asked for, at least 2 are needed to leave one out")
    drawn = np.random.default_rng(seed).permutation(len(rows))[: max(round(LEFT_OUT * len(rows)), 1)]
    return [row for k, row in enumerate(rows) if k in drawn]


def _outside(of: Sequence[Target], found: Sequence[float]) -> list[str]:
    return [t.id for t, v in zip(of, found, strict=True) if not t.low <= v <= t.high]


def _held(rows: Sequence[str], missed: Sequence[str]) -> str:
    return f"{len(rows) - len(missed)} of {len(rows)} rows" + ", all but " * bool(missed) + ", ".join(missed)


def movers() -> list[str]:
    """Return the numbers that move some pattern detectably, as docs/identified.csv has them."""
    with IDENTIFIED.open(newline="", encoding="utf-8") as file:
        return [row["number"] for row in csv.DictReader(file) if row["moves"] == "True"]


def same_search(folder: Path, rows: list[str], left_out: list[str], known: list[Prior], seeds: int) -> None:
    """Raise BadInput where a folder holds the search of something else, or of another model."""
    said = yaml.safe_dump(
        {
            "rows": rows,
            "left_out": left_out,
            "settings": {p.name: [p.low, p.mode, p.high] for p in known},
            "seeds": seeds,
            "sources": hash_of((*DECIDING, "evidence/*.py", "evidence/targets.csv")),
            "worlds": {m: world_hash(world_of(m), m) for m in dict.fromkeys(m for e in EXPERIMENTS for m in e.motions)},
        },
        sort_keys=False,
    )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "search.yaml"
    if file.exists() and file.read_text(encoding="utf-8") != said:
        raise BadInput(
            f"out={folder}: it holds a search for other rows, settings or seeds, or of an earlier model; choose another folder"
        )
    file.write_text(said, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Search and print what ships; 0 where something holds, 1 where nothing does, 2 for input that cannot be used."""
    try:
        asked = read(arguments, Asked)
        with pool(asked.jobs) as workers:
            return 0 if Search(asked, Path(asked.out), workers).answer() else 1
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
