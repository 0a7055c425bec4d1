"""What the next money does, where a firm has customers already: each motion against two twins, same market, same luck.

``stop`` spends nothing from today on, so what a motion has over it is what the money of these years bought. ``as_before`` goes
on as in the past, so what a motion has over it is what the change of motion bought.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np
from rich.table import Table

from simulation.calendar import MONTH_WEEKS, UNDATED, YEAR_WEEKS, Calendar
from simulation.metrics.cac import GO_TO_MARKET
from simulation.metrics.metric import Kind
from simulation.metrics.sums import ratios
from simulation.runs.enough import LEAST_MARKETS, is_ahead
from simulation.runs.paired import median_first, since
from simulation.runs.session import Runs, Session
from simulation.scenario import currency
from simulation.scenario.history import AS_BEFORE, STOP
from simulation.scenario.settings import motion_called
from simulation.studies.comparison import CHANNELS
from simulation.studies.tables import listed, shown, shown_gap, with_interval

YEARS = (1, 2, 4)  # after which the money is asked for what it brought
ADOPTED = [f"adopted_{channel}" for channel in CHANNELS]
NEEDED = (*GO_TO_MARKET, *ADOPTED, "cash_cents", "owed_cents", "customer", "expert", "revenue_cents")


class Futures(NamedTuple):
    """Curves from today on by motion and twin, USD and customers of the real market, shape (seeds whose runs are all there, weeks)."""

    cost: dict[str, np.ndarray]  # cumulated, bills still open included
    margin: dict[str, np.ndarray]  # gross, cumulated
    won: dict[str, np.ndarray]  # customers, cumulated
    customers: dict[str, np.ndarray]  # with the weeks of the past before them
    arr: dict[str, np.ndarray]  # likewise
    weeks: int
    each: str
    calendar: Calendar = UNDATED

    @classmethod
    def read(cls, session: Session, runs: Runs) -> Self:
        """Return the runs of the first point under all motions and twins; of seeds that ran under each."""
        there = ~np.any([np.isnan(v[0]).all(axis=1) for v in runs.values.values()], axis=0)
        past = session.config.past
        before = past.weeks if past else 0
        weekly = {}
        for m, values in runs.values.items():
            mine = there[~np.isnan(values[0]).all(axis=1)]
            weekly[m] = {name: of[mine] for name, of in session.weeks(runs, m, 0, NEEDED, before).items()}
        each = getattr(session.config.study, "cases", "")
        return cls.of(weekly, before, session.weight, each, session.config.calendar)

    @classmethod
    def of(
        cls,
        weekly: Mapping[str, Mapping[str, np.ndarray]],
        before: int,
        weight: float,
        each: str,
        calendar: Calendar = UNDATED,
    ) -> Self:
        """Return the curves of series by motion and name, shape (seeds, weeks), of which the first ``before`` are the past's."""
        cost, margin, won, customers, arr = {}, {}, {}, {}, {}
        for m, of in weekly.items():
            booked = np.sum([of[name] for name in GO_TO_MARKET], axis=0)[:, before:].cumsum(axis=1)
            owed = of["owed_cents"][:, before:] - of["owed_cents"][:, before - 1 : before]
            cost[m] = (booked + owed) / 100
            margin[m] = (of["cash_cents"][:, before:].cumsum(axis=1) + booked) / 100
            won[m] = weight * np.sum([of[name] for name in ADOPTED], axis=0)[:, before:].cumsum(axis=1)
            customers[m] = weight * (of["customer"] + of["expert"])
            arr[m] = YEAR_WEEKS * of["revenue_cents"] / 100
        return cls(cost, margin, won, customers, arr, cost[STOP].shape[1], each, calendar)

    @property
    def compared(self) -> list[str]:
        """The motions, without the twins, and the past's own that goes on, last."""
        return [*(m for m in self.cost if m not in (AS_BEFORE, STOP)), AS_BEFORE]

    def cash_against(self, motion: str, twin: str) -> np.ndarray:
        """Return cumulated cash above that of a twin, USD, shape (seeds, weeks)."""
        return (self.margin[motion] - self.cost[motion]) - (self.margin[twin] - self.cost[twin])

    def at(self) -> list[int]:
        """Return the weeks after which the money is asked: the years that there are, and the end."""
        years = [YEAR_WEEKS * y for y in YEARS if YEAR_WEEKS * y <= self.weeks]
        return years if years and years[-1] == self.weeks else [*years, self.weeks]


class NextMoney(NamedTuple):
    """What a motion made of the money after so many weeks: median over markets, with the 90 % interval."""

    motion: str
    after_weeks: int
    return_median: float  # extra gross margin over extra cost, against stopping
    return_low: float
    return_high: float
    cash_over_as_before_usd: float
    cash_over_as_before_low: float
    cash_over_as_before_high: float
    ahead_of_as_before: int  # markets
    markets: int
    incremental_cac_usd: (
        float  # extra cost over extra customers, of all markets; NaN where nobody came who would not have come
    )
    extra_customers: float  # mean
    extra_customers_error: float  # its standard error


def next_money(data: Futures) -> list[NextMoney]:
    """Return a line a motion and time."""
    return [_line(data, m, week) for m in data.compared for week in data.at()]


def _line(data: Futures, motion: str, after: int) -> NextMoney:
    k = after - 1
    cost, margin, won = (of[motion][:, k] - of[STOP][:, k] for of in (data.cost, data.margin, data.won))
    returns = ratios(margin, cost)
    over = data.cash_against(motion, AS_BEFORE)[:, k]
    n = won.size
    error = float(won.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    incremental = float(cost.mean() / won.mean()) if won.mean() > 2 * error else math.nan
    return NextMoney(
        motion, after, *median_first(returns), *median_first(over), int((over > 0).sum()), n, incremental,
        float(won.mean()), error,
    )  # fmt: skip


def ahead_since(data: Futures, motion: str) -> np.ndarray:
    """Return the week from which on a motion's cash is above that of going on as before, to the end; NaN where it is not, shape (seeds,)."""
    return since(np.sign(data.cash_against(motion, AS_BEFORE)))


def sentences(data: Futures) -> list[str]:
    """Return what the next money does, in one or two sentences: what it brings back, and when a change of motion pays."""
    lines = {(x.motion, x.after_weeks): x for x in next_money(data)}
    at = data.at()
    told = [f"{name_of(m)} {listed([f'{lines[m, w].return_median:.2f}' for w in at])}" for m in data.compared]
    said = (
        f"{currency.in_words('A dollar')} of the next money has brought back in gross margin, in {currency.in_words('dollars')}, after {listed([_after(w) for w in at])}: "
        f"{'; '.join(told)} (against stopping to spend)."
    )
    against = [_against(data, m, lines) for m in data.compared if m != AS_BEFORE and not _same(data, m)]
    if not against:
        return [said]
    return [said, f"Against going on as before, in cash after {listed([_after(w) for w in at])}: {'; '.join(against)}."]


def headline(data: Futures) -> str:
    """Return what a dollar of the next money has brought back by the end, the most first."""
    end = data.at()[-1]
    found = sorted((x for x in next_money(data) if x.after_weeks == end), key=lambda x: -x.return_median)
    told = ", ".join(f"{name_of(x.motion)} {x.return_median:.2f}" for x in found)
    return f"{currency.in_words('A dollar')} of the next money has brought back in gross margin after {_after(end)}: {told}"


def _same(data: Futures, motion: str) -> bool:
    return not np.any(data.cash_against(motion, AS_BEFORE))


def _against(data: Futures, motion: str, lines: dict[tuple[str, int], NextMoney]) -> str:
    """Return how a motion's cash stands against going on as before, year by year, and from when on it is ahead."""
    at = data.at()
    gaps = [shown_gap(lines[motion, w].cash_over_as_before_usd, Kind.USD_TOTAL) for w in at]
    last, found = lines[motion, at[-1]], ahead_since(data, motion)
    behind = last.markets - last.ahead_of_as_before
    if is_ahead(last.ahead_of_as_before, behind):
        month = math.floor(float(np.nanmedian(found)) / MONTH_WEEKS) + 1
        how = f"ahead for good from month {month} on, in {last.ahead_of_as_before} of {last.markets} {data.each}"
    elif is_ahead(behind, last.ahead_of_as_before):
        how = f"behind at the end in {behind} of {last.markets} {data.each}"
    else:
        few = "too few to say who is better" if last.markets < LEAST_MARKETS else "not told apart at the end"
        how = f"{few}, ahead in {last.ahead_of_as_before} of {last.markets} {data.each}"
    return f"{name_of(motion)} {listed(gaps)}, {how}"


def rows(data: Futures, cac: Mapping[str, float]) -> list[tuple[str, list[str]]]:
    """Return the lines of the table of the next money, a cell a motion; ``cac``: reported, by motion, empty where it is not given."""
    lines = {(x.motion, x.after_weeks): x for x in next_money(data)}
    found = []
    for w in data.at():
        head = f"gross margin {currency.in_words('a dollar')}, {_after(w, data.calendar)}"
        found.append((head, [_returned(lines[m, w]) for m in data.compared]))
    for w in data.at():
        gaps = [shown_gap(lines[m, w].cash_over_as_before_usd, Kind.USD_TOTAL) for m in data.compared[:-1]]
        found.append((f"cash against as before, {_after(w, data.calendar)}", [*gaps, ""]))
    found.append(("reported CAC", [shown(cac[m], Kind.USD) if m in cac else "" for m in data.compared]))
    found.append(("incremental CAC", [_incremental(lines[m, data.weeks]) for m in data.compared]))
    return found


def table(data: Futures, runs: Runs) -> Table:
    """Return the table of the next money, with the reported CAC of the same runs."""
    found = Table(title="the next money", title_justify="left")
    found.add_column("")
    for m in data.compared:
        found.add_column(name_of(m), justify="right")
    for head, cells in rows(data, {m: median_first(runs.metric(m, "cac_usd")[0])[0] for m in data.compared}):
        found.add_row(head, *cells)
    return found


def _returned(line: NextMoney) -> str:
    return with_interval(
        f"{line.return_median:.2f}", line.return_low, line.return_high, lambda v: f"{v:.2f}", apart="\n"
    )


def _incremental(line: NextMoney) -> str:
    known = math.isfinite(line.incremental_cac_usd)
    return shown(line.incremental_cac_usd, Kind.USD) if known else "wins nobody who would not have come"


def name_of(motion: str) -> str:
    """Return what a motion is called beside the one that goes on as before."""
    return "as before" if motion == AS_BEFORE else motion_called(motion)


def _after(weeks: int, calendar: Calendar = UNDATED) -> str:
    years, rest = divmod(weeks, YEAR_WEEKS)
    day = "" if calendar.start is None else f" ({calendar.day(weeks)})"
    return (f"{weeks} weeks" if rest else f"{years} year{'s' * (years > 1)}") + day
