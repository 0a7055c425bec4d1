"""How values stand in the tables that studies print."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from simulation.calendar import Calendar
from simulation.metrics import METRICS
from simulation.metrics.metric import PERCENT, Kind, Metric
from simulation.scenario import currency

HEADLINES = [metric for metric in METRICS.values() if metric.headline]
USD = (Kind.USD, Kind.USD_TOTAL)


def shown(value: float, kind: Kind) -> str:
    """Return a value for a reader, with its unit where that is money or %."""
    if not math.isfinite(value):
        return "n/a"
    sign = "-" if value < 0 else ""
    return sign + (f"{100 * abs(value):.0f} %" if kind in PERCENT else _size(abs(value), kind))


def shown_small(value: float, kind: Kind) -> str:
    """Return a value as :func:`shown`, of shares under a tenth with one digit more: of those that leave in a month it matters."""
    small = kind in PERCENT and math.isfinite(value) and abs(value) < 0.1
    return f"{100 * value:.1f} %" if small else shown(value, kind)


def shown_gap(value: float, kind: Kind) -> str:
    """Return a difference of two values for a reader, with its sign and unit: of shares, points."""
    if not math.isfinite(value):
        return "n/a"
    sign = "-" if value < 0 else "+"
    return sign + (f"{100 * abs(value):.1f} points" if kind in PERCENT else _size(abs(value), kind))


def _size(size: float, kind: Kind) -> str:
    if kind in USD:
        digits = 2 if 0 < size < 1 else 0
        return currency.sign() + (f"{size / 1e6:,.1f} M" if size >= 1e6 else f"{size:,.{digits}f}")
    return f"{size:,.0f}" if kind is Kind.COUNT or size >= 100 else f"{size:,.2f}"


def with_interval(mid: str, low: float, high: float, said: Callable[[float], str], apart: str = " ") -> str:
    """Return a value and, where there is one, its interval, as :func:`~simulation.runs.paired.quantiles` gives it."""
    return f"{mid}{apart}({said(low)} to {said(high)})" if math.isfinite(low) and math.isfinite(high) else mid


def with_days(
    rows: Iterable[dict[str, Any]], calendar: Calendar, column: str, weeks: int = 1, first: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield rows with the day on which the period in ``column`` begins, where weeks have dates: of ``weeks``, counted from ``first`` on."""
    for row in rows:
        yield (
            row if calendar.start is None else row | {"begins": calendar.day(weeks * (row[column] - first)).isoformat()}
        )


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def row_name(metric: Metric) -> str:
    """Return what a row of values is called; with the unit where the values do not say it."""
    return f"{metric.called}, {metric.unit}" if metric.kind in (Kind.MONTHS, Kind.WEEKS) else metric.called
