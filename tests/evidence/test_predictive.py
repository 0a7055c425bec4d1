"""Drift, level shift and season of made-up companies beside made-up worlds."""

import numpy as np
import pytest

from simulation.evidence.exports import Exports
from simulation.evidence.predictive import (
    CHURN,
    DRIFT,
    LEAVERS,
    MEMBERS,
    NEW,
    POSTS,
    SEASON,
    SHIFT,
    Monthly,
    check_fit,
    monthly,
)

MONTHS = [f"{2022 + k // 12}-{k % 12 + 1:02d}" for k in range(24)]
WORLDS = 200


def histories(n: int, seed: int, change: np.ndarray | None = None) -> Monthly:
    """Return counts a month of companies that differ in size and trend, times ``change``."""
    rng = np.random.default_rng(seed)
    size, trend = rng.uniform(200, 600, (n, 1)), rng.normal(0.1, 0.1, (n, 1))
    mean = size * np.exp(trend * np.arange(24) / 12) * (1.0 if change is None else change)
    events = rng.poisson(mean).astype(float)
    return Monthly(NEW, events, np.zeros_like(events))


def checks_of(company: Monthly, k: int = 0):
    one = Monthly(NEW, company.events[k], company.exposed[k])
    return check_fit([one], [histories(WORLDS, 1)], MONTHS)


CHANGES = {
    DRIFT: np.exp(0.8 * np.arange(24) / 23),
    SHIFT: np.where(np.arange(24) >= 14, 0.6, 1.0),
    SEASON: 1 + 0.3 * np.cos(2 * np.pi * (np.arange(24) - 10) / 12),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_noticed_is_named_with_its_size_and_month(what):
    """20 companies each; the strongest check is the right one in at least 18, which is 2.5 to 6 spreads beyond the limit."""
    company = histories(20, 7, CHANGES[what])
    strongest = [max(checks_of(company, k), key=lambda c: c.spreads) for k in range(20)]
    assert sum(c.noticed and c.check == what for c in strongest) >= 18
    mine = [c for c in strongest if c.check == what]
    came = float(np.median([c.came for c in mine]))
    month = max({c.month for c in mine}, key=[c.month for c in mine].count)
    expected = {DRIFT: (1.6, ""), SHIFT: (-0.4, "2023-03"), SEASON: (0.33, "2022-11")}
    assert came == pytest.approx(expected[what][0], abs=0.2) and month == expected[what][1]


def test_all_checks_together_raise_as_many_false_alarms_as_they_say():
    """200 companies like the worlds: at a rate of 5 % more than 18 alarms come by chance in 1 % of such tests."""
    company = histories(200, 3)
    alarms = sum(any(c.noticed for c in checks_of(company, k)) for k in range(200))
    assert 1 <= alarms <= 18


def test_a_drift_is_noticed_four_times_in_five_from_the_size_on_that_is_said():
    """100 companies that drift so much: 62 to 95 of them, beyond four standard errors of 0.8 on neither side."""
    said = next(c for c in checks_of(histories(1, 5)) if c.check == DRIFT).noticeable
    assert 0.2 < said < 1.5
    company = histories(100, 9, (1 + said) ** (np.arange(24) / 23))
    noticed = sum(next(c for c in checks_of(company, k) if c.check == DRIFT).noticed for k in range(100))
    assert 62 <= noticed <= 95


def test_months_that_are_not_known_are_left_out_of_worlds_as_of_the_company():
    """20 companies with three months missing: the step is named in at least 18, in the right month or the next known one."""
    company = histories(20, 7, CHANGES[SHIFT])
    company.events[:, [3, 14, 20]] = np.nan
    found = [max(checks_of(company, k), key=lambda c: c.spreads) for k in range(20)]
    assert sum(c.noticed and c.check == SHIFT and c.month == "2023-04" for c in found) >= 18


def test_who_could_leave_is_taken_from_what_is_given():
    months = [f"2024-{k + 1:02d}" for k in range(3)]
    new, left = np.array([10.0, 20.0, 0.0]), np.array([1.0, 4.0, 5.0])
    cohorts = np.array([[9.0, 7.0, 4.0], [np.nan, 18.0, 16.0], [np.nan, np.nan, 0.0]])
    data = Exports(months, {"all": new}, left, cohorts, {}, {})
    series = {"new/all": new, "churned": left}
    _, churn = monthly(series, cohorts, data, 0)
    assert churn.name == CHURN and churn.exposed.tolist() == [5.0, 19.0, 25.0] and churn.events is left
    _, churn = monthly(series, cohorts, data, 6)  # somebody was there before: the cohorts know who could leave
    assert churn.events.tolist() == [0.0, 2.0, 5.0] and churn.exposed.tolist() == [0.0, 9.0, 25.0]
    (leavers,) = monthly(series, None, data._replace(new_customers={}, cohorts=None), 0)
    assert leavers.name == LEAVERS and not leavers.exposed.any()


def test_of_a_community_its_members_and_posts_are_checked():
    months = [f"2024-{k + 1:02d}" for k in range(3)]
    members, posts = np.array([5.0, 6.0, 7.0]), np.array([20.0, 0.0, np.nan])
    data = Exports(months, {}, None, None, {}, {"posts": posts, "questions": posts / 2, "members": members})
    found = monthly({"members": members, "posts": posts}, None, data, 0)
    assert [m.name for m in found] == [MEMBERS, POSTS]
    assert found[0].events is members and found[1].events is posts and not found[0].exposed.any()


def test_too_few_months_are_no_check():
    few = Monthly(NEW, np.ones(5), np.zeros(5))
    assert check_fit([few], [Monthly(NEW, np.ones((60, 5)), np.zeros((60, 5)))], MONTHS[:5]) == []
