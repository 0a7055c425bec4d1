"""What the firm has to show: customers, revenue, the money it spends and what is left."""

import numpy as np

from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN, usd
from simulation.record import Record
from simulation.scenario.firm import LEVERS


@metric("new customers", Kind.COUNT, Better.MORE, "E1", "count")
def new_customers(record: Record) -> float:
    """Return customers won in the run; a customer who comes back counts again."""
    return record.won.size * record.weight


@metric("customers at the end", Kind.COUNT, Better.MORE, "E2", "count", headline=True)
def customers_end(record: Record) -> float:
    """Return paying customers at the end."""
    return float(record.series("customer")[-1] + record.series("expert")[-1]) * record.weight


@metric("revenue", Kind.USD_TOTAL, Better.MORE, "E2", "ledger")
def revenue_usd(record: Record) -> float:
    """Return revenue of the whole run."""
    return usd(record, "revenue_cents")


@metric("budget paid out", Kind.USD_TOTAL, Better.NEITHER, "E1", "ledger")
def budget_usd(record: Record) -> float:
    """Return the go-to-market budget paid out; the same for every motion compared."""
    return usd(record, *(f"{lever}_cents" for lever in LEVERS))


@metric("cumulative cash", Kind.USD_TOTAL, Better.MORE, "E1", "ledger", headline=True)
def cash_usd(record: Record) -> float:
    """Return cumulative cash: gross margin less all booked cost."""
    return usd(record, "cash_cents")


@metric("break-even", Kind.WEEKS, Better.LESS, "E1", "ledger", per="from the start")
def break_even_week(record: Record) -> float:
    """Return the first week from which cumulative cash stays at or above zero; NaN if it never does.

    NaN too where a firm has customers at the start, who pay whatever is done: what is done is held against a twin then.
    """
    if record.past:
        return NAN
    below = np.flatnonzero(np.cumsum(record.series("cash_cents")) < 0)
    if below.size == 0:
        return 0.0
    week = below[-1] + 1
    return float(week) if week < record.weeks.shape[0] else NAN
