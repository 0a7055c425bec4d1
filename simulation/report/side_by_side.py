"""Two results folders as one page: what differs, the headline numbers of each, and what the second has over the first.

Where both have the same simulated people, market and luck are the same under both and differences are taken market by market.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.figures.words import motion_name
from simulation.metrics import METRICS
from simulation.report.assumptions import Setting
from simulation.report.folder import Read, opened
from simulation.report.page import cell, styled, template
from simulation.report.story import Story, tell
from simulation.runs.paired import difference, ran, summarise
from simulation.scenario.currency import USD
from simulation.scenario.errors import BadInput
from simulation.studies.tables import HEADLINES, row_name, shown, shown_gap

FILE = "side_by_side.html"
PEOPLE = ("market.people", "market.network.", "market.traits.", "market.homophily", "rows")  # what decides who is there
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
    return Pair(_names(first, second), stories, unlike, same, tables)


def page(of: Pair) -> str:
    """Return the page; the same folders give the same bytes."""
    return str(template(f"{FILE}.j2").render(of=of, name=motion_name, css=styled(of.stories[1].dark)))


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
