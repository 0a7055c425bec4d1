"""Points that a search has tried, kept in a file as each is done."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.scenario.errors import BadInput
from simulation.scenario.priors import Prior


class Tried(NamedTuple):
    """A point of the search: what its numbers are and what the rows are there, in the order asked for."""

    numbers: tuple[float, ...]
    found: tuple[float, ...]


class Kept:
    """Points that were tried, in a CSV that is written line by line: a line cut off by a kill is left away."""

    def __init__(self, file: Path, keys: Sequence[str], known: Sequence[Prior], rows: Sequence[str]) -> None:
        self._file, self._keys, self._n = file, len(keys), len(known)
        self._points: dict[tuple[str, ...], Tried] = {}
        head = [*keys, *(prior.name for prior in known), *rows]
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        whole = text[: text.rfind("\n") + 1]
        if whole != text or not text:
            file.write_text(whole or ",".join(head) + "\n", encoding="utf-8")
        for line in list(csv.reader(whole.splitlines()))[1:]:
            numbers = tuple(map(float, line[self._keys :]))
            self._points[tuple(line[: self._keys])] = Tried(numbers[: self._n], numbers[self._n :])

    def get(self, key: Iterable[Any], numbers: tuple[float, ...]) -> Tried | None:
        """Return the point kept under ``key``; raises BadInput where it has other numbers than the search comes to now."""
        point = self._points.get(tuple(map(str, key)))
        if point and not np.allclose(point.numbers, numbers, rtol=1e-9):
            raise BadInput(f"{self._file}: its lines are of another search; choose another folder with out=...")
        return point

    def add(self, key: Iterable[Any], point: Tried) -> None:
        """Write a point to the end of the file."""
        self._points[tuple(map(str, key))] = point
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(",".join([*map(str, key), *map(repr, point.numbers), *map(repr, point.found)]) + "\n")
