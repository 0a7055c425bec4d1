"""The two tables that a comparison prints."""

import math
from collections.abc import Callable

from rich.table import Table

from simulation.metrics import METRICS
from simulation.metrics.metric import PERCENT, Better, Kind, Metric
from simulation.runs.enough import LEAST_MARKETS, Limits, seen_in, singular, winner
from simulation.runs.paired import Difference, Summary
from simulation.scenario.schema import Config

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


def with_interval(mid: str, low: float, high: float, said: Callable[[float], str], apart: str = " ") -> str:
    """Return a value and, where there is one, its interval, as :func:`~simulation.runs.paired.quantiles` gives it."""
    return f"{mid}{apart}({said(low)} to {said(high)})" if math.isfinite(low) and math.isfinite(high) else mid


def row_name(metric: Metric) -> str:
    """Return what a row of values is called; with the unit where the values do not say it."""
    return f"{metric.label}, {metric.unit}" if metric.kind in (Kind.MONTHS, Kind.WEEKS) else metric.label


def _cell(line: Summary | Difference, known: int, of: int, said: Callable[[float, Kind], str], kind: Kind) -> str:
    """Return the median, its interval where ``known`` cases are enough for one, and how many these are where not all ``of``."""
    value = with_interval(said(line.median, kind), line.low, line.high, lambda end: said(end, kind), apart="\n")
    return "\n".join(part for part in (value, seen_in(known, of) if known else "") if part)


def summary_table(config: Config, cases: str, n: int, lines: list[Summary]) -> Table:
    """Return median and 90 % interval over ``n`` cases (seeds, or worlds), one column a motion.

    From fewer than ``LEAST_MARKETS`` there is no interval; a metric that some cases lack says how many have it.
    """
    spread = f"90 % of {cases}" if n >= LEAST_MARKETS else f"no interval from fewer than {LEAST_MARKETS}"
    title = f"{config.weeks} weeks, {n} {singular(cases, n)}: median ({spread})"
    table = Table(title=title, title_justify="left", show_lines=True)
    table.add_column("")
    for motion in config.motions:
        table.add_column(motion.upper(), justify="right")
    by = {(line.motion, line.metric): line for line in lines}
    for metric in HEADLINES:
        row = (by[motion, metric.name] for motion in config.motions)
        cells = (_cell(line, line.runs, n, shown, metric.kind) for line in row)
        table.add_row(row_name(metric), *cells)
    return table


def difference_table(cases: str, lines: list[Difference], said: Limits) -> Table:
    """Return paired differences and who is ahead, as far as ``said`` allows, one column a pair of motions."""
    same = "same seed" if cases == "seeds" else "same world and seed"
    title = f"{same}: first minus second, and who is better" + (f" ({said.sentence})" if said.sentence else "")
    table = Table(title=title, title_justify="left", show_lines=True)
    table.add_column("")
    pairs = list(dict.fromkeys((line.first, line.second) for line in lines))
    for first, second in pairs:
        table.add_column(f"{first.upper()} - {second.upper()}", justify="right")
    by = {(line.metric, line.first, line.second): line for line in lines}
    for metric in HEADLINES:
        found = [by[metric.name, *pair] for pair in pairs]
        cells = ("\n".join(part for part in (_gap(x, metric.kind), _winner(x, said)) if part) for x in found)
        table.add_row(row_name(metric), *cells)
    return table


def _gap(x: Difference, kind: Kind) -> str:
    return _cell(x, x.pairs, x.pairs + x.one_only + x.neither, shown_gap, kind)


def _winner(x: Difference, said: Limits) -> str:
    decided = x.pairs + x.one_only
    if METRICS[x.metric].better is Better.NEITHER or not {x.first, x.second} <= set(said.inside) or not decided:
        return ""
    return winner(x.first, x.second, round(x.first_wins * decided), round(x.second_wins * decided))
