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

from simulation.scenario.study import Attribution
from simulation.scenario.switches import SWITCHES
from simulation.studies.paired import quantiles, rows_of, write_rows
from simulation.studies.session import Runs, Session

WITHOUT = "without any of them"
WHOLE = "whole difference"
PER_USD = 10_000.0
WON = "new_customers_per_10k_usd"  # CAC the other way round: it is defined where nobody buys, and adds up


class Part(NamedTuple):
    """What a mechanism adds to the difference of a metric: mean over seeds, and the 90 % interval of that mean."""

    metric: str
    mechanism: str
    mean: float
    low: float
    high: float
    seeds: int


def answer(session: Session, study: Attribution) -> list[Part]:
    """Run all coalitions; write and return what each mechanism adds."""
    session.check_metrics(*(m for m in study.metrics if m != WON))
    session.check_motion(study.of, "study.of")
    session.check_motion(study.against, "study.against")
    names = list(study.mechanisms)
    points = [{"switches": switches_of(study, coalition, session)} for coalition in coalitions(len(names))]
    runs = session.run(points, motions=[study.of, study.against], keep=study.keep)
    parts = [part for metric in study.metrics for part in _parts(runs, study, metric, names)]
    write_rows(session.store.folder / "attribution.csv", rows_of(parts))
    session.console.print(_table(study, parts))
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


def _worth(runs: Runs, motion: str, metric: str) -> np.ndarray:
    if metric != WON:
        return runs.metric(motion, metric)
    new = runs.metric(motion, "new_customers")
    cost = np.where(new > 0, runs.metric(motion, "cac_usd") * new, runs.metric(motion, "budget_usd"))
    return PER_USD * new / cost


def _parts(runs: Runs, study: Attribution, metric: str, names: list[str]) -> list[Part]:
    worth = _worth(runs, study.of, metric) - _worth(runs, study.against, metric)
    whole = np.isfinite(worth).all(axis=0)  # a seed counts where every coalition has the metric
    worth = worth[:, whole]
    rows = [(name, value) for name, value in zip(names, shapley(worth, len(names)), strict=True)]
    rows += [(WITHOUT, worth[0]), (WHOLE, worth[-1])]
    return [Part(metric, name, *_mean(value), int(whole.sum())) for name, value in rows]


def _mean(values: np.ndarray) -> tuple[float, float, float]:
    """Return mean and 90 % interval of the mean over seeds (bootstrap, the same every time)."""
    if values.size == 0:
        return np.nan, np.nan, np.nan
    draws = np.random.default_rng(1).integers(values.size, size=(2000, values.size))
    low, _, high = quantiles(values[draws].mean(axis=1))
    return float(values.mean()), low, high


def _table(study: Attribution, parts: list[Part]) -> Table:
    title = f"{study.of.upper()} less {study.against.upper()}: what each mechanism adds (90 % interval of the mean)"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    metrics = list(dict.fromkeys(p.metric for p in parts))
    for metric in metrics:
        table.add_column(metric, justify="right")
    for name in dict.fromkeys(p.mechanism for p in parts):
        row = [next(p for p in parts if (p.metric, p.mechanism) == (m, name)) for m in metrics]
        table.add_row(
            name.replace("_", " "), *(f"{p.mean:.3g} ({p.low:.3g} to {p.high:.3g})" if p.seeds else "n/a" for p in row)
        )
    return table
