"""How sure: CAC over plausible worlds, and CLG's CAC against the two numbers that nobody has measured."""

import math
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
from simulation.figures.words import axis_name, capital, in_full, motion_name, write_ticks
from simulation.metrics import METRICS
from simulation.runs.paired import quantiles, ran
from simulation.scenario import currency
from simulation.studies.tables import shown
from simulation.studies.uncertainty import least_known

SHOWN = [METRICS[name] for name in ("cost_per_new_arr", "cac_usd", "retention_12_months")]
CLAIMED = {  # the first that is compared
    "cost_per_new_arr": "a new yearly dollar costs {} less than {}",
    "cac_usd": "a new customer costs {} less than {}",
}
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
    """Return the figure and its description: what each motion's new yearly dollar and customer cost, and how many it keeps."""
    motions = list(found.runs.values)
    title = _title(found)
    figure, grid = new_figure(title, **slide(15), ncols=len(SHOWN))
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
        axes.set_xticks(range(len(motions)), [motion_name(m) for m in motions])
        axes.set_xlim(-0.6, len(motions) - 0.2)
        axes.set_ylabel(axis_name(metric) + (" (log)" if metric.log else ""))
        axes.set_yscale("log" if metric.log else "linear")
        plain_ticks(axes)
        write_ticks(axes.yaxis, metric.kind)
    n, seeds = next(iter(found.runs.values.values())).shape[:2]
    luck = f"median of {seeds} simulated markets" if seeds > 1 else "one simulated market"
    text = f"A dot is a world drawn from {origin} ({luck}); black: median and 90 % of {n} worlds. Costs are of the whole run.{_unsold(found)}{in_full(motions)}"
    foot(figure, text)
    return figure, f"{title}. {text}"


def _title(found) -> str:
    """Say in how many worlds the first motion has the lower cost: of a new yearly dollar, as customers are unlike, or of a customer."""
    metric = next((m for m in CLAIMED if any(w.metric == m for w in found.worlds)), "")
    inside = set(found.limits.inside)
    said = [
        f"{CLAIMED[metric].format(motion_name(w.first), motion_name(w.second))} in {100 * w.share:.0f} %"
        for w in found.worlds
        if w.metric == metric and {w.first, w.second} <= inside
    ][:2]
    if said:
        return f"{currency.in_words(capital('; '.join(said)))} of plausible worlds"
    return capital(found.limits.sentence or "nobody is compared on costs in plausible worlds")


def draw_least_known(found):
    """Return the figure and its description: CLG's CAC beside the others' against search demand and number of topics."""
    motions = list(found.runs.values)
    cac = {m: percentiles(found.runs.metric(m, "cac_usd").T, (50,))[0] for m in motions}
    numbers = least_known(found.drawn)
    title = _title_least_known(found, list(numbers))
    figure, grid = new_figure(title, **slide(5.5 * len(numbers)), ncols=len(numbers), sharey=True, squeeze=False)
    for axes, (name, x) in zip(grid[0], numbers.items(), strict=True):
        labels = []
        for k, motion in enumerate(motions):
            y = cac[motion]
            axes.scatter(x, y, s=10, color=colour(motion, k), alpha=0.3, linewidth=0)
            xs, ys = running_median(x, y)
            axes.plot(xs, ys, color=colour(motion, k), linestyle=line(motion), linewidth=2.4)
            labels.append((x.max(), ys[-1], motion_name(motion), colour(motion, k)))
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
        f"Thirds with intervals: data/least_known.csv.{_unsold(found)}{in_full(motions)}"
    )
    foot(figure, text)
    return figure, f"{title}. {text}"


def _title_least_known(found, numbers: list[str]) -> str:
    """Say what CLG's CAC is in the outer thirds of the number that moves it most."""
    ends = {name: [t.cac_usd for t in found.thirds if t.number == name][::2] for name in numbers}
    known = {name: abs(math.log(low / high)) for name, (low, high) in ends.items() if low > 0 and high > 0}
    if not known:
        return "CLG wins too few customers in an outer third of each number for a CAC"
    most = max(known, key=known.__getitem__)
    low, high = map(dollars, ends[most])
    name = most.removesuffix("_per_week").replace("_", " ")
    where = f"{low} in its lowest third, {high} in its highest"
    if len(known) == 1:
        return f"CLG's fully loaded CAC by {name}, which nobody has measured: {where}"
    return f"Of what nobody has measured {name} moves CLG's fully loaded CAC most: {where}"


def _unsold(found) -> str:
    """Say in which share of runs a motion won nobody and has no dot; comparisons count that as the higher CAC."""
    said = []
    there = ran(found.runs.values)
    for motion in found.runs.values:
        none = ~np.isfinite(found.runs.metric(motion, "cac_usd"))[there]
        if none.any():
            said.append(f"{motion_name(motion)} {100 * none.mean():.0f} %")
    return f" No CAC as nobody bought, of runs: {', '.join(said)}; this counts as the higher CAC." if said else ""
