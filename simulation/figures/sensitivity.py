"""Which assumption decides: a tornado (one number at a time) and Sobol indices."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import PALETTE, Drawn, foot, new_figure
from simulation.figures.words import setting_name
from simulation.studies.sensitivity import is_ratio

SHOWN = 12


def draw_all(_session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield a tornado and the indices for each outcome."""
    for metric in found.outcome:
        yield f"tornado_{metric}", tornado(found, metric)
        yield f"sobol_{metric}", indices(found, metric)


def tornado(found, metric: str):
    """Return the figure and its description: the outcome with each number low and high in its prior, the widest on top."""
    rows = sorted((r for r in found.alone if r.metric == metric), key=lambda r: -abs(r.at_high - r.at_low))[:SHOWN]
    top = rows[0]
    title = f"{setting_name(top.parameter).capitalize()} moves {_words(found, metric)} most"
    show = np.exp if is_ratio(metric) else (lambda v: v)
    figure, axes = new_figure(title, width=11, height=0.42 * len(rows) + 2.2)
    for y, row in enumerate(reversed(rows)):
        for value, tint, text in (
            (row.at_low, PALETTE[1], _short(row.low_setting)),
            (row.at_high, PALETTE[4], _short(row.high_setting)),
        ):
            axes.barh(y, show(value) - show(row.at_mode), left=show(row.at_mode), color=tint, height=0.7, alpha=0.9)
            right = value >= row.at_mode
            axes.annotate(
                text, (show(value), y), xytext=(4 if right else -4, 0), textcoords="offset points", va="center", fontsize=9,
                ha="left" if right else "right",
            )  # fmt: skip
    axes.axvline(show(top.at_mode), color="black", linewidth=1)
    axes.set_yticks(range(len(rows)), [f"{setting_name(r.parameter)} ({r.grade})" for r in reversed(rows)])
    axes.set_xlabel(_words(found, metric) + (" (log)" if is_ratio(metric) else ""))
    if is_ratio(metric):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:.3g}")
        axes.xaxis.set_minor_formatter(lambda v, _: f"{v:.2g}")
    axes.grid(visible=False)
    axes.margins(x=0.12)
    text = (
        "Blue: the number at the 5th percentile of its prior, orange: at the 95th (values at the bars); all others at their modes. "
        "Letter: grade of the evidence, A good to D judgement."
    )
    foot(figure, text)
    return figure, f"{title}. {text}"


def indices(found, metric: str):
    """Return the figure and its description: first and total order Sobol indices with 95 % intervals."""
    rows = [r for r in found.indices if r.metric == metric]
    together = sum(max(r.first_order, 0.0) for r in rows)
    title = f"{setting_name(rows[0].parameter).capitalize()} decides most; alone the {len(rows)} explain {100 * min(together, 1):.0f} % of the variance of {_words(found, metric)}"
    figure, axes = new_figure(title, width=11, height=0.55 * len(rows) + 2.2)
    y = np.arange(len(rows))[::-1]
    for shift, name, tint, label in ((0.18, "total", PALETTE[0], "total"), (-0.18, "first", PALETTE[1], "first order")):
        values = [100 * getattr(r, f"{name}_order") for r in rows]
        error = [100 * getattr(r, f"{name}_half_width") for r in rows]
        axes.barh(y + shift, values, height=0.34, color=tint, xerr=error, ecolor="#333333", label=label)
    axes.set_yticks(y, [setting_name(r.parameter) for r in rows])
    axes.set_xlabel("share of the variance, %")
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.grid(visible=False)
    axes.legend(loc="lower right")
    text = f"Sobol indices over the priors, 95 % intervals (bootstrap), {found.runs:,} runs in all."
    foot(figure, text)
    return figure, f"{title}. {text}"


def _words(found, metric: str) -> str:
    return found.outcome[metric].replace("_usd", "").replace("_", " ").replace("cac", "CAC")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
