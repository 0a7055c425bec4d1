"""Published patterns: where the simulation lies beside each range."""

import math
from collections.abc import Iterator

import numpy as np

from simulation.figures.style import PALETTE, Drawn, foot, new_figure


def draw_all(_session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of all targets."""
    yield "validation", draw(found)


def draw(found) -> Drawn:
    """Return the figure and its description: each range stretched to the same width, values and intervals on it."""
    rows = found.verdicts
    missed = [v.id for v in rows if not v.inside]
    title = f"{len(rows) - len(missed)} of {len(rows)} published patterns inside their range" + (
        f"; missed: {', '.join(missed)}" if missed else ""
    )
    figure, axes = new_figure(title, width=13, height=0.36 * len(rows) + 1.8)
    axes.axvspan(0, 1, color=PALETTE[2], alpha=0.18, linewidth=0)
    for y, v in enumerate(reversed(rows)):

        def place(value, v=v):
            return float(np.clip((value - v.range_low) / (v.range_high - v.range_low), -0.75, 1.75))

        tint = PALETTE[0] if v.inside else PALETTE[5]
        if math.isfinite(v.value):
            if math.isfinite(v.interval_low):
                axes.plot([place(v.interval_low), place(v.interval_high)], [y, y], color=tint, linewidth=4, alpha=0.45)
            axes.plot(place(v.value), y, "o" if v.inside else "X", color=tint, markersize=8)
        said = (
            f"{v.value:.3g}  (published {v.range_low:g} to {v.range_high:g}, {v.grade})"
            if math.isfinite(v.value)
            else "not defined here"
        )
        axes.annotate(said, (1.82, y), fontsize=10, va="center", annotation_clip=False)
    axes.set_yticks(range(len(rows)), [f"{found.patterns[v.id]}  {v.id}" for v in reversed(rows)], fontsize=10)
    axes.set_xticks([0, 1], ["low end", "high end"])
    axes.set_xlim(-0.8, 2.75)
    axes.set_ylim(-0.8, len(rows) - 0.2)
    axes.grid(visible=False)
    text = "Green: the published range, stretched to one width. Mark: simulated; line: 90 % over seeds; beyond the ends values are drawn at the edge."
    foot(figure, text)
    return figure, f"{title}. {text}"
