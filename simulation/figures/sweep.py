"""Metrics over each setting of a sweep, by motion."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import Drawn, band, colour, foot, label_ends, new_figure
from simulation.figures.words import label, money_axis, setting_name

METRICS = ("cac_usd", "retention_12_months", "cash_usd")


def draw_all(session, runs) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of a sweep."""
    yield "sweep", draw(runs, list(session.config.study.over), session.config.seeds)


def draw(runs, paths: list[str], seeds: int):
    """Return the figure and its description: one row a metric, one column a setting."""
    names = [setting_name(path) for path in paths]
    title = _title(runs, paths[0])
    figure, grid = new_figure(
        title, width=1.5 + 4.6 * len(paths), height=3.2 * len(METRICS) + 0.8, nrows=len(METRICS), ncols=len(paths), squeeze=False, sharey="row",
    )  # fmt: skip
    for c, path in enumerate(paths):
        values = [point[path] for point in runs.points]
        numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
        bins = _bins(np.array(values, float)) if numeric else {str(v): np.array([v == w for w in values]) for v in dict.fromkeys(values)}  # fmt: skip
        x = np.array(list(bins), float) if numeric else np.arange(len(bins), dtype=float)
        for r, metric in enumerate(METRICS):
            axes = grid[r][c]
            ends = []
            for k, motion in enumerate(runs.values):
                pooled = [runs.metric(motion, metric)[here].ravel() for here in bins.values()]
                longest = max(p.size for p in pooled)
                rows = np.array([np.pad(p, (0, longest - p.size), constant_values=np.nan) for p in pooled]).T
                mid = band(axes, x, rows * (100 if metric.startswith("retention") else 1), motion, k)
                if x.size == 1:
                    axes.plot(x, mid, "o", color=colour(motion, k))
                ends.append((x[-1], float(mid[-1]), motion.upper(), colour(motion, k)))
            money_axis(axes, metric)
            axes.margins(x=0.02)
            low, high = axes.get_xlim()
            axes.set_xlim(low, high + 0.16 * (high - low))
            label_ends(axes, ends, 0.09)
            if not numeric:
                axes.set_xticks(x, list(bins))
            if c == 0:
                axes.set_ylabel(label(metric))
            if r == len(METRICS) - 1:
                axes.set_xlabel(names[c])
    others = " and the other settings" if len(paths) > 1 else ""
    text = f"Line: median over {seeds} seeds{others}. Bands: 50 % and 90 %. Same seeds at every point."
    foot(figure, text)
    return figure, f"{title}. {text}"


def _bins(values: np.ndarray, most: int = 12) -> dict[float, np.ndarray]:
    """Return, by the middle of a bin, which points are in it; few distinct values are bins of their own."""
    distinct = np.unique(values)
    if distinct.size <= most:
        return {float(v): values == v for v in distinct}
    edges = np.quantile(values, np.linspace(0, 1, most + 1))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, most - 1)
    return {float(values[place == b].mean()): place == b for b in range(most) if (place == b).any()}


def _title(runs, path: str) -> str:
    """Say who has the lowest CAC at the ends of the first setting."""
    values = [point[path] for point in runs.points]
    ends = (min(values), max(values)) if all(isinstance(v, int | float) for v in values) else (values[0], values[-1])
    said = []
    for end in ends:
        here = np.array([v == end for v in values])
        cost = {m: np.nanmedian(c) for m in runs.values if np.isfinite(c := runs.metric(m, "cac_usd")[here]).any()}
        if cost:
            said.append((min(cost, key=cost.__getitem__).upper(), end))
    if not said:
        return "No motion wins customers at the ends of the sweep"
    (a, low), (b, high) = said[0], said[-1]
    name = setting_name(path)
    if a == b:
        return f"{a} has the lowest CAC both at {name} {_short(low)} and at {_short(high)}"
    return f"{a} has the lowest CAC at {name} {_short(low)}, {b} at {_short(high)}"


def _short(value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
