"""Each motion's own mix and its best one: shares of the levers, and what the goal gains."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from simulation.figures.style import INK, PAPER, Drawn, colour, foot, new_figure, slide
from simulation.figures.words import axis_name, in_full, motion_name, write_ticks
from simulation.metrics import METRICS
from simulation.metrics.metric import Metric
from simulation.studies.tables import shown


def draw_all(session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of the optimum."""
    yield "optimum", draw(session.config.study.goal, found.bests, found.tried)


def draw(goal: str, bests: list, tried: dict):
    """Return the figure and its description."""
    metric = METRICS[goal]
    title = _title(metric, bests)
    levers = list(dict.fromkeys(k for b in bests for k in b.shares))
    figure, grid = new_figure(title, **slide(13), ncols=2, gridspec_kw={"width_ratios": (1, 1.5)})
    left, right = grid
    for k, best in enumerate(bests):
        tint = colour(best.motion, k)
        left.plot([k, k], best.best[1:], color=tint, linewidth=6, alpha=0.35, solid_capstyle="butt")
        left.plot(k, best.own[0], "o", markerfacecolor=PAPER, markeredgecolor=tint, markersize=9)
        left.plot(k, best.best[0], "o", color=tint, markersize=9)
    height = 0.8 / len(bests)
    for y, lever in enumerate(levers):
        having = [(k, best) for k, best in enumerate(bests) if lever in best.shares]
        for j, (k, best) in enumerate(having):
            at = -y + height * ((len(having) - 1) / 2 - j)
            low, high = best.ranges[lever]
            right.barh(at, 100 * best.shares[lever], height=0.9 * height, color=colour(best.motion, k))
            if np.isfinite(low):
                right.plot([100 * low, 100 * high], [at, at], color=INK, linewidth=1.2)
            own = tried[best.motion][0].shares.get(lever, 0.0)
            right.plot(100 * own, at, "o", markerfacecolor=PAPER, markeredgecolor=INK, markersize=5)
    left.set_xticks(range(len(bests)), [motion_name(b.motion) for b in bests])
    left.set_xlim(-0.5, len(bests) - 0.5)
    left.set_ylabel(axis_name(metric))
    write_ticks(left.yaxis, metric.kind)
    right.set_yticks(range(0, -len(levers), -1), [lever.replace("_", " ") for lever in levers])
    right.set_xlabel("share of the budget, %")
    right.grid(visible=True, axis="x")
    right.grid(visible=False, axis="y")
    text = (
        "Filled: best mix in simulated markets the search has not seen (left: 90 % of them); open: the motion's own mix; "
        f"black line: 90 % interval of the best share{_unsure(bests)}.{_missed(bests)}{in_full(b.motion for b in bests)}"
    )
    foot(figure, text)
    return figure, f"{title}. {text}"


def _unsure(bests: list) -> str:
    """Say for which motions too few mixes lie near the best one for an interval."""
    names = [motion_name(b.motion) for b in bests if not all(np.isfinite(ends).all() for ends in b.ranges.values())]
    return f" (not resolved: {', '.join(names)})" if names else ""


def _missed(bests: list) -> str:
    """Say which motions miss a condition on the fresh seeds."""
    names = [motion_name(b.motion) for b in bests if b.missed]
    return f" Conditions not met in these: {', '.join(names)}." if names else ""


def _title(metric: Metric, bests: list) -> str:
    """Say what each motion reaches, the best first; those that do not have the metric at their best are named apart."""
    known = [b for b in bests if np.isfinite(b.best[0])]
    known.sort(key=lambda b: -metric.better.value * b.best[0])
    said = [f"{motion_name(b.motion)} {shown(b.best[0], metric.kind)} ({_before(b, metric)})" for b in known]
    none = " and ".join(motion_name(b.motion) for b in bests if b not in known)
    said += [f"not defined for {none}"] if none else []
    return f"At its own best mix, {metric.called}: {', '.join(said)}"


def _before(best: Any, metric: Metric) -> str:
    """Say what the motion's own mix reaches."""
    if best.own_stays:
        return "its own mix stays"
    if not np.isfinite(best.own[0]):
        return "its own mix has none"
    return f"was {shown(best.own[0], metric.kind)}{'' if best.sure else ', not told apart'}"
