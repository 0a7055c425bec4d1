"""Studies so small that they run in a second or two."""

import csv
from pathlib import Path

from simulation.cli import main

SMALL = ("rows=400", "market.accounts=20000", "weeks=60", "jobs=1", "behaviour.attraction.ambient_per_week=0.01")


def run(folder: Path, *overrides: str) -> Path:
    """Run a command that must succeed; return its folder."""
    assert main([*SMALL, *overrides, f"out={folder}"]) == 0
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
