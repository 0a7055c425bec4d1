"""Metrics over each setting of a sweep, by motion."""

from collections.abc import Iterator
from textwrap import fill

import numpy as np

from simulation.figures.style import (
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
)
from simulation.figures.words import axis_name, write_ticks
from simulation.metrics import METRICS
from simulation.metrics.metric import Metric
from simulation.runs.enough import LEAST_MARKETS, limits, singular, what_is_drawn
from simulation.runs.paired import leader
from simulation.scenario.settings import setting_name
from simulation.scenario.study import Span

SHOWN = [METRICS[name] for name in ("cac_usd", "retention_12_months", "cash_usd")]


def draw_all(session, runs) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of a sweep."""
    study = session.config.study
    yield "sweep", draw(runs, study.over, session.config.seeds, study.design == "grid")


def draw(runs, over: dict, seeds: int, is_grid: bool):
    """Return the figure and its description: one row a metric, one column a setting.

    A design that is no grid moves all settings at once: its points are dots, and lines running medians.
    """
    paths = list(over)
    names = [setting_name(path) for path in paths]
    title = _title(runs, paths[0], is_grid)
    figure, grid = new_figure(
        title, width=1.5 + 4.6 * len(paths), height=3.2 * len(SHOWN) + 0.8, nrows=len(SHOWN), ncols=len(paths), squeeze=False, sharey="row",
    )  # fmt: skip
    for c, path in enumerate(paths):
        at = [point[path] for point in runs.points]
        numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in at)
        if not is_grid:
            x = np.array(at, float)
        else:
            bins = {v: np.array([v == w for w in at]) for v in dict.fromkeys(at)}
            x = np.array(list(bins) if numeric else range(len(bins)), float)
            order = np.argsort(x)
        for r, metric in enumerate(SHOWN):
            axes = grid[r][c]
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
                ends.append((x[order][-1], float(mid[-1]), motion.upper(), colour(motion, k)))
            _scale(axes, metric, over[path], x)
            label_ends(axes, ends, 0.09)
            if is_grid and not numeric:
                axes.set_xticks(x, [str(v) for v in bins])
            if c == 0:
                axes.set_ylabel(fill(axis_name(metric) + (" (log)" if metric.log else ""), 28))
            if r == len(SHOWN) - 1:
                axes.set_xlabel(names[c])
    others = " and the other settings" if len(paths) > 1 else ""
    text = (
        f"{what_is_drawn('Line: median', seeds, 'seeds')[:-1]}{others}. Same seeds at every point."
        if is_grid
        else f"A dot is a point of the design (median of {seeds} {singular('seeds', seeds)}), at which all settings differ at once; lines are running medians."
    )
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
    return float(x.max()), ys[-1], motion.upper(), tint


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
    name = setting_name(path)
    found = {_short(end): _lowest(runs, here, 0 if is_grid else 1) for end, here in ends.items()}
    low, high = next(iter(found)), next(reversed(found))
    if len(runs.values) == 1:
        return f"What {name} does to {next(iter(runs.values)).upper()}, from {low} to {high}"
    if "" in found.values():
        return f"What {name} does, from {low} to {high}: too few {'seeds' if is_grid else 'points'} to say who has the lowest CAC"
    a, b = (motion.upper() if motion else "no motion beyond luck" for motion in (found[low], found[high]))
    if found[low] and a == b:
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
