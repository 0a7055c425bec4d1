"""A month is a twelfth of a year everywhere, in whole weeks."""

import re
from pathlib import Path

import numpy as np

import simulation
from simulation.calendar import MONTH_WEEKS, YEAR_WEEKS, begins_month, month_of, weeks_of


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
