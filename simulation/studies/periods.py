"""Quarters and years of a comparison, and money in whole cents that add up over them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulation.studies.comparison import Comparison


class Period(NamedTuple):
    """A quarter or a year: its name, its first and its last week, and its first day where weeks have dates."""

    name: str
    first: int
    last: int
    begins: dict[str, str]


def periods_of(data: Comparison, length: str) -> list[Period]:
    """Return the quarters (``length`` is "quarter") or the years ("year") of a comparison; the first and last may be shorter."""
    calendar = data.calendar
    month = calendar.months(np.arange(data.weeks))
    of, name = (calendar.quarter, calendar.quarter_name) if length == "quarter" else (calendar.year, calendar.year_name)
    at = np.array([of(int(m)) for m in month])
    first = np.flatnonzero(np.diff(at, prepend=-1))
    last = np.append(first[1:], data.weeks) - 1
    return [
        Period(name(int(month[a])), int(a), int(b), {} if calendar.start is None else {"begins": calendar.day(int(a)).isoformat()})
        for a, b in zip(first, last, strict=True)
    ]  # fmt: skip


def cents(weekly: np.ndarray, periods: Sequence[Period]) -> list[int]:
    """Return cents by period of cents by week, shape (weeks,): whole ones, of which quarters add up to years and all to the whole run."""
    so_far = np.rint(np.cumsum(weekly))[[p.last for p in periods]]
    return [int(x) for x in np.diff(so_far, prepend=0.0)]
