"""Two results folders as one page: what differs, the headline numbers of each, and what the second has over the first.

Where both have the same simulated people, market and luck are the same under both and differences are taken market by market.
"""

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.figures.style import BLUE, GREEN, ORANGE, in_hex
from simulation.figures.words import motion_name
from simulation.metrics import METRICS
from simulation.metrics.metric import Kind
from simulation.report.assumptions import Setting
from simulation.report.folder import Read, opened
from simulation.report.page import as_json, cell, drawn, named, scripts, styled, template, tints
from simulation.report.story import Chart, Story, chart_of, tell
from simulation.runs.enough import what_is_drawn
from simulation.runs.paired import difference, ran, summarise
from simulation.scenario import currency
from simulation.scenario.currency import USD
from simulation.scenario.errors import BadInput
from simulation.studies.tables import HEADLINES, row_name, shown, shown_gap

FILE = "side_by_side.html"
PEOPLE = ("market.people", "market.network.", "market.traits.", "market.homophily", "rows")  # what decides who is there
FIRST, SECOND, GAP = "first", "second", "gap"  # in place of motions: what the lines of a chart are
LETTERS = 16  # of a line's name
COLOURS = [in_hex(tint) for tint in (BLUE, ORANGE, GREEN)]
DASHES = {FIRST: None, SECOND: "7 4", GAP: None}
OF_SEGMENTS = (".share", ".language")


class Unlike(NamedTuple):
    """A setting that the two have not alike; None where it is none of one's."""

    path: str
    first: Any
    second: Any
    unit: str


class Pair(NamedTuple):
    """What stands side by side."""

    names: tuple[str, str]  # of the folders
    stories: tuple[Story, Story]
    unlike: list[Unlike]
    paired: int  # markets that are the same under both, 0 where people differ
    tables: dict[str, list[dict[str, Any]]]  # by motion: a row a headline metric: first, second, second less first
    charts: dict[str, list[Chart]]  # by motion: curves of FIRST and SECOND, and of GAP where markets are the same

    @property
    def labels(self) -> dict[str, str]:
        """What the lines are called, by key, in few letters."""
        paired = any(c.motion == GAP for of in self.charts.values() for chart in of for c in chart.curves)
        names = [name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…" for name in self.names]
        return dict(zip((FIRST, SECOND), names, strict=True)) | ({GAP: "difference"} if paired else {})


def pair(first: Path, second: Path) -> Pair:
    """Return two results folders side by side; raises BadInput where one cannot be read or nothing of them can be compared."""
    if first.resolve() == second.resolve():
        raise BadInput(f"report: {first} and {second} are the same folder; name another one")
    results = [opened(path) for path in (first, second)]
    money = [of.config.get("currency", USD) for of in results]
    if money[0] != money[1]:
        raise BadInput(f"report: {first} is in {money[0]}, {second} in {money[1]}; no currency is converted here")
    reads = [Read(of) for of in results]
    if not (motions := [m for m in reads[0].motions if m in reads[1].motions]):
        each = ", ".join(reads[0].motions), ", ".join(reads[1].motions)
        raise BadInput(f"report: {first} has {each[0]}, {second} {each[1]}; no motion is in both")
    stories = tell(first), tell(second)
    unlike = _unlike(*([s for s in of.settings if _counts(s.path, motions)] for of in stories))
    metrics = [of.metrics() for of in reads]
    same = 0 if any(_of_people(of.path) for of in unlike) else min(len(of[motions[0]]) for of in metrics)
    tables = {m: _table(m, metrics[0][m], metrics[1][m], same) for m in motions}
    names = _names(first, second)
    gaps = _gaps(reads, motions, same) if same else {}
    charts = {m: [*_charts(m, names, stories), *gaps.get(m, [])] for m in motions}
    return Pair(names, stories, unlike, same, tables, charts)


def page(of: Pair) -> str:
    """Return the page; the same folders give the same bytes."""
    dark = of.stories[1].dark
    return str(
        template(f"{FILE}.j2").render(
            of=of,
            name=motion_name,
            labels=of.labels,
            css=styled(dark),
            tints=tints(COLOURS, dark),
            data=_data(of),
            **scripts(),
        )
    )


def _charts(motion: str, names: tuple[str, str], stories: tuple[Story, Story]) -> list[Chart]:
    """Return the charts that both have of a motion, with a curve of each."""
    found = []
    for one in stories[0].charts:
        other = next((chart for chart in stories[1].charts if chart.name == one.name), None)
        curves = [
            curve._replace(motion=key)
            for key, chart in zip((FIRST, SECOND), (one, other), strict=True)
            for curve in (chart.curves if chart else [])
            if curve.motion == motion
        ]
        last = {c.motion: next((v for v in reversed(c.mid) if v is not None), None) for c in curves}
        if other is None or all(v is None for v in last.values()):
            continue
        name = dict(zip((FIRST, SECOND), names, strict=True))
        ends = ", ".join(f"{name[key]} {shown(math.nan if v is None else v, one.kind)}" for key, v in last.items())
        note = one.note if one.note == other.note else f"{names[0]}: {one.note} {names[1]}: {other.note}"
        at = "at the end" if one.x_label == "week" else "at the last age that is followed"
        title = f"{motion_name(motion)}, {one.y_label.partition(',')[0]} {at}: {ends}"
        found.append(one._replace(name=f"{motion}-{one.name}", title=title, at_end=title, curves=curves, note=note))
    return found


def _gaps(reads: list[Read], motions: list[str], same: int) -> dict[str, list[Chart]]:
    """Return by motion how far the second's cash is ahead, market by market; none where a run is missing, whose market is not known."""
    if any(of.missing() for of in reads):
        return {}
    weeks = min(of.weeks for of in reads)
    first, second = (
        {m: np.cumsum(of["cash_cents"][:same, :weeks], axis=1) / 100 for m, of in read.weekly(("cash_cents",)).items()}
        for read in reads
    )
    label = currency.in_words("cumulative cash, second less first, USD")
    note = f"The same people and the same luck under both. {what_is_drawn('Line: median', same, 'simulated markets')}"
    charts = {}
    for m in motions:
        gap = second[m] - first[m]
        end = float(np.median(gap[:, -1]))
        title = f"{motion_name(m)}: market by market, the second has {shown_gap(end, Kind.USD_TOTAL)} in cash over the first after {weeks} weeks"
        charts[m] = [chart_of(f"{m}-gap", title, label, "week", Kind.USD_TOTAL, {GAP: gap}, note)]
    return charts


def _data(of: Pair) -> str:
    """Return what the charts draw."""
    first, second = (story.calendar.start for story in of.stories)
    dated = second if first == second else None
    tree = {
        "motions": list(of.labels),
        "sign": currency.sign(),
        "start": dated and dated.isoformat(),
        "ticks": named(of.stories[1].ticks) if dated else [],
        "names": of.labels,
        "dashes": DASHES,
        "charts": drawn([chart for charts in of.charts.values() for chart in charts]),
    }
    return as_json(tree)


def _names(first: Path, second: Path) -> tuple[str, str]:
    """Return what the folders are called, without where they lie."""
    names = first.resolve().name, second.resolve().name
    return names if names[0] != names[1] else (f"{names[0]} (first)", f"{names[1]} (second)")


def _unlike(first: list[Setting], second: list[Setting]) -> list[Unlike]:
    one, other = ({s.path: s for s in of} for of in (first, second))
    paths = [
        p for p in {**one, **other} if (one[p].value if p in one else None) != (other[p].value if p in other else None)
    ]
    return [
        Unlike(
            p, one[p].value if p in one else None, other[p].value if p in other else None, (one.get(p) or other[p]).unit
        )
        for p in paths
    ]


def _counts(path: str, motions: list[str]) -> bool:
    """Return whether a setting bears on what is compared: those of a motion that one alone has do not."""
    section, _, rest = path.partition(".")
    return section != "motions" or rest.partition(".")[0] in motions


def _of_people(path: str) -> bool:
    """Return whether a setting decides which people are simulated."""
    return path.startswith(PEOPLE) or (path.startswith("market.segments.") and path.endswith(OF_SEGMENTS))


def _table(motion: str, first: np.ndarray, second: np.ndarray, same: int) -> list[dict[str, Any]]:
    """Return a row a headline metric; ``first`` and ``second`` of shape (seeds, metrics), of which ``same`` are the same markets."""
    each = [{s.metric: s for s in summarise({motion: of})} for of in (first, second)]
    rows, names = [], list(METRICS)
    there = ran({"first": first[:same], "second": second[:same]})
    for metric in HEADLINES:
        cells = [cell(of[metric.name], metric.kind, shown) for of in each]
        if same:
            k = names.index(metric.name)
            gap = difference(metric.name, "second", "first", second[:same][there, k], first[:same][there, k])
            cells.append(cell(gap, metric.kind, shown_gap))
        rows.append({"name": row_name(metric), "cells": cells})
    return rows
