"""A real help community's tables beside the simulated ones: how many write how much, know how many, and stay how long."""

import csv
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.estimators.survival import hazards
from simulation.scenario.errors import BadInput
from simulation.validation.community import MONTH_WEEKS, everybody, last_posts

MONTHS = 25  # of tenure whose exit hazards are compared
TABLES = {  # what -> (file, the value of its column `what`)
    "posts": ("contributions_histogram.csv", "posts"),
    "answers": ("contributions_histogram.csv", "answers_to_others"),
    "partners": ("tie_histogram.csv", "reply_ties"),
}
LIFE_TABLE = "member_life_table.csv"


class Shape(NamedTuple):
    """A table of a community and its simulated twin: at ``at``, the share of posters who have at least so many.

    For exits: the share of those still there who end in each month of tenure. ``apart``: the largest gap of the two shares
    (Kolmogorov-Smirnov), for exits the median ratio of the hazards.
    """

    what: str
    at: np.ndarray
    seen: np.ndarray
    simulated: np.ndarray
    apart: float


def _rows(file: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    if not file.is_file():
        raise BadInput(f"study.forum={file.parent}: the file {file.name} is not there")
    with file.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    missing = [name for name in needed if not rows or name not in rows[0]]
    if missing:
        raise BadInput(f"{file}: the columns {', '.join(needed)} are needed, {', '.join(missing)} is missing")
    for k, row in enumerate(rows, 2):
        for name in needed:
            if name != "what" and not row[name].replace(".", "", 1).isdigit():
                raise BadInput(f"{file}: line {k}, {name}: '{row[name]}' is not a number")
    return rows


def _at_least(counts: np.ndarray, members: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.array([members[counts >= k].sum() for k in at]) / members.sum()


def _histogram(folder: Path, what: str, simulated: np.ndarray) -> Shape:
    file, key = TABLES[what]
    rows = [r for r in _rows(folder / file, ("what", "count", "members")) if r["what"] == key]
    if not rows:
        raise BadInput(f"{folder / file}: there is no row with what={key}")
    counts, members = (np.array([int(r[name]) for r in rows]) for name in ("count", "members"))
    at = np.unique(np.round(np.geomspace(1, counts.max(), 40)).astype(int))
    everyone = np.ones(simulated.size, int)
    seen, ours = _at_least(counts, members, at), _at_least(simulated, everyone, at)
    return Shape(what, at, seen, ours, float(np.abs(seen - ours).max()))


def shapes(folder: Path, parts: list[dict[str, Any]]) -> list[Shape]:
    """Return each table of ``folder`` beside what ``observe_community`` saw in ``parts``; raises BadInput."""
    who, weeks = everybody(parts)
    found = [_histogram(folder, what, getattr(who, what)) for what in TABLES]
    rows = _rows(folder / LIFE_TABLE, ("tenure_month", "exit_hazard"))
    seen = {int(r["tenure_month"]): float(r["exit_hazard"]) for r in rows}
    at = np.array([m for m in range(MONTHS) if m in seen])
    lasted, ended = last_posts(who, weeks)
    ours = hazards(lasted / MONTH_WEEKS, ended, np.arange(MONTHS + 1, dtype=float))[at]
    theirs = np.array([seen[m] for m in at.tolist()])
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = float(np.nanmedian(ours / theirs))
    return [*found, Shape("exits", at, theirs, ours, apart)]
