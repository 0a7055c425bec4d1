"""What shocks do: inertia after a cut, a rival, criticism, points; and any shock's effect over time."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from matplotlib.lines import Line2D

from simulation.calendar import UNDATED, Calendar
from simulation.figures.style import (
    FAINT,
    INK,
    MUTED,
    PALETTE,
    Drawn,
    colour,
    foot,
    new_figure,
    percentiles,
    slide,
    small,
)
from simulation.figures.time_axis import write_dates
from simulation.figures.words import in_full, motion_name
from simulation.metrics.sums import ratios
from simulation.runs.enough import LEAST_MARKETS, what_is_drawn
from simulation.scenario import currency
from simulation.studies.shocks import DOORS, GAPS, WINDOW_WEEKS, trailing
from simulation.studies.tables import with_interval

A_ROW = 4  # panels
BEFORE_WEEKS = 13  # shown before a shock begins
TRAILING = ("new customers", "content views")  # counts of a week, shown over several
GROWTH = ("new customers", "customers")
COMMUNITY = ("members", "answered share", "content views", "user topics")
DOTTED = (0, (1, 2))
LOOKS = ((PALETTE[0], "-"), (PALETTE[5], "--"), (PALETTE[2], "-."), (PALETTE[6], DOTTED))  # of series


def draw_all(session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield a figure for each experiment that was run."""
    seeds, when = session.config.seeds, session.config.calendar
    lines = found.lines
    if "scenario" in found.curves:
        curves = found.curves["scenario"]
        yield "effect_over_time", effect(curves, GROWTH, seeds, when)
        if any("members" in of for of in curves.without.values()):
            yield "community_over_time", effect(curves, COMMUNITY, seeds, when)
    if "inertia" in found.curves:
        curves = [found.curves[name] for name in found.curves if name.startswith("inertia")]
        yield "inertia", inertia(curves[0], curves[1], [x for x in lines if x.experiment == "inertia"], seeds, when)
    if "rival" in found.curves:
        yield "rival", rival([x for x in lines if x.experiment == "rival"], seeds)
    if "criticism" in found.curves:
        yield (
            "criticism",
            criticism(found.curves["criticism"], found.curves["criticism, no advocates"], lines, seeds, when),
        )
    if any(x.experiment == "loyalty" for x in lines):
        yield "loyalty", loyalty([x for x in lines if x.experiment == "loyalty"], seeds)


def _panels(title: str, n: int):
    """Return a figure with ``n`` panels, at most ``A_ROW`` a row, and the panels."""
    n_rows = math.ceil(n / A_ROW)
    n_columns = math.ceil(n / n_rows)
    figure, grid = new_figure(
        title,
        **slide(max(4.2 * n_columns, 6.5 * n_rows)),
        nrows=n_rows,
        ncols=n_columns,
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for spare in grid.ravel()[n:]:
        spare.remove()
    return figure, list(grid.ravel()[:n])


def _named(panels, motions: Iterable[str], xlabel: str, ylabel: str) -> None:
    """Head each panel with its motion; name the axes at the left edge and where nothing is below."""
    for k, (axes, motion) in enumerate(zip(panels, motions, strict=True)):
        axes.set_title(motion_name(motion), loc="left", fontsize="medium", fontweight="bold")
        spot = axes.get_subplotspec()
        if spot.is_first_col():
            axes.set_ylabel(ylabel)
        below = k + spot.get_gridspec().ncols >= len(panels)
        axes.tick_params(labelbottom=below)
        if below:
            axes.set_xlabel(xlabel)


def _legend(figure, looks: dict[str, tuple[str, Any]]) -> None:
    """Say beside the panels what lines are: all panels have the same; ``looks`` by name, colour and dashes."""
    lines = [Line2D([], [], color=tint, linestyle=style, linewidth=2.4) for tint, style in looks.values()]
    figure.legend(lines, list(looks), loc="outside right center", handlelength=2.6)


def _done(figure, title: str, text: str, motions: Iterable[str]) -> Drawn:
    text += in_full(motions)
    foot(figure, text)
    return figure, f"{title}. {text}"


def _mark(axes, week: int, text: str) -> None:
    axes.axvline(week, color=INK, linewidth=1)
    axes.annotate(text, (week, 1.0), xycoords=("data", "axes fraction"), xytext=(4, -4), textcoords="offset points", fontsize=small(), va="top")  # fmt: skip


def _weeks(curves) -> np.ndarray:
    """Return the weeks shown: from a quarter before the shock to the end of the run."""
    return np.arange(max(curves.week - BEFORE_WEEKS, 0), next(iter(curves.without.values()))["customers"].shape[1])


def _relative(curves, motion: str, series: str) -> np.ndarray:
    """Return with over without in percent, seed by seed, in the weeks shown."""
    a, b = curves.with_shock[motion][series], curves.without[motion][series]
    if series in TRAILING:
        a, b = trailing(a), trailing(b)
    return 100 * ratios(a, b)[:, _weeks(curves)]


def _span(x, scale: float = 100, unit: str = " %") -> str:
    """Return a line's median and interval for a title."""
    return with_interval(f"{scale * x.median:.0f}{unit}", scale * x.low, scale * x.high, "{:.0f}".format)


def _most_and_least(lines, verb: str, what: str) -> str:
    """Return the sentence about the motions with the highest and the lowest median; all of them where they are few."""
    order = sorted((x for x in lines if x.seeds), key=lambda x: -x.median)
    if not order:
        return f"no motion {verb} {what} that could be counted"
    few = (
        ""
        if order[0].seeds >= LEAST_MARKETS
        else f" ({order[0].seeds} simulated markets, too few to say who {verb} most)"
    )
    first = f"{motion_name(order[0].motion)} {verb} {_span(order[0])} {what}"
    rest = order[1:] if len(order) <= A_ROW else order[-1:]
    return first + "".join(f", {motion_name(x.motion)} {_span(x)}" for x in rest) + few


def inertia(curves, kept_up, lines, seeds: int, when: Calendar = UNDATED) -> Drawn:
    """Return new customers with the money stopped, as a share of those with it, over time, for each motion.

    ``curves``: doors that nobody pays for close; ``kept_up``: a free plan and a community are kept up.
    """
    time = lines[0].measure.removeprefix("inertia over ")
    closed, kept = DOORS
    by = {(x.motion, x.group): x for x in lines}
    said = _most_and_least([x for x in lines if x.group == closed], "still wins", "of its new customers")
    title = f"Over {time} after all spending stops, unpaid doors closing, {said}"
    motions = list(curves.without)
    figure, panels = _panels(title, len(motions))
    x = _weeks(curves)
    _named(panels, motions, "week", "new customers,\n% of those with money")
    _legend(figure, {closed: (MUTED, "-"), kept: (MUTED, DOTTED)})
    for k, (axes, motion) in enumerate(zip(panels, motions, strict=True)):
        low, q1, mid, q3, high = percentiles(_relative(curves, motion, "new customers"), (5, 25, 50, 75, 95))
        for bottom, top, strength in ((low, high, 0.12), (q1, q3, 0.25)):
            axes.fill_between(x, bottom, top, color=colour(motion, k), alpha=strength, linewidth=0)
        axes.plot(x, mid, color=colour(motion, k), linewidth=2.4)
        middle = percentiles(_relative(kept_up, motion, "new customers"), (50,))[0]
        axes.plot(x, middle, color=colour(motion, k), linestyle=DOTTED, linewidth=2.4)
        axes.axhline(100, color=FAINT, linewidth=1)
        _mark(axes, curves.week, "spending stops")
        write_dates(axes, when, x[0], x[-1] + 1, most=4)
        numbers = [f"{group}\n{_span(by[motion, group])}" for group in DOORS if by[motion, group].seeds]
        axes.annotate(
            "\n".join(numbers), (0.98, 0.92), xycoords="axes fraction", ha="right", va="top", fontsize=small()
        )
    panels[0].set(xlim=(x[0], x[-1]), ylim=(0, 170), yticks=range(0, 101, 20))
    text = (
        "Sellers, adverts and staff stop; content, brand and talk wear out by themselves. Free plan and community close by and by where nobody "
        f"works on them (doors closed), or are kept up at cost (doors kept). Trailing {WINDOW_WEEKS} weeks, with over without. {what_is_drawn('Line: median', seeds, 'simulated markets')} "
        f"Number: {time} after the stop."
    )
    return _done(figure, title, text, motions)


def effect(curves, names: tuple[str, ...], seeds: int, when: Calendar = UNDATED) -> Drawn:
    """Return some series with a shock, as a share of those without, over time, for each motion that has them."""
    motions = [m for m, of in curves.without.items() if all(name in of for name in names)]
    x = _weeks(curves)
    found = {(m, name): percentiles(_relative(curves, m, name), (5, 50, 95)) for m in motions for name in names}
    few = f"{seeds} simulated markets are too few to tell what the shock takes from luck"
    title = _worst(found, x, curves.week) if seeds >= LEAST_MARKETS else few
    figure, panels = _panels(title, len(motions))
    _named(panels, motions, "week", "% of that without the shock")
    highest = max((float(np.nanmax(of[1])) for of in found.values() if np.isfinite(of[1]).any()), default=100.0)
    panels[0].set(xlim=(x[0], x[-1]), ylim=(0, min(250, max(120, 1.15 * highest))))
    looks = dict(zip(names, LOOKS, strict=False))
    _legend(figure, looks)
    for axes, motion in zip(panels, motions, strict=True):
        for name, (tint, style) in looks.items():
            low, mid, high = found[motion, name]
            axes.fill_between(x, low, high, color=tint, alpha=0.13, linewidth=0)
            axes.plot(x, mid, color=tint, linestyle=style, linewidth=2.2)
        axes.axhline(100, color=FAINT, linewidth=1)
        _mark(axes, curves.week, "shock")
        write_dates(axes, when, x[0], x[-1] + 1, most=4)
    text = (
        f"With over without; {', '.join(n for n in (*TRAILING, 'answered share') if n in names)} over {WINDOW_WEEKS} weeks. "
        f"{what_is_drawn('Line: median', seeds, 'simulated markets', 'Band: 90 %')}"
    )
    return _done(figure, title, text, motions)


def _worst(found, x: np.ndarray, week: int) -> str:
    """Return the sentence about the loss that is greatest at the mild end of its interval."""
    hits = []
    for (motion, name), (_, _, high) in found.items():
        sure = (x >= week) & (high < 100)
        if sure.any():
            at = int(np.argmin(np.where(sure, high, np.inf)))
            hits.append((high[at], at, motion, name))
    if not hits:
        return "The shock takes nothing away that these simulated markets can tell from luck"
    _, at, motion, name = min(hits)
    low, mid, high = 100 - found[motion, name][::-1, at]
    end = 100 - found[motion, name][1, -1]
    left = f"{end:.0f} %" if end > 0 else "nothing"
    return (
        f"The shock takes most from {motion_name(motion)}: {mid:.0f} % ({low:.0f} to {high:.0f}) of its {name} in week {x[at]}, "
        f"{left} at the end"
    )


def _interval(axes, y: float, x, tint: str, alpha: float, scale: float = 100) -> None:
    """Draw a median as a dot on the line of its interval, with its number."""
    axes.plot(
        [scale * x.low, scale * x.high], [y, y], color=tint, linewidth=4, alpha=0.5 * alpha, solid_capstyle="butt"
    )
    axes.plot(scale * x.median, y, "o", color=tint, markersize=8, alpha=alpha)
    axes.annotate(f"{scale * x.median:.0f}", (scale * x.median, y), xytext=(0, 7), textcoords="offset points", fontsize=small(), ha="center")  # fmt: skip


def rival(lines, seeds: int) -> Drawn:
    """Return the share of customers at a rival's entry that it takes and that are kept, members against others."""
    motions = list(dict.fromkeys(x.motion for x in lines))
    lost, kept = ({(x.motion, x.group): x for x in lines if test(x.measure)} for test in (_is_lost, _is_kept))
    time = next(x.measure for x in lost.values()).removeprefix("lost to the rival in ")
    both = {m: lost[m, GAPS[0]] for m in motions if (m, GAPS[0]) in lost and lost[m, GAPS[0]].seeds}
    told = {m: gap for m, gap in both.items() if 2 * gap.seeds >= seeds and math.isfinite(gap.high)}
    if told:
        best = min(told, key=lambda m: told[m].high)
        gap = told[best]
        said = f"{100 * gap.median:+.0f} points ({100 * gap.low:+.0f} to {100 * gap.high:+.0f})"
        said += "" if gap.high < 0 else ", an interval that spans nothing lost or gained"
        title = (
            f"Within {motion_name(best)} a better rival without a community takes in {time} {100 * lost[best, 'members'].median:.0f} % of "
            f"members and {100 * lost[best, 'others'].median:.0f} % of others, {said}"
        )
    else:
        said = _most_and_least([lost[m, "all"] for m in motions], "loses", "of its customers")
        title = f"In {time} to a better rival without a community {said}"
    spots = [
        (m, group)
        for m in motions
        for group in (("members", "others") if (m, "members") in lost else ("all",))
        if lost[m, group].seeds
    ]
    n_panels = 3 if both else 2
    figure, grid = new_figure(title, **slide(12), ncols=n_panels, sharey=True)
    for y, (motion, group) in enumerate(reversed(spots)):
        tint = colour(motion, motions.index(motion))
        for axes, values in zip(grid, (lost, kept), strict=False):
            _interval(axes, y, values[motion, group], tint, 0.55 if group == "others" else 1.0)
        if group == "members" and motion in both:
            gap = both[motion]
            _interval(grid[2], y - 0.5, gap, tint, 1.0)
            if gap.seeds < seeds:
                grid[2].annotate(f"{gap.seeds} markets", (100 * gap.median, y - 0.5), xytext=(0, -15), textcoords="offset points", fontsize=small(), ha="center")  # fmt: skip
    names = [f"{motion_name(m)}, {'no community' if g == 'all' else g}" for m, g in reversed(spots)]
    grid[0].set_yticks(range(len(spots)), names)
    grid[0].set_ylim(-0.6, len(spots) - 0.3)
    grid[0].set_xlabel(f"lost to the rival\nin {time}, %")
    grid[1].set_xlabel(f"still customers\nafter {time}, %")
    if both:
        grid[2].set_xlabel("members less\nothers, points")
        grid[2].axvline(0, color=INK, linewidth=1)
    for axes in grid:
        axes.grid(visible=True, axis="x")
        axes.tick_params(axis="y", length=0)
    text = (
        f"Customers when the rival enters; members are those in the community then (where all are, there are no others). Members chose to be: "
        f"ties hold them, and so does what made them join. {what_is_drawn('Dot: median', seeds, 'simulated markets', 'Line: 90 %')}"
    )
    if both:
        text += " Right: lost, paired by market where each group has five customers."
    return _done(figure, title, text, motions)


def _is_lost(measure: str) -> bool:
    return measure.startswith("lost to the rival")


def _is_kept(measure: str) -> bool:
    return measure.startswith("kept") and not measure.endswith("no rival")


def criticism(answered, alone, lines, seeds: int, when: Calendar = UNDATED) -> Drawn:
    """Return customers under a storm, with and, where there are any, without advocates, as a share of those without a storm."""
    of = {(x.motion, x.group): x for x in lines if x.experiment == "criticism"}
    motions = list(answered.with_shock)
    lost = [of.get((m, "advocates")) or of[m, "nobody an advocate"] for m in motions]
    saved = {m: of[m, GAPS[1]] for m in motions if (m, GAPS[1]) in of and of[m, GAPS[1]].seeds}
    best = max((m for m in saved if math.isfinite(saved[m].low)), key=lambda m: saved[m].low, default=None)
    title = f"At the end of the storm {_most_and_least(lost, 'has lost', 'of its customers')}"
    if best is not None:
        title += (
            f". Advocates save {motion_name(best)} {_saved(saved[best])} of them"
            if saved[best].low > 0
            else f". The 90 % interval of what advocates save holds 0 everywhere; {motion_name(best)}: {_saved(saved[best])}"
        )
    figure, panels = _panels(title, len(motions))
    _named(panels, motions, "week", "customers, % of those\nwithout the storm")
    x = _weeks(answered)
    shown = [(k, m, c) for c in (answered, alone) for k, m in enumerate(motions) if m in c.with_shock]
    curves = {(m, c.name): percentiles(_relative(c, m, "customers"), (5, 50, 95)) for _, m, c in shown}
    values = np.concatenate([c[np.isfinite(c)] for c in curves.values()])
    low, high = (float(v) for v in np.percentile(values, (0, 100))) if values.size else (0.0, 100.0)
    panels[0].set(xlim=(x[0], x[-1]), ylim=(low - 0.45 * (high - low) - 2, high + 0.25 * (high - low) + 2))
    _legend(figure, {"with advocates": (MUTED, "-"), "without": (MUTED, DOTTED)})
    for k, (axes, motion) in enumerate(zip(panels, motions, strict=True)):
        for name, style in ((answered.name, "-"), (alone.name, DOTTED)):
            if (motion, name) in curves:
                bottom, mid, top = curves[motion, name]
                axes.fill_between(x, bottom, top, color=colour(motion, k), alpha=0.15, linewidth=0)
                axes.plot(x, mid, color=colour(motion, k), linestyle=style, linewidth=2.4)
        axes.axhline(100, color=FAINT, linewidth=1)
        _mark(axes, answered.week, "storm")
        write_dates(axes, when, x[0], x[-1] + 1, most=4)
        said = f"advocates save\n{_saved(saved[motion])}" if motion in saved else "no advocates here"
        words = axes.annotate(said, (0.98, 0.03), xycoords="axes fraction", fontsize=small(), ha="right")
        words.set_in_layout(False)  # it has its place inside the panel
    text = (
        "With: customers who talk well shield their contacts, experts of the community most; without: nobody does, shown where there are experts. "
        f"{what_is_drawn('Line: median', seeds, 'simulated markets', 'Band: 90 %')} Saved: of the customers at the end of the storm, paired by market."
    )
    return _done(figure, title, text, motions)


def _saved(x) -> str:
    """Return a paired difference of shares lost, in percent of customers, with its interval."""
    return with_interval(f"{100 * x.median:.1f} %", 100 * x.low, 100 * x.high, "{:.1f}".format)


def loyalty(lines, seeds: int) -> Drawn:
    """Return what a rival takes as it gives back more, with and without points of our own, for each motion."""
    motions = list(dict.fromkeys(x.motion for x in lines))
    by = {(x.motion, x.group, x.at): x for x in lines if _is_lost(x.measure)}
    paid = {x.motion: x.median for x in lines if x.measure.endswith("promise paid")}
    at = sorted({x.at for x in lines})
    time = next(iter(by.values())).measure.removeprefix("lost to the rival in ")
    best = max(
        (m for m in motions if math.isfinite(by[m, GAPS[2], at[0]].low)),
        key=lambda m: by[m, GAPS[2], at[0]].low,
        default=None,
    )
    if best is None:
        title = "Too few simulated markets with customers enough to say whom points keep"
    else:
        first, last = by[best, GAPS[2], at[0]], by[best, GAPS[2], at[-1]]
        lowest = min(
            (m for m in motions if by[m, "no points", at[-1]].seeds), key=lambda m: by[m, "no points", at[-1]].median
        )
        said = (
            f"Points save {motion_name(best)} {_saved(first)} of its customers"
            if first.low > 0
            else f"The 90 % interval of what points save holds 0 everywhere; {motion_name(best)}: {_saved(first)}"
        )
        title = (
            f"{said} while the rival gives back {f'{currency.sign()}{at[0]:g}' if at[0] else 'nothing'}, {_saved(last)} at {currency.sign()}{at[-1]:g} a month. Without points {motion_name(lowest)} "
            f"then loses least: {_span(by[lowest, 'no points', at[-1]])}"
        )
    figure, panels = _panels(title, len(motions))
    _named(
        panels,
        motions,
        currency.in_words("what the rival gives\nback, USD a customer\nand month"),
        f"lost to the rival in {time}, %",
    )
    width = max(at[-1] - at[0], 1.0)
    _legend(figure, {"no points": (MUTED, "-"), "points": (MUTED, DOTTED)})
    ends = [
        100 * (x.high if math.isfinite(x.high) else x.median) for key, x in by.items() if key[1] != GAPS[2] and x.seeds
    ]
    top = max(ends, default=100.0)
    panels[0].set(xlim=(at[0] - 0.04 * width, at[-1] + 0.04 * width), ylim=(0, 1.7 * top))
    for k, (axes, motion) in enumerate(zip(panels, motions, strict=True)):
        for group, style in (("no points", "-"), ("points", DOTTED)):
            low, mid, high = (
                np.array([100 * getattr(by[motion, group, d], q) for d in at]) for q in ("low", "median", "high")
            )
            axes.fill_between(at, low, high, color=colour(motion, k), alpha=0.12, linewidth=0)
            axes.plot(at, mid, color=colour(motion, k), linestyle=style, linewidth=2.4, marker="o", markersize=5)
        saved = by[motion, GAPS[2], at[0]]
        if saved.seeds:
            axes.annotate(
                f"points save\n{_saved(saved)}\nat {currency.sign()}{at[0]:g}; {100 * paid[motion]:.0f} % of\nthose promised\nare paid",
                (0.02, 0.99), xycoords="axes fraction", fontsize=small(), va="top", in_layout=False,
            )  # fmt: skip
    text = (
        "Same product, price and, until the rival enters, same customers; from then on points are paid out of the motion's own budget, or "
        f"that money goes to its other levers. {what_is_drawn('Line: median', seeds, 'simulated markets', 'Band: 90 %')} Points saved are paired by market."
    )
    return _done(figure, title, text, motions)
