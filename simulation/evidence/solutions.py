"""The set: numbers, as shipped and elsewhere, at which the same published patterns hold, and what the advice is at each.

``solutions.csv`` has the lines of ``set.csv`` of ``python -m tools.recalibrate`` and ``python -m tools.along``. Whoever reads one vector of numbers reads one corner of it.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from simulation.scenario.priors import Prior

FILE = Path(__file__).parent / "solutions.csv"


class Solution(NamedTuple):
    """One of the set: how it was found, its numbers by name over those that ship, ratios of motions on the reference by ``metric a/b``."""

    found: str
    ratios: dict[str, float]
    advice: dict[str, float]


def solutions(file: Path = FILE) -> list[Solution]:
    """Return the set; the first are the numbers that ship."""
    with file.open(newline="", encoding="utf-8") as lines:
        head, *rows = csv.reader(lines)
    found = [dict(zip(head[1:], map(float, row[1:]), strict=True)) for row in rows]
    numbers = [name for name in found[0] if "/" not in name]
    return [
        Solution(
            how,
            {name: row[name] / found[0][name] for name in numbers},
            {k: v for k, v in row.items() if k not in numbers},
        )
        for (how, *_), row in zip(rows, found, strict=True)
    ]


def settings_of(solution: Solution, known: Sequence[Prior]) -> dict[str, Any]:
    """Return a solution's settings by path for a scenario with these priors: as far from its numbers as from those of the reference.

    A number goes no farther than its prior.
    """
    return {
        path: value
        for prior in known
        if prior.name in solution.ratios
        for path, value in prior.settings(
            min(max(prior.mode * solution.ratios[prior.name], prior.low), prior.high)
        ).items()
    }
