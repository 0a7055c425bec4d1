"""Published patterns: where the simulation lies beside each range."""

import math
from collections.abc import Iterator

import numpy as np

from simulation.evidence.network_forecast import NAMES
from simulation.figures.style import FAINT, INK, PALETTE, Drawn, foot, label_ends, new_figure, plain_ticks, small


def draw_all(_session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of all targets, and those of the user's own data."""
    if found.verdicts:
        yield "validation", draw(found)
    if found.diffusion:
        yield "diffusion", diffusion(found.diffusion)
    if found.cohorts:
        yield "cohorts", cohorts(found.cohorts)
    if found.forum:
        yield "forum", forum(found.forum)


def draw(found) -> Drawn:
    """Return the figure and its description: each range stretched to the same width, values and intervals on it."""
    rows = found.verdicts
    missed = [v.id for v in rows if not v.inside]
    title = f"{len(rows) - len(missed)} of {len(rows)} published patterns inside their range" + (
        f"; missed: {', '.join(missed)}" if missed else ""
    )
    figure, axes = new_figure(title, width=13, height=max(0.36 * len(rows) + 1.8, 4))
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
        axes.annotate(said, (1.82, y), fontsize=small(), va="center", annotation_clip=False)
    axes.set_yticks(range(len(rows)), [f"{found.patterns[v.id]}  {v.id}" for v in reversed(rows)], fontsize=small())
    axes.set_xticks([0, 1], ["low end", "high end"])
    axes.set_xlim(-0.8, 3.15)
    axes.set_ylim(-0.8, len(rows) - 0.2)
    axes.grid(visible=False)
    text = "Green: the published range, stretched to one width. Mark: simulated; line: 90 % of simulated markets; beyond the ends values are drawn at the edge."
    foot(figure, text)
    return figure, f"{title}. {text}"


LINES = {  # of a forecast: its place in the palette, its dashes
    "network": (0, "-"),
    "blind": (4, "--"),
    "constant": (2, "-."),
    "bass": (7, ":"),
    "bass_all": (6, (0, (9, 2))),
}


def diffusion(found) -> Drawn:
    """Return cumulative adopters: seen, and foretold from the first half on real ties and by what knows less."""
    x = np.arange(1, found.seen.size + 1)
    ties, came = found.later("network")
    known = [name for name in NAMES if np.isfinite(found.curves[name].middle[-1])]  # a Bass curve needs four periods
    errors = {name: found.later(name)[0].error(came) for name in known}
    best = min(known, key=errors.__getitem__)
    title = (
        f"Foretold from the first half: nearest is the {NAMES[best]}, {errors[best]:.0f} adopters off; "
        f"the band on the ties holds {ties.inside(came).sum()} of {came.size} periods"
    )
    figure, axes = new_figure(title)
    axes.axvspan(found.half + 0.5, x[-1] + 0.3, color=FAINT, alpha=0.15, linewidth=0)
    axes.fill_between(x[found.half :], ties.low, ties.high, color=PALETTE[0], alpha=0.2, linewidth=0)
    ends = []
    for name in known:
        (tint, dashes), curve = LINES[name], found.curves[name].middle
        axes.plot(x, curve, color=PALETTE[tint], linestyle=dashes, linewidth=2.2)
        ends.append((x[-1], float(curve[-1]), f"{NAMES[name]}: {errors[name]:.0f}", PALETTE[tint]))
    axes.plot(x, found.seen, "o", color=INK)
    axes.set(xlabel="period", ylabel="adopters, cumulative")
    axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= x[-1]])
    axes.set_xlim(0, x[-1] * 1.4)
    axes.set_ylim(0, 1.2 * axes.get_ylim()[1])  # room for labels of lines that end side by side
    label_ends(axes, ends)
    text = (
        "Dots: seen. White: fitted, grey: foretold. Numbers: error (root mean square) in the grey. Band: 90 % of simulated runs on "
        "the real ties, with what the fit leaves open."
    )
    foot(figure, text)
    return figure, f"{title}. {text}"


def cohorts(found) -> Drawn:
    """Return survival of real cohorts: seen, and foretold from three years."""
    title = "; ".join(
        f"{f.cohort.replace('_', ' ')}: error {100 * f.error(f.model.middle):.1f} points, sBG {100 * f.error(f.sbg.middle):.1f}"
        for f in found
    )
    figure, grid = new_figure(
        f"Years 4 and on, foretold from 3: {title}", width=5.5 * len(found) + 1, ncols=len(found), squeeze=False
    )
    for axes, f in zip(grid[0], found, strict=True):
        x = np.arange(1, f.seen.size + 1)
        ends = []
        for name, curve, tint, style in (
            ("model", f.model.middle, PALETTE[0], "-"),
            ("sBG", f.sbg.middle, PALETTE[4], "--"),
            ("Weibull", f.weibull.middle, PALETTE[2], "-."),
            ("geometric", f.geometric, PALETTE[7], ":"),
        ):
            axes.plot(x, 100 * curve, color=tint, linestyle=style, linewidth=2.2)
            ends.append((x[-1], 100 * float(curve[-1]), name, tint))
        axes.fill_between(x, 100 * f.model.low, 100 * f.model.high, color=PALETTE[0], alpha=0.2, linewidth=0)
        axes.plot(x, 100 * f.seen, "o", color=INK)
        axes.axvspan(3.5, x[-1] + 0.3, color=FAINT, alpha=0.15, linewidth=0)
        axes.set(title=f.cohort.replace("_", " "), xlabel="year", ylabel="still there, %")
        axes.set_xlim(0.7, x[-1] * 1.25)
        axes.set_ylim(0, 100)
        label_ends(axes, ends)
    text = "Dots: seen. White: fitted, grey: foretold. Band: 90 % of runs of the model, over what the fit leaves open."
    foot(figure, text)
    return figure, f"{title}. {text}"


FORUM = {
    "posts": ("posts", "share with at least so many"),
    "answers": ("answers to others", ""),
    "partners": ("people talked with", ""),
    "exits": ("months since the first post", "share who stop, of those left"),
}


def forum(found) -> Drawn:
    """Return a real community's tables, seen and simulated, on logarithmic scales."""
    apart = ", ".join(f"{s.what} {100 * s.apart:.0f}" for s in found[:-1])
    title = f"Help community, simulated beside seen: at most {apart} points of members apart"
    figure, grid = new_figure(title, width=15, height=4.8, ncols=len(found))
    for axes, s in zip(grid, found, strict=True):
        axes.plot(s.at, np.where(s.seen > 0, s.seen, np.nan), "o", color=INK, markersize=4, label="seen")
        axes.plot(
            s.at, np.where(s.simulated > 0, s.simulated, np.nan), color=PALETTE[0], linewidth=2.2, label="simulated"
        )
        across, up = FORUM[s.what]
        axes.set(xlabel=across, ylabel=up, yscale="log")
        if s.what != "exits":
            axes.set_xscale("log")
        plain_ticks(axes)
    grid[0].legend()
    text = "Dots: the community's own tables. Line: all simulated runs together. Partners: people met by a reply given or got."
    foot(figure, text)
    return figure, f"{title}. {text}"
