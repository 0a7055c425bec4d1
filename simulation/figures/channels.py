"""Where new customers came from: channel shares over time, one panel a motion."""

import numpy as np

from simulation.figures.style import PALETTE, PAPER, foot, label_stack, new_figure, slide, year_ticks
from simulation.figures.time_axis import write_dates
from simulation.figures.words import in_full, motion_name
from simulation.metrics.sums import trailing
from simulation.studies.comparison import CHANNELS, WINDOW_WEEKS, Comparison

TINTS = dict(zip((c.replace("_", " ") for c in CHANNELS), PALETTE, strict=True))
FEW = 3  # panels, up to which four ticks have room
ORGANIC = ("user_content", "close_talk", "broadcast_talk", "invite", "ambient")


def draw(data: Comparison):
    """Return the figure and its description: shares of first-touch channels in trailing half-years, all seeds pooled."""
    motions = list(data.weekly)
    x = np.arange(data.weeks)
    shares = {m: shares_of(data, m) for m in motions}
    said = title(shares)
    figure, grid = new_figure(said, **slide(4.6 * len(motions) + 1), ncols=len(motions), sharey=True, squeeze=False)
    for axes, motion in zip(grid[0], motions, strict=True):
        axes.stackplot(x, shares[motion], colors=PALETTE, alpha=0.85, linewidth=0.5, edgecolor=PAPER)
        texts = [f"{part:.0f} %" if part >= 3 else "" for part in shares[motion][:, -1]]
        label_stack(axes, x, shares[motion], [c.replace("_", " ") for c in CHANNELS], texts, 5.5)
        axes.set(title=motion_name(motion), xlabel="week", ylim=(0, 100))
        year_ticks(axes, data.weeks, 1.45, most=4 if len(motions) <= FEW else 2)
        write_dates(axes, data.calendar, 0, data.weeks, most=4)
        axes.grid(visible=False)
    grid[0][0].set_ylabel("new customers, % by first channel")
    foot(
        figure,
        f"Trailing {WINDOW_WEEKS} weeks, {data.cases} pooled. Unpaid: user content, talk, invites, ambient (by themselves). Unnamed at the right: under 3 %.{in_full(motions)}",
    )
    return figure, f"{said}. Stacked areas show first-touch channel shares by motion."


def shares_of(data: Comparison, motion: str) -> np.ndarray:
    """Return first-touch channels' shares of new customers of the trailing half-year, percent, all seeds pooled, shape (channels, weeks)."""
    won = np.array([trailing(data.weekly[motion][f"adopted_{c}"], WINDOW_WEEKS).sum(axis=0) for c in CHANNELS])
    total = won.sum(axis=0)
    return np.divide(100 * won, total, out=np.zeros(won.shape), where=total > 0)


def title(shares: dict[str, np.ndarray]) -> str:
    """Say which share of new customers nobody paid to reach at the end."""
    organic = {m: sum(of[CHANNELS.index(c), -1] for c in ORGANIC) for m, of in shares.items()}
    return "Share of new customers that nobody paid to reach, last half-year: " + ", ".join(
        f"{motion_name(m)} {organic[m]:.0f} %" for m in sorted(organic, key=organic.__getitem__, reverse=True)
    )
