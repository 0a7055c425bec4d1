"""The two tables that a comparison prints."""

import math

from rich.table import Table

from simulation.scenario.schema import Config
from simulation.studies.paired import Difference, Summary

SHOWN = {
    "cac_loaded_usd": ("CAC, fully loaded", "usd"),
    "payback_months": ("payback, months", "number"),
    "acquisition_per_new_arr": ("acquisition dollars per new yearly dollar", "number"),
    "retention_12_months": ("customers kept 12 months", "share"),
    "nrr_12_months": ("net revenue retention, 12 months", "share"),
    "ltv_to_cac": ("LTV : CAC", "number"),
    "customers_end": ("customers at the end", "count"),
    "cash_usd": ("cumulative cash", "usd"),
}


def shown(value: float, kind: str) -> str:
    """Return a number for a reader."""
    if not math.isfinite(value):
        return "n/a"
    sign, size = "-" if value < 0 else "", abs(value)
    if kind == "usd":
        return f"{sign}${size / 1e6:,.1f} M" if size >= 1e6 else f"{sign}${size:,.0f}"
    if kind in ("share", "points"):
        return f"{sign}{100 * size:.0f} {'%' if kind == 'share' else 'points'}"
    return f"{sign}{size:,.0f}" if kind == "count" or size >= 100 else f"{sign}{size:,.2f}"


def _cell(line: Summary | Difference, kind: str) -> str:
    return f"{shown(line.median, kind)}\n({shown(line.low, kind)} to {shown(line.high, kind)})"


def summary_table(config: Config, cases: str, n: int, lines: list[Summary]) -> Table:
    """Return median and 90 % interval over ``n`` cases (seeds, or worlds), one column a motion."""
    title = f"{config.weeks} weeks, {n} {cases}: median (90 % of {cases})"
    table = Table(title=title, title_justify="left", show_lines=True)
    table.add_column("")
    for motion in config.motions:
        table.add_column(motion.upper(), justify="right")
    by = {(line.motion, line.metric): line for line in lines}
    for metric, (label, kind) in SHOWN.items():
        table.add_row(label, *(_cell(by[motion, metric], kind) for motion in config.motions))
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
    for metric, (label, kind) in SHOWN.items():
        found = [by[metric, *pair] for pair in pairs]
        unit = "points" if kind == "share" else kind
        table.add_row(label, *(f"{_cell(x, unit)}\n{_winner(x, cases)}" for x in found))
    return table


def _winner(x: Difference, cases: str) -> str:
    if not math.isfinite(x.first_wins):
        return "n/a"
    if x.first_wins == x.second_wins:
        return "even"
    name, share = (x.first, x.first_wins) if x.first_wins >= x.second_wins else (x.second, x.second_wins)
    return f"{name.upper()} in {100 * share:.0f} % of {cases}"
