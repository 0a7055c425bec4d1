"""Customers over time by motion."""

from collections.abc import Mapping

import numpy as np

from simulation.figures.style import band, colour, foot, label_ends, new_figure, year_ticks
from simulation.figures.time_axis import write_dates
from simulation.figures.words import in_full, motion_name
from simulation.studies.comparison import Comparison


def draw(data: Comparison):
    """Return the figure and its description: paying customers of the whole market."""
    x = np.arange(data.weeks)
    counts = {m: data.customers(m) for m in data.weekly}
    said = title(counts, data.weeks)
    figure, axes = new_figure(said)
    ends = []
    for k, (motion, values) in enumerate(counts.items()):
        mid = band(axes, x, values, motion, k)
        ends.append((x[-1], float(mid[-1]), motion_name(motion), colour(motion, k)))
    axes.set(xlabel="week", ylabel="paying customers")
    year_ticks(axes, data.weeks, 1.08)
    write_dates(axes, data.calendar, 0, data.weeks)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    label_ends(axes, ends)
    text = f"{data.foot}{in_full(counts)}"
    foot(figure, text)
    return figure, f"{said}. {text}"


def title(counts: Mapping[str, np.ndarray], weeks: int) -> str:
    """Say how many customers each motion has in the end; ``counts`` by motion, shape (seeds, weeks)."""
    last = {m: float(np.median(c[:, -1])) for m, c in counts.items()}
    order = sorted(last, key=last.__getitem__, reverse=True)
    return f"After {weeks} weeks {motion_name(order[0])} has {last[order[0]]:,.0f} customers" + "".join(
        f", {motion_name(m)} {last[m]:,.0f}" for m in order[1:]
    )
