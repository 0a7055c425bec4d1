"""Study ``reach``: the least budget with which yearly recurring revenue reaches an amount by a day in a share of simulated markets.

Every motion runs at its own mix with nothing and with budgets in even steps of the logarithm, on the same seeds. In each market revenue is
fitted as a curve that never falls with the budget (isotonic regression), and read where it crosses the amount; the least budget for a share of
markets is an order statistic of these.
"""

from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from itertools import combinations
from math import ceil, inf, isfinite
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.calendar import WEEK_DAYS, YEAR_WEEKS
from simulation.metrics.metric import Kind
from simulation.runs.design import DESIGN_SEED
from simulation.runs.enough import LEAST_MARKETS, is_ahead
from simulation.runs.paired import quantiles
from simulation.runs.session import Session
from simulation.scenario import currency
from simulation.scenario.errors import BadInput
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Reach
from simulation.studies.screen import show
from simulation.studies.tables import shown, with_interval

RESAMPLES = 1_000
SCALED = "budget.usd_per_account_per_week"


class State(StrEnum):
    """What can be said of a motion."""

    REACHED = "reached"
    ALREADY = "already reached"  # without any money
    UNREACHABLE = "not reached"  # with any budget tried, and more helps
    SATURATED = "saturated"  # with any budget tried, and more no longer helps


class Reached(NamedTuple):
    """One motion. Budgets are USD a year of the whole market, the first is nothing."""

    motion: str
    budgets: np.ndarray  # (budgets,)
    arr: np.ndarray  # USD, on the day, shape (budgets, markets)
    crossings: np.ndarray  # least budget in each market, infinite where none tried is enough, shape (markets,)
    state: State
    least: float  # infinite where none tried is enough
    low: float  # 90 % interval of markets drawn again
    high: float


class Found(NamedTuple):
    """All motions, and which of two needs less, beyond the luck of markets."""

    motions: list[Reached]
    less: set[tuple[str, str]]
    arr_usd: float
    chance: float
    when: str
    markets: int

    @property
    def ranked(self) -> list[Reached]:
        """Those for which a budget is known, the least first."""
        return sorted((of for of in self.motions if of.state is State.REACHED), key=lambda of: of.least)


def answer(session: Session, study: Reach) -> Found:
    """Run every motion with every budget; write ``reach.csv`` and ``least_budget.csv``, print the verdict and a table."""
    week, when = _day(session, study)
    base = _checked(session)
    span = study.budgets
    times = np.geomspace(span.low, span.high, span.n)
    points = [{SCALED: base * x} for x in (0.0, *times.tolist())]
    runs = session.run(points, keep=study.keep)
    arr = {
        motion: session.weeks_of_points(runs, motion, ["revenue_cents"], session.config.weeks)["revenue_cents"][:, :, week]
        * (YEAR_WEEKS / 100)
        for motion in session.worlds
    }  # fmt: skip
    there = np.all([np.isfinite(of).all(axis=0) for of in arr.values()], axis=0)  # a run that failed says nothing
    budgets = np.array([0.0, *times]) * base * session.accounts * YEAR_WEEKS
    found = judged({motion: of[:, there] for motion, of in arr.items()}, budgets, study, when)
    session.store.csv("reach.csv", [row for of in found.motions for row in _rows(of, found)])
    session.store.csv("least_budget.csv", [_least_row(of, found) for of in found.motions])
    session.verdict([*sentences(found)])
    show(session.console, _table(found))
    return found


def _day(session: Session, study: Reach) -> tuple[int, str]:
    """Return the last whole week of the run by the day asked, and how the day is called; raises BadInput where it has none."""
    config = session.config
    if study.by is None:
        return config.weeks - 1, f"the end of week {config.weeks}"
    if config.start is None:
        raise BadInput(
            f"study.by={study.by}: nobody knows when week 0 is; add start=2026-01-01, or leave study.by away"
        )
    day = date.fromisoformat(study.by)
    weeks = ((day - date.fromisoformat(config.start)).days + 1) // WEEK_DAYS
    if weeks < 1:
        raise BadInput(f"study.by={study.by}: the first week begins on {config.start}; a later day is needed")
    if weeks > config.weeks:
        raise BadInput(f"study.by={study.by}: the run ends after {config.weeks} weeks; write weeks={weeks}")
    return weeks - 1, f"{day.day} {day:%B %Y}"


def _checked(session: Session) -> float:
    """Return the budget of the scenario; raises BadInput where there is none, or a motion changes it itself."""
    for motion, world in session.worlds.items():
        if (week := world.first_change(lambda w: w.budget)) is not None:
            raise BadInput(f"motions.{motion}: its budget changes in week {week}, but study=reach changes it itself")
    base = session.config.budget.usd_per_account_per_week
    if not base:
        raise BadInput(f"{SCALED}=0: nothing is spent, so there is nothing to have more or less of")
    return base


def judged(arr: dict[str, np.ndarray], budgets: np.ndarray, study: Reach, when: str) -> Found:
    """Return what ``arr``, by motion and of shape (budgets, markets), says of the least budget; ``budgets`` in USD a year."""
    crossed = {m: crossings(budgets, of, study.arr_usd) for m, of in arr.items()}
    n = next(iter(arr.values())).shape[1]
    draw = np.random.default_rng(DESIGN_SEED)
    again = draw.integers(n, size=(RESAMPLES, n))  # the same markets under every motion
    drawn = {m: least_of(of[again], study.chance) for m, of in crossed.items()}
    motions = []
    for m, of in crossed.items():
        least = float(least_of(of[None], study.chance)[0])
        low, high = _interval(drawn[m]) if n >= LEAST_MARKETS else (np.nan, np.nan)
        motions.append(Reached(m, budgets, arr[m], of, _state(arr[m], least), least, low, high))
    less = set()
    for first, second in combinations(drawn, 2) if n >= LEAST_MARKETS else ():
        low, high = _interval(_apart(drawn[first], drawn[second]))
        less |= {(first, second)} if high < 0 else {(second, first)} if low > 0 else set()
    return Found(motions, less, study.arr_usd, study.chance, when, n)


def crossings(budgets: np.ndarray, arr: np.ndarray, goal: float) -> np.ndarray:
    """Return in each market the budget at which revenue that never falls with it reaches ``goal``, infinite where none does.

    Between two budgets it is read off a line over the logarithm of the budget; between nothing and the first, over the budget.
    """
    from scipy.optimize import isotonic_regression

    found = np.full(arr.shape[1], inf)
    for k, of in enumerate(arr.T):
        fit = isotonic_regression(of).x
        if (fit >= goal).any():
            at = int((fit >= goal).argmax())
            part = (goal - fit[at - 1]) / (fit[at] - fit[at - 1]) if at else 0.0
            below = budgets[at - 1] if at else 0.0
            found[k] = below ** (1 - part) * budgets[at] ** part if below else part * budgets[at]
    return found


def least_of(crossed: np.ndarray, chance: float) -> np.ndarray:
    """Return the least budget that is enough in a share ``chance`` of markets (columns), shape (rows,)."""
    n = crossed.shape[1]
    return np.sort(crossed, axis=1)[:, ceil(round(chance * n, 9)) - 1]


def _interval(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of the middle 90 %; values may be infinite, so none is read between two."""
    low, high = np.percentile(values, (5, 95), method="inverted_cdf").tolist()
    return low, high


def _apart(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the paired difference; where neither has a budget they are alike."""
    alike = first == second
    return np.where(alike, 0.0, first) - np.where(alike, 0.0, second)


def _state(arr: np.ndarray, least: float) -> State:
    """Return what is said of a motion; more money helps where the largest budget beats the one before beyond luck."""
    if isfinite(least):
        return State.REACHED if least else State.ALREADY
    more = arr[-1] - arr[-2]
    return State.UNREACHABLE if is_ahead(int((more > 0).sum()), int((more < 0).sum())) else State.SATURATED


def sentences(found: Found) -> Iterator[str]:
    """Say what each motion needs, which needs least, and what cannot be said."""
    yield verdict(found)
    for of in found.motions:
        if of.state in (State.UNREACHABLE, State.SATURATED):
            share = f"{100 * shares(of)[-1]:.0f} % of simulated markets"
            more = "more money no longer helps" if of.state is State.SATURATED else "more may"
            yield f"{motion_called(of.motion)} reaches it in {share} with {usd(of.budgets[-1])} a year, the most that was tried: {more}."
    if found.markets < LEAST_MARKETS:
        yield f"{found.markets} simulated markets are too few for intervals and for a ranking; {LEAST_MARKETS} are needed."


def verdict(found: Found, name: Callable[[str], str] = str.upper, *, intervals: bool = True) -> str:
    """Say in one sentence what each motion needs; ``name`` tells what a motion is called."""
    goal = f"{shown(found.arr_usd, Kind.USD_TOTAL)} of yearly recurring revenue by {found.when} in {100 * found.chance:g} % of simulated markets"
    parts = [
        f"{name(of.motion)} {with_interval(usd(of.least), of.low, of.high, usd) if intervals else usd(of.least)}"
        for of in found.ranked
    ]
    ends = {
        state: ", ".join(name(of.motion) for of in found.motions if of.state is state)
        for state in (State.ALREADY, State.UNREACHABLE, State.SATURATED)
    }
    out = ", ".join(filter(None, (ends[State.UNREACHABLE], ends[State.SATURATED])))
    others = (
        f"{ends[State.ALREADY]} {'get' if ',' in ends[State.ALREADY] else 'gets'} there without any budget"
        if ends[State.ALREADY]
        else "",
        f"no budget tried is enough for {out}" if out else "",
        _ranking(found, name),
    )
    takes = f" takes {', '.join(parts)} a year; " if parts else ": "
    return f"{goal}{takes}{'; '.join(filter(None, others))}".removesuffix("; ") + "."


def _ranking(found: Found, name: Callable[[str], str]) -> str:
    """Say which motion needs least, or that it is not told apart."""
    ranked = found.ranked
    if len(ranked) < 2:
        return ""
    first, *others = [of.motion for of in ranked]
    alike = [name(m) for m in others if (first, m) not in found.less]
    return f"{name(first)} is not told apart from {', '.join(alike)}" if alike else f"{name(first)} needs least"


def usd(value: float) -> str:
    """Return a budget for a reader, to two digits and one; an infinite one lies beyond what was tried."""
    if not isfinite(value):
        return "more than was tried"
    return shown(float(f"{value:.2g}"), Kind.USD_TOTAL)


def shares(of: Reached) -> np.ndarray:
    """Return the share of markets in which each budget is enough, by the fitted curves."""
    return (of.crossings[None] <= of.budgets[:, None] * (1 + 1e-12)).mean(axis=1)


def _rows(of: Reached, found: Found) -> Iterator[dict[str, Any]]:
    for budget, arr, share in zip(of.budgets.tolist(), of.arr, shares(of).tolist(), strict=True):
        low, mid, high = quantiles(arr)
        yield {"motion": of.motion, "budget_usd_per_year": budget, "seeds": found.markets, "reached_share": share, "arr_usd": mid, "low": low, "high": high}  # fmt: skip


def _least_row(of: Reached, found: Found) -> dict[str, Any]:
    less = " ".join(second for first, second in sorted(found.less) if first == of.motion)
    return {"motion": of.motion, "state": of.state.value, "budget_usd_per_year": of.least, "low": of.low, "high": of.high, "less_than": less}  # fmt: skip


def _table(found: Found) -> Table:
    table = Table(title="share of simulated markets that reach it, by budget a year", title_justify="left")
    table.add_column("motion")
    shown_at = range(0, len(found.motions[0].budgets), 2)
    for k in shown_at:
        table.add_column(usd(found.motions[0].budgets[k]) if k else currency.sign().strip() + "0", justify="right")
    for of in found.motions:
        part = shares(of)
        table.add_row(motion_called(of.motion), *(f"{100 * part[k]:.0f} %" for k in shown_at))
    return table
