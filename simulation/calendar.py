"""The calendar: weeks are the step, a year has 52 of them, a month is a twelfth of a year: 4 or 5 whole weeks.

Where a scenario says on which day it starts, weeks lie in months of that calendar: a week belongs to the month in which its
middle, the fourth day, falls, and a month to the fiscal year that is named by the year in which it ends.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import numpy as np

YEAR_WEEKS = 52
QUARTER_WEEKS = 13
MONTH_WEEKS = YEAR_WEEKS / 12
MONTHS_A_WEEK = 12.0 / YEAR_WEEKS
MONTHS_A_YEAR, MONTHS_A_QUARTER = 12, 3
WEEK_DAYS, MIDDLE_DAY = 7, 3
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip


def weeks_of(months: int) -> int:
    """Return the whole weeks of so many months: the week with which the next one begins."""
    return round(months * MONTH_WEEKS)


def month_of(week: np.ndarray | int) -> np.ndarray:
    """Return the month, from 0 on, in which each week lies, int, same shape; so many have ended when the week begins."""
    import numpy as np  # settings are read by this calendar too, before anything that takes long to load

    return np.floor((np.asarray(week) + 0.5) / MONTH_WEEKS).astype(int)


def begins_month(week: int) -> bool:
    """Return whether a month begins with a week."""
    return weeks_of(int(month_of(week))) == week


def month_of_date(start: date, week: np.ndarray | int) -> np.ndarray:
    """Return the month in which the middle of each week lies, of a run that starts on a day: counted from January 1970, int."""
    import numpy as np

    days = np.asarray(week) * WEEK_DAYS + MIDDLE_DAY
    return (np.datetime64(start, "D") + days).astype("datetime64[M]").astype(int)


class Calendar(NamedTuple):
    """When the weeks of a run are: by date where it starts on a day, else counted from its first week."""

    start: date | None = None  # the first day of week 0
    fiscal_year_starts: int = 1  # month

    @classmethod
    def of(cls, start: str | None, fiscal_year_starts: int = 1) -> Self:
        """Return the calendar of a scenario, whose start is written as YYYY-MM-DD."""
        return cls(date.fromisoformat(start) if start else None, fiscal_year_starts)

    def day(self, week: int) -> date:
        """Return the first day of a week; raises ValueError where no start is set."""
        if self.start is None:
            raise ValueError("no start is set, so no week has a date")
        return self.start + timedelta(days=WEEK_DAYS * week)

    def months(self, week: np.ndarray) -> np.ndarray:
        """Return the month of each week, counted from the month of week 0, int, same shape."""
        if self.start is None:
            return month_of(week)
        return month_of_date(self.start, week) - month_of_date(self.start, 0)

    def quarter(self, month: int) -> int:
        """Return the quarter of such a month, counted from that of month 0; fiscal ones by date."""
        return (month + self._into_year % MONTHS_A_QUARTER) // MONTHS_A_QUARTER

    def year(self, month: int) -> int:
        """Return the year of such a month, counted from that of month 0; fiscal ones by date."""
        return (month + self._into_year) // MONTHS_A_YEAR

    @property
    def _into_year(self) -> int:
        """How many months of its fiscal year lie before month 0."""
        return 0 if self.start is None else (int(month_of_date(self.start, 0)) + 1 - self.fiscal_year_starts) % 12

    def first_of(self, month: int) -> date:
        """Return the first day of such a month; raises ValueError where no start is set."""
        if self.start is None:
            raise ValueError("no start is set, so no month has a date")
        years, month_of_year = divmod(int(month_of_date(self.start, 0)) + month, MONTHS_A_YEAR)
        return date(1970 + years, month_of_year + 1, 1)

    def month_name(self, month: int) -> str:
        """Return what such a month is called: "Jan 2026", or its number from 1 on."""
        return str(month + 1) if self.start is None else f"{self.first_of(month):%b %Y}"

    def quarter_name(self, month: int) -> str:
        """Return what the quarter of such a month is called: "Q1 2026", "Q1 FY2027", or its number from 1 on."""
        if self.start is None:
            return str(self.quarter(month) + 1)
        number = (self._into_year + month) % MONTHS_A_YEAR // MONTHS_A_QUARTER + 1
        return f"Q{number} {self.year_name(month)}"

    def year_name(self, month: int) -> str:
        """Return what the year of such a month is called: "2026", "FY2027" by the year in which it ends, or its number from 1 on."""
        if self.start is None:
            return str(self.year(month) + 1)
        first = self.first_of(month)
        if self.fiscal_year_starts == 1:
            return str(first.year)
        return f"FY{first.year + (first.month >= self.fiscal_year_starts)}"


UNDATED = Calendar()  # weeks are counted and have no dates
