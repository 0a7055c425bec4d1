"""The flywheel itself: people by stage over time, one panel a motion."""

import numpy as np

from simulation.figures.style import PALETTE, foot, label_stack, new_figure, year_ticks
from simulation.studies.comparison import Comparison

STAGES = ("attracted", "newcomer", "customer", "expert", "lapsed", "at_rival")
TINTS = (PALETTE[1], PALETTE[4], PALETTE[0], PALETTE[2], PALETTE[7], PALETTE[5])


def draw(data: Comparison):
    """Return the figure and its description: median number of people in each stage but prospects."""
    motions = list(data.weekly)
    x = np.arange(data.weeks)
    mid = {m: np.array([data.weight * np.median(data.weekly[m][s], axis=0) for s in STAGES]) for m in motions}
    experts = {m: mid[m][3, -1] for m in motions}
    best = max(motions, key=experts.__getitem__)
    title = f"{best.upper()} ends with {experts[best]:,.0f} experts who teach the next newcomers" + "".join(
        f"; {m.upper()} with {experts[m]:,.0f}" for m in motions if m != best
    )
    figure, grid = new_figure(title, width=4.6 * len(motions) + 1, ncols=len(motions), sharey=True, squeeze=False)
    top = max(1.0, *(m.sum(axis=0).max() for m in mid.values()))
    for axes, motion in zip(grid[0], motions, strict=True):
        axes.stackplot(x, mid[motion], colors=TINTS, alpha=0.85, linewidth=0.5, edgecolor="white")
        texts = [f"{n:,.0f}" if n >= 0.004 * top else "" for n in mid[motion][:, -1]]
        label_stack(axes, x, mid[motion], [s.replace("_", " ") for s in STAGES], texts, 0.055 * top)
        axes.set(title=motion.upper(), xlabel="week", ylim=(0, 1.02 * top))
        year_ticks(axes, data.weeks, 1.4)
    grid[0][0].set_ylabel("people (prospects not shown)")
    grid[0][0].yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    foot(figure, f"Median of {data.cases}.")
    return figure, f"{title}. Stacked areas show people by stage over time, by motion; prospects are not shown."
