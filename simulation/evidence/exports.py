"""A company's exports: five CSV files, any subset, and what it changed meanwhile; every cell that cannot be used is named by file, row and column."""

import math
import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from simulation.evidence.agreement import check_agreement
from simulation.evidence.months import after, check_month
from simulation.people.stages import Channel
from simulation.scenario.csv_table import GAPS, Sheet, cell, listed, number_in, read_sheet, shown
from simulation.scenario.errors import BadInput, nearest
from simulation.scenario.firm import LEVERS

TEMPLATES = Path(__file__).parent / "templates"
CHANNELS = tuple(c.name.lower() for c in Channel if c.name != "NONE")
ALL = "all"  # a company that does not know its channels
COMMUNITY = ("members", "posts", "questions", "answers")
MONEY = "usd"
SUMS = ("total", "sum", "overall", "grand total")
COHORTS_OF_100 = 3  # so many that all begin with 100 are percentages
GAP = "write 0 if nothing happened, and leave the cell empty where it is not known"
SPENT = "what was spent is needed in every month, 0 where it was nothing; where it is not known, leave spend.csv away"
THREE_DECIMALS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")  # in half of the world the point separates thousands


class Exports(NamedTuple):
    """Monthly series over the same months, NaN where a month is not given; a kind that is not given is empty."""

    months: list[str]  # YYYY-MM, without a gap
    new_customers: dict[str, np.ndarray]  # channel, or "all" -> customers
    churned: np.ndarray | None  # customers who left
    cohorts: np.ndarray | None  # (cohort, months): customers of a month's cohort who are there, NaN where not given
    spend_usd: dict[str, np.ndarray]  # lever -> USD
    community: dict[str, np.ndarray]  # members (at the month's end), posts, questions, answers
    times: Mapping[str, np.ndarray] = MappingProxyType({})  # setting -> times what the scenario says, in each month
    notes: tuple[str, ...] = ()  # what was not read, what is not given, and where files nearly agree

    def upto(self, n: int) -> "Exports":
        """Return the first ``n`` months."""

        def cut(series: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {k: v[:n] for k, v in series.items()}

        cohorts = None if self.cohorts is None else self.cohorts[:n, :n]
        churned = None if self.churned is None else self.churned[:n]
        return Exports(
            self.months[:n],
            cut(self.new_customers),
            churned,
            cohorts,
            cut(self.spend_usd),
            cut(self.community),
            cut(self.times),
            self.notes,
        )


def read_exports(folder: Path) -> Exports:
    """Read what there is of customers.csv, churn.csv, cohorts.csv, spend.csv, community.csv, settings.csv, in any case; raises BadInput."""
    if not folder.is_dir():
        raise BadInput(
            f"study.data={folder}: there is no such folder; templates of each file are in {TEMPLATES.name}/ of simulation/evidence"
        )
    readers: dict[str, tuple[tuple[str, ...], ...]] = {
        "customers": (("month", "channel", "new_customers"),),
        "churn": (("month", "churned_customers"),),
        "cohorts": (("cohort", "month", "customers"),),
        "spend": (("month", "lever", "usd"),),
        "community": (("month",), COMMUNITY),
        "settings": (("month", "setting", "times"),),
    }
    files, notes = _files(folder, readers)
    tables = {name: _read(files[name], *columns) for name, columns in readers.items() if name in files}
    if not {"customers", "churn", "cohorts", "community"} & set(tables):
        raise BadInput(
            f"study.data={folder}: one of customers.csv, churn.csv, cohorts.csv or community.csv is needed; spend.csv alone does not say what came of it"
        )
    changes = tables.pop("settings", None)
    months = _months(tables)
    at = {month: k for k, month in enumerate(months)}
    new = _long(tables.get("customers"), "channel", "new_customers", (*CHANNELS, ALL), at)
    spend = _long(tables.get("spend"), "lever", "usd", LEVERS, at)
    churned = _column(tables["churn"], "churned_customers", at) if "churn" in tables else None
    community = {}
    if "community" in tables:
        given = [c for c in COMMUNITY if c in tables["community"].rows[0][1]]
        community = {c: _column(tables["community"], c, at) for c in given}
    cohorts = _cohorts(tables.get("cohorts"), at)
    counted = {
        "customers": new,
        "churn": {} if churned is None else {"churned_customers": churned},
        "community": community,
    }
    gaps = [note for name, series in counted.items() for note in _not_given(f"{name}.csv", series, months)]
    return Exports(
        months, new, churned, cohorts, spend, community, _times(changes, at), (*notes, *gaps, *check_agreement(tables))
    )


def _not_given(said: str, series: dict[str, np.ndarray], months: list[str]) -> list[str]:
    """Return a sentence for all series of a file that leave the same months out."""
    lacking: dict[str, list[str]] = {}
    for name, values in series.items():
        if (missing := np.isnan(values)).any():
            lacking.setdefault(listed([months[k] for k in np.flatnonzero(missing)]), []).append(name)
    return [f"{said}: {listed(names)} of {of} not given: taken as not known, not as 0" for of, names in lacking.items()]


def _files(folder: Path, known: Collection[str]) -> tuple[dict[str, Path], list[str]]:
    """Return the files that are read, by name without suffix, and a sentence that names all others in the folder.

    Raises BadInput for a file that is nearly called as one that is missing: it would be left out.
    """
    everything = sorted(folder.iterdir())
    found: dict[str, Path] = {}
    for file in everything:
        stem = file.stem.lower()
        if stem not in known or file.suffix.lower() != ".csv":
            continue
        if stem in found:
            raise BadInput(
                f"study.data={folder}: {found[stem].name} and {file.name} are both {stem}.csv; leave one away"
            )
        found[stem] = file
    others = [file for file in everything if file not in found.values()]
    for file in others:
        stem, _, kind = file.name.lower().partition(".")
        near = get_close_matches(stem, known, 1, 0.8)
        if near and near[0] not in found and kind:
            how = "did you mean" if kind == "csv" else "unpack it to" if kind == "csv.gz" else "save it as CSV UTF-8,"
            end = "?" if kind == "csv" else ""
            raise BadInput(f"study.data={folder}: {file.name} would not be read; {how} {near[0]}.csv{end}")
    names = [f"{file.name}/" if file.is_dir() else file.name for file in others]
    return found, [f"study.data={folder}: not read: {listed(names)}"] if names else []


def _read(file: Path, needed: tuple[str, ...], some: tuple[str, ...] = ()) -> Sheet:
    sheet = read_sheet(file, file.name, check_head=lambda head: _check_head(file.name, head, needed, some))
    if not sheet.rows:
        raise BadInput(f"{file.name}: the file holds no row below its columns")
    for n, row in sheet.rows:
        for column in {"month", "cohort"} & row.keys():
            check_month(file.name, n, column, row[column])
    return sheet


def _check_head(said: str, head: list[str], needed: tuple[str, ...], some: tuple[str, ...]) -> None:
    allowed = (*needed, *some)
    for name in head:
        if name not in allowed:
            raise BadInput(
                f"{said}: row 1 names a column '{shown(name)}'; the columns are {', '.join(allowed)}{nearest(name, allowed)}"
            )
    missing = [c for c in needed if c not in head]
    if missing or (some and not set(some) & set(head)):
        lacks = missing or [" or ".join(some)]
        raise BadInput(f"{said}: row 1 has no column {', '.join(lacks)}; the columns are {', '.join(allowed)}")


def _number(said: str, row: int, column: str, text: str) -> float:
    """Return a cell's count of heads, NaN where it is empty, or sum of money; what may be meant in two ways is refused."""
    where = cell(said, row, column, text)
    if text == "":
        if column == MONEY:
            raise BadInput(f"{said}: row {row}, column {column} is empty; {SPENT}")
        return math.nan
    if text.lower() in GAPS:
        raise BadInput(f"{where}, which says nothing; {SPENT if column == MONEY else GAP}")
    if "%" in text:
        raise BadInput(f"{where}, {'USD' if column == MONEY else 'heads'} are needed, no percentage")
    if re.match(r"[-(\u2212\u2013]|[^0-9]+-", text) or text.endswith("-"):
        why = (
            "take credits and refunds off the month that was paid for"
            if column == MONEY
            else "what left or was undone is not taken off here"
        )
        raise BadInput(f"{where}, a month's sum of 0 or more is needed; {why}")
    if THREE_DECIMALS.fullmatch(text):
        one, other = f"{float(text):.2f}", text.replace(".", "")
        raise BadInput(f"{where}, which may be {one} or {other}; write {one} or {other}")
    value = number_in(said, row, column, text, low=0)
    if column != MONEY and value != int(value):
        raise BadInput(f"{where}, a whole number of heads is needed, no share or mean")
    return value


def _months(tables: dict[str, Sheet]) -> list[str]:
    """Return all months from the first to the last that any file names.

    Raises BadInput where spending leaves one out, and where most are in no file: then a year is mistyped.
    """
    seen = {name: {row["month"]: n for n, row in reversed(table.rows)} for name, table in tables.items()}
    everywhere = {month for mine in seen.values() for month in mine}
    months = [min(everywhere)]
    while months[-1] < max(everywhere):
        months.append(after(months[-1]))
    if len(months) > 2 * len(everywhere):
        name, last = next(
            (tables[name].said, n) for name, mine in seen.items() for month, n in mine.items() if month == months[-1]
        )
        raise BadInput(
            f"{name}: row {last} says {months[-1]}, but {len(months) - len(everywhere)} of the {len(months)} months from {months[0]} on "
            "are in no file; is a month mistyped?"
        )
    for month in months:
        if "spend" in seen and month not in seen["spend"]:
            given = next(
                (f", {tables[name].said} has it in row {mine[month]}" for name, mine in seen.items() if month in mine),
                "",
            )
            raise BadInput(f"{tables['spend'].said}: {month} is missing{given}; {SPENT}, or begin all files later")
    return months


def _long(
    table: Sheet | None, key: str, column: str, known: tuple[str, ...], at: dict[str, int]
) -> dict[str, np.ndarray]:
    """Return one series for each name in the column ``key``; a name without a row in a month that has others counts 0."""
    found: dict[str, np.ndarray] = {}
    lines: dict[tuple[str, ...], int] = {}
    if table is None:
        return found
    nothing = np.full(len(at), np.nan)
    nothing[[at[row["month"]] for _, row in table.rows]] = 0.0
    for n, row in table.rows:
        name = row[key]
        if name not in known:
            hint = "; leave sums of other rows away" if name.lower() in SUMS else nearest(name, known)
            raise BadInput(
                f"{table.said}: row {n}, column {key} is '{shown(name)}'; {', '.join(known)} are allowed{hint}"
            )
        _once(table, lines, n, (row["month"], name))
        found.setdefault(name, nothing.copy())[at[row["month"]]] = _number(table.said, n, column, row[column])
    if ALL in found and len(found) > 1:
        raise BadInput(
            f"{table.said}: the channel '{ALL}' stands beside others; give customers by channel, or all of them, not both"
        )
    return found


def _times(table: Sheet | None, at: dict[str, int]) -> dict[str, np.ndarray]:
    """Return how many times what the scenario says each setting is, by month: a row holds until the setting's next one."""
    found: dict[str, np.ndarray] = {}
    lines: dict[tuple[str, ...], int] = {}
    if table is None:
        return found
    for n, row in sorted(table.rows, key=lambda line: line[1]["month"]):
        if row["month"] not in at:
            ends = f"the other files reach from {min(at)} to {max(at)}"
            raise BadInput(f"{cell(table.said, n, 'month', row['month'])}; {ends}")
        _once(table, lines, n, (row["month"], row["setting"]))
        times = found.setdefault(row["setting"], np.ones(len(at)))
        times[at[row["month"]] :] = number_in(table.said, n, "times", row["times"], low=0)
    return found


def _column(table: Sheet, column: str, at: dict[str, int]) -> np.ndarray:
    values = np.full(len(at), np.nan)
    lines: dict[tuple[str, ...], int] = {}
    for n, row in table.rows:
        _once(table, lines, n, (row["month"],))
        values[at[row["month"]]] = _number(table.said, n, column, row[column])
    return values


def _cohorts(table: Sheet | None, at: dict[str, int]) -> np.ndarray | None:
    if table is None:
        return None
    counts = np.full((len(at), len(at)), np.nan)
    lines: dict[tuple[str, ...], int] = {}
    for n, row in table.rows:
        if row["cohort"] > row["month"] or row["cohort"] not in at:
            raise BadInput(
                f"{table.said}: row {n}: cohort {row['cohort']} must be a month of the data and not after {row['month']}"
            )
        _once(table, lines, n, (row["cohort"], row["month"]))
        counts[at[row["cohort"]], at[row["month"]]] = _number(table.said, n, "customers", row["customers"])
    _check_shrinking(table, at, counts)
    _check_heads(table, counts)
    return counts


def _check_shrinking(table: Sheet, at: dict[str, int], counts: np.ndarray) -> None:
    """Raise BadInput where a cohort has more customers than in a month before: nobody can join it later."""
    for n, row in table.rows:
        mine, now = counts[at[row["cohort"]]], at[row["month"]]
        before = np.flatnonzero(mine[:now] < mine[now])
        if before.size:
            month = list(at)[before[0]]
            raise BadInput(
                f"{table.said}: row {n}, column customers is '{row['customers']}', more than the {mine[before[0]]:g} that cohort "
                f"{row['cohort']} had in {month}; a cohort cannot grow, count who returns in the month's own cohort"
            )


def _check_heads(table: Sheet, counts: np.ndarray) -> None:
    """Raise BadInput where every one of three cohorts or more begins with 100: these are percentages."""
    begun = np.diagonal(counts)[np.isfinite(np.diagonal(counts))]
    if begun.size >= COHORTS_OF_100 and (begun == 100).all():
        raise BadInput(
            f"{table.said}: each of {begun.size} cohorts begins with 100 customers; heads are needed, no percentages"
        )


def _once(table: Sheet, lines: dict, n: int, key: tuple[str, ...]) -> None:
    if key in lines:
        raise BadInput(f"{table.said}: row {n} says {', '.join(key)} again, row {lines[key]} did; one row each")
    lines[key] = n
