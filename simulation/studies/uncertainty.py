"""Study ``uncertainty``: comparisons over what is unknown about parameters (their priors) and over seeds."""

from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.scenario.priors import Prior, choose
from simulation.scenario.study import Uncertainty
from simulation.studies.design import sample, unit_points
from simulation.studies.paired import better, quantiles, rows_of, summarise, write_rows
from simulation.studies.session import Runs, Session

WINDOW_WEEKS = 26  # CAC over time is that of the trailing half-year
MONTH_WEEKS = 52 / 12
LEAST_KNOWN = ("market.segments.*.search_demand_per_week", "market.topics")


class Comparison(NamedTuple):
    """How two motions compare on a metric over plausible worlds.

    ``share`` is that of (world, seed) pairs in which the first is better, with a 90 % interval over worlds; ``ratio``
    the first's value over the second's, median and 90 % of pairs.
    """

    metric: str
    first: str
    second: str
    worlds: int
    share: float
    share_low: float
    share_high: float
    ratio: float
    ratio_low: float
    ratio_high: float


class Crossing(NamedTuple):
    """From which month on the first motion's CAC (trailing half-year) stays below the second's, where it does."""

    first: str
    second: str
    share_of_pairs: float
    month: float
    month_low: float
    month_high: float


class Found(NamedTuple):
    """What a study of uncertainty has found, for its tables and figures."""

    runs: Runs
    drawn: dict[str, np.ndarray]  # what was drawn, by name, shape (worlds,)
    worlds: list[Comparison]
    crossings: list[Crossing]


def answer(session: Session, study: Uncertainty) -> Found:
    """Draw worlds from the priors, run every motion in each, report shares of worlds."""
    session.check_metrics(*study.metrics)
    session.check_several()
    base = next(iter(session.worlds.values()))
    drawn, points = (
        sample(Path(study.posterior), study.draws) if study.posterior else _priors(choose(base, []), study.draws)
    )
    runs = session.run(points, keep=study.keep)
    pairs = list(combinations(runs.values, 2))
    worlds = [_compare(runs, metric, *pair) for metric in study.metrics for pair in pairs]
    crossings = [_crossing(session, runs, *pair) for pair in pairs]
    found = Found(runs, drawn, worlds, crossings)
    folder = session.store.folder
    write_rows(folder / "uncertainty.csv", rows_of(worlds))
    write_rows(folder / "crossings.csv", rows_of(crossings))
    pooled = {m: v.reshape(-1, v.shape[2]) for m, v in runs.values.items()}
    write_rows(folder / "summary.csv", rows_of(summarise(pooled)))
    write_rows(
        folder / "draws.csv", [{"point": i, **{k: float(v[i]) for k, v in drawn.items()}} for i in range(len(points))]
    )
    session.console.print(_table(found))
    for sentence in sentences(found):
        session.console.print(sentence)
    return found


def _priors(known: list[Prior], n: int) -> tuple[dict[str, np.ndarray], list[dict[str, Any]]]:
    from scipy.stats import qmc

    unit = unit_points(qmc.LatinHypercube, len(known), n)
    drawn = {prior.name: prior.quantile(unit[:, k]) for k, prior in enumerate(known)}
    points: list[dict[str, Any]] = [{} for _ in range(n)]
    for prior in known:
        for i, value in enumerate(drawn[prior.name].tolist()):
            points[i] |= prior.settings(value)
    return drawn, points


def _compare(runs: Runs, metric: str, first: str, second: str) -> Comparison:
    a, b = runs.metric(first, metric), runs.metric(second, metric)
    known = np.isfinite(a) & np.isfinite(b)
    wins = np.where(known, better(metric) * (a - b) > 0, np.nan)
    by_world = np.array([row[np.isfinite(row)].mean() for row in wins if np.isfinite(row).any()])
    share = float(by_world.mean()) if by_world.size else np.nan
    low, high = _interval(by_world)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(known & (a > 0) & (b > 0), a / b, np.nan)
    r_low, r, r_high = quantiles(ratio)
    return Comparison(metric, first, second, by_world.size, share, low, high, r, r_low, r_high)


def _interval(by_world: np.ndarray) -> tuple[float, float]:
    """Return the 90 % Wilson interval of a share over worlds."""
    from scipy.stats import binomtest

    if not by_world.size:
        return np.nan, np.nan
    found = binomtest(round(float(by_world.sum())), by_world.size).proportion_ci(0.90, "wilson")
    return float(found.low), float(found.high)


def trailing_cac(session: Session, runs: Runs, motion: str, point: int) -> np.ndarray:
    """Return CAC of the trailing half-year in USD, shape (seeds, weeks); NaN before anybody buys."""
    from simulation.people.stages import Channel

    names = [f"adopted_{c.name.lower()}" for c in Channel]
    series = session.weeks(runs, motion, point, [*names, "acquisition_cents"])
    won = np.cumsum(sum(series[name] for name in names), axis=1) * session.weight
    cost = np.cumsum(series["acquisition_cents"], axis=1) / 100
    for total in (won, cost):
        total[:, WINDOW_WEEKS:] -= total[:, :-WINDOW_WEEKS].copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(won > 0, cost / won, np.nan)


def _crossing(session: Session, runs: Runs, first: str, second: str) -> Crossing:
    months, pairs = [], 0
    for p in range(len(runs.points)):
        a, b = (trailing_cac(session, runs, m, p) for m in (first, second))
        for mine, other in zip(a, b, strict=False):
            pairs += 1
            not_below = np.flatnonzero(~(mine < other))
            if not_below.size == 0 or not_below[-1] < mine.size - 1:
                months.append((not_below[-1] + 1 if not_below.size else 0) / MONTH_WEEKS)
    low, mid, high = quantiles(np.array(months))
    return Crossing(first, second, len(months) / pairs if pairs else np.nan, mid, low, high)


def sentences(found: Found) -> list[str]:
    """Say for a reader in how many plausible worlds who costs less, and from when on."""
    said = []
    n = len(found.runs.points)
    for world in found.worlds:
        if world.metric != "cac_usd":
            continue
        crossing = next(c for c in found.crossings if (c.first, c.second) == (world.first, world.second))
        text = (
            f"{world.first.upper()} has the lower CAC than {world.second.upper()} over the whole run in {100 * world.share:.0f} % of "
            f"{n} plausible worlds ({100 * world.share_low:.0f} to {100 * world.share_high:.0f} %)"
        )
        if crossing.share_of_pairs > 0:
            text += (
                f"; at the end of the run in {100 * crossing.share_of_pairs:.0f} %, there from month {crossing.month:.0f} on "
                f"(90 %: {crossing.month_low:.0f} to {crossing.month_high:.0f})"
            )
        said.append(text)
    return said


def _table(found: Found) -> Table:
    title = f"over {len(found.runs.points)} plausible worlds: the first is better in (90 % interval over worlds)"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    pairs = list(dict.fromkeys((w.first, w.second) for w in found.worlds))
    for first, second in pairs:
        table.add_column(f"{first.upper()} against {second.upper()}", justify="right")
    for metric in dict.fromkeys(w.metric for w in found.worlds):
        mine = [w for w in found.worlds if w.metric == metric]
        table.add_row(
            metric, *(f"{100 * w.share:.0f} % ({100 * w.share_low:.0f} to {100 * w.share_high:.0f})" for w in mine)
        )
    return table
