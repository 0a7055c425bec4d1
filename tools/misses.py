"""Rows that the shipped scenario misses: ``python -m tools.misses`` writes them to simulation/evidence/known_misses.csv.

Run it after each change of the model: ``study=validate`` with its own seeds, as everybody can repeat it. No range is touched: a
row that misses is listed until a search (``tools.recalibrate``) or a better process makes it hold again.
"""

import csv
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from simulation.cli import main as flywheel
from simulation.evidence.targets import targets

KNOWN = Path(__file__).parents[1] / "simulation" / "evidence" / "known_misses.csv"
COLUMNS = ("id", "value", "interval_low", "interval_high", "range_low", "range_high", "grade")


def verdicts() -> list[dict[str, str]]:
    """Return what ``study=validate`` says of each row of the table, as it writes it."""
    with tempfile.TemporaryDirectory() as folder:
        if code := flywheel(["study=validate", f"out={folder}/validate"]):
            sys.exit(code)
        with (Path(folder) / "validate" / "data" / "validation.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def missed(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows outside their range, what they are and what they should be."""
    return [{name: row[name] for name in COLUMNS} for row in rows if row["inside"] != "True"]


def write(rows: Sequence[dict[str, str]], file: Path = KNOWN) -> None:
    """Write rows that miss; a file with a head alone says that none does."""
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def known(file: Path = KNOWN) -> list[str]:
    """Return the ids of the rows that are known to miss."""
    with file.open(newline="", encoding="utf-8") as rows:
        return [row["id"] for row in csv.DictReader(rows)]


def sentence(misses: Sequence[str]) -> str:
    """Say how many rows hold, as the README does."""
    n = len(targets())
    said = f"{n - len(misses)} of the {n} rows of `simulation/evidence/targets.csv` hold"
    return said + (f", all but {', '.join(misses)}" if misses else "")


def main() -> None:
    """Run the validation and write which rows miss."""
    write(missed(verdicts()))
    print(f"{sentence(known())}; this is the README's sentence, a test holds it to {KNOWN.name}")


if __name__ == "__main__":
    main()
