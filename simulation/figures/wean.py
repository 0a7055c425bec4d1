"""Adverts cut step by step, at once and never: what hangs on them by quarter, and how many customers come without."""

from collections.abc import Iterator

import numpy as np

from simulation.calendar import QUARTER_WEEKS, UNDATED, Calendar
from simulation.figures.style import (
    MUTED,
    PALETTE,
    Drawn,
    dollars,
    foot,
    label_ends,
    new_figure,
    percentiles,
    slide,
    small,
)
from simulation.figures.time_axis import write_dates
from simulation.figures.words import in_full, motion_name
from simulation.metrics.sums import ratios
from simulation.runs.enough import what_is_drawn
from simulation.runs.paired import quantiles
from simulation.studies.wean import IN_MONEY, NEVER, ONCE, PLANS, STEPS, Weaned, said_of_cheapest

LOOKS = {NEVER: (MUTED, ":"), STEPS: (PALETTE[0], "-"), ONCE: (PALETTE[5], "--")}
PANELS = (IN_MONEY, "adverts", "users")


def draw_all(session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of all motions."""
    yield "wean", draw(found, session.config.seeds, session.config.calendar)


def draw(found: list[Weaned], seeds: int, calendar: Calendar = UNDATED) -> Drawn:
    """Return the figure and its description: a row a motion, shares by quarter and new customers against adverts kept."""
    said = title(found)
    figure, grid = new_figure(said, **slide(max(14.0, 4.2 * len(found))), nrows=len(found), ncols=4, squeeze=False)
    for row, one in zip(grid, found, strict=True):
        quarters = np.arange(1, one.won[NEVER].shape[1] + 1)
        curves = [{plan: 100 * one.shares[plan][part] for plan in PLANS} for part in PANELS]
        curves.append({plan: 100 * ratios(one.won[plan], one.won[NEVER]) for plan in PLANS})
        for axes, by_plan in zip(row, curves, strict=True):
            ends = [_curve(axes, quarters, values, plan) for plan, values in by_plan.items()]
            axes.set_xlim(0.5, quarters[-1] + 0.5)
            if axes is row[-1]:
                axes.set_xlim(0.5, 1.5 * quarters[-1])
                label_ends(axes, ends, 0.12)
            axes.set_xticks(quarters[3::4])
        row[0].set_ylabel(f"{motion_name(one.motion)}\n%", fontweight="bold")
    heads = (
        "adverts, of the money",
        "by adverts, of new customers",
        "by users, of new customers",
        "new customers, of never",
    )
    for axes, head in zip(grid[0], heads, strict=True):
        axes.set_title(head, loc="left", fontsize=small())
    for axes in grid[-1]:
        axes.set_xlabel("quarter")
    last = QUARTER_WEEKS * found[0].won[NEVER].shape[1]
    for axes in grid.ravel():
        write_dates(axes, calendar, 0, last, most=3, place=lambda week: week / QUARTER_WEEKS + 0.5)
    text = (
        f"{what_is_drawn('Line: median', seeds, 'simulated markets', 'Bands: 90 %')} First touch; users: their content, talk, invites. "
        f"The other levers get the money.{in_full(one.motion for one in found)}"
    )
    foot(figure, text)
    return figure, f"{said}. {text}"


def _curve(axes, x: np.ndarray, values: np.ndarray, plan: str) -> tuple[float, float, str, str]:
    """Draw a plan's median by quarter with its band; return where its label stands."""
    tint, dashes = LOOKS[plan]
    low, mid, high = percentiles(values, (5, 50, 95))
    axes.fill_between(x, low, high, color=tint, alpha=0.15, linewidth=0)
    axes.plot(x, mid, color=tint, linestyle=dashes, linewidth=2.2)
    return float(x[-1]), float(mid[-1]), plan, tint


def title(found: list[Weaned]) -> str:
    """Say what a customer costs under each plan, and which is the cheapest, if that can be told."""
    verdicts = {said_of_cheapest(one) for one in found if one.cuts}
    alike = verdicts.pop() if len(verdicts) == 1 and len(found) > 1 else ""
    said = [f"{motion_name(one.motion)} {_costs(one, apart=not alike)}" for one in found]
    return f"With adverts cut {', '.join(PLANS)} a new customer costs: {'; '.join([*said, *filter(None, [alike])])}"


def _costs(one: Weaned, *, apart: bool) -> str:
    if not one.cuts:
        return "- (nobody joins its community, so they are never cut)"
    costs = [dollars(quantiles(one.metrics["cac_usd"][plan])[1]) for plan in PLANS]
    return f"{', '.join(costs)} ({said_of_cheapest(one)})" if apart else ", ".join(costs)
