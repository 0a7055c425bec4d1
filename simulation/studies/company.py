"""The company as simulated: figures by which a firm recognises itself, or sees that it is another one."""

from functools import partial

import numpy as np
from rich.table import Table

from simulation.calendar import Calendar
from simulation.metrics.company import PROFILE
from simulation.metrics.metric import Metric
from simulation.runs.paired import median_first
from simulation.runs.session import METRIC_AT, Runs
from simulation.studies.tables import row_name, shown_small, with_interval


def table(runs: Runs, motions: list[str], calendar: Calendar, weeks: int, *, past: bool) -> Table:
    """Return the company as it is today, where it has a past; else as each motion has made it by the end, after so many weeks."""
    day = "" if calendar.start is None else f" ({calendar.day(0 if past else weeks)})"
    title = "your company as simulated, " + (f"today{day}" if past else f"by the end{day}, under each motion")
    found = Table(title=title, title_justify="left")
    found.add_column("")
    for name in ["today"] if past else motions:
        found.add_column(name if past else name.upper(), justify="right")
    for metric in PROFILE:
        column = METRIC_AT[f"{metric.name}_today" if past else metric.name]
        values = [runs.values[m][0][:, column] for m in (motions[:1] if past else motions)]
        if any(np.isfinite(v).any() for v in values):
            name = row_name(metric).replace(" at the end", "" if past else " at the end")
            found.add_row(name, *(_cell(v, metric) for v in values))
    return found


def _cell(values: np.ndarray, metric: Metric) -> str:
    mid, low, high = median_first(values)
    return with_interval(shown_small(mid, metric.kind), low, high, partial(shown_small, kind=metric.kind))
