"""What two exports say of the same thing: cohorts against customers, those gone against churn, parts against wholes."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from simulation.evidence.months import before
from simulation.scenario.csv_table import Sheet
from simulation.scenario.errors import BadInput

SLACK = 0.02  # two systems end a month at another hour: so much is said and no more
PAID = {"advert": "advertising", "outbound": "sales"}  # channels that nothing but money opens, and their levers


class Gap(NamedTuple):
    """Two numbers of which the first cannot be the larger, and the sentence that says so."""

    part: float
    whole: float
    sentence: str


class Told(NamedTuple):
    """What rows say of a month together."""

    value: float
    rows: list[int]


def check_agreement(tables: dict[str, Sheet]) -> list[str]:
    """Return a sentence for each thing on which files nearly agree; raises BadInput with the first on which they do not.

    ``tables`` by name, whose cells have been read as months and numbers.
    """
    notes = []
    for gap in (*_begun(tables), *_gone(tables)):
        if gap.part > (1 + SLACK) * gap.whole:
            raise BadInput(gap.sentence)
        if gap.part > gap.whole:
            notes.append(gap.sentence)
    return [*notes, *_posts(tables), *_unpaid(tables)]


def _told(table: Sheet, column: str) -> dict[str, Told]:
    """Return what each month's rows say together; a month with an empty cell says nothing."""
    found: dict[str, Told] = {}
    unknown = {row["month"] for _, row in table.rows if not row[column]}
    for n, row in table.rows:
        if row["month"] in unknown:
            continue
        before = found.get(row["month"], Told(0.0, []))
        value = float(row[column])
        found[row["month"]] = Told(before.value + value, [*before.rows, *([n] if value else [])])
    return found


def _rows(told: Told) -> str:
    """Return where a number stands."""
    if not told.rows:
        return "no row"
    return f"row {told.rows[0]}" if len(told.rows) == 1 else f"rows {told.rows[0]} to {told.rows[-1]}"


def _begun(tables: dict[str, Sheet]) -> Iterator[Gap]:
    """No cohort begins larger than the new customers of its month."""
    if not {"cohorts", "customers"} <= tables.keys():
        return
    new = _told(tables["customers"], "new_customers")
    for n, row in tables["cohorts"].rows:
        if row["cohort"] == row["month"] in new and row["customers"]:
            told, begun = new[row["month"]], float(row["customers"])
            yield Gap(
                begun,
                told.value,
                f"{tables['cohorts'].said}: row {n}: cohort {row['cohort']} begins with {begun:g} customers, "
                f"{tables['customers'].said} has {told.value:g} new ones in {row['month']} ({_rows(told)}); a cohort is "
                "who of a month's new customers is there at its end",
            )


def _gone(tables: dict[str, Sheet]) -> Iterator[Gap]:
    """Customers at a month's end are those before and the new ones, less those who left: of cohorts, no more are gone."""
    if not {"cohorts", "churn"} <= tables.keys():
        return
    cohorts, churned = tables["cohorts"], _told(tables["churn"], "churned_customers")
    new = _told(tables["customers"], "new_customers") if "customers" in tables else {}
    known = [(n, row) for n, row in cohorts.rows if row["customers"]]
    at = {(row["cohort"], row["month"]): float(row["customers"]) for _, row in known}
    gone: dict[str, float] = defaultdict(float)
    most: dict[str, tuple[float, int, str]] = {}
    for n, row in known:
        cohort, month, now = row["cohort"], row["month"], float(row["customers"])
        was = new[month].value if cohort == month and month in new else at.get((cohort, before(month)), now)
        left = max(was - now, 0.0)
        gone[month] += left
        most[month] = max(most.get(month, (0.0, n, cohort)), (left, n, cohort))
    for month, count in gone.items():
        if month not in churned:
            continue
        left, n, cohort = most[month]
        yield Gap(
            count,
            churned[month].value,
            f"{cohorts.said}: {count:g} customers are gone in {month} ({left:g} of cohort {cohort} in row {n}), "
            f"{tables['churn'].said} has {churned[month].value:g} who left in {month} ({_rows(churned[month])}); customers "
            "at a month's end are those before and the new ones, less those who left",
        )


def _posts(tables: dict[str, Sheet]) -> Iterator[str]:
    """Questions and answers are posts, and an answered question was asked; the first row in which it is not so."""
    rows = tables["community"].rows if "community" in tables else []
    for n, row in rows:
        count = {name: float(row[name]) for name in ("posts", "questions", "answers") if row.get(name)}
        where, parts = f"{tables['community'].said}: row {n}", count.get("questions", 0.0) + count.get("answers", 0.0)
        if parts > count.get("posts", parts):
            yield (
                f"{where}: questions and answers are {parts:g}, posts {count['posts']:g}; here posts count both, and "
                "whatever else is written"
            )
            return
        if count.get("answers", 0.0) > count.get("questions", float("inf")):
            yield (
                f"{where}: answers are {count['answers']:g}, questions {count['questions']:g}; here answers count "
                "questions that members have answered, each once"
            )
            return


def _unpaid(tables: dict[str, Sheet]) -> Iterator[str]:
    """A channel that nothing but money opens has no customers where nothing is spent on its lever."""
    if not {"customers", "spend"} <= tables.keys():
        return
    spent = {row["lever"] for _, row in tables["spend"].rows if float(row["usd"])}
    for channel, lever in PAID.items():
        if lever in spent:
            continue
        rows = [(n, row) for n, row in tables["customers"].rows if row["channel"] == channel and row["new_customers"]]
        found = [(n, float(row["new_customers"])) for n, row in rows]
        if total := sum(count for _, count in found):
            n = next(n for n, count in found if count)
            yield (
                f"{tables['customers'].said}: {total:g} new customers by {channel} (the first in row {n}), "
                f"{tables['spend'].said} has no money for {lever}, without which the model wins none of them"
            )
