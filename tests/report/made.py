"""A small comparison that report, deck and workbook are made of, once a process."""

import csv
import functools
import math
import tempfile
from pathlib import Path

from simulation.cli import main
from simulation.report.story import Story, tell
from tests.studies.small import SMALL

RISE = "interventions=[{week: 40, set: {product.base_price: 1.25}}]"  # so that the price moves the ARR of customers
PLACE = "private-place"  # in the path of the results, and in nothing that is handed over


@functools.cache
def folder() -> Path:
    """Return the results of ten markets."""
    place = Path(tempfile.mkdtemp()) / PLACE
    assert main([*SMALL, "seeds=10", RISE, f"out={place}"]) == 0
    return place


@functools.cache
def story() -> Story:
    """Return their story."""
    return tell(folder())


def medians() -> dict[tuple[str, str], float]:
    """Return the medians of summary.csv, by motion and metric, of those that are defined."""
    with (folder() / "data" / "summary.csv").open(newline="") as file:
        found = {(row["motion"], row["metric"]): float(row["median"]) for row in csv.DictReader(file)}
    return {key: value for key, value in found.items() if math.isfinite(value)}
