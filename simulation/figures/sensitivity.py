"""Which assumption decides: a tornado (one number at a time) and Sobol indices."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import INK, PALETTE, Drawn, foot, new_figure, plain_ticks, slide_of_rows, small
from simulation.figures.words import capital, write_ticks
from simulation.metrics import METRICS
from simulation.metrics.metric import Kind
from simulation.scenario.settings import setting_name
from simulation.studies.sensitivity import WIDEST, alike, together

AT_THE_KNOWNS = " Every world has the numbers that the firm knows of itself."


def draw_all(session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield a tornado and the indices for each outcome."""
    compared = session.config.study.against is not None
    for metric in found.outcome:
        yield f"tornado_{metric}", tornado(found, metric, compared)
        yield f"sobol_{metric}", indices(found, metric)


def tornado(found, metric: str, compared: bool):
    """Return the figure and its description: the outcome with each number low and high in its prior, the widest on top.

    ``compared``: the outcome sets two motions against each other.
    """
    rows = sorted((r for r in found.alone if r.metric == metric), key=lambda r: -abs(r.at_high - r.at_low))[:WIDEST]
    top, what, its = rows[0], found.outcome[metric], METRICS[metric]
    log = its.log
    unit = its.unit if not compared else "" if log else its.gap_unit  # compared by a ratio, or by a difference
    title = f"{capital(setting_name(top.parameter))} moves {what} most"
    rivals = [
        r for r in rows[1:] if abs(r.at_high - r.at_low) + _noise(r) >= abs(top.at_high - top.at_low) - _noise(top)
    ]
    if rivals:
        title += f", but {len(rivals)} more may move it as much"
    show = np.exp if log else (lambda v: v)
    figure, axes = new_figure(title, **slide_of_rows(len(rows), 14, 0.44))
    for y, row in enumerate(reversed(rows)):
        ends = [(row.at_low, row.low_half_width, PALETTE[1]), (row.at_high, row.high_half_width, PALETTE[4])]
        for shift, (value, half, tint) in zip((0.17, -0.17), ends, strict=True):
            axes.barh(y + shift, show(value) - show(top.at_mode), left=show(top.at_mode), color=tint, height=0.34)
            if np.isfinite(half):
                axes.plot(show(np.array([value - half, value + half])), [y + shift] * 2, color=INK, linewidth=1.1)
        axes.annotate(
            f"{_short(row.low_setting)} | {_short(row.high_setting)}", (1.01, y), xycoords=axes.get_yaxis_transform(),
            va="center", fontsize=small(), annotation_clip=False,
        )  # fmt: skip
    axes.axvline(show(top.at_mode), color=INK, linewidth=1)
    axes.set_yticks(range(len(rows)), [f"{setting_name(r.parameter)} ({r.grade})" for r in reversed(rows)])
    axes.set_xlabel(f"{what}{f', {unit}' if unit else ''}{' (log)' if log else ''}")
    axes.grid(visible=False)
    axes.margins(x=0.05, y=0.02)
    if log:
        axes.set_xscale("log")
        plain_ticks(axes)
    write_ticks(axes.xaxis, Kind.RATIO if log and compared else its.kind)
    seeds = top.seeds
    modes = "at their modes, but for what is solved for the firm's numbers" if found.known else "at their modes"
    spread = (
        f"Lines: 90 % interval, paired over {seeds} simulated markets. "
        if seeds > 1
        else "One simulated market: no intervals. "
    )
    text = (
        f"The {len(rows)} widest. Blue: the number at the 5th percentile of its prior, orange: at the 95th (values at the right); all "
        f"others {modes}. {spread}Letter: grade of the evidence, A good to D judgement."
    )
    text += AT_THE_KNOWNS if found.known else ""
    foot(figure, text)
    return figure, f"{title}. {text}"


def _noise(row) -> float:
    """Return the half-width of the width of a bar, as if its ends were independent; 0 where it is not known."""
    return float(np.nan_to_num(np.hypot(row.low_half_width, row.high_half_width)))


def indices(found, metric: str):
    """Return the figure and its description: first and total order Sobol indices with 95 % intervals."""
    rows = [r for r in found.indices if r.metric == metric]
    total, half, known = together(rows)
    rivals = sum(alike(rows[0], r) for r in rows[1:])
    what = found.outcome[metric]
    title = f"{capital(setting_name(rows[0].parameter))} " + (
        f"and {rivals} more may decide {what} most" if rivals else f"decides {what} most"
    )
    explained = f"{100 * total:.0f} % ± {100 * half:.0f}"
    title += f"; alone the {len(rows)} explain {explained} of its variance" if known else ""
    figure, axes = new_figure(title, **slide_of_rows(len(rows), 12, 0.55))
    y = np.arange(len(rows))[::-1]
    for shift, name, tint, label in ((0.18, "total", PALETTE[0], "total"), (-0.18, "first", PALETTE[1], "first order")):
        values = [100 * getattr(r, f"{name}_order") for r in rows]
        error = [100 * getattr(r, f"{name}_half_width") for r in rows]
        axes.barh(y + shift, values, height=0.34, color=tint, xerr=error, ecolor=INK, label=label)
    axes.set_yticks(y, [setting_name(r.parameter) for r in rows])
    axes.set_xlabel("share of the variance, %")
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.grid(visible=False)
    axes.legend(loc="lower right")
    text = f"Sobol indices over the priors, 95 % intervals (bootstrap), {found.runs:,} runs in all."
    text += " Too few runs to tell apart which of them decides most." if rivals else ""
    text += "" if known else f" Too few samples to say what each explains alone (sum {explained})."
    text += AT_THE_KNOWNS if found.known else ""
    foot(figure, text)
    return figure, f"{title}. {text}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
