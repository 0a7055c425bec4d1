"""What shocks do: inertia after a cut, a rival, criticism, points; and any shock's effect over time."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import Drawn, band, colour, foot, label_ends, line, new_figure, percentiles

SMOOTH_WEEKS = 8


def draw_all(session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield a figure for each experiment that was run."""
    seeds = session.config.seeds
    lines = found.lines
    if "scenario" in found.curves:
        yield "effect_over_time", effect(found.curves["scenario"], seeds)
    if "inertia" in found.curves:
        yield "inertia", inertia(found.curves["inertia"], [x for x in lines if x.experiment == "inertia"], seeds)
    if "rival" in found.curves:
        yield "rival", rival([x for x in lines if x.experiment == "rival"], seeds)
    if "criticism" in found.curves:
        yield "criticism", criticism(found.curves["criticism"], found.curves["criticism, no advocates"], lines, seeds)
    if any(x.experiment == "loyalty" for x in lines):
        yield "loyalty", loyalty([x for x in lines if x.experiment == "loyalty"], seeds)


def _percent(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return a over b in percent; NaN where b is nothing."""
    return 100 * np.divide(a, b, out=np.full(b.shape, np.nan), where=b > 0)


def _smooth(values: np.ndarray) -> np.ndarray:
    """Return trailing means over ``SMOOTH_WEEKS``, same shape; the first weeks over what there is."""
    total = np.cumsum(values, axis=1)
    total[:, SMOOTH_WEEKS:] -= total[:, :-SMOOTH_WEEKS].copy()
    return total / np.minimum(np.arange(1, values.shape[1] + 1), SMOOTH_WEEKS)


def _mark(axes, week: int, text: str) -> None:
    axes.axvline(week, color="black", linewidth=1)
    axes.annotate(text, (week, 1.0), xycoords=("data", "axes fraction"), xytext=(4, -4), textcoords="offset points", fontsize=10, va="top")  # fmt: skip


def _relative(axes, curves, series: str, x: np.ndarray, smooth: bool) -> list:
    """Draw with over without, by motion, in percent; return the labels of line ends."""
    ends = []
    for k, motion in enumerate(curves.with_shock):
        a, b = curves.with_shock[motion][series], curves.without[motion][series]
        if smooth:
            a, b = _smooth(a), _smooth(b)
        share = _percent(a, b)[:, x]
        mid = band(axes, x, share, motion, k)
        ends.append((x[-1], float(mid[-1]), motion.upper(), colour(motion, k)))
    axes.axhline(100, color="#999999", linewidth=1)
    axes.set_xlim(x[0], x[-1] + 0.12 * (x[-1] - x[0]))
    axes.set_ylim(bottom=0)
    return ends


def inertia(curves, lines, seeds: int) -> Drawn:
    """Return new customers with the money stopped, as a share of those with it, over time."""
    kept = sorted(lines, key=lambda x: -x.median)
    title = "In the half-year after all spending stops " + ", ".join(f"{x.motion.upper()} still wins {100 * x.median:.0f} %" for x in kept) + " of its new customers"  # fmt: skip
    figure, axes = new_figure(title)
    x = np.arange(max(curves.week - 13, 0), next(iter(curves.without.values()))["customers"].shape[1])
    ends = _relative(axes, curves, "new customers", x, smooth=True)
    axes.set(xlabel="week", ylabel="new customers, % of those with money")
    axes.set_ylim(0, 150)
    _mark(axes, curves.week, "spending stops")
    label_ends(axes, ends)
    text = f"Trailing {SMOOTH_WEEKS} weeks, with over without on the same {seeds} seeds. Line: median; bands: 50 % and 90 % of seeds."
    foot(figure, text)
    return figure, f"{title}. {text}"


def effect(curves, seeds: int) -> Drawn:
    """Return new customers and customers with a shock, as a share of those without, over time."""
    last = {m: float(percentiles(_percent(curves.with_shock[m]["customers"], curves.without[m]["customers"])[:, -1:], (50,))[0, 0]) for m in curves.without}  # fmt: skip
    title = (
        "At the end the shock leaves "
        + ", ".join(f"{m.upper()} {v:.0f} %" for m, v in last.items())
        + " of the customers it would have"
    )
    figure, grid = new_figure(title, width=13, ncols=2)
    x = np.arange(max(curves.week - 13, 0), next(iter(curves.without.values()))["customers"].shape[1])
    for axes, series, smooth in zip(grid, ("new customers", "customers"), (True, False), strict=True):
        ends = _relative(axes, curves, series, x, smooth)
        axes.set(xlabel="week", ylabel=f"{series}, % of those without the shock")
        _mark(axes, curves.week, "shock")
        label_ends(axes, ends)
    text = f"With over without on the same {seeds} seeds; new customers over {SMOOTH_WEEKS} weeks. Line: median; bands: 50 % and 90 % of seeds."
    foot(figure, text)
    return figure, f"{title}. {text}"


def rival(lines, seeds: int) -> Drawn:
    """Return the share of customers at a rival's entry that it takes within a year, members against others."""
    lost = {(x.motion, x.group): x for x in lines if x.measure.startswith("lost")}
    kept = {(x.motion, x.group): x for x in lines if x.measure == "kept a year, rival"}
    motions = list(dict.fromkeys(x.motion for x in lines))
    said = [
        f"{m.upper()} {100 * lost[m, 'members'].median:.0f} % of members and {100 * lost[m, 'others'].median:.0f} % of others"
        for m in motions
        if lost[m, "members"].seeds and lost[m, "others"].seeds
    ] or [f"{m.upper()} {100 * lost[m, 'all'].median:.0f} %" for m in motions]
    title = "A better rival with no community takes in a year from " + "; ".join(said)
    figure, grid = new_figure(title, width=12, ncols=2)
    for axes, values, text in (
        (grid[0], lost, "lost to the rival within a year, %"),
        (grid[1], kept, "still customers a year later, %"),
    ):
        spots: list[int] = []
        names = []
        for k, motion in enumerate(motions):
            for group in ("members", "others"):
                found = values[motion, group]
                if not found.seeds:
                    continue
                at = len(spots)
                spots.append(at)
                names.append(f"{motion.upper()}\n{group}")
                axes.bar(
                    at,
                    100 * found.median,
                    color=colour(motion, k),
                    alpha=1.0 if group == "members" else 0.45,
                    width=0.75,
                )
                axes.plot([at, at], [100 * found.low, 100 * found.high], color="black", linewidth=1.4)
                axes.annotate(
                    f"{100 * found.median:.0f}",
                    (at, 100 * found.median),
                    xytext=(5, 3),
                    textcoords="offset points",
                    fontsize=11,
                )
        axes.set_xticks(spots, names)
        axes.set_ylabel(text)
    text = f"Customers when the rival enters. Bars: median of {seeds} seeds; lines: 90 % of seeds."
    foot(figure, text)
    return figure, f"{title}. {text}"


def criticism(answered, unanswered, lines, seeds: int) -> Drawn:
    """Return customers under a storm of criticism, with and without advocates, as a share of those without a storm."""
    lost = {(x.motion, x.group): x.median for x in lines if x.experiment == "criticism"}
    motions = list(answered.with_shock)
    title = "At the end of the storm customers lost: " + "; ".join(
        f"{m.upper()} {100 * lost[m, 'advocates']:.1f} %, without advocates {100 * lost[m, 'no advocates']:.1f} %"
        for m in motions
    )
    figure, grid = new_figure(title, width=4.6 * len(motions) + 1, ncols=len(motions), sharey=True, squeeze=False)
    x = np.arange(max(answered.week - 13, 0), next(iter(answered.without.values()))["customers"].shape[1])
    for k, (axes, motion) in enumerate(zip(grid[0], motions, strict=True)):
        ends = []
        for curves, text, style in ((answered, "with", line(motion)), (unanswered, "without", (0, (1, 2)))):
            share = _percent(curves.with_shock[motion]["customers"], curves.without[motion]["customers"])[:, x]
            low, mid, high = percentiles(share, (5, 50, 95))
            axes.fill_between(x, low, high, color=colour(motion, k), alpha=0.15, linewidth=0)
            axes.plot(x, mid, color=colour(motion, k), linestyle=style, linewidth=2.4)
            ends.append((x[-1], float(mid[-1]), text, colour(motion, k)))
        axes.set(title=motion.upper(), xlabel="week")
        axes.set_xlim(x[0], x[-1] + 0.3 * (x[-1] - x[0]))
        _mark(axes, answered.week, "storm")
        label_ends(axes, ends)
    grid[0][0].set_ylabel("customers, % of those without the storm")
    text = f"With and without advocates who answer (same {seeds} seeds). Line: median; band: 90 % of seeds."
    foot(figure, text)
    return figure, f"{title}. {text}"


def loyalty(lines, seeds: int) -> Drawn:
    """Return what a rival takes in a year as it gives back more, with and without points of our own."""
    motions = list(dict.fromkeys(x.motion for x in lines))
    by = {(x.motion, x.group, x.at): x for x in lines}
    at = sorted({x.at for x in lines})
    top = at[-1]
    saved = {m: [100 * (by[m, "no points", d].median - by[m, "points", d].median) for d in at] for m in motions}
    best = max(motions, key=lambda m: saved[m][0])
    lowest = min(motions, key=lambda m: by[m, "no points", top].median)
    title = (
        f"Points save {best.upper()} {saved[best][0]:.1f} points of customers from a rival without rewards; when it gives back "
        f"${top:g} a month {by[best, 'points', top].median * 100:.0f} % go all the same. {lowest.upper()} loses least without points: "
        f"{100 * by[lowest, 'no points', top].median:.0f} %"
    )
    figure, axes = new_figure(title)
    ends = []
    for k, motion in enumerate(motions):
        for group, style in (("no points", "-"), ("points", (0, (1, 2)))):
            low, mid, high = (
                np.array([100 * getattr(by[motion, group, d], q) for d in at]) for q in ("low", "median", "high")
            )
            axes.fill_between(at, low, high, color=colour(motion, k), alpha=0.10, linewidth=0)
            axes.plot(at, mid, color=colour(motion, k), linestyle=style, linewidth=2.4, marker="o")
            ends.append((top, float(mid[-1]), f"{motion.upper()}, {group}", colour(motion, k)))
    axes.set(xlabel="what the rival gives back, USD a customer and month", ylabel="lost to the rival within a year, %")
    axes.set_ylim(bottom=0)
    axes.set_xlim(at[0], top + 0.3 * (top - at[0]))
    label_ends(axes, ends)
    text = f"Same product and price; points are paid from the motion's own budget. Line: median of {seeds} seeds; band: 90 %."
    foot(figure, text)
    return figure, f"{title}. {text}"
