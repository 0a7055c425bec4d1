"""The two tables that a comparison prints."""

import math
from collections.abc import Callable

from rich.table import Table

from simulation.metrics import METRICS
from simulation.metrics.metric import PERCENT, Better, Kind, Metric
from simulation.scenario.schema import Config
from simulation.studies.paired import Difference, Summary

HEADLINES = [metric for metric in METRICS.values() if metric.headline]
USD = (Kind.USD, Kind.USD_TOTAL)


def shown(value: float, kind: Kind) -> str:
    """Return a value for a reader, with its unit where that is $ or %."""
    if not math.isfinite(value):
        return "n/a"
    sign = "-" if value < 0 else ""
    return sign + (f"{100 * abs(value):.0f} %" if kind in PERCENT else _size(abs(value), kind))


def shown_gap(value: float, kind: Kind) -> str:
    """Return a difference of two values for a reader, with its sign and unit: of shares, points."""
    if not math.isfinite(value):
        return "n/a"
    sign = "-" if value < 0 else "+"
    return sign + (f"{100 * abs(value):.1f} points" if kind in PERCENT else _size(abs(value), kind))


def _size(size: float, kind: Kind) -> str:
    if kind in USD:
        digits = 2 if 0 < size < 1 else 0
        return f"${size / 1e6:,.1f} M" if size >= 1e6 else f"${size:,.{digits}f}"
    return f"{size:,.0f}" if kind is Kind.COUNT or size >= 100 else f"{size:,.2f}"


def row_name(metric: Metric) -> str:
    """Return what a row of values is called; with the unit where the values do not say it."""
    return f"{metric.label}, {metric.unit}" if metric.kind in (Kind.MONTHS, Kind.WEEKS) else metric.label


def _cell(line: Summary | Difference, said: Callable[[float, Kind], str], kind: Kind) -> str:
    return f"{said(line.median, kind)}\n({said(line.low, kind)} to {said(line.high, kind)})"


def summary_table(config: Config, cases: str, n: int, lines: list[Summary]) -> Table:
    """Return median and 90 % interval over ``n`` cases (seeds, or worlds), one column a motion."""
    title = f"{config.weeks} weeks, {n} {cases}: median (90 % of {cases})"
    table = Table(title=title, title_justify="left", show_lines=True)
    table.add_column("")
    for motion in config.motions:
        table.add_column(motion.upper(), justify="right")
    by = {(line.motion, line.metric): line for line in lines}
    for metric in HEADLINES:
        cells = (_cell(by[motion, metric.name], shown, metric.kind) for motion in config.motions)
        table.add_row(row_name(metric), *cells)
    return table


def difference_table(cases: str, lines: list[Difference]) -> Table:
    """Return paired differences and who is better in which share of cases, one column a pair of motions."""
    same = "same seed" if cases == "seeds" else "same world and seed"
    table = Table(title=f"{same}: first minus second, and who is better", title_justify="left", show_lines=True)
    table.add_column("")
    pairs = list(dict.fromkeys((line.first, line.second) for line in lines))
    for first, second in pairs:
        table.add_column(f"{first.upper()} - {second.upper()}", justify="right")
    by = {(line.metric, line.first, line.second): line for line in lines}
    for metric in HEADLINES:
        found = [by[metric.name, *pair] for pair in pairs]
        cells = (f"{_cell(x, shown_gap, metric.kind)}\n{_winner(x, cases)}" for x in found)
        table.add_row(row_name(metric), *cells)
    return table


def _winner(x: Difference, cases: str) -> str:
    if METRICS[x.metric].better is Better.NEITHER:
        return ""
    if not math.isfinite(x.first_wins):
        return "n/a"
    if x.first_wins == x.second_wins:
        return "even"
    name, share = (x.first, x.first_wins) if x.first_wins >= x.second_wins else (x.second, x.second_wins)
    return f"{name.upper()} in {100 * share:.0f} % of {cases}"
