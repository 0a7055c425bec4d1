"""Does a fit hold what it was fitted to: drift, season and level shifts of a company beside those of worlds that look like it.

A posterior predictive check (Gelman, Meng & Stern 1996, Statistica Sinica 6): each statistic is taken of the company and of the
worlds in one and the same way, and the company stands out where chance puts hardly any of them. All statistics together raise
a false alarm in 5 % of companies: each is counted in spreads of the worlds, and the limit is what the largest of them stays
below in 95 % of worlds (single-step maxT, Westfall & Young 1993), so that statistics that rise together are not paid for twice.
"""

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from simulation.evidence.exports import Exports

FALSE_ALARMS = 0.05  # of all statistics together
POWER_SPREADS = 0.8416  # by which a change must lie beyond the limit to be noticed 4 times in 5
YEAR_MONTHS = 12
SIDE_MONTHS = 3  # at least on each side of a level shift
NEW, CHURN, LEAVERS = "new customers", "churn", "customers who leave"
COMMUNITY = MEMBERS, POSTS = "members", "posts"
DRIFT, SHIFT, SEASON = "drift", "level shift", "season"


class Monthly(NamedTuple):
    """Events a month, or a stock at its end, and those to whom they could happen, (..., months); NaN where they are not known."""

    name: str
    events: np.ndarray
    exposed: np.ndarray


class Check(NamedTuple):
    """A statistic of the company's months and of worlds: their median and 90 %; all are shares, such as 0.4 for 40 % more.

    Drift is the change from the first month to the last along a line, a level shift the change in ``month`` for good, a season
    how far its highest month, ``month``, lies above a year's mean. ``noticeable``: the drift that is noticed 4 times in 5.
    """

    check: str
    series: str
    month: str
    came: float
    foretold: float
    low: float
    high: float
    noticed: bool
    noticeable: float
    counted: float  # events that the company's months hold
    spreads: float  # of the worlds, beyond their mean


def check_fit(company: list[Monthly], worlds: list[Monthly], months: list[str]) -> list[Check]:
    """Return every statistic that the months allow, of ``company`` (months,) and the ``worlds`` (worlds, months) like it."""
    found = [s for one, many in zip(company, worlds, strict=True) for s in _statistics(one, many)]
    if not found:
        return []
    sizes = np.stack([s.size for s in found])
    mean, spread = sizes.mean(axis=1), sizes.std(axis=1)  # the company among them: a world is judged as it is
    beyond = (sizes - mean[:, None]) / spread[:, None]
    largest = np.sort(beyond[:, 1:].max(axis=0))
    limit = largest[min(math.ceil((1 - FALSE_ALARMS) * (largest.size + 1)), largest.size) - 1]
    limits = mean + limit * spread
    return [s.check(months, own[0], limit, at) for s, own, at in zip(found, beyond, limits, strict=True)]


class _Statistic(NamedTuple):
    """Linear contrasts of the logs of a series; of each history, the company first, how far they lie from the worlds' mean."""

    what: str
    series: str
    values: np.ndarray  # (contrasts, 1 + worlds)
    size: np.ndarray  # (1 + worlds,)
    at: np.ndarray  # month of each contrast
    span: float  # from the first month to the last for drift, in the contrast's unit
    counted: float

    def check(self, months: list[str], beyond: float, limit: float, at_size: float) -> Check:
        """Return what it says of the company, of which it lies ``beyond`` and may lie at a ``limit``, or a size."""
        noticeable = math.nan
        if self.what == SEASON:
            swing, angle = np.hypot(*self.values), math.atan2(self.values[1, 0], self.values[0, 0])
            share, month = np.expm1(swing), months[round(angle * YEAR_MONTHS / (2 * math.pi)) % YEAR_MONTHS]
        else:
            k = int(np.abs(_spreads(self.values))[:, 0].argmax())
            share, month = np.expm1(self.values[k] * self.span), months[self.at[k]] if self.what == SHIFT else ""
            if self.what == DRIFT:
                noticeable = math.expm1((at_size + POWER_SPREADS) * self.values[k, 1:].std() * self.span)
        low, mid, high = np.quantile(share[1:], (0.05, 0.5, 0.95)).tolist()
        came, noticed = float(share[0]), bool(beyond > limit)
        return Check(
            self.what, self.series, month, came, mid, low, high, noticed, noticeable, self.counted, float(beyond)
        )


def _statistics(one: Monthly, many: Monthly) -> Iterator[_Statistic]:
    """Yield the statistics of a series that has the months for them."""
    events, exposed = (np.vstack([a, b]) for a, b in ((one.events, many.events), (one.exposed, many.exposed)))
    seen = np.isfinite(events + exposed).all(axis=0) & (exposed >= 0).all(axis=0)
    weights = np.where(seen, np.where(seen, events[1:], 0.0).mean(axis=0), 0.0)
    at = np.flatnonzero(weights)
    if at.size < 2 * SIDE_MONTHS:
        return
    logs = np.log((events[:, at] + 0.5) / (exposed[:, at] + 0.5))
    weights, time, counted = weights[at] / weights.sum(), at / YEAR_MONTHS, float(events[0, at].sum())

    def fitted(known: list[np.ndarray], sought: list[np.ndarray]) -> np.ndarray:
        x = np.column_stack([np.ones(at.size), *known, *sought])
        xw = x * weights[:, None]
        return (np.linalg.solve(x.T @ xw, xw.T) @ logs.T)[-len(sought) :]

    drift = fitted([], [time])
    yield _Statistic(DRIFT, one.name, drift, np.abs(_spreads(drift))[0], at[:1], float(time[-1] - time[0]), counted)
    splits = range(SIDE_MONTHS, at.size - SIDE_MONTHS + 1)
    steps = np.vstack([fitted([time], [np.arange(at.size) >= k]) for k in splits])
    yield _Statistic(SHIFT, one.name, steps, np.abs(_spreads(steps)).max(axis=0), at[list(splits)], 1.0, counted)
    if one.name == NEW and at[-1] - at[0] >= YEAR_MONTHS - 1 and at.size > 2 * SIDE_MONTHS:
        turn = 2 * math.pi * time
        waves = fitted([time], [np.cos(turn), np.sin(turn)])
        off = waves - waves.mean(axis=1, keepdims=True)
        size = np.sqrt((off * np.linalg.solve(np.cov(off), off)).sum(axis=0))
        yield _Statistic(SEASON, one.name, waves, size, at[:2], 1.0, counted)


def _spreads(values: np.ndarray) -> np.ndarray:
    """Return how many standard deviations each value lies from the mean of all, the company's too: who is judged makes no odds."""
    return (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True)


def monthly(
    series: Mapping[str, np.ndarray], cohorts: np.ndarray | None, data: Exports, warm_up_months: int
) -> list[Monthly]:
    """Return what is checked, of a company's series and cohorts or of worlds' alike, (..., months), as far as ``data`` allow.

    Of a community its members and posts: questions and answers are most of the posts.
    """
    given = [name for name in COMMUNITY if name in data.community]
    community = [Monthly(name, series[name], np.zeros_like(series[name])) for name in given]
    return [*_customers(series, cohorts, data, warm_up_months), *community]


def _customers(
    series: Mapping[str, np.ndarray], cohorts: np.ndarray | None, data: Exports, warm_up_months: int
) -> list[Monthly]:
    """Return what is checked of customers.

    Who could leave is known from all who came and left where none came before the data, or from the cohorts; else those who
    leave are counted. Churn at equal tenure tells less of drift: half as many spreads (measured), as tenure and date grow together.
    """
    found = []
    if data.new_customers:
        new = np.sum([series[f"new/{channel}"] for channel in data.new_customers], axis=0)
        found.append(Monthly(NEW, new, np.zeros_like(new)))
        if data.churned is not None and not warm_up_months:
            more = np.nan_to_num(new - series["churned"])
            return [*found, Monthly(CHURN, series["churned"], np.cumsum(more, axis=-1) - more + new / 2)]
    if cohorts is not None:
        was, now = cohorts[..., :-1], cohorts[..., 1:]
        both = np.isfinite(was) & np.isfinite(now)
        left, there = (np.where(both, x, 0.0).sum(axis=-2) for x in (was - now, was))
        first = [(0, 0)] * (left.ndim - 1) + [(1, 0)]
        found.append(Monthly(CHURN, np.pad(left, first), np.pad(there, first)))
    elif data.churned is not None:
        found.append(Monthly(LEAVERS, series["churned"], np.zeros_like(series["churned"])))
    return found
