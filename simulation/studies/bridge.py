"""The ARR bridge: yearly recurring revenue at the start of a period, what moved it, and what it is at the end, market by market.

Seats are worth what their customer pays: the list price to who buys, their own price to who grows, shrinks or leaves. What
these leave is ``price``: what changes of price did to the seats that were held then, and what rounding to cents does.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import MONTHS_A_YEAR
from simulation.studies.comparison import Comparison, arr_usd

MOVES = {  # the weekly series of each, and its sign
    "new_usd": ("new_contract_value", 1),
    "expansion_usd": ("expanded_value", 1),
    "contraction_usd": ("contracted_value", -1),
    "churn_usd": ("lost_value", -1),
}
MOVED = (*MOVES, "price_usd")
LINES = ("opening_usd", *MOVED, "closing_usd")
Lines = dict[str, float]


def bridge(data: Comparison, motion: str, period: np.ndarray) -> dict[str, np.ndarray]:
    """Return :data:`LINES`, USD of the real market, shape (markets, periods); ``period``: that of each week, from 0 on, in their order."""
    weekly = data.weekly[motion]
    first = np.flatnonzero(np.diff(period, prepend=-1))
    last = np.append(first[1:], period.size) - 1
    closing = arr_usd(weekly["revenue_cents"][:, last])
    today = data.arr_today.get(motion, np.zeros(len(closing)))
    moves = {
        name: sign * data.weight * np.add.reduceat(weekly[series], first, axis=1) / 100
        for name, (series, sign) in MOVES.items()
    }
    opening = np.column_stack([today, closing[:, :-1]])
    return {
        "opening_usd": opening,
        **moves,
        "price_usd": closing - opening - sum(moves.values()),
        "closing_usd": closing,
    }


def last_year(data: Comparison, motion: str) -> Lines:
    """Return the bridge of the mean market over the run's last twelve months, or over all of a shorter run."""
    month = data.calendar.months(np.arange(data.weeks))
    late = month > month[-1] - MONTHS_A_YEAR
    found = bridge(data, motion, late.astype(int) - int(late[0]))
    return {name: float(of[:, -1].mean()) for name, of in found.items()}


def months_of_last_year(data: Comparison) -> int:
    """Return how many months :func:`last_year` is of."""
    return min(MONTHS_A_YEAR, int(data.calendar.months(np.array([data.weeks - 1]))[0]) + 1)


def rows(data: Comparison) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``arr_bridge.csv``: the mean market by motion, month and quarter, in whole cents that add up."""
    calendar = data.calendar
    month = calendar.months(np.arange(data.weeks))
    quarter = np.array([calendar.quarter(int(m)) for m in month])
    for motion in data.weekly:
        for length, period, called in (
            ("month", month, calendar.month_name),
            ("quarter", quarter, calendar.quarter_name),
        ):
            means = {name: of.mean(axis=0) for name, of in bridge(data, motion, period).items()}
            for k in range(int(period[-1]) + 1):
                cents = {name: round(100 * float(of[k])) for name, of in means.items()}
                rest = cents["closing_usd"] - cents["opening_usd"] - sum(cents[name] for name in MOVES)
                money = {name: f"{of / 100:.2f}" for name, of in (cents | {"price_usd": rest}).items()}
                week = int(np.argmax(period == k))
                begins = {} if calendar.start is None else {"begins": calendar.day(week).isoformat()}
                yield {"motion": motion, "length": length, "period": called(int(month[week])), **money, **begins}


class Step(NamedTuple):
    """A bar of a waterfall: what it is called, where it begins and ends, USD; of the first and the last the value itself."""

    name: str
    start: float
    end: float

    @property
    def total(self) -> bool:
        """Whether it is a value, not a move."""
        return self.name in ("opening", "closing")

    @property
    def change(self) -> float:
        """What stands beside it."""
        return self.end - self.start

    @property
    def stacked(self) -> tuple[float, float, float]:
        """The same for charts that stack: what it stands on and is not seen, what is seen above zero, and below it."""
        low, high = sorted((self.start, self.end))
        return max(low, 0.0) + min(high, 0.0), max(high, 0.0) - max(low, 0.0), min(low, 0.0) - min(high, 0.0)


def steps(lines: Lines) -> list[Step]:
    """Return the bars of a bridge in their order."""
    found, at = [Step("opening", 0.0, lines["opening_usd"])], lines["opening_usd"]
    for name in MOVED:
        found.append(Step(name.removesuffix("_usd"), at, at + lines[name]))
        at += lines[name]
    return [*found, Step("closing", 0.0, lines["closing_usd"])]
