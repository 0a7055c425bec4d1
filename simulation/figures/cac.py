"""CAC over time by motion."""

import numpy as np

from simulation.figures.data import Comparison
from simulation.figures.style import band, colour, dollars, foot, label_ends, new_figure, year_ticks
from simulation.figures.words import in_full, motion_name

WINDOW_WEEKS = 26
NAMED = 4  # motions that a title has room for; of more it names the cheapest and the dearest


def draw(data: Comparison):
    """Return the figure and its description: trailing half-year acquisition cost per new customer."""
    x = np.arange(data.weeks)
    curves, ends = {}, []
    for motion in data.weekly:
        won = np.cumsum(data.adopted(motion), axis=1)
        won[:, WINDOW_WEEKS:] -= won[:, :-WINDOW_WEEKS].copy()
        cost = data.sums(motion, "acquisition_cents", WINDOW_WEEKS) / 100
        with np.errstate(divide="ignore", invalid="ignore"):
            curves[motion] = np.where(won >= 5, cost / won, np.nan)
    last = {m: float(np.nanmedian(c[:, -1])) for m, c in curves.items() if np.isfinite(c[:, -1]).any()}
    order = sorted(last, key=last.__getitem__)
    title = (
        "No motion wins customers"
        if not last
        else (
            f"In the last half-year a new customer costs {motion_name(order[0])} least: {dollars(last[order[0]])}"
            + "".join(
                f", {motion_name(m)} {dollars(last[m])}" for m in (order[1:] if len(order) <= NAMED else order[-1:])
            )
        )
    )
    costs = any((c > 0).any() for c in curves.values())
    if last and not costs:
        title = "New customers cost nothing here: no motion spends on winning them"
    figure, axes = new_figure(title)
    if costs:
        axes.set_yscale("log")
    else:
        axes.set(ylim=(0, 1), yticks=(0, 1))
    for k, (motion, values) in enumerate(curves.items()):
        mid = band(axes, x, values, motion, k)
        ends.append((x[-1], float(mid[-1]), motion_name(motion), colour(motion, k)))
    axes.set(xlabel="week", ylabel="acquisition cost per new customer" + (" (log)" if costs else ""))
    year_ticks(axes, data.weeks, 1.08)
    axes.yaxis.set_major_formatter(lambda v, _: f"${v:,.0f}")
    axes.grid(visible=True, which="both", axis="y")
    label_ends(axes, ends)
    text = data.foot + in_full(curves)
    foot(figure, f"Trailing {WINDOW_WEEKS} weeks. {text}")
    return figure, f"{title}. Lines show CAC over the trailing {WINDOW_WEEKS} weeks by motion. {text}"
