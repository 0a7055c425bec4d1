"""CAC over time by motion."""

import numpy as np

from simulation.figures.style import band, colour, dollars, foot, label_ends, new_figure, plain_ticks, year_ticks
from simulation.figures.time_axis import write_dates
from simulation.figures.words import axis_name, in_full, motion_name, write_ticks
from simulation.metrics import METRICS
from simulation.runs.enough import seen_in
from simulation.runs.paired import median_first
from simulation.studies.comparison import WINDOW_WEEKS, Comparison
from simulation.studies.verdict import CONTRACT, UNLIKE

NAMED = 4  # motions that a title has room for; of more it names the cheapest and the dearest


def draw(data: Comparison):
    """Return the figure and its description: fully loaded CAC in trailing half-years; the title has it over the whole run."""
    cac, x = METRICS["cac_usd"], np.arange(data.weeks)
    curves, ends = {motion: data.trailing_cac(motion) for motion in data.weekly}, []
    costs = any((c > 0).any() for c in curves.values())
    said = title(data, costs=costs)
    figure, axes = new_figure(said)
    if costs:
        axes.set_yscale("log")
    else:
        axes.set(ylim=(0, 1), yticks=(0, 1))
    for k, (motion, values) in enumerate(curves.items()):
        mid = band(axes, x, values, motion, k)
        ends.append((x[-1], float(mid[-1]), motion_name(motion), colour(motion, k)))
    window = f"trailing {WINDOW_WEEKS} weeks"
    axes.set(xlabel="week", ylabel=f"{axis_name(cac)},\n{window}{' (log)' if costs else ''}")
    year_ticks(axes, data.weeks, 1.08)
    write_dates(axes, data.calendar, 0, data.weeks)
    plain_ticks(axes)
    write_ticks(axes.yaxis, cac.kind)
    axes.grid(visible=True, which="both", axis="y")
    label_ends(axes, ends)
    text = f"Cost of acquisition, retention and support over new customers: lines in the {window}, title over the whole run.{_worth(data)} {data.foot}{in_full(curves)}"
    foot(figure, text)
    return figure, f"{said}. {text}"


def _worth(data: Comparison) -> str:
    """Say what a first contract is worth where customers are so unlike that their cost alone says little; empty where they are alike."""
    worth = {m: median_first(data.metric(m, CONTRACT))[0] for m in data.limits.inside}
    if len(worth) < 2 or not max(worth.values()) > UNLIKE * min(worth.values()):
        return ""
    return f" Customers are unlike, their first contract a year: {', '.join(f'{motion_name(m)} {dollars(usd)}' for m, usd in worth.items())}."


def title(data: Comparison, *, costs: bool) -> str:
    """Say what a customer costs under each motion over the run, as the table does, and which is the cheapest, if that can be told."""
    found = {m: of[np.isfinite(of)] for m in data.metrics if (of := data.metric(m, "cac_usd")).size}
    sold = sorted((m for m, of in found.items() if of.size), key=lambda m: float(np.median(found[m])))
    if not sold:
        return "No motion wins customers"
    if not costs:
        return "New customers cost nothing here: no motion spends on winning them"
    limits, least = data.limits, data.leader("cac_usd")
    named = [m for m in sold if m in limits.inside] or sold
    each = [" ".join(filter(None, (motion_name(m), dollars(float(np.median(found[m]))), seen_in(found[m].size, data.seeds))))
            for m in (named if len(named) <= NAMED else (named[0], named[-1]))]  # fmt: skip
    head = f"Over {data.weeks} weeks a new customer costs, fully loaded: {', '.join(each)}"
    verdict = (
        f"{motion_name(least)} is the cheapest"
        if least
        else "the cheapest is not told apart"
        if limits.compares
        else ""
    )
    return "; ".join(filter(None, (head, verdict, limits.sentence)))
