"""Study ``attribution``: which mechanism makes the difference between two motions: Shapley values.

Every coalition of mechanisms is switched on under both motions with the same seeds. A mechanism's Shapley value is
its mean contribution over all orders in which the mechanisms could be switched on (Shapley 1953), so that the values
and the difference that is left with all of them off add up to the whole difference, seed by seed.
"""

from itertools import combinations
from math import factorial
from typing import NamedTuple

import numpy as np
from rich.table import Table

from simulation.metrics import METRICS
from simulation.runs.enough import LEAST_MARKETS
from simulation.runs.output import say
from simulation.runs.paired import NAMED, quantiles, rows_of
from simulation.runs.session import Runs, Session
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Attribution
from simulation.scenario.switches import SWITCHES
from simulation.studies.screen import show
from simulation.studies.tables import row_name, shown_gap, with_interval

WITHOUT = "without any of them"
WHOLE = "whole difference"


class Part(NamedTuple):
    """What a mechanism adds to the difference of a metric: mean over the seeds that count, and the 90 % interval of that mean."""

    metric: str
    mechanism: str
    mean: float
    low: float
    high: float
    seeds: int
    of_seeds: int


def answer(session: Session, study: Attribution) -> list[Part]:
    """Run all coalitions; write and return what each mechanism adds."""
    session.check_metrics("study.metrics", *study.metrics)
    names = list(study.mechanisms)
    points = [{"switches": switches_of(study, coalition, session)} for coalition in coalitions(len(names))]
    runs = session.run(points, motions=[study.of, study.against], keep=study.keep)
    parts = [part for metric in study.metrics for part in _parts(runs, study, metric, names)]
    session.store.csv("attribution.csv", rows_of(parts))
    show(session.console, _table(study, parts))
    for metric in study.metrics:
        if said := left_out(runs, study, metric):
            say(session.console, said)
    return parts


def coalitions(n: int) -> list[tuple[int, ...]]:
    """Return all subsets of ``n`` mechanisms, the empty one first, the whole one last."""
    return [members for size in range(n + 1) for members in combinations(range(n), size)]


def switches_of(study: Attribution, coalition: tuple[int, ...], session: Session) -> dict[str, bool]:
    """Return the switches under which just this coalition is on; what the scenario has off stays off."""
    off = [group for k, group in enumerate(study.mechanisms.values()) if k not in coalition]
    return dict(session.config.switches) | {name: False for group in off for name in group if name in SWITCHES}


def shapley(worth: np.ndarray, n: int) -> np.ndarray:
    """Return the Shapley values, shape (n, seeds), of ``worth`` by coalition (2^n, seeds) in the order of :func:`coalitions`."""
    place = {members: k for k, members in enumerate(coalitions(n))}
    values = np.zeros((n, worth.shape[1]))
    for members, k in place.items():
        weight = factorial(len(members)) * factorial(n - len(members) - 1) / factorial(n) if len(members) < n else 0.0
        for i in set(range(n)) - set(members):
            values[i] += weight * (worth[place[tuple(sorted((*members, i)))]] - worth[k])
    return values


def _parts(runs: Runs, study: Attribution, metric: str, names: list[str]) -> list[Part]:
    worth = runs.metric(study.of, metric) - runs.metric(study.against, metric)
    whole = np.isfinite(worth).all(axis=0)  # a seed counts where every coalition has the metric
    of_seeds, worth = worth.shape[1], worth[:, whole]
    rows = [(name, value) for name, value in zip(names, shapley(worth, len(names)), strict=True)]
    rows += [(WITHOUT, worth[0]), (WHOLE, worth[-1])]
    return [Part(metric, name, *_mean(value), int(whole.sum()), of_seeds) for name, value in rows]


def left_out(runs: Runs, study: Attribution, metric: str) -> str:
    """Say how many seeds count and which runs keep the others out, empty where all count."""
    worth = {motion: runs.metric(motion, metric) for motion in (study.of, study.against)}
    lost = [
        (f"{runs.ids[motion][p][k]} ({motion}, seed {k + 1})", runs.ids[motion][p][k] in runs.missing)
        for motion, values in worth.items()
        for p, k in np.argwhere(~np.isfinite(values)).tolist()
    ]
    if not lost:
        return ""
    known = np.all([np.isfinite(values).all(axis=0) for values in worth.values()], axis=0)
    failed = sum(is_failed for _, is_failed in lost)
    named = ", ".join(name for name, _ in lost[:NAMED]) + (", ..." if len(lost) > NAMED else "")
    return (
        f"{metric}: {known.sum()} of {known.size} seeds count; in the others {failed} runs failed and {len(lost) - failed} "
        f"have no {metric}: {named}"
    )


def _mean(values: np.ndarray) -> tuple[float, float, float]:
    """Return mean and 90 % interval of the mean over seeds (bootstrap, the same every time); none (NaN) from too few."""
    if values.size < LEAST_MARKETS:
        return float(values.mean()) if values.size else np.nan, np.nan, np.nan
    draws = np.random.default_rng(1).integers(values.size, size=(2000, values.size))
    low, _, high = quantiles(values[draws].mean(axis=1))
    return float(values.mean()), low, high


def _table(study: Attribution, parts: list[Part]) -> Table:
    title = f"{motion_called(study.of)} less {motion_called(study.against)}: what each mechanism adds (90 % interval of the mean)"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    metrics = list(dict.fromkeys(p.metric for p in parts))
    for metric in metrics:
        table.add_column(row_name(METRICS[metric]), justify="right")
    for name in dict.fromkeys(p.mechanism for p in parts):
        row = [next(p for p in parts if (p.metric, p.mechanism) == (m, name)) for m in metrics]
        table.add_row(name.replace("_", " "), *(_cell(part) if part.seeds else "n/a" for part in row))
    return table


def _cell(part: Part) -> str:
    kind = METRICS[part.metric].kind
    return with_interval(shown_gap(part.mean, kind), part.low, part.high, lambda end: shown_gap(end, kind))
