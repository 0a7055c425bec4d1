"""Studies so small that they run in a second or two."""

import csv
import re
from pathlib import Path

from simulation.cli import main

SMALL = ("rows=400", "market.accounts=20000", "weeks=60", "jobs=1", "behaviour.attraction.ambient_per_week=0.01")

README = Path(__file__).parents[2] / "results" / "README.md"


def run(folder: Path, *overrides: str) -> Path:
    """Run a command that must succeed; return its folder."""
    assert main([*SMALL, *overrides, f"out={folder}"]) == 0
    check_columns(folder)
    assert (folder / "verdict.txt").read_text(encoding="utf-8").strip()  # every study says what it has found
    return folder


def documented() -> dict[str, str]:
    """Return what results/README.md says of the columns of each CSV file."""
    text = README.read_text(encoding="utf-8").partition("## Columns of the CSV files")[2].partition("\n## ")[0]
    lines = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `")]
    return {file: columns for files, columns in lines for file in re.findall(r"`([\w.]+)`", files)}


def check_columns(folder: Path) -> None:
    """Hold the columns of every CSV file that a study wrote against the document."""
    said = documented()
    for file in (folder / "data").glob("*.csv"):
        columns = file.read_text(encoding="utf-8").splitlines()[0].split(",")
        named = [name for part in re.findall(r"`([^`]+)`", said[file.name]) for name in part.split(", ")]
        if "(point)" in said[file.name] and columns[0] == "point":
            columns = [name for name in columns[1:] if "." not in name]  # settings are paths
        if columns[-1:] == ["begins"]:  # of a scenario with a start
            columns = columns[:-1]
        if " and " in said[file.name]:
            columns = columns[: len(named)]
        assert columns == named, file.name


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
