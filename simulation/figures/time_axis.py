"""The time axis of a figure: weeks, or where the run starts on a day its months, quarters or years, fiscal ones where these are told."""

from collections.abc import Callable, Iterator
from datetime import date

from matplotlib.axes import Axes

from simulation.calendar import MONTHS_A_YEAR, WEEK_DAYS, Calendar

STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200)  # months between two ticks


def ticks(calendar: Calendar, first: float, last: float, most: int = 7) -> list[tuple[float, date]]:
    """Return at most so many first days of months along the weeks from ``first`` to ``last``, each with its place in weeks."""
    if calendar.start is None:
        return []
    days = next(found for step in STEPS if len(found := list(_days(calendar, first, last, step))) <= most)
    return [((day - calendar.start).days / WEEK_DAYS, day) for day in days]


def write_dates(
    axes: Axes,
    calendar: Calendar,
    first: float,
    last: float,
    *,
    most: int = 7,
    place: Callable[[float], float] = lambda week: week,
) -> None:
    """Write such days on an axis, at ``place`` of their week; nothing without a start."""
    if calendar.start is None:
        return
    found = ticks(calendar, first, last, most)
    axes.set_xticks([place(week) for week, _ in found], [f"{day:%b}\n{day.year}" for _, day in found])
    if axes.get_xlabel():  # of panels that share an axis only the lowest have a name
        axes.set_xlabel(axis_name(calendar))


def axis_name(calendar: Calendar) -> str:
    """Return what is said under dates: nothing, or when fiscal years begin, of which one is named by the year in which it ends."""
    return (
        "" if calendar.fiscal_year_starts == 1 else f"fiscal years from {date(2000, calendar.fiscal_year_starts, 1):%B}"
    )


def _days(calendar: Calendar, first: float, last: float, step: int) -> Iterator[date]:
    """Yield the first days of months of the run that are whole steps from the start of a fiscal year."""
    begin, end = calendar.day(round(first)), calendar.day(round(last))
    for month in range(MONTHS_A_YEAR * begin.year, MONTHS_A_YEAR * (end.year + 1)):
        day = date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)
        if begin <= day <= end and (month + 1 - calendar.fiscal_year_starts) % step == 0:
            yield day
