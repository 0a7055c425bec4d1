"""The path of a firm that has customers already: from its past over today into each future, and its cash against going on as before."""

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.figures.style import (
    FAINT,
    INK,
    MUTED,
    Drawn,
    band,
    colour,
    dollars,
    foot,
    label_ends,
    new_figure,
    small,
)
from simulation.figures.time_axis import write_dates
from simulation.figures.words import in_full, motion_name, write_ticks
from simulation.metrics.metric import Kind
from simulation.runs.enough import LEAST_MARKETS, is_ahead, singular, what_is_drawn
from simulation.scenario import currency
from simulation.scenario.history import AS_BEFORE, STOP
from simulation.studies.next_money import Futures, sentences

TWINS = {AS_BEFORE: ("as before", INK, (0, (1, 1))), STOP: ("stop", FAINT, (0, (1, 2)))}


def draw(data: Futures) -> Drawn:
    """Return the figure and its description: customers from the past on, and cumulated cash against going on as before."""
    motions = [m for m in data.customers if m not in TWINS]
    said = title(data)
    figure, (left, right) = new_figure(said, ncols=2, gridspec_kw={"width_ratios": (1.15, 1)})
    before = next(iter(data.customers.values())).shape[1] - data.weeks
    x, ends, gaps = np.arange(-before, data.weeks), [], []
    for k, m in enumerate(motions):
        if not np.any(data.cash_against(m, AS_BEFORE)):  # it is the past's own, drawn below
            continue
        mid = band(left, x[before:], data.customers[m][:, before:], m, k)
        ends.append((x[-1], float(mid[-1]), motion_name(m), colour(m, k)))
        mid = band(right, x[before:], data.cash_against(m, AS_BEFORE), m, k)
        gaps.append((x[-1], float(mid[-1]), motion_name(m), colour(m, k)))
    for twin, (name, tint, dashes) in TWINS.items():
        mid = np.median(data.customers[twin], axis=0)
        left.plot(x[before:], mid[before:], color=tint, linestyle=dashes, linewidth=1.8)
        ends.append((x[-1], float(mid[-1]), name, tint))
    left.plot(x[: before + 1], np.median(data.customers[AS_BEFORE], axis=0)[: before + 1], color=INK, linewidth=2.4)
    left.axvline(0, color=MUTED, linewidth=1)
    left.set(xlabel="week from today", ylabel="paying customers", xlim=(-before, data.weeks * 1.4), ylim=(0, None))
    left.set_xticks(np.arange(-(before // YEAR_WEEKS) * YEAR_WEEKS, data.weeks + 1, YEAR_WEEKS))
    right.axhline(0, color=INK, linewidth=1)
    right.set(
        xlabel="week from today",
        ylabel=currency.in_words("cash over going on as before, USD M"),
        xlim=(0, data.weeks * 1.25),
    )
    right.set_xticks(np.arange(0, data.weeks + 1, YEAR_WEEKS))
    left.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    write_ticks(right.yaxis, Kind.USD_TOTAL)
    if data.calendar.start:
        left.annotate("today", (0, 1), xycoords=("data", "axes fraction"), xytext=(-4, -4), textcoords="offset points", fontsize=small(), ha="right", va="top")  # fmt: skip
    write_dates(left, data.calendar, -before, data.weeks, most=4)
    write_dates(right, data.calendar, 0, data.weeks, most=4)
    label_ends(left, ends)
    label_ends(right, gaps)
    text = f"{what_is_drawn('Line: median', len(data.customers[STOP]), data.each)} Cash: gross margin less all booked cost.{in_full(motions)}"
    foot(figure, text)
    return figure, f"{' '.join(sentences(data))} {text}"


def title(data: Futures) -> str:
    """Say which motion has most cash over going on as before at the end, and that it may cost first."""
    motions = [m for m in data.customers if m not in TWINS]
    over = {
        m: np.median(data.cash_against(m, AS_BEFORE), axis=0)
        for m in motions
        if np.any(data.cash_against(m, AS_BEFORE))
    }
    if not over:
        return "Going on as before"
    best = max(over, key=lambda m: over[m][-1])
    path, last = over[best], float(over[best][-1])
    deepest = float(path.min())
    size, won = dollars(abs(last)), data.cash_against(best, AS_BEFORE)[:, -1]
    ahead, behind = int((won > 0).sum()), int((won < 0).sum())
    if is_ahead(behind, ahead):
        return f"No change pays within {data.weeks} weeks: {motion_name(best)}, the nearest, is {size} behind going on as before"
    if ahead + behind < LEAST_MARKETS:
        gap = f"has {size} more than" if last > 0 else f"is {size} behind"
        few = f"{won.size} {singular(data.each, won.size)}, too few to say who is better"
        return f"After {data.weeks} weeks {motion_name(best)} {gap} going on as before; {few}"
    if not is_ahead(ahead, behind):
        return f"After {data.weeks} weeks no change of motion is told apart from going on as before in cash"
    first = f", after having been {dollars(-deepest)} behind" if deepest < -0.05 * last else ""
    return f"After {data.weeks} weeks {motion_name(best)} has {size} more than going on as before{first}"
