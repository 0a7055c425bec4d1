"""The least budget that reaches an amount of yearly recurring revenue: the share of markets by budget, and where it is enough."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import PALETTE, PAPER, Drawn, colour, foot, line, new_figure, plain_ticks, slide
from simulation.figures.words import in_full, motion_name
from simulation.metrics.metric import Kind
from simulation.runs.enough import LEAST_MARKETS
from simulation.scenario import currency
from simulation.studies.reach import Found, State, verdict
from simulation.studies.tables import shown

MILLION = 1e6
HEIGHTS = (62, 40, 18)  # of names beside the curves, in turn, %


def draw_all(_session, found: Found) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of all motions."""
    yield "reach", draw(found)


def draw(found: Found) -> Drawn:
    """Return the figure and its description: a line a motion, a dot with its interval where the share asked is reached."""
    said = verdict(found, motion_name, intervals=False)
    figure, axes = new_figure(said, **slide(12))
    axes.set_xscale("log")
    low, high = _ends(found)
    axes.axhline(100 * found.chance, color=PALETTE[8], linewidth=0.8)
    for k, of in enumerate([*found.ranked, *(of for of in found.motions if of.state is not State.REACHED)]):
        tint = colour(of.motion, k)
        known = np.clip(np.sort(of.crossings[np.isfinite(of.crossings)]), low, None)
        x = np.concatenate(([low], known, [high]))
        y = 100 * np.concatenate(([0.0], np.arange(1, known.size + 1), [known.size])) / found.markets
        axes.plot(x, y, color=tint, linestyle=line(of.motion), drawstyle="steps-post", linewidth=2.4)
        if of.state is State.REACHED:
            if not np.isnan(of.low):
                ends = np.clip((of.low, of.high), low, high)
                axes.plot(ends, [100 * found.chance] * 2, color=tint, linewidth=8, alpha=0.4, solid_capstyle="butt")
            axes.plot(of.least, 100 * found.chance, "o", color=tint, markersize=11)
        height = HEIGHTS[k % len(HEIGHTS)]
        reached = y >= height
        at = x[reached.argmax()] if reached.any() else high
        last = 0 < k == len(found.ranked) - 1  # the curve on the right has room there
        axes.annotate(
            motion_name(of.motion), (at, height if reached.any() else y[-1]), xytext=(8 if last else -6, -20 if last else 6), ha="left" if last else "right",
            textcoords="offset points", color=tint, fontweight="bold", bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    axes.set(xlim=(low, high), ylim=(-3, 103), ylabel="simulated markets that reach it, %")
    axes.set_xlabel(currency.in_words("budget a year, USD (log)"))
    plain_ticks(axes)
    axes.xaxis.set_major_formatter(lambda v, _: _tick(v))
    bars = "bars: 90 % of markets drawn again" if found.markets >= LEAST_MARKETS else "too few markets for intervals"
    text = (
        f"{found.markets} simulated markets, the same for every budget and motion, each motion at its own mix; a step is a market. "
        f"Dots: the least budget; {bars}.{in_full(of.motion for of in found.motions)}"
    )
    foot(figure, text)
    return figure, f"{verdict(found, motion_name)} {text}"


def _tick(usd: float) -> str:
    """Return a budget as tables have it, in millions with as many digits as the tick has."""
    return shown(usd, Kind.USD_TOTAL) if usd < MILLION else f"{currency.sign()}{usd / MILLION:,.10g} M"


def _ends(found: Found) -> tuple[float, float]:
    """Return between which budgets something happens; to the most that was tried where that is not enough for all."""
    tried = found.motions[0].budgets
    crossed = np.concatenate([of.crossings for of in found.motions])
    known = crossed[np.isfinite(crossed) & (crossed >= tried[1])]
    every = all(of.state in (State.REACHED, State.ALREADY) for of in found.motions)
    low = max(tried[1], 0.7 * known.min()) if known.size else tried[1]
    return float(low), float(min(tried[-1], 1.4 * known.max()) if known.size and every else tried[-1])
