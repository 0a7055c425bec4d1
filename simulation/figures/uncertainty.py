"""How sure: CAC over plausible worlds, and CLG's CAC against the two numbers that nobody has measured."""

from collections.abc import Iterator

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter

from simulation.figures.style import Drawn, colour, dollars, foot, label_ends, new_figure, percentiles
from simulation.figures.words import setting_name
from simulation.studies.uncertainty import LEAST_KNOWN

BINS = 8


def draw_all(_session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield both figures; the second where CLG is compared and both numbers were drawn."""
    yield "plausible_worlds", draw(found)
    if "clg" in found.runs.values and all(name in found.drawn for name in LEAST_KNOWN):
        yield "least_known", least_known(found)


def draw(found):
    """Return the figure and its description: each motion's CAC and 12-month retention over plausible worlds."""
    motions = list(found.runs.values)
    shares = [w for w in found.worlds if w.metric == "cac_usd"]
    title = "; ".join(
        f"{w.first.upper()} costs less than {w.second.upper()} in {100 * w.share:.0f} % of plausible worlds"
        for w in shares[:2]
    )
    figure, grid = new_figure(title, width=12, height=5.4, ncols=2)
    for axes, metric, text in (
        (grid[0], "cac_usd", "CAC, USD per new customer (log)"),
        (grid[1], "retention_12_months", "customers kept 12 months, %"),
    ):
        for k, motion in enumerate(motions):
            values = found.runs.metric(motion, metric)
            middle = np.array([np.median(v[np.isfinite(v)]) for v in values if np.isfinite(v).any()])
            middle = middle * (100 if metric.startswith("retention") else 1)
            if not middle.size:
                axes.annotate("not defined", (k, 0.5), xycoords=("data", "axes fraction"), ha="center")
                continue
            across = (np.argsort(np.argsort(middle)) * 0.618034) % 1  # evenly scattered, the same every time
            axes.scatter(k + 0.5 * (across - 0.5), middle, s=14, color=colour(motion, k), alpha=0.45, linewidth=0)
            low, mid, high = np.percentile(middle, (5, 50, 95))
            axes.plot([k, k], [low, high], color="black", linewidth=1.5)
            axes.plot(k, mid, "o", color="black", markersize=7)
            said = dollars(mid) if metric == "cac_usd" else f"{mid:.0f} %"
            axes.annotate(said, (k, mid), xytext=(9, 0), textcoords="offset points", fontsize=11, fontweight="bold", va="center",
                          bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1})  # fmt: skip
        axes.set_xticks(range(len(motions)), [m.upper() for m in motions])
        axes.set_xlim(-0.6, len(motions) - 0.2)
        axes.set_ylabel(text)
    grid[0].set_yscale("log")
    grid[0].yaxis.set_major_formatter(lambda v, _: f"${v:,.0f}")
    n, seeds = next(iter(found.runs.values.values())).shape[:2]
    text = f"A dot is a world drawn from the priors (median of {seeds} seeds); black: median and 90 % of {n} worlds."
    foot(figure, text)
    return figure, f"{title}. {text}"


def least_known(found):
    """Return the figure and its description: CLG's CAC beside the others' against search demand and number of topics."""
    motions = list(found.runs.values)
    cac = {m: percentiles(found.runs.metric(m, "cac_usd").T, (50,))[0] for m in motions}
    ends = {}
    for name in LEAST_KNOWN:
        x = found.drawn[name]
        third = np.quantile(x, (1 / 3, 2 / 3))
        ends[name] = tuple(
            percentiles(cac["clg"][part][:, None], (50,))[0, 0] for part in (x <= third[0], x >= third[1])
        )
    low, high = ends[LEAST_KNOWN[0]]
    title = (
        f"CLG's CAC hangs on search demand: {dollars(low)} in the lowest third of it, {dollars(high)} in the highest; "
        f"by number of topics {dollars(ends[LEAST_KNOWN[1]][0])} and {dollars(ends[LEAST_KNOWN[1]][1])}"
    )
    figure, grid = new_figure(title, width=12, height=5.6, ncols=2, sharey=True)
    for axes, name in zip(grid, LEAST_KNOWN, strict=True):
        x = found.drawn[name]
        labels = []
        for k, motion in enumerate(motions):
            y = cac[motion]
            axes.scatter(x, y, s=10, color=colour(motion, k), alpha=0.3, linewidth=0)
            xs, ys = _running_median(x, y)
            axes.plot(xs, ys, color=colour(motion, k), linewidth=2.4)
            labels.append((x.max(), ys[-1], motion.upper(), colour(motion, k)))
        axes.set(xscale="log", yscale="log", xlabel=_axis(name))
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:,g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        label_ends(axes, labels)
        axes.set_xlim(right=x.max() * 1.35)
    grid[0].set_ylabel("CAC, USD per new customer (log)")
    grid[0].yaxis.set_major_formatter(lambda v, _: f"${v:,.0f}")
    text = "A dot is a plausible world, lines are running medians. Nobody has measured these two numbers."
    foot(figure, text)
    return figure, f"{title}. {text}"


def _running_median(x: np.ndarray, y: np.ndarray) -> tuple[list[float], list[float]]:
    """Return the medians of x and y over bins of as many worlds each."""
    edges = np.quantile(x, np.linspace(0, 1, BINS + 1))
    place = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, BINS - 1)
    bins = [place == b for b in range(BINS) if np.isfinite(y[place == b]).any()]
    return [float(np.median(x[b])) for b in bins] or [np.nan], [float(np.nanmedian(y[b])) for b in bins] or [np.nan]


def _axis(name: str) -> str:
    units = {
        "search_demand_per_week": "searches per account and week (log)",
        "topics": "distinct topics people search for (log)",
    }
    last = name.rpartition(".")[2]
    return units.get(last, setting_name(name))
