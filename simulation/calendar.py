"""The calendar: weeks are the step, a year has 52 of them, a month is a twelfth of a year: 4 or 5 whole weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

YEAR_WEEKS = 52
QUARTER_WEEKS = 13
MONTH_WEEKS = YEAR_WEEKS / 12
MONTHS_A_WEEK = 12.0 / YEAR_WEEKS


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
