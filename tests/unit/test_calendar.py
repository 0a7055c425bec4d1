"""A month is a twelfth of a year everywhere, in whole weeks."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import simulation
from simulation.calendar import MONTH_WEEKS, UNDATED, YEAR_WEEKS, Calendar, begins_month, month_of, weeks_of


def test_months_begin_in_whole_weeks_and_twelve_are_a_year():
    starts = [weeks_of(k) for k in range(121)]
    assert starts[::12] == [YEAR_WEEKS * k for k in range(11)]
    assert set(np.diff(starts)) == {4, 5} and abs(np.array(starts) - MONTH_WEEKS * np.arange(121)).max() < 0.5
    weeks = np.arange(520)
    assert month_of(weeks).tolist() == [sum(start <= week for start in starts) - 1 for week in weeks]
    assert [week for week in weeks.tolist() if begins_month(week)] == starts[:-1]


def test_only_the_calendar_says_how_long_a_month_is():
    """No file beside it defines weeks of a month or a year, or divides 52 by 12, but the compiled one whose cache it would not name."""
    said = re.compile(
        r"^\w*(MONTH|YEAR)\w*_WEEKS\b.*=|\b52(\.0)? ?/ ?12|\b12(\.0)? ?/ ?52|\bTERM_WEEKS =", re.MULTILINE
    )
    root = Path(simulation.__file__).parent
    found = {p.relative_to(root).as_posix() for p in root.rglob("*.py") if said.search(p.read_text(encoding="utf-8"))}
    assert found == {
        "calendar.py",
        "flywheel/retention.py",
        "evidence/community.py",
    }  # the last: half a year of a target


def test_a_week_belongs_to_the_month_in_which_its_fourth_day_falls():
    calendar = Calendar.of("2025-12-29")  # a Monday: its Thursday is the first of January
    assert calendar.first_of(0) == date(2026, 1, 1) and calendar.day(1) == date(2026, 1, 5)
    weeks = np.arange(-60, 300)
    middles = [date.fromordinal(calendar.day(int(week)).toordinal() + 3) for week in weeks]
    assert calendar.months(weeks).tolist() == [12 * (day.year - 2026) + day.month - 1 for day in middles]
    assert Calendar.of("2025-12-28").first_of(0) == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("start", "fiscal", "month", "quarter", "year"),
    [
        ("2026-01-01", 1, 0, "Q1 2026", "2026"),
        ("2026-01-01", 1, 14, "Q1 2027", "2027"),
        ("2026-01-01", 4, 2, "Q4 FY2026", "FY2026"),
        ("2026-01-01", 4, 3, "Q1 FY2027", "FY2027"),
        ("2026-11-15", 10, 0, "Q1 FY2027", "FY2027"),
        ("2026-11-15", 10, 11, "Q1 FY2028", "FY2028"),
        (None, 1, 14, "5", "2"),
    ],
)
def test_a_fiscal_year_is_named_by_the_year_in_which_it_ends(start, fiscal, month, quarter, year):
    calendar = Calendar.of(start, fiscal)
    assert (calendar.quarter_name(month), calendar.year_name(month)) == (quarter, year)


def test_quarters_and_years_change_where_their_names_do():
    for fiscal in range(1, 13):
        calendar = Calendar.of("2026-05-20", fiscal)
        for number, name in ((calendar.quarter, calendar.quarter_name), (calendar.year, calendar.year_name)):
            pairs = [(number(k), name(k)) for k in range(60)]
            assert pairs[0][0] == 0 and len(set(pairs)) == len({n for n, _ in pairs}) == len({n for _, n in pairs})


def test_without_a_start_weeks_have_no_dates():
    weeks = np.arange(200)
    assert UNDATED.months(weeks).tolist() == month_of(weeks).tolist()
    assert [UNDATED.quarter(k) for k in (0, 2, 3)] == [0, 0, 1] and [UNDATED.year(k) for k in (11, 12)] == [0, 1]
    for asked in (UNDATED.day, UNDATED.first_of):
        with pytest.raises(ValueError, match="no start is set"):
            asked(3)
