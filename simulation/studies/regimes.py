"""Study ``regimes``: the map of who wins over two settings, with the share of seeds as confidence."""

from typing import NamedTuple

import numpy as np
from rich.table import Table

from simulation.scenario.study import Regimes
from simulation.studies.design import grid
from simulation.studies.paired import better, rows_of, write_rows
from simulation.studies.session import Runs, Session
from simulation.studies.sweep import write_points

SURE = 0.9  # share of seeds from which a winner is called sure
NOBODY = "nobody"


class Cell(NamedTuple):
    """Who wins a metric at a point: in which share of seeds, against whom, by how much (median, in the metric's unit)."""

    metric: str
    winner: str
    share_of_seeds: float
    runner_up: str
    margin: float
    sure: bool


class Found(NamedTuple):
    """A map: the runs, and by metric who wins at each point."""

    runs: Runs
    cells: dict[str, list[Cell]]


def answer(session: Session, study: Regimes) -> Found:
    """Run the grid; write who wins where; return the map."""
    session.check_metrics(*study.metrics)
    session.check_several()
    points = grid(study.over, next(iter(session.worlds.values())))
    runs = session.run(points, keep=study.keep)
    write_points(session, runs)
    cells = {metric: [cell_of(runs, metric, p) for p in range(len(points))] for metric in study.metrics}
    lines = [
        row
        for p, point in enumerate(points)
        for metric in study.metrics
        for row in rows_of([cells[metric][p]], {"point": p, **point})
    ]
    write_rows(session.store.folder / "regimes.csv", lines)
    session.console.print(_table(cells, list(runs.values)))
    return Found(runs, cells)


def signed(runs: Runs, metric: str) -> np.ndarray:
    """Return the metric so that more is better, shape (motions, points, seeds); not defined counts as worst."""
    values = better(metric) * np.stack([runs.metric(motion, metric) for motion in runs.values])
    return np.where(np.isfinite(values), values, -np.inf)


def cell_of(runs: Runs, metric: str, point: int) -> Cell:
    """Return who wins a metric at a point: the motion that is best in most seeds."""
    names = list(runs.values)
    values = signed(runs, metric)[:, point]
    if not np.isfinite(values).any():
        return Cell(metric, NOBODY, 1.0, NOBODY, 0.0, sure=True)
    best = values.argmax(axis=0)
    wins = np.bincount(best[np.isfinite(values).any(axis=0)], minlength=len(names)) / values.shape[1]
    middle = np.median(values, axis=1)
    order = np.lexsort((middle, wins))[::-1]
    first, second = order[0], order[1]
    both = np.isfinite(values[[first, second]]).all(axis=0)
    margin = float(np.median(values[first, both] - values[second, both])) if both.any() else np.nan
    return Cell(metric, names[first], float(wins[first]), names[second], margin, sure=bool(wins[first] >= SURE))


def _table(cells: dict[str, list[Cell]], motions: list[str]) -> Table:
    table = Table(title="who wins, share of the map (sure in at least 90 % of seeds)", title_justify="left")
    table.add_column("")
    for motion in motions:
        table.add_column(motion.upper(), justify="right")
    for metric, found in cells.items():
        row = []
        for motion in motions:
            won = [c for c in found if c.winner == motion]
            row.append(f"{100 * len(won) / len(found):.0f} % ({100 * sum(c.sure for c in won) / len(found):.0f} %)")
        table.add_row(metric, *row)
    return table
