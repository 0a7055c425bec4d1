"""A firm with a past: what the next money brings, and its customers of today and those won since apart."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.figures.words import motion_name
from simulation.metrics import METRICS
from simulation.metrics.metric import Kind
from simulation.runs.paired import median_first
from simulation.studies import base, next_money
from simulation.studies.comparison import Comparison
from simulation.studies.next_money import Futures
from simulation.studies.tables import shown

KEPT = ("base_kept_12_months", "retention_12_months", "base_nrr_12_months")


class Part(NamedTuple):
    """A line of a table: what it is, and a value a motion, NaN where it is not known."""

    label: str
    kind: Kind
    values: list[float]

    @property
    def cells(self) -> list[str]:
        """The values as a reader sees them."""
        return [shown(value, self.kind) for value in self.values]


class Past(NamedTuple):
    """What a story tells of it."""

    sentences: list[str]  # on the next money, with which the verdict begins
    headline: str  # the first of these in short
    stay: str  # how today's customers stay by their true age
    heads: list[str]  # of the table of the next money: motions, and the past's own that goes on
    money: list[tuple[str, list[str]]]
    parts: list[Part]  # medians over markets, a value a motion of the comparison


def past(futures: Futures, data: Comparison, base_revenue: Mapping[str, np.ndarray]) -> Past:
    """Return what there is to tell; ``base_revenue``: cents a week of today's customers by motion, shape (markets, weeks)."""
    before = next(iter(futures.arr.values())).shape[1] - futures.weeks
    cac = {m: median_first(data.metric(m, "cac_usd"))[0] for m in data.metrics}
    return Past(
        next_money.sentences(futures),
        next_money.headline(futures),
        base.sentence(base.read(data.base, data.weeks)),
        [next_money.name_of(m) for m in futures.compared],
        next_money.rows(futures, cac),
        list(_parts(futures, data, base_revenue, before)),
    )


def _parts(futures: Futures, data: Comparison, base_revenue: Mapping[str, np.ndarray], before: int):
    """Yield the lines of base and new apart."""
    motions = list(data.metrics)
    there = {m: _base_at_the_end(data, m) for m in motions}
    customers = {m: data.customers(m)[:, -1] for m in motions}
    old = {m: YEAR_WEEKS * base_revenue[m][:, -1] / 100 for m in motions}
    arr = {m: futures.arr[m] for m in motions}
    since = f"after {data.weeks} weeks"
    for label, kind, of in (
        ("customers today", Kind.COUNT, {m: futures.customers[m][:, before - 1] for m in motions}),
        (f"of these still customers {since}", Kind.COUNT, there),
        (f"customers won since, {since}", Kind.COUNT, {m: customers[m] - there[m] for m in motions}),
        ("yearly recurring revenue today", Kind.USD_TOTAL, {m: arr[m][:, before - 1] for m in motions}),
        (f"that of today's customers {since}", Kind.USD_TOTAL, old),
        (f"that of customers won since, {since}", Kind.USD_TOTAL, {m: arr[m][:, -1] - old[m] for m in motions}),
    ):
        yield Part(label, kind, [median_first(of[m])[0] for m in motions])
    for name in KEPT:
        row = METRICS[name]
        label = row.called if name in KEPT[::2] else f"customers won since: {row.called}"
        yield Part(label, row.kind, [median_first(data.metric(m, name))[0] for m in motions])


def _base_at_the_end(data: Comparison, motion: str) -> np.ndarray:
    """Return how many customers of today are there at the end, real market, shape (markets,)."""
    lives = data.base[motion]
    seeds = np.unique(lives["seed"])
    return data.weight * np.array([(lives["ended"][lives["seed"] == seed] < 0).sum() for seed in seeds])


def title(past: Past, motions: list[str]) -> str:
    """Return where customers stand at the end, won since and of today, in a sentence."""
    new, old = past.parts[2].cells, past.parts[1].cells
    said = ", ".join(f"{motion_name(m)} {a} beside {b} of today's" for m, a, b in zip(motions, new, old, strict=True))
    return f"Customers won since, at the end: {said}"
