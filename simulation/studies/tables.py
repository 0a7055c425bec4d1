"""The two tables that a comparison prints."""

import math

from rich.table import Table

from simulation.scenario.schema import Config
from simulation.studies.compare import Difference, Summary

SHOWN = {
    "cac_loaded_usd": ("CAC, fully loaded", "usd"),
    "payback_months": ("payback, months", "number"),
    "acquisition_per_new_arr": ("acquisition $ per new yearly $", "number"),
    "retention_12_months": ("customers kept 12 months", "share"),
    "nrr_12_months": ("net revenue retention, 12 months", "share"),
    "ltv_to_cac": ("LTV : CAC", "number"),
    "customers_end": ("customers at the end", "count"),
    "cash_usd": ("cumulative cash", "usd"),
}


def shown(value: float, kind: str) -> str:
    """Return a number for a reader."""
    if not math.isfinite(value):
        return "–"
    if kind == "usd":
        size = abs(value)
        text = f"{size / 1e6:,.1f} M$" if size >= 1e6 else f"{size:,.0f} $"
        return f"-{text}" if value < 0 else text
    return {"share": f"{100 * value:.0f} %", "count": f"{value:,.0f}"}.get(kind, f"{value:,.2g}" if abs(value) < 10 else f"{value:,.0f}")


def summary_table(config: Config, lines: list[Summary]) -> Table:
    """Return median and 90 % interval over seeds, one column a motion."""
    table = Table(title=f"{config.weeks} weeks, {config.seeds} seeds: median (90 % of seeds)", title_justify="left")
    table.add_column("")
    for motion in config.motions:
        table.add_column(motion.upper(), justify="right")
    by = {(line.motion, line.metric): line for line in lines}
    for metric, (label, kind) in SHOWN.items():
        cells = []
        for motion in config.motions:
            x = by[motion, metric]
            cells.append(f"{shown(x.median, kind)} ({shown(x.low, kind)} to {shown(x.high, kind)})")
        table.add_row(label, *cells)
    return table


def difference_table(lines: list[Difference]) -> Table:
    """Return paired differences, one row a metric and pair."""
    table = Table(title="paired differences, same seed: first minus second", title_justify="left")
    for head in ("", "motions", "median (90 % of seeds)", "first better", "second better"):
        table.add_column(head, justify="left" if head in ("", "motions") else "right")
    for metric, (label, kind) in SHOWN.items():
        for x in (line for line in lines if line.metric == metric):
            interval = f"{shown(x.median, kind)} ({shown(x.low, kind)} to {shown(x.high, kind)})"
            wins = [shown(w, "share") for w in (x.first_wins, x.second_wins)]
            table.add_row(label, f"{x.first.upper()} - {x.second.upper()}", interval, *wins)
    return table
