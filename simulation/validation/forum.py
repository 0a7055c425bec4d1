"""A real help community's tables beside the simulated ones: how many write how much, know how many, and stay how long."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.estimators.survival import hazards
from simulation.scenario.errors import BadInput
from simulation.scenario.sheet import cell, number_in, read_sheet
from simulation.validation.community import MONTH_WEEKS, everybody, last_posts

MONTHS = 25  # of tenure whose exit hazards are compared
TABLES = {  # what -> (file, the value of its column `what`)
    "posts": ("contributions_histogram.csv", "posts"),
    "answers": ("contributions_histogram.csv", "answers_to_others"),
    "partners": ("tie_histogram.csv", "reply_ties"),
}
LIFE_TABLE = "member_life_table.csv"
WHOLE = ("count", "members", "tenure_month")


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


class Forum(NamedTuple):
    """What a community's tables hold: counts and members by table, the exit hazard by month of tenure."""

    histograms: dict[str, tuple[np.ndarray, np.ndarray]]
    exits: dict[int, float]


def read_forum(folder: Path) -> Forum:
    """Read a community's tables; raises BadInput."""
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for what, (name, key) in TABLES.items():
        rows = [r for r in _rows(folder / name, ("what", "count", "members")) if r["what"] == key]
        if not rows:
            raise BadInput(f"study.forum={folder / name}: there is no row with what={key}")
        counts, members = (np.array([int(r[column]) for r in rows]) for column in ("count", "members"))
        found[what] = (counts, members)
        if not counts.max() or not members.sum():
            raise BadInput(f"study.forum={folder / name}: no row with what={key} has a count and members above 0")
    rows = _rows(folder / LIFE_TABLE, ("tenure_month", "exit_hazard"))
    exits = {int(r["tenure_month"]): r["exit_hazard"] for r in rows if r["tenure_month"] < MONTHS}
    if not exits:
        raise BadInput(f"study.forum={folder / LIFE_TABLE}: no tenure_month from 0 to {MONTHS - 1} is there")
    return Forum(found, exits)


def _rows(file: Path, needed: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return rows with the columns ``needed``: ``what`` a text, all else numbers of 0 or more."""
    said = f"study.forum={file}"
    sheet = read_sheet(file, said)
    if missing := [name for name in needed if name not in sheet.head]:
        raise BadInput(f"{said}: row 1 has no column {' and '.join(missing)}; {', '.join(needed)} are needed")
    rows: list[dict[str, Any]] = []
    for n, row in sheet.rows:
        rows.append({name: row[name] if name == "what" else number_in(said, n, name, row[name]) for name in needed})
        if low := next((k for k, v in rows[-1].items() if k != "what" and v < 0), None):
            raise BadInput(f"{cell(said, n, low, row[low])}, a number of 0 or more is needed")
        if part := next((k for k in WHOLE if k in needed and rows[-1][k] != int(rows[-1][k])), None):
            raise BadInput(f"{cell(said, n, part, row[part])}, a whole number is needed")
    return rows


def _at_least(counts: np.ndarray, members: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.array([members[counts >= k].sum() for k in at]) / members.sum()


def _histogram(what: str, counts: np.ndarray, members: np.ndarray, simulated: np.ndarray) -> Shape:
    at = np.unique(np.round(np.geomspace(1, counts.max(), 40)).astype(int))
    everyone = np.ones(simulated.size, int)
    seen, ours = _at_least(counts, members, at), _at_least(simulated, everyone, at)
    return Shape(what, at, seen, ours, float(np.abs(seen - ours).max()))


def shapes(forum: Forum, parts: list[dict[str, Any]]) -> list[Shape]:
    """Return each table of a forum beside what ``observe_community`` saw in ``parts``."""
    who, weeks = everybody(parts)
    found = [_histogram(what, *table, getattr(who, what)) for what, table in forum.histograms.items()]
    at = np.array(sorted(forum.exits))
    lasted, ended = last_posts(who, weeks)
    ours = hazards(lasted / MONTH_WEEKS, ended, np.arange(MONTHS + 1, dtype=float))[at]
    theirs = np.array([forum.exits[m] for m in at.tolist()])
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = float(np.nanmedian(ours / theirs))
    return [*found, Shape("exits", at, theirs, ours, apart)]
