"""Published patterns with their ranges, ``targets.csv``, and what is asked or shown beside them, ``checks.csv``."""

import csv
from pathlib import Path
from typing import NamedTuple


class Target(NamedTuple):
    """A published pattern and its range."""

    id: str
    pattern: str
    statistic: str
    low: float
    high: float
    source: str
    emergent: str  # y: no parameter sets it; n: a parameter may be calibrated to it
    experiment: str
    grade: str  # A to C


def targets(file: str = "targets.csv") -> list[Target]:
    """Return the published patterns in their order; of ``checks.csv`` what is asked or shown beside them."""
    with (Path(__file__).parent / file).open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [Target(**(row | {"low": float(row["low"]), "high": float(row["high"])})) for row in rows]  # type: ignore[arg-type]
