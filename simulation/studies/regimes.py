"""Study ``regimes``: the map of who wins over two settings, with the share of seeds as confidence."""

from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.metrics import METRICS
from simulation.runs.design import grid
from simulation.runs.enough import limits
from simulation.runs.output import say
from simulation.runs.paired import failures, quantiles, ran, rows_of, signed
from simulation.runs.session import Runs, Session
from simulation.scenario.priors import Beyond, beyond
from simulation.scenario.settings import motion_called, setting_name
from simulation.scenario.study import Regimes
from simulation.studies.firm import as_known
from simulation.studies.screen import show
from simulation.studies.sweep import write_points

SURE = 0.9  # share of seeds from which a winner is called sure
NOBODY = "nobody"
FEW = "too few to say"  # seeds, or customers of the best


class Cell(NamedTuple):
    """Who wins a metric at a point: in which share of seeds, against whom, by how much (median, in the metric's unit).

    ``seeds`` are those in which a motion has the metric, ``undecided`` those in which none has; seeds of runs that failed, or
    saw too few to say, are in neither.
    """

    metric: str
    winner: str
    share_of_seeds: float
    runner_up: str
    margin: float
    sure: bool
    seeds: int
    undecided: int


class Found(NamedTuple):
    """A map: the runs, by metric who wins at each point, and where an axis leaves what its prior holds plausible."""

    runs: Runs
    cells: dict[str, list[Cell]]
    beyond: list[Beyond]


def answer(session: Session, study: Regimes) -> Found:
    """Run the grid; write who wins where; return the map."""
    session.check_metrics("study.metrics", *study.metrics, won=True)
    world = next(iter(session.worlds.values()))
    points = grid(study.over, world)
    again = as_known(session, points, "stay on the map as another firm's", held=study.over)
    runs = session.run(again.points if again else points, keep=study.keep)._replace(points=points)
    write_points(session, runs)
    cells = {metric: [cell_of(runs, metric, p) for p in range(len(points))] for metric in study.metrics}
    lines = [
        row
        for p, point in enumerate(points)
        for metric in study.metrics
        for row in rows_of([cells[metric][p]], {"point": p, **point})
    ]
    session.store.csv("regimes.csv", lines)
    show(session.console, _table(cells, list(runs.values)))
    if said := failures(runs.missing, "their markets count for no motion at their points"):
        say(session.console, said)
    outside = beyond(world, axes_of(points))
    for axis in outside:
        say(session.console, _outside(axis))
    return Found(runs, cells, outside)


def axes_of(points: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of each setting of a map, each once, in their order."""
    return {path: list(dict.fromkeys(point[path] for point in points)) for path in points[0]}


def _outside(axis: Beyond) -> str:
    """Say which part of an axis nobody holds plausible."""
    values = ", ".join(f"{v:.3g}" for v in axis.values)
    verb = "lies" if len(axis.values) == 1 else "lie"
    return (
        f"{setting_name(axis.path)}: {values} {verb} outside {axis.low:.3g} to {axis.high:.3g}, what its prior holds plausible: there the map says what "
        "would be, not what is to be expected"
    )


def scores(runs: Runs, metric: str) -> np.ndarray:
    """Return the metric so that more is better, shape (motions, points, seeds); NaN where a seed's run failed or is not known."""
    values = np.stack([signed(metric, runs.metric(motion, metric)) for motion in runs.values])
    return np.where(ran(runs.values) & ~np.isnan(values).any(axis=0), values, np.nan)


def cell_of(runs: Runs, metric: str, point: int) -> Cell:
    """Return who wins a metric at a point: the motion that is best in most seeds, if seeds and its customers are enough; equals share a seed."""
    names = list(runs.values)
    values = scores(runs, metric)[:, point]
    values = values[:, ~np.isnan(values).any(axis=0)]
    decided = np.isfinite(values).any(axis=0)
    undecided = int((~decided).sum())
    n = int(decided.sum())
    if not n:
        who, share = (NOBODY, 1.0) if undecided else (FEW, np.nan)
        return Cell(metric, who, share, NOBODY, 0.0, sure=undecided > 0, seeds=0, undecided=undecided)
    values = values[:, decided]
    best = values == values.max(axis=0)
    wins = (best / best.sum(axis=0)).mean(axis=1)
    middle = np.median(values, axis=1)
    order = np.lexsort((middle, wins))[::-1]
    first, second = order[0], order[1]
    both = np.isfinite(values[[first, second]]).all(axis=0)
    margin = float(np.median(values[first, both] - values[second, both])) if both.any() else np.nan
    share = float(wins[first])
    won = {names[first]: quantiles(runs.metric(names[first], "new_customers")[point])[1]}
    if not limits(n, won).inside:
        return Cell(metric, FEW, share, names[second], margin, sure=False, seeds=n, undecided=undecided)
    return Cell(metric, names[first], share, names[second], margin, share >= SURE, n, undecided)


def _table(cells: dict[str, list[Cell]], motions: list[str]) -> Table:
    table = Table(title="who wins, share of the map (sure in at least 90 % of simulated markets)", title_justify="left")
    for motion in ("", *motions):
        table.add_column(motion_called(motion), justify="right" if motion else "left")
    table.add_column(FEW, justify="right")
    table.add_column("markets in which none has it", justify="right")
    for metric, found in cells.items():
        row = []
        for motion in motions:
            won = [c for c in found if c.winner == motion]
            row.append(f"{100 * len(won) / len(found):.0f} % ({100 * sum(c.sure for c in won) / len(found):.0f} %)")
        few = sum(c.winner == FEW for c in found) / len(found)
        none, all_seeds = sum(c.undecided for c in found), sum(c.seeds + c.undecided for c in found)
        table.add_row(METRICS[metric].called, *row, f"{100 * few:.0f} %", f"{100 * none / max(all_seeds, 1):.0f} %")
    return table
