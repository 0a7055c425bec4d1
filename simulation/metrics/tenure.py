"""How long customers stay, from lives of which many go on: a life table, the share kept, what comes after the run.

Ages are whole weeks since adoption. Lives that go on at the end of the run are right-censored there.
"""

from typing import NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS

LEAST_AT_RISK = 30  # lives; with so many the 90 % interval of a share is within 15 points either way
HORIZON_WEEKS = 10 * YEAR_WEEKS
DISCOUNT_PER_YEAR = 0.10
_AGES = np.arange(HORIZON_WEEKS + 1)
_DISCOUNTED = (1 + DISCOUNT_PER_YEAR) ** (-_AGES / YEAR_WEEKS)  # by age, of what is paid then


class LifeTable(NamedTuple):
    """Lives by age, shape (weeks of the run,) each."""

    followed: np.ndarray  # began so long before the run's end that this age is seen, whether they stayed or not
    at_risk: np.ndarray  # of those, the ones still there
    ended: np.ndarray  # of those, the ones that end at this age


def life_table(adopted: np.ndarray, ended: np.ndarray, weeks: int) -> LifeTable:
    """Return the life table of lives that began and ended (-1: go on) in these weeks of a run of ``weeks``."""
    began, gone = np.asarray(adopted, np.int64), np.asarray(ended, np.int64) >= 0
    last = weeks - 1 - began
    seen = np.where(gone, ended - began, last)
    return LifeTable(_from(last, weeks), _from(seen, weeks), np.bincount(seen[gone], minlength=weeks))


def delayed_life_table(adopted: np.ndarray, ended: np.ndarray, weeks: int) -> LifeTable:
    """Return the life table, by true age, of lives that began before week 0 and are followed from it on: delayed entry.

    A life of age a in week 0 is among those at risk from that age on, so that those who left before are not taken for survivors
    (left truncation: Lynden-Bell 1971, MNRAS 155; Klein & Moeschberger 2003, section 4.6). Shape (ages,) each, up to the oldest one seen.
    """
    began, gone = np.asarray(adopted, np.int64), np.asarray(ended, np.int64) >= 0
    entered, last = -began, weeks - 1 - began
    seen = np.where(gone, ended - began, last)
    ages = int(last.max(initial=0)) + 1
    not_yet = _from(entered - 1, ages)  # an age before that at entry
    return LifeTable(_from(last, ages) - not_yet, _from(seen, ages) - not_yet, np.bincount(seen[gone], minlength=ages))


def _from(last: np.ndarray, weeks: int) -> np.ndarray:
    """Return how many lives reach each age, given the last age of each."""
    return np.bincount(last, minlength=weeks)[::-1].cumsum()[::-1]


def kept(table: LifeTable) -> np.ndarray:
    """Return the share still there after each age, shape (weeks,) (Kaplan & Meier 1958, JASA 53).

    NaN from the age on to which fewer than ``LEAST_AT_RISK`` lives could be followed: there single lives draw the curve.
    """
    stays = 1.0 - np.divide(table.ended, table.at_risk, out=np.zeros(table.ended.size), where=table.at_risk > 0)
    return np.where(table.followed >= LEAST_AT_RISK, np.cumprod(stays), np.nan)


def kept_at(table: LifeTable, age: int) -> float:
    """Return the share still there after an age; NaN where too few could be followed to it, or the run is too short."""
    return float(kept(table)[age]) if age < table.followed.size else np.nan


def kept_since(table: LifeTable, age: int) -> np.ndarray:
    """Return the share of those of an age who are still there after that age and each later one, shape (ages from it on,).

    NaN from where on fewer than ``LEAST_AT_RISK`` lives are at risk: with delayed entry few are at some ages, however many entered.
    """
    at_risk, ended = table.at_risk[age:], table.ended[age:]
    stays = 1.0 - np.divide(ended, at_risk, out=np.zeros(ended.size), where=at_risk > 0)
    enough = np.logical_and.accumulate(at_risk >= LEAST_AT_RISK)
    return np.where(enough, np.cumprod(stays), np.nan)


class Later(NamedTuple):
    """How older customers leave: from age ``since`` on, with the chance ``hazards[age % 52]`` in each week."""

    since: int
    hazards: np.ndarray  # (52,)


def later(table: LifeTable) -> Later | None:
    """Return how customers leave from the first anniversary on: ends over lives at risk, pooled over all later ages.

    Pooled by week of the year of tenure, since yearly contracts end at anniversaries. It begins earlier where otherwise a week of
    the year were missing, or fewer than ``LEAST_AT_RISK`` lives reached it. None where too few are followed through a year.
    """
    last = int((table.followed >= LEAST_AT_RISK).sum()) - 1
    if last < YEAR_WEEKS:
        return None
    reached = int((table.at_risk >= LEAST_AT_RISK).sum()) - 1
    since = max(1, min(YEAR_WEEKS, last - YEAR_WEEKS + 1, reached))  # nobody leaves at age 0
    ages = np.arange(since, last + 1)
    ended, at_risk = (np.bincount(ages % YEAR_WEEKS, x[ages], YEAR_WEEKS) for x in (table.ended, table.at_risk))
    hazards = np.divide(ended, at_risk, out=np.full(YEAR_WEEKS, ended.sum() / at_risk.sum()), where=at_risk > 0)
    return Later(since, hazards)


def lifetime_weeks(table: LifeTable) -> float:
    """Return the weeks that a customer pays within ten years, each discounted to the first at 10 % a year.

    The first year is that of :func:`kept`; after it customers leave as :func:`later` says, so that one old leaver among the few
    who are old weighs no more than any other. With a constant known hazard and runs of 156 weeks the median error, either way,
    is 8 to 11 % with 100 lives, 2 % with 2,000 and under 1 % with 20,000; in the mean it is 1 to 2 % too long with 100 and right with
    more (tests/metrics/test_tenure.py). Where fewer leave with every year of age, it is too short: nobody has been that old.
    """
    old = later(table)
    if old is None:
        return np.nan
    young = kept(table)[: old.since]
    stays = np.cumprod(1.0 - old.hazards[_AGES[old.since :] % YEAR_WEEKS])
    share = np.concatenate([young, young[-1] * stays])
    return float((share * _DISCOUNTED).sum())
