"""How sure: CAC over plausible worlds, and CLG's CAC against the two numbers that nobody has measured."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import (
    INK,
    PAPER,
    Drawn,
    colour,
    dollars,
    foot,
    label_ends,
    line,
    new_figure,
    percentiles,
    plain_ticks,
    running_median,
    slide,
    small,
)
from simulation.figures.words import axis_name, capital, write_ticks
from simulation.metrics import METRICS
from simulation.runs.paired import quantiles, ran
from simulation.studies.tables import shown
from simulation.studies.uncertainty import least_known

SHOWN = [METRICS[name] for name in ("cac_usd", "retention_12_months")]
AXES = {
    "search_demand_per_week": "searches per account and week (log)",
    "topics": "distinct topics people search for (log)",
    "look_again_per_week": "readers who look again, a week",
}


def draw_all(session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield both figures; the second where CLG is compared and one of the numbers was drawn."""
    yield "plausible_worlds", draw(found, "a calibrated sample" if session.config.study.posterior else "the priors")
    if found.thirds:
        yield "least_known", draw_least_known(found)


def draw(found, origin: str):
    """Return the figure and its description: each motion's CAC and 12-month retention over plausible worlds."""
    motions = list(found.runs.values)
    shares = [w for w in found.worlds if w.metric == "cac_usd"]
    compared = [w for w in shares if {w.first, w.second} <= set(found.limits.inside)]
    title = "; ".join(
        f"{w.first.upper()} has the lower fully loaded CAC than {w.second.upper()} in {100 * w.share:.0f} % of plausible worlds"
        for w in compared[:2]
    )
    title = title or capital(found.limits.sentence or "nobody is compared on CAC in plausible worlds")
    figure, grid = new_figure(title, **slide(12), ncols=2)
    for axes, metric in zip(grid, SHOWN, strict=True):
        for k, motion in enumerate(motions):
            values = found.runs.metric(motion, metric.name)
            middle = np.array([np.median(v[np.isfinite(v)]) for v in values if np.isfinite(v).any()])
            if not middle.size:
                axes.annotate("not defined", (k, 0.5), xycoords=("data", "axes fraction"), ha="center")
                continue
            across = (np.argsort(np.argsort(middle)) * 0.618034) % 1  # evenly scattered, the same every time
            axes.scatter(k + 0.5 * (across - 0.5), middle, s=14, color=colour(motion, k), alpha=0.45, linewidth=0)
            low, mid, high = quantiles(middle)
            axes.plot([k, k], [low, high], color=INK, linewidth=1.5)
            axes.plot(k, mid, "o", color=INK, markersize=7)
            axes.annotate(shown(mid, metric.kind), (k, mid), xytext=(9, 0), textcoords="offset points", fontsize=small(), fontweight="bold", va="center",
                          bbox={"facecolor": PAPER, "alpha": 0.75, "edgecolor": "none", "pad": 1})  # fmt: skip
        axes.set_xticks(range(len(motions)), [m.upper() for m in motions])
        axes.set_xlim(-0.6, len(motions) - 0.2)
        axes.set_ylabel(axis_name(metric) + (" (log)" if metric.log else ""))
        axes.set_yscale("log" if metric.log else "linear")
        plain_ticks(axes)
        write_ticks(axes.yaxis, metric.kind)
    n, seeds = next(iter(found.runs.values.values())).shape[:2]
    luck = f"median of {seeds} seeds" if seeds > 1 else "one seed"
    text = f"A dot is a world drawn from {origin} ({luck}); black: median and 90 % of {n} worlds. CAC over the whole run.{_unsold(found)}"
    foot(figure, text)
    return figure, f"{title}. {text}"


def draw_least_known(found):
    """Return the figure and its description: CLG's CAC beside the others' against search demand and number of topics."""
    motions = list(found.runs.values)
    cac = {m: percentiles(found.runs.metric(m, "cac_usd").T, (50,))[0] for m in motions}
    numbers = least_known(found.drawn)
    said = []
    for name in numbers:
        low, _, high = (
            dollars(t.cac_usd) if np.isfinite(t.cac_usd) else "none" for t in found.thirds if t.number == name
        )
        said.append(
            f"{low} in the lowest third of {name.removesuffix('_per_week').replace('_', ' ')}, {high} in the highest"
        )
    title = f"CLG's fully loaded CAC over the whole run: {'; '.join(said)}"
    figure, grid = new_figure(title, **slide(5.5 * len(numbers)), ncols=len(numbers), sharey=True, squeeze=False)
    for axes, (name, x) in zip(grid[0], numbers.items(), strict=True):
        labels = []
        for k, motion in enumerate(motions):
            y = cac[motion]
            axes.scatter(x, y, s=10, color=colour(motion, k), alpha=0.3, linewidth=0)
            xs, ys = running_median(x, y)
            axes.plot(xs, ys, color=colour(motion, k), linestyle=line(motion), linewidth=2.4)
            labels.append((x.max(), ys[-1], motion.upper(), colour(motion, k)))
        over_zero = not AXES[name].endswith("(log)")  # its prior begins at zero
        axes.set(xscale="linear" if over_zero else "log", yscale="log", xlabel=AXES[name])
        label_ends(axes, labels)
        if over_zero:
            axes.set_xlim(0.0, 1.3 * x.max())
        else:
            axes.set_xlim(x.min() / 1.1, x.max() * 1.1 * (x.max() / x.min()) ** 0.12)
        plain_ticks(axes)
        write_ticks(axes.yaxis, METRICS["cac_usd"].kind)
    grid[0][0].set_ylabel(f"{axis_name(METRICS['cac_usd'])} (log)")
    text = (
        "A dot is a plausible world, lines are running medians. Nobody has measured these numbers. "
        f"Thirds with intervals: data/least_known.csv.{_unsold(found)}"
    )
    foot(figure, text)
    return figure, f"{title}. {text}"


def _unsold(found) -> str:
    """Say in which share of runs a motion won nobody and has no dot; comparisons count that as the higher CAC."""
    said = []
    there = ran(found.runs.values)
    for motion in found.runs.values:
        none = ~np.isfinite(found.runs.metric(motion, "cac_usd"))[there]
        if none.any():
            said.append(f"{motion.upper()} {100 * none.mean():.0f} %")
    return f" No CAC as nobody bought, of runs: {', '.join(said)}; this counts as the higher CAC." if said else ""
