"""CAC over time by motion."""

import numpy as np

from simulation.figures.data import Comparison
from simulation.figures.style import band, colour, dollars, foot, label_ends, new_figure, year_ticks
from simulation.figures.words import axis_name, in_full, motion_name, write_ticks
from simulation.metrics import METRICS
from simulation.metrics.sums import trailing

WINDOW_WEEKS = 26
FEWEST = 5  # new customers of the real market in a window for which a cost is drawn
NAMED = 4  # motions that a title has room for; of more it names the cheapest and the dearest


def draw(data: Comparison):
    """Return the figure and its description: fully loaded CAC in trailing half-years; the title has it over the whole run."""
    cac, x = METRICS["cac_usd"], np.arange(data.weeks)
    curves, whole, ends = {}, {}, []
    for motion in data.weekly:
        won, cost = data.adopted(motion), data.cost_usd(motion)
        whole[motion] = _over(cost.sum(axis=1), won.sum(axis=1), 0)
        curves[motion] = _over(trailing(cost, WINDOW_WEEKS), trailing(won, WINDOW_WEEKS), FEWEST)
    costs = any((c > 0).any() for c in curves.values())
    title = _title({m: float(np.nanmedian(c)) for m, c in whole.items() if np.isfinite(c).any()}, data.weeks, costs)
    figure, axes = new_figure(title)
    if costs:
        axes.set_yscale("log")
    else:
        axes.set(ylim=(0, 1), yticks=(0, 1))
    for k, (motion, values) in enumerate(curves.items()):
        mid = band(axes, x, values, motion, k)
        ends.append((x[-1], float(mid[-1]), motion_name(motion), colour(motion, k)))
    window = f"trailing {WINDOW_WEEKS} weeks"
    axes.set(xlabel="week", ylabel=f"{axis_name(cac)},\n{window}{' (log)' if costs else ''}")
    year_ticks(axes, data.weeks, 1.08)
    write_ticks(axes.yaxis, cac.kind)
    axes.grid(visible=True, which="both", axis="y")
    label_ends(axes, ends)
    text = f"Cost of acquisition, retention and support over new customers: lines in the {window}, title over the whole run. {data.foot}{in_full(curves)}"
    foot(figure, text)
    return figure, f"{title}. {text}"


def _over(cost: np.ndarray, won: np.ndarray, fewest: int) -> np.ndarray:
    """Return cost per new customer, same shape; NaN where fewer than ``fewest``, or none, were won."""
    return np.divide(cost, won, out=np.full(won.shape, np.nan), where=won >= max(fewest, 1e-9))


def _title(whole: dict[str, float], weeks: int, costs: bool) -> str:
    """Name the motion with the lowest CAC over the run and what it costs the others, as the table does."""
    if not whole:
        return "No motion wins customers"
    if not costs:
        return "New customers cost nothing here: no motion spends on winning them"
    first, *others = sorted(whole, key=whole.__getitem__)
    named = others if len(others) < NAMED else others[-1:]
    return (
        f"Over {weeks} weeks a new customer costs {motion_name(first)} least, fully loaded: {dollars(whole[first])}"
        + "".join(f", {motion_name(m)} {dollars(whole[m])}" for m in named)
    )
