"""Search numbers under which published patterns hold: ``python -m tools.recalibrate rows=[V05,V07] out=results/search``.

The numbers named in ``settings`` (all that docs/identified.csv says move a pattern, if none is) move within their priors; every
other number stays as it is. The first of ``starts`` begins at the modes, each other at a draw from the priors, and goes to the point
nearest to it at which the ``rows`` hold (tools/nearest.py): by slopes around the modes, in up to ``rounds`` of two steps, a whole and
a half one, on ``seeds`` common seeds, on others and more of them as soon as the rows are close on these. Rows that the scenario misses as shipped (known_misses.csv) are searched where
they are named. Every evaluation is kept as it ends: the same command goes on where it was stopped. The last points of each start are
judged on the seeds of ``study=validate``, which the search has not seen: ``solutions.csv`` has all. Those that hold are the set: how
far they lie apart and what the advice is at each is printed and stands in ``set.csv``; that which lies nearest to the modes is
printed as YAML. It changes nothing: set.csv goes to simulation/evidence, values into scenarios/*.yaml by hand, with their source.
``leave_out=1`` draws a quarter of the rows by that seed: the search never sees them, and how many of them hold is said at the end.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, as_completed
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from simulation.evidence.experiments import EXPERIMENTS, FIRST_SEED
from simulation.evidence.targets import Target, targets
from simulation.runs.run import world_hash
from simulation.scenario.errors import BadInput
from simulation.scenario.priors import Prior, choose
from simulation.scenario.schema import tree
from simulation.scenario.units import Frozen, count
from simulation.sources import DECIDING, hash_of
from tools.answers import NAMES, answers, movers, write_set
from tools.asked import Names, ends, read
from tools.kept import Kept, Tried
from tools.misses import known as known_misses
from tools.nearest import half_widths, learnt, outside, step
from tools.rows import chosen, pool, values, world_of

SEED = 11
SLOPE = 0.15  # of a prior's width, over which a slope is taken
SLOPE_SEEDS = 2  # times as many as a step has
FIRST, MOST, LEAST = 0.2, 0.3, 0.02  # widths that a step may go: at first, at most, and where other seeds are looked at
STEPS = (1.0, 0.5)  # of a round
CLOSE = 0.1  # half-widths squared: on few seeds luck alone takes a row or two so far out
MORE = (1, 2, 4)  # times as many seeds from block to block, all others each: near the end luck hides what a step does
LEFT_OUT = 0.25  # of the rows, where some are left out
JUDGED = 2  # points of each start that are judged: where it ended, and the best of its last round


Key = tuple[Any, ...]
Observe = Callable[[dict[str, float], Sequence[str], int, int | None], dict[str, float]]  # as tools.rows.values
Advice = Callable[[dict[str, float]], list[float]]  # as tools.answers.answers


class Asked(Frozen):
    """What a search is told."""

    rows: Names
    settings: Names
    starts: count("starts", 1, 20) = 1  # type: ignore[valid-type]
    rounds: count("rounds", 1, 1_000) = 30  # type: ignore[valid-type]
    seeds: count("seeds", 4, 40) = 4  # type: ignore[valid-type]
    jobs: count("processes", 1, 1_000) | None = None  # type: ignore[valid-type]
    leave_out: count("seed of the lot that leaves rows out", 0, 10_000) | None = None  # type: ignore[valid-type]
    out: str = "results/recalibrate"


class Here(NamedTuple):
    """Where a search stands: places in the priors, what was found there, slopes of shape (rows, numbers), how far a step may go."""

    place: np.ndarray
    point: Tried
    slopes: np.ndarray
    radius: float = FIRST


class Search:
    """A search in its folder: what it asks, what it has tried."""

    def __init__(
        self, asked: Asked, folder: Path, workers: Executor, observe: Observe = values, advice: Advice = answers
    ) -> None:
        self.asked, self.folder, self._workers, self._observe, self._advice = asked, folder, workers, observe, advice
        named = chosen(asked.rows) if asked.rows else [row for row in chosen([]) if row not in known_misses()]
        self.left_out = by_lot(named, asked.leave_out)
        self.rows = [row for row in named if row not in self.left_out]
        self.known = choose(world_of("clg"), asked.settings or movers(), "settings")
        by = {t.id: t for t in targets()}
        self.targets = [by[row] for row in self.rows]
        self.unseen = [by[row] for row in self.left_out]
        self.modes = np.array([prior.place(prior.mode) for prior in self.known])
        same_search(folder, self.rows, self.left_out, self.known, asked.seeds)
        self.tried = Kept(folder / "evaluations.csv", ("start", "round", "what"), self.known, self.rows)
        self.judged = Kept(folder / "solutions.csv", ("start", "candidate"), self.known, [*self.rows, *self.left_out])

    def numbers(self, place: np.ndarray) -> tuple[float, ...]:
        """Return the numbers at places in the priors, with the digits with which they would be shipped."""
        return tuple(float(f"{p.at(x):.3g}") for p, x in zip(self.known, place.tolist(), strict=True))

    def places(self, point: Tried) -> np.ndarray:
        """Return where a point's numbers lie in their priors."""
        return np.array([prior.place(x) for prior, x in zip(self.known, point.numbers, strict=True)])

    def z(self, point: Tried) -> np.ndarray:
        """Return where a point's rows lie in their ranges, in half-widths."""
        return half_widths(self.targets, point.found[: len(self.rows)])

    def far(self, point: Tried) -> float:
        """Return how far a point's rows are outside the safe parts of their ranges, in half-widths, squared."""
        left = outside(self.z(point))
        return float(left @ left)

    def from_modes(self, point: Tried) -> float:
        """Return the distance to the modes, in widths of the priors."""
        return float(np.linalg.norm(self.places(point) - self.modes))

    def settings(self, numbers: Iterable[float]) -> dict[str, float]:
        """Return the settings that these numbers stand for."""
        return {k: v for p, x in zip(self.known, numbers, strict=True) for k, v in p.settings(x).items()}

    def try_all(
        self, kept: Kept, points: dict[Key, tuple[float, ...]], rows: Sequence[str], first: int, seeds: int | None
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

    def look(self, start: int, at: int, places: dict[str, np.ndarray], block: int, times: int = 0) -> list[Tried]:
        """Return what is found at ``places`` by name on a block of common seeds, ``times`` as many as asked for, or as the block has."""
        most = self.asked.seeds * MORE[-1]
        seeds = self.asked.seeds * (times or MORE[min(block, len(MORE) - 1)])
        first = 1 + block * most % (FIRST_SEED - most)
        points: dict[Key, tuple[float, ...]] = {(start, at, what): self.numbers(x) for what, x in places.items()}
        return self.try_all(self.tried, points, self.rows, first, seeds)

    def slopes(self) -> np.ndarray:
        """Return how the rows move with each number around the modes, in half-widths a width, shape (rows, numbers)."""
        by = np.where(self.modes < 0.5, SLOPE, -SLOPE)
        beside = {p.name: self.modes + by * (np.arange(by.size) == k) for k, p in enumerate(self.known)}
        here, *others = map(self.z, self.look(-1, 0, {"around": self.modes} | beside, 0, SLOPE_SEEDS))
        return np.array([z - here for z in others]).T / by

    def begin(self, start: int) -> np.ndarray:
        """Return the places from which a start goes: the modes, or a draw from the priors."""
        if start == 0:
            return self.modes
        draw = np.random.default_rng((SEED, start)).random(self.modes.size)
        return np.array([p.place(float(p.quantile(u))) for p, u in zip(self.known, draw, strict=True)])

    def run(self, start: int) -> list[tuple[float, ...]]:
        """Search from one start; return the points to be judged: where it ended, and the best of its last round."""
        begin, block = self.begin(start), 0
        tried = self.look(start, 0, {"there": begin}, block)
        here = Here(begin, tried[0], self.slopes())
        for at in range(1, self.asked.rounds + 1):
            print(f"start {start}, round {at}: {self.far(here.point):.3g} outside, {self.said(here.point)}", flush=True)
            last = block >= len(MORE) - 1
            if last and not self.missed(here.point):
                break
            if here.radius < LEAST or (not last and self.far(here.point) < CLOSE):
                block += 1
                (point,) = self.look(start, at, {"there": here.place}, block)
                here = here._replace(point=point, radius=max(here.radius, FIRST / 2))
            else:
                here, tried = self.onward(start, at, here, begin, block)
        best = sorted(tried, key=self.far)
        return list(dict.fromkeys([self.numbers(here.place), *(point.numbers for point in best)]))[:JUDGED]

    def onward(self, start: int, at: int, here: Here, begin: np.ndarray, block: int) -> tuple[Here, list[Tried]]:
        """Return where a round of steps leads, and what was tried: to the best of them, or nowhere with half the radius."""
        z = self.z(here.point)
        whole = step(z, here.slopes, here.place, begin, here.radius)
        tried = self.look(start, at, {f"step {share}": here.place + share * whole for share in STEPS}, block)
        slopes = here.slopes
        for share, point in zip(STEPS, tried, strict=True):
            slopes = learnt(slopes, share * whole, self.z(point) - z)
        best = int(np.argmin([self.far(point) for point in tried]))
        if self.far(tried[best]) >= self.far(here.point):
            return here._replace(slopes=slopes, radius=here.radius / 2), tried
        radius = min(1.5 * here.radius, MOST) if best == 0 else here.radius
        return Here(here.place + STEPS[best] * whole, tried[best], slopes, radius), tried

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
        """Search from every start and judge on seeds that no search has seen; print the set. Return whether any holds."""
        points: dict[Key, tuple[float, ...]] = {(-1, 0): tuple(prior.mode for prior in self.known)}
        for start in range(self.asked.starts):
            points |= {(start, k): x for k, x in enumerate(self.run(start)) if x not in points.values()}
        judged = dict(zip(points, self.try_all(self.judged, points, [*self.rows, *self.left_out], FIRST_SEED, None), strict=True))  # fmt: skip
        for key, point in judged.items():
            print(
                f"{_name(key)}: {self.said(point)} on held-out seeds, {self.from_modes(point):.2f} widths from the modes"
            )
            if self.left_out and key[0] >= 0:  # what ships was searched with every row in view
                print(f"  {self.foretold(point)} that were left out of the search by lot")
        held = {key: point for key, point in judged.items() if not self.missed(point)}
        print(f"{len(held)} of {len(judged)} hold; all are in {self.folder / 'solutions.csv'}")
        if held:
            self.tell(held)
            nearest = min(held.values(), key=self.from_modes)
            print(yaml.safe_dump(tree(self.settings(nearest.numbers)), sort_keys=False), end="")
        return bool(held)

    def tell(self, held: dict[Key, Tried]) -> None:
        """Print how far solutions lie apart and what the advice is at each, and write them as a set."""
        for key, other in combinations(held, 2):
            apart = np.linalg.norm(self.places(held[key]) - self.places(held[other]))
            print(f"{_name(key)} and {_name(other)}: {apart:.2f} widths apart")
        told = list(self._workers.map(self._advice, [self.settings(point.numbers) for point in held.values()]))
        names = [prior.name for prior in self.known]
        numbers = [dict(zip(names, point.numbers, strict=True)) for point in held.values()]
        write_set(self.folder / "set.csv", zip(map(_name, held), numbers, told, strict=True))
        for key, advice in zip(held, told, strict=True):
            print(f"{_name(key)}: " + ", ".join(f"{n} {x:.2f}" for n, x in zip(NAMES, advice, strict=True)))


def _name(key: Key) -> str:
    return "as shipped" if key[0] < 0 else f"start {key[0]}, candidate {key[1]}"


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

    def work() -> int:
        asked = read(arguments, Asked)
        with pool(asked.jobs) as workers:
            return 0 if Search(asked, Path(asked.out), workers).answer() else 1

    return ends(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
