"""What a company's data say: the fit with the months held out, and beliefs before and after."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import (
    FAINT,
    INK,
    PALETTE,
    PAPER,
    SHADE,
    Drawn,
    foot,
    new_figure,
    percentiles,
    slide_of_rows,
    small,
)
from simulation.figures.words import write_ticks
from simulation.metrics.metric import Kind
from simulation.scenario.settings import setting_name
from simulation.studies.held_out import MODEL, series_called

MOST = 12


def draw_all(_session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield both figures."""
    if any(np.nansum(v) for v in found.seen.values()):
        yield "fit", fit(found)
    yield "beliefs", beliefs(found)


def fit(found) -> Drawn:
    """Return each series of the company with what the fit on the first months says, the months held out shaded."""
    names = sorted((n for n, v in found.seen.items() if np.nansum(v)), key=lambda n: -np.nansum(found.seen[n]))[:9]
    n_rows = -(-len(names) // 3)
    model = [x for x in found.held_out if x.forecast == MODEL]
    inside, of = sum(x.inside for x in model), sum(x.months for x in model)
    title = (
        f"Fitted on {found.train} months: {inside} of {of} months held out inside the 90 % interval"
        if model
        else f"Fitted on {found.train} months, none held out"
    )
    figure, grid = new_figure(
        title, **slide_of_rows(n_rows, 13, 2.7), nrows=n_rows, ncols=min(3, len(names)), squeeze=False
    )
    flat = grid.ravel()
    x = np.arange(len(found.data.months))
    for axes, name in zip(flat, names, strict=False):
        low, mid, high = percentiles(found.fitted[name], (5, 50, 95))
        axes.fill_between(x, low, high, color=PALETTE[0], alpha=0.2, linewidth=0)
        axes.plot(x, mid, color=PALETTE[0], linewidth=2)
        axes.plot(x, found.seen[name], "o", color=INK, markersize=4)
        if found.train < x.size:
            axes.axvspan(found.train - 0.5, x.size - 0.5, color=FAINT, alpha=0.15, linewidth=0)
        axes.set_title(series_called(name), fontsize=small(), loc="left")
        axes.set_ylim(bottom=0)
        write_ticks(axes.yaxis, Kind.COUNT)
        step = max(1, -(-x.size // 3))  # more months than three would touch
        axes.set_xticks(x[::step], [found.data.months[k] for k in x[::step]], fontsize=small())
    for axes in flat[len(names) :]:
        axes.set_visible(False)
    text = "Dots: the company's data, a month. Blue: worlds drawn from the fit on the white months (median, 90 %). Grey: months held out."
    foot(figure, text)
    return figure, f"{title}. {text}"


def beliefs(found) -> Drawn:
    """Return the 90 % intervals of the numbers that the data inform, before and after, relative to the prior."""
    rows = sorted((x for x in found.learned if x.informed), key=lambda x: -x.predicted_share)[:MOST]
    silent = len(found.learned) - sum(x.informed for x in found.learned)
    title = f"The data inform {len(found.learned) - silent} of {len(found.learned)} numbers" + (
        f", {setting_name(rows[0].parameter)} most" if rows else ""
    )
    figure, axes = new_figure(title, **slide_of_rows(max(len(rows), 1), 13, 0.5))
    right = 1.0
    for y, x in enumerate(reversed(rows)):
        low, median, high = ((v - x.prior_low) / (x.prior_high - x.prior_low) for v in (x.low, x.median, x.high))
        right = max(right, high)
        axes.plot([0, 1], [y, y], color=SHADE, linewidth=9, solid_capstyle="butt")
        axes.plot([low, high], [y, y], color=PALETTE[0], linewidth=9, solid_capstyle="butt")
        axes.plot(median, y, "o", color=PAPER, markersize=5)
        axes.annotate(f"{x.median:.3g} ({x.low:.3g} to {x.high:.3g})", (max(1.0, high), y), xytext=(10, 0), textcoords="offset points", va="center", fontsize=small())  # fmt: skip
    axes.set_yticks(range(len(rows)), [setting_name(x.parameter) for x in reversed(rows)])
    axes.set_xticks([0, 1], ["prior, 5 %", "prior, 95 %"])
    axes.set_xlim(-0.15, right + 0.8)
    axes.grid(visible=False)
    text = "Grey: 90 % of the prior; blue: 90 % after the data, with its median."
    foot(figure, text)
    return figure, f"{title}. {text}"
