"""What the advice is where one number alone is another and published patterns hold: ``python -m tools.along out=results/along``.

One calibrated vector has one answer; others that hold the same rows have others. Each of ``settings`` (all that docs/identified.csv
says move a pattern, if none is named) goes down and up within its prior in steps of its width, every other number as shipped, until
a row is missed that holds as shipped. Rows and the comparison are those of ``study=validate``'s seeds; every point is kept as it
ends: the same command goes on where it was stopped. ``along.csv`` has all points, ``set.csv`` those where as many rows hold; what each answer was where as many rows hold is printed.
"""

import csv
import math
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

from simulation.evidence.experiments import FIRST_SEED
from simulation.evidence.targets import targets
from simulation.scenario.priors import Prior, choose
from simulation.scenario.units import Frozen, count
from tools.answers import COMPARED, NAMES, answers, movers, write_set
from tools.asked import Names, ends, read
from tools.kept import Kept, Tried
from tools.recalibrate import same_search
from tools.rows import chosen, pool, values, world_of

STEP = 0.1  # of a prior's width
MOST_STEPS = 5  # each way
SHIPPED = ("shipped", 0)


class Asked(Frozen):
    """What is asked for."""

    settings: Names
    rows: Names
    jobs: count("processes", 1, 1_000) | None = None  # type: ignore[valid-type]
    out: str = "results/along"


class Point(NamedTuple):
    """One number elsewhere: how many steps, at which value, which rows are missed, what the answers are."""

    number: str
    steps: int
    value: float
    missed: list[str]
    answers: tuple[float, ...]


def seen(settings: dict[str, float], rows: Sequence[str]) -> list[float]:
    """Return the rows, then the answers, of the reference scenario with ``settings``."""
    return [*values(settings, rows, FIRST_SEED).values(), *answers(settings)]


class Walk:
    """What is looked at, and the folder that keeps it."""

    def __init__(self, asked: Asked, folder: Path, workers: Executor) -> None:
        self.folder, self._workers, self.rows = folder, workers, chosen(asked.rows)
        by = {t.id: t for t in targets()}
        self.targets = [by[row] for row in self.rows]
        self.known = choose(world_of("clg"), asked.settings or movers(), "settings")
        same_search(folder, self.rows, [], self.known, COMPARED)
        self._kept = Kept(folder / "points.csv", ("number", "steps"), self.known, [*self.rows, *NAMES])

    def answer(self) -> list[Point]:
        """Walk both ways along each number; return every point, the shipped one first, and write them."""
        points = [self._look({SHIPPED: None})[SHIPPED]]
        out = set(points[0].missed)
        ways = [(prior, way) for prior in self.known for way in (-1, 1)]
        for step in range(1, MOST_STEPS + 1):
            found = self._look({(p.name, way * step): p for p, way in ways if self._value(p, way * step) is not None})
            points += found.values()
            ways = [
                (p, w) for p, w in ways if (p.name, w * step) in found and not set(found[p.name, w * step].missed) - out
            ]
        points.sort(key=lambda point: (point.number != SHIPPED[0], point.number, point.steps))
        self._write(points)
        return points

    def _look(self, asked: dict[tuple[str, int], Prior | None]) -> dict[tuple[str, int], Point]:
        """Return points by key: as kept, or run and kept."""
        numbers = {key: self._numbers(prior, key[1]) for key, prior in asked.items()}
        kept = {key: self._kept.get(key, of) for key, of in numbers.items()}
        waiting = {}
        for key, prior in asked.items():
            if kept[key] is None:
                value = self._value(prior, key[1]) if prior else None
                waiting[key] = self._workers.submit(seen, prior.settings(value) if prior and value else {}, self.rows)
        for key, done in waiting.items():
            kept[key] = Tried(numbers[key], tuple(done.result()))
            self._kept.add(key, kept[key])
        found = {}
        for key, tried in kept.items():
            assert tried
            missed = [t.id for t, v in zip(self.targets, tried.found, strict=False) if not t.low <= v <= t.high]
            value = next((v for p, v in zip(self.known, tried.numbers, strict=True) if p.name == key[0]), math.nan)
            found[key] = Point(*key, value, missed, tried.found[len(self.rows) :])
            if key in waiting:
                print(f"{key[0]} {key[1]:+d}: {len(self.rows) - len(missed)} of {len(self.rows)} rows hold", flush=True)
        return found

    def _value(self, prior: Prior, steps: int) -> float | None:
        """Return a number so many steps from where it ships, with the digits with which it would be shipped; None outside its prior."""
        place = prior.place(prior.mode) + STEP * steps
        return float(f"{prior.at(place):.4g}") if 0 <= place <= 1 else None

    def _numbers(self, moved: Prior | None, steps: int) -> tuple[float, ...]:
        return tuple(self._value(p, steps if p is moved else 0) or p.mode for p in self.known)

    def _write(self, points: Sequence[Point]) -> None:
        with (self.folder / "along.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(["number", "steps", "value", "held", "missed", *NAMES])
            for of in points:
                held = len(self.rows) - len(of.missed)
                lines.writerow([of.number, of.steps, f"{of.value:.4g}", held, " ".join(of.missed), *(f"{x:.3g}" for x in of.answers)])  # fmt: skip
        write_set(
            self.folder / "set.csv",
            [
                (_at(of), {} if of.number == SHIPPED[0] else {of.number: of.value}, list(of.answers))
                for of in _held(points)
            ],
        )


def sentences(points: Sequence[Point]) -> list[str]:
    """Say of each answer what it is as shipped, and over the points at which no further row is missed, by which number."""
    said = []
    for k, name in enumerate(NAMES):
        low, high = (end(_held(points), key=lambda point: point.answers[k]) for end in (min, max))
        said.append(
            f"{name}: {points[0].answers[k]:.2f} as shipped, {low.answers[k]:.2f} ({_at(low)}) to {high.answers[k]:.2f} ({_at(high)}) where as many rows hold"
        )
    return said


def _held(points: Sequence[Point]) -> list[Point]:
    """Return those at which no row is missed that holds as shipped, which is the first."""
    return [point for point in points if not set(point.missed) - set(points[0].missed)]


def _at(point: Point) -> str:
    return "as shipped" if point.number == SHIPPED[0] else f"{point.number} {point.value:.3g}"


def main(arguments: Sequence[str]) -> int:
    """Walk and print what was found; 0, or 2 for input that cannot be used."""

    def work() -> int:
        asked = read(arguments, Asked)
        with pool(asked.jobs) as workers:
            points = Walk(asked, Path(asked.out), workers).answer()
        print("\n".join(sentences(points)))
        return 0

    return ends(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
