"""A real help community's tables beside the simulated ones: how many write how much, know how many, and stay how long."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import MONTH_WEEKS
from simulation.evidence.community import everybody, last_posts
from simulation.evidence.survival import hazards
from simulation.scenario.csv_table import number_in, once, read_sheet, whole_in
from simulation.scenario.errors import BadInput

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


class Forum(NamedTuple):
    """What a community's tables hold: counts and members by table, the exit hazard by month of tenure."""

    histograms: dict[str, tuple[np.ndarray, np.ndarray]]
    exits: dict[int, float]


def read_forum(folder: Path) -> Forum:
    """Read a community's tables; raises BadInput."""
    if not folder.is_dir():
        files = sorted({name for name, _ in TABLES.values()} | {LIFE_TABLE})
        raise BadInput(f"study.forum={folder}: there is no such folder; one with {', '.join(files)} is needed")
    return Forum(
        {what: _counts(folder / name, key) for what, (name, key) in TABLES.items()}, _exits(folder / LIFE_TABLE)
    )


def _counts(file: Path, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Return counts and how many members have each, of the rows with ``what`` = ``key``."""
    said = f"study.forum={file}"
    rows: dict[str, int] = {}
    found: dict[int, int] = {}
    for n, row in read_sheet(file, said, ("what", "count", "members")).rows:
        if row["what"] == key:
            once(said, n, "count", row["count"], rows)
            found[whole_in(said, n, "count", row["count"])] = whole_in(said, n, "members", row["members"])
    if not any(count and members for count, members in found.items()):
        raise BadInput(f"{said}: no row with what={key} has a count and members of 1 or more, at least one is needed")
    return np.array(list(found)), np.array(list(found.values()))


def _exits(file: Path) -> dict[int, float]:
    """Return the exit hazard by month of tenure."""
    said = f"study.forum={file}"
    rows: dict[str, int] = {}
    found: dict[int, float] = {}
    for n, row in read_sheet(file, said, ("tenure_month", "exit_hazard")).rows:
        once(said, n, "tenure_month", row["tenure_month"], rows)
        month = whole_in(said, n, "tenure_month", row["tenure_month"])
        found[month] = number_in(said, n, "exit_hazard", row["exit_hazard"], 0, 1)
    if not found.keys() & set(range(MONTHS)):
        raise BadInput(f"{said}: there is no tenure_month from 0 to {MONTHS - 1}, at least one is needed")
    return found


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
    at = np.array([m for m in range(MONTHS) if m in forum.exits])
    lasted, ended = last_posts(who, weeks)
    ours = hazards(lasted / MONTH_WEEKS, ended, np.arange(MONTHS + 1, dtype=float))[at]
    theirs = np.array([forum.exits[m] for m in at.tolist()])
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = float(np.nanmedian(ours / theirs))
    return [*found, Shape("exits", at, theirs, ours, apart)]
