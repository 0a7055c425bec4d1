"""Metrics over each setting of a sweep, by motion."""

from collections.abc import Iterator
from textwrap import fill

import numpy as np

from simulation.figures.style import (
    AROUND,
    Drawn,
    band,
    colour,
    foot,
    label_ends,
    line,
    new_figure,
    percentiles,
    plain_ticks,
    running_median,
    slide,
)
from simulation.figures.words import axis_name, in_full, motion_name, write_ticks
from simulation.metrics import METRICS
from simulation.metrics.metric import Metric
from simulation.runs.enough import LEAST_MARKETS, limits, singular, what_is_drawn
from simulation.runs.paired import leader
from simulation.scenario.settings import setting_name
from simulation.scenario.study import Span

WIDE, EACH = 14.0, 2.8  # inches of a figure and of a row
SHOWN = [METRICS[name] for name in ("cac_usd", "retention_12_months", "cash_usd")]


def draw_all(session, runs) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of a sweep."""
    study = session.config.study
    yield "sweep", draw(runs, study.over, session.config.seeds, study.design == "grid")


def draw(runs, over: dict, seeds: int, is_grid: bool):
    """Return the figure and its description: one row a setting, one column a metric.

    A design that is no grid moves all settings at once: its points are dots, and lines running medians.
    """
    paths = list(over)
    names = [setting_name(path) for path in paths]
    title = _title(runs, paths[0], is_grid)
    size = slide(WIDE)
    size["height"] = max(size["height"], EACH * len(paths) + AROUND)
    figure, grid = new_figure(title, **size, nrows=len(paths), ncols=len(SHOWN), squeeze=False, sharey="col")
    for row, path, name in zip(grid, paths, names, strict=True):
        at = [point[path] for point in runs.points]
        numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in at)
        if not is_grid:
            x = np.array(at, float)
        else:
            bins = {v: np.array([v == w for w in at]) for v in dict.fromkeys(at)}
            x = np.array(list(bins) if numeric else range(len(bins)), float)
            order = np.argsort(x)
        for axes, metric in zip(row, SHOWN, strict=True):
            ends = []
            for k, motion in enumerate(runs.values):
                values = runs.metric(motion, metric.name)
                if not is_grid:
                    ends.append(_cloud(axes, x, percentiles(values.T, (50,))[0], motion, k))
                    continue
                pooled = [values[here].ravel() for here in bins.values()]
                longest = max(p.size for p in pooled)
                rows = np.array([np.pad(p, (0, longest - p.size), constant_values=np.nan) for p in pooled]).T
                mid = band(axes, x[order], rows[:, order], motion, k)
                if x.size == 1:
                    axes.plot(x, mid, "o", color=colour(motion, k))
                ends.append((x[order][-1], float(mid[-1]), motion_name(motion), colour(motion, k)))
            _scale(axes, metric, over[path], x)
            label_ends(axes, ends, 0.09)
            if is_grid and not numeric:
                axes.set_xticks(x, [str(v) for v in bins])
            axes.set_xlabel(name)
    for axes, metric in zip(grid[0], SHOWN, strict=True):
        axes.set_title(fill(axis_name(metric) + (" (log)" if metric.log else ""), 30), loc="left", fontsize="medium")
    others = " and the other settings" if len(paths) > 1 else ""
    text = (
        f"{what_is_drawn('Line: median', seeds, 'simulated markets')[:-1]}{others}. The same ones at every point."
        if is_grid
        else f"A dot is a point of the design (median of {seeds} {singular('simulated markets', seeds)}), at which all settings differ at once; lines are running medians."
    )
    text += in_full(runs.values)
    foot(figure, text)
    return figure, f"{title}. {text}"


def _scale(axes, metric: Metric, axis, x: np.ndarray) -> None:
    """Set the scales; the x-axis holds all values, also those without the metric, and room for labels at the right."""
    if metric.log:
        axes.set_yscale("log")
    low, high = x.min(), x.max()
    if isinstance(axis, Span) and axis.log:
        axes.set_xscale("log")
        axes.set_xlim(low / (high / low) ** 0.02, high * (high / low) ** 0.18)
    elif low < high:
        axes.set_xlim(low - 0.02 * (high - low), high + 0.18 * (high - low))
    plain_ticks(axes)
    write_ticks(axes.yaxis, metric.kind)


def _cloud(axes, x: np.ndarray, y: np.ndarray, motion: str, k: int) -> tuple[float, float, str, str]:
    """Draw points and their running median; return where its label stands."""
    tint = colour(motion, k)
    axes.scatter(x, y, s=12, color=tint, alpha=0.4, linewidth=0)
    xs, ys = running_median(x, y)
    axes.plot(xs, ys, color=tint, linestyle=line(motion), linewidth=2.4)
    return float(x.max()), ys[-1], motion_name(motion), tint


def _title(runs, path: str, is_grid: bool) -> str:
    """Say who has the lowest CAC at the ends of the first setting: its end values, or the outer quarters of a design."""
    values = [point[path] for point in runs.points]
    if is_grid:
        numeric = all(isinstance(v, int | float) for v in values)
        ends = {
            v: np.array([v == w for w in values])
            for v in ((min(values), max(values)) if numeric else (values[0], values[-1]))
        }
    else:
        low, high = np.quantile(values, (0.25, 0.75))
        ends = {f"below {low:.3g}": np.array(values) <= low, f"above {high:.3g}": np.array(values) >= high}
    name, *unit = setting_name(path).split(", ")
    found = {_short(end): _lowest(runs, here, 0 if is_grid else 1) for end, here in ends.items()}
    low, high = next(iter(found)), " ".join([next(reversed(found)), *unit])
    if len(runs.values) == 1:
        return f"What {name} does to {motion_name(next(iter(runs.values)))}, from {low} to {high}"
    if "" in found.values():
        return f"What {name} does, from {low} to {high}: too few {'simulated markets' if is_grid else 'points'} to say who has the lowest CAC"
    first, last = found.values() if len(found) > 1 else 2 * [*found.values()]
    a, b = (motion_name(motion) if motion else "no motion beyond luck" for motion in (first, last))
    if first and a == b:
        return f"{a} has the lowest fully loaded CAC with {name} {low} and with {high}"
    return f"The lowest fully loaded CAC has {a} with {name} {low}, {b} with {high}"


def _lowest(runs, here: np.ndarray, axis: int) -> str | None:
    """Return who has the lowest CAC beyond luck at some points, None where nobody has, empty where cases are too few to say.

    Cases are seeds (``axis`` 0: by the median over points), or points that differ in all settings (1: over seeds).
    """
    cost, won = (
        {m: percentiles(np.moveaxis(runs.metric(m, name)[here], axis, 0), (50,))[0] for m in runs.values}
        for name in ("cac_usd", "new_customers")
    )
    n = next(iter(won.values())).size
    inside = limits(n, {m: float(np.nanmedian(v)) for m, v in won.items()}).inside
    return leader("cac_usd", {m: cost[m] for m in inside}) if n >= LEAST_MARKETS else ""


def _short(value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
