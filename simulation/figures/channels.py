"""Where new customers came from: channel shares over time, one panel a motion."""

import numpy as np

from simulation.figures.data import CHANNELS, Comparison
from simulation.figures.style import PALETTE, foot, new_figure

WINDOW_WEEKS = 26
ORGANIC = ("user_content", "close_talk", "broadcast_talk", "invite", "ambient")


def draw(data: Comparison):
    """Return the figure and its description: shares of first-touch channels in trailing half-years, all seeds pooled."""
    motions = list(data.weekly)
    x = np.arange(data.weeks)
    shares = {}
    for motion in motions:
        won = np.array([data.sums(motion, f"adopted_{c}", WINDOW_WEEKS).sum(axis=0) for c in CHANNELS])
        total = won.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares[motion] = np.where(total > 0, 100 * won / total, 0.0)
    organic = {m: sum(shares[m][CHANNELS.index(c), -1] for c in ORGANIC) for m in motions}
    title = "Share of new customers that nobody paid to reach, last half-year: " + ", ".join(
        f"{m.upper()} {organic[m]:.0f} %" for m in sorted(motions, key=organic.__getitem__, reverse=True)
    )
    figure, grid = new_figure(title, width=4.6 * len(motions) + 1, ncols=len(motions), sharey=True, squeeze=False)
    for axes, motion in zip(grid[0], motions, strict=True):
        axes.stackplot(x, shares[motion], colors=PALETTE, alpha=0.85, linewidth=0.5, edgecolor="white")
        middle = np.cumsum(shares[motion][:, -1]) - shares[motion][:, -1] / 2
        last = -10.0
        for name, y, part in zip(CHANNELS, middle, shares[motion][:, -1], strict=True):
            if part >= 3:
                last = max(y, last + 5.5)
                axes.annotate(
                    f"{name.replace('_', ' ')} {part:.0f} %", (x[-1], last), xytext=(4, 0), textcoords="offset points",
                    fontsize=10, va="center", annotation_clip=False,
                )  # fmt: skip
        axes.set(title=motion.upper(), xlabel="week", xlim=(0, data.weeks * 1.45), ylim=(0, 100))
        axes.set_xticks(np.arange(0, data.weeks + 1, 52))
        axes.grid(visible=False)
    grid[0][0].set_ylabel("new customers, % by first channel")
    foot(figure, f"Trailing {WINDOW_WEEKS} weeks, {data.seeds} seeds pooled. Unpaid: user content, talk, invites, ambient.")
    return figure, f"{title}. Stacked areas show first-touch channel shares by motion."
