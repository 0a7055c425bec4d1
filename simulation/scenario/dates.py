"""Dates as people type them: 2026-01, 15 Jan 2026, 31/1/2026. What can mean two days is refused with what to write."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import product
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from simulation.calendar import WEEK_DAYS
from simulation.scenario.errors import shown

FIRST, LAST = date(1950, 1, 1), date(2149, 12, 31)  # a spreadsheet's first day is in 1900
YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m", "%Y/%m", "%Y %b", "%Y %B", "%Y %b %d", "%Y %B %d")
NAMED = [f"{a} {b}" for a, b in product(("%b", "%B"), ("%Y", "%d %Y"))] + ["%d %b %Y", "%d %B %Y"]
NUMBERS = [sign.join(parts) for sign in "/.-" for parts in (("%d", "%m", "%Y"), ("%m", "%d", "%Y"), ("%m", "%Y"))]
FORMS = (*YEAR_FIRST, *NAMED, *NUMBERS)
MONTHS = tuple(form for form in FORMS if "%d" not in form)
QUARTER = re.compile(
    r"Q(?P<of>[1-4])[ /-]?(?P<year>[0-9]{4})|(?P<year_first>[0-9]{4})[ /-]?Q(?P<of_it>[1-4])", re.IGNORECASE
)
WRITE = "write a day as 2026-01-15, or a month as 2026-01 for its first day"


def read_date(text: Any) -> str:
    """Return the day that a text means, as YYYY-MM-DD; raises ValueError where it means none, or two."""
    if isinstance(text, date) and not isinstance(text, datetime):
        text = text.isoformat()
    days = _days(str(text), FORMS)
    if not days:
        raise ValueError(WRITE)
    if len(days) > 1:
        raise ValueError(f"is it {' or '.join(map(str, days))}? write one of these")
    if not FIRST <= days[0] <= LAST:
        raise ValueError(f"a day from {FIRST} to {LAST} is needed")
    return days[0].isoformat()


def read_last_day(text: Any) -> str:
    """Return the day that a text means, or the last one of the month or quarter of the calendar; raises as :func:`read_date`."""
    if quarter := QUARTER.fullmatch(str(text).strip()):
        text = f"{quarter['year'] or quarter['year_first']}-{3 * int(quarter['of'] or quarter['of_it'])}"
    if isinstance(text, date) or not (months := _days(str(text), MONTHS)):
        return read_date(text)
    first = months[0]
    return read_date(first.replace(day=monthrange(first.year, first.month)[1]))


def _days(text: str, forms: Iterable[str]) -> list[date]:
    """Return the days that a text may mean, in order."""
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,|(?<=[A-Za-z])\.", "", text.strip())
    bare = re.sub(r"\s+|(?<=[A-Za-z])[-/](?=\d)|(?<=\d)[-/](?=[A-Za-z])", " ", plain)
    return sorted({day for form in forms if (day := _by(form, bare))})


def _by(form: str, text: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None


def _start(value: Any) -> str | None:
    try:
        return None if value is None else read_date(value)
    except ValueError as error:
        raise ValueError(f"start={shown(str(value))}: {error}") from None


def _last_day(value: Any) -> str | None:
    try:
        return None if value is None else read_last_day(value)
    except ValueError as error:
        raise ValueError(f"study.by={shown(str(value))}: {error}") from None


LastDay = Annotated[str | None, BeforeValidator(_last_day), Field(json_schema_extra={"unit": "date"})]
Day = Annotated[str | None, BeforeValidator(_start), Field(json_schema_extra={"unit": "date"})]


def weeks_for_dates(changes: Any, where: str, start: Any, before: int | None = 0) -> Any:
    """Return changes with the week in which their ``date`` falls, of a run that starts on ``start``, in the place of the date.

    ``before`` weeks of a past are counted too, None where nobody knows how many. Raises ValueError for a date that lies before
    the first week, or in a run without a start.
    """
    if not isinstance(changes, list):
        return changes
    return [_with_week(of, where, start, before) if isinstance(of, dict) and "date" in of else of for of in changes]


def _with_week(change: dict[str, Any], where: str, start: Any, before: int | None) -> dict[str, Any]:
    said = f"{where}: date={shown(str(change['date']))}"
    if change.get("week") is not None:
        raise ValueError(f"{said} and week={shown(str(change['week']))}: give one of them")
    try:
        day = date.fromisoformat(read_date(change["date"]))
    except ValueError as error:
        raise ValueError(f"{said}: {error}") from None
    if start is None:
        raise ValueError(f"{said}: nobody knows when week 0 is; add start=2026-01-01, or give a week")
    if before is None:
        raise ValueError(f"{said}: history.customers finds how many weeks the past has; give history.weeks, or a week")
    first = date.fromisoformat(_start(start) or "") - timedelta(days=WEEK_DAYS * before)
    if day < first:
        past = "" if before else "; what changed in a past stands in history.interventions"
        raise ValueError(f"{said}: the first week begins on {first}{past}")
    return {name: value for name, value in change.items() if name != "date"} | {"week": (day - first).days // WEEK_DAYS}


def said_back(tree: dict[str, Any], start: str | None, by: str | None, weeks: dict[str, list[int]]) -> list[str]:
    """Return what was read as what: the start and a study's day, where typed in another form, and the week of each date.

    ``weeks``: of each list of changes in ``tree``, by its path, the weeks that were found.
    """
    days = (("start", tree.get("start"), start), ("study.by", tree["study"].get("by"), by))
    found = [
        f"{name}={shown(str(typed))}: read as {day}"
        for name, typed, day in days
        if typed is not None and str(typed) != day
    ]
    for path, of in weeks.items():
        at: Any = tree
        for name in path.split("."):
            at = at.get(name, [])
        dated = ((change["date"], week) for change, week in zip(at, of, strict=True) if "date" in change)
        found += [f"{path}: date={shown(str(day))}: in week {week}" for day, week in dated]
    return found
