"""Each motion's own mix and its best one: shares of the levers, and what the goal gains."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import Drawn, colour, foot, new_figure
from simulation.figures.words import label, money_axis
from simulation.studies.paired import better


def draw_all(session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of the optimum."""
    yield "optimum", draw(session.config.study.goal, found.bests, found.tried)


def draw(goal: str, bests: list, tried: dict):
    """Return the figure and its description."""
    order = sorted(bests, key=lambda b: -better(goal) * b.best[0])
    name = label(goal).partition(",")[0]
    title = f"At its own best mix: {name} " + ", ".join(
        f"{b.motion.upper()} {_short(b.best[0])} (was {_short(b.own[0])})" for b in order
    )
    levers = list(dict.fromkeys(k for b in bests for k in b.shares))
    figure, grid = new_figure(title, width=13, height=5.8, ncols=2, gridspec_kw={"width_ratios": (1, 1.5)})
    left, right = grid
    for k, best in enumerate(bests):
        tint = colour(best.motion, k)
        left.plot([k, k], best.best[1:], color=tint, linewidth=6, alpha=0.35, solid_capstyle="butt")
        left.plot(k, best.own[0], "o", markerfacecolor="white", markeredgecolor=tint, markersize=9)
        left.plot(k, best.best[0], "o", color=tint, markersize=9)
        height = 0.8 / len(bests)
        for y, lever in enumerate(levers):
            if lever not in best.shares:
                continue
            at = -y - 0.4 + height * (k + 0.5)
            low, high = best.ranges[lever]
            right.barh(at, 100 * best.shares[lever], height=0.9 * height, color=tint)
            if np.isfinite(low):
                right.plot([100 * low, 100 * high], [at, at], color="black", linewidth=1.2)
            own = tried[best.motion][0].shares.get(lever, 0.0)
            right.plot(100 * own, at, "o", markerfacecolor="white", markeredgecolor="black", markersize=5)
    left.set_xticks(range(len(bests)), [b.motion.upper() for b in bests])
    left.set_xlim(-0.5, len(bests) - 0.5)
    left.set_ylabel(label(goal))
    money_axis(left, goal)
    right.set_yticks(range(0, -len(levers), -1), [lever.replace("_", " ") for lever in levers])
    right.set_xlabel("share of the budget, %")
    right.grid(visible=True, axis="x")
    right.grid(visible=False, axis="y")
    text = (
        "Filled: best mix on seeds the search has not seen (left: 90 % of seeds); open: the motion's own mix; "
        f"black line: 90 % interval of the best share{_unsure(bests)}.{_missed(bests)}"
    )
    foot(figure, text)
    return figure, f"{title}. {text}"


def _unsure(bests: list) -> str:
    """Say for which motions too few mixes lie near the best one for an interval."""
    names = [b.motion.upper() for b in bests if not all(np.isfinite(ends).all() for ends in b.ranges.values())]
    return f" (not resolved: {', '.join(names)})" if names else ""


def _missed(bests: list) -> str:
    """Say which motions miss a condition on the fresh seeds."""
    names = [b.motion.upper() for b in bests if b.missed]
    return f" Conditions not met on these seeds: {', '.join(names)}." if names else ""


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"
