"""The flywheel itself: people by stage over time, one panel a motion."""

import numpy as np

from simulation.figures.data import Comparison
from simulation.figures.style import PALETTE, foot, new_figure

STAGES = ("attracted", "newcomer", "customer", "expert", "lapsed", "at_rival")
TINTS = (PALETTE[1], PALETTE[4], PALETTE[0], PALETTE[2], PALETTE[7], PALETTE[5])


def draw(data: Comparison):
    """Return the figure and its description: median number of people in each stage but prospects."""
    motions = list(data.weekly)
    x = np.arange(data.weeks)
    mid = {m: np.array([data.weight * np.median(data.weekly[m][s], axis=0) for s in STAGES]) for m in motions}
    experts = {m: mid[m][3, -1] for m in motions}
    best = max(motions, key=experts.__getitem__)
    title = (
        f"{best.upper()} ends with {experts[best]:,.0f} experts who teach the next newcomers"
        + "".join(f"; {m.upper()} with {experts[m]:,.0f}" for m in motions if m != best)
    )
    figure, grid = new_figure(title, width=4.6 * len(motions) + 1, ncols=len(motions), sharey=True, squeeze=False)
    top = max(m.sum(axis=0).max() for m in mid.values())
    for axes, motion in zip(grid[0], motions, strict=True):
        axes.stackplot(x, mid[motion], colors=TINTS, alpha=0.85, linewidth=0.5, edgecolor="white")
        middle = np.cumsum(mid[motion][:, -1]) - mid[motion][:, -1] / 2
        last = -top
        for name, y, n in zip(STAGES, middle, mid[motion][:, -1], strict=True):
            if n >= 0.004 * top:
                last = max(y, last + 0.055 * top)
                axes.annotate(
                    f"{name.replace('_', ' ')} {n:,.0f}", (x[-1], last), xytext=(4, 0), textcoords="offset points",
                    fontsize=10, va="center", annotation_clip=False,
                )  # fmt: skip
        axes.set(title=motion.upper(), xlabel="week", xlim=(0, data.weeks * 1.4), ylim=(0, 1.02 * top))
        axes.set_xticks(np.arange(0, data.weeks + 1, 52))
    grid[0][0].set_ylabel("people (prospects not shown)")
    grid[0][0].yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    foot(figure, f"Median of {data.seeds} seeds.")
    return figure, f"{title}. Stacked areas show people by stage over time, by motion; prospects are not shown."
