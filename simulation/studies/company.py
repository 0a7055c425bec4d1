"""The company as simulated: figures by which a firm recognises itself, or sees that it is another one."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from rich.table import Table

from simulation.calendar import Calendar
from simulation.knowns.carriers import Row, rows
from simulation.knowns.solved import Judged
from simulation.metrics.company import PROFILE, budget_usd_per_year
from simulation.metrics.metric import Metric
from simulation.runs.paired import median_first
from simulation.runs.session import METRIC_AT
from simulation.scenario.schema import Config
from simulation.scenario.settings import motion_called
from simulation.studies.tables import row_name, shown_small, with_interval

APART = "apart"  # by more than 5 % and two standard errors
NOTHING: Mapping[str, Row] = MappingProxyType({})


class Profile(NamedTuple):
    """The company as simulated, as a table: its title, heads of columns, and cells by row."""

    title: str
    heads: list[str]
    rows: dict[str, list[str]]


def profile(
    metrics: Mapping[str, np.ndarray], calendar: Calendar, weeks: int, *, past: bool, said: Mapping[str, Row] = NOTHING
) -> Profile:
    """Return the company as it is today, where it has a past; else as each motion has made it by the end, after so many weeks.

    ``metrics`` by motion, shape (markets, metrics). Beside it what the firm ``said`` of itself, by metric, and where the two are apart.
    """
    day = "" if calendar.start is None else f" ({calendar.day(0 if past else weeks)})"
    title = "your company as simulated, " + (f"today{day}" if past else f"by the end{day}, under each motion")
    heads = [
        *(["today"] if past else [motion_called(motion) for motion in metrics]),
        *(["as said", ""] if said else []),
    ]
    found: dict[str, list[str]] = {}
    for metric in PROFILE:
        column = METRIC_AT[f"{metric.name}_today" if past else metric.name]
        values = [of[:, column] for of in metrics.values()][: 1 if past else None]
        if any(np.isfinite(v).any() for v in values):
            name = row_name(metric).replace(" at the end", "" if past else " at the end")
            found[name] = [*(_cell(v, metric) for v in values), *_beside(said, metric, values[0])]
    return Profile(title, heads, found)


def table(of: Profile) -> Table:
    """Return the profile as a command prints it."""
    drawn = Table(title=of.title, title_justify="left")
    for head in ("", *of.heads):
        drawn.add_column(head, justify="right" if head else "left")
    for name, cells in of.rows.items():
        drawn.add_row(name, *cells)
    return drawn


def said_by(config: Config) -> dict[str, Row]:
    """Return what a firm with a past knows of itself, by the metric that says the same."""
    known = config.known
    if known is None or config.past is None:
        return {}
    budget = budget_usd_per_year
    spent = Row(budget.name, budget.label, budget.kind, known.budget_usd_per_year, budget, None)
    return {
        row.measure.name: row for row in (*rows(known, config.past.motion), spent) if isinstance(row.measure, Metric)
    }


def _beside(said: Mapping[str, Row], metric: Metric, values: np.ndarray) -> list[str]:
    """Return what was said and a word where the simulated firm is apart; nothing where nothing at all was said."""
    if not said:
        return []
    row = said.get(metric.name)
    if row is None:
        return ["", ""]
    return [shown_small(row.said, metric.kind), "" if Judged(row, values).met else APART]


def _cell(values: np.ndarray, metric: Metric) -> str:
    mid, low, high = median_first(values)
    return with_interval(shown_small(mid, metric.kind), low, high, partial(shown_small, kind=metric.kind))
