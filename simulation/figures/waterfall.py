"""The ARR bridge of the last year as a waterfall: a panel a motion."""

import math
from collections.abc import Mapping

from simulation.calendar import MONTHS_A_YEAR
from simulation.figures.style import INK, MUTED, PALETTE, Drawn, colour, dollars, foot, new_figure, slide, small
from simulation.figures.words import in_full, motion_name, write_ticks
from simulation.metrics.metric import Kind
from simulation.scenario import currency
from simulation.studies.bridge import Lines, Step, last_year, months_of_last_year, steps
from simulation.studies.comparison import Comparison

UP, DOWN = PALETTE[2], PALETTE[5]
MOST_COLUMNS = 4


def draw(data: Comparison) -> Drawn:
    """Return the figure and its description: what the mean market's yearly recurring revenue was, what moved it, what it is."""
    found = {m: last_year(data, m) for m in data.weekly}
    said, text = title(data, found), note(data)
    columns = min(len(found), MOST_COLUMNS)
    figure, grid = new_figure(
        said, **slide(3.6 * columns), nrows=math.ceil(len(found) / columns), ncols=columns, sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    for axes in grid.flat[len(found) :]:
        axes.set_visible(False)
    for k, (axes, (motion, lines)) in enumerate(zip(grid.flat, found.items(), strict=False)):
        axes.set_title(motion_name(motion), loc="left", fontweight="bold", color=colour(motion, k))
        _panel(axes, steps(lines), colour(motion, k))
    low, high = grid[0][0].get_xlim()
    grid[0][0].set_xlim(low - 0.1 * (high - low) * (low < 0), high + 0.35 * (high - low))  # for what stands beside bars
    for axes in grid[-1]:
        axes.set_xlabel(currency.in_words("ARR, USD M"))
        write_ticks(axes.xaxis, Kind.USD_TOTAL)
        axes.locator_params(axis="x", nbins=5)
    text += in_full(found)
    foot(figure, text)
    told = "; ".join(f"{motion_name(m)} " + ", ".join(f"{s.name} {amount(s)}" for s in steps(of)) for m, of in found.items())  # fmt: skip
    return figure, f"{said}. {told}. {text}"


def _panel(axes, bars: list[Step], motion_tint: str) -> None:
    """Draw a bridge from its top down, each bar from where the one above it ends."""
    for k, step in enumerate(bars):
        axes.barh(k, step.change, left=step.start, color=tint(step, motion_tint), height=0.68)
        if k + 1 < len(bars):
            axes.plot([step.end, step.end], [k - 0.34, k + 1.34], color=MUTED, linewidth=0.8)
        axes.annotate(
            amount(step), (max(step.start, step.end), k), xytext=(4, 0), textcoords="offset points", va="center", fontsize=small(),
        )  # fmt: skip
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(bars)), [step.name for step in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.grid(visible=False)


def tint(step: Step, motion_tint: str) -> str:
    """Return a bar's colour: the motion's for a value, one for what adds and one for what takes away."""
    return motion_tint if step.total else UP if step.change >= 0 else DOWN


def amount(step: Step) -> str:
    """Return what stands beside a bar: a value, or a move with its sign."""
    size = dollars(abs(step.change))
    if step.total or round(step.change) == 0:
        return ("-" if round(step.change) < 0 else "") + size
    return ("+" if step.change > 0 else "-") + size


def title(data: Comparison, found: Mapping[str, Lines]) -> str:
    """Say from what to what each motion came."""
    return f"Yearly recurring revenue in {_when(data)}: " + ", ".join(
        f"{motion_name(m)} from {dollars(of['opening_usd'])} to {dollars(of['closing_usd'])}" for m, of in found.items()
    )


def note(data: Comparison) -> str:
    """Say what the bars are."""
    return f"Mean of {data.cases}: means add up. Seats are worth what their customer pays; price: what its changes did to the seats then held."


def _when(data: Comparison) -> str:
    months = months_of_last_year(data)
    return "the last year" if months == MONTHS_A_YEAR else f"{months} months"
