"""Study ``sweep``: every motion at every point of a design over some settings, with common random numbers."""

from rich.table import Table

from simulation.metrics import METRICS
from simulation.runs.design import grid, spread
from simulation.runs.paired import differences, rows_of, summarise
from simulation.runs.session import Runs, Session
from simulation.scenario.settings import motion_called, setting_name
from simulation.scenario.study import Span, Sweep
from simulation.studies.screen import show
from simulation.studies.tables import row_name, shown

PRINTED_POINTS = 24
PRINTED = [METRICS[name] for name in ("cac_usd", "retention_12_months", "customers_end", "cash_usd")]


def answer(session: Session, study: Sweep) -> Runs:
    """Run the design; write one line a point, motion and metric; return its runs."""
    base = next(iter(session.worlds.values()))
    if study.design == "grid":
        points = grid(study.over, base)
    else:
        spans = {path: axis for path, axis in study.over.items() if isinstance(axis, Span)}
        points = spread(spans, study.points, study.design, base)
    runs = session.run(points, keep=study.keep)
    write_points(session, runs)
    show(session.console, _table(runs))
    return runs


def write_points(session: Session, runs: Runs) -> None:
    """Write ``summary.csv`` and ``differences.csv`` with the point and its settings in front, a point at a time."""
    for name, lines_of in (("summary", summarise), ("differences", differences)):
        rows = (
            row
            for p, point in enumerate(runs.points)
            for row in rows_of(lines_of({m: v[p] for m, v in runs.values.items()}), {"point": p, **point})
        )
        session.store.csv(f"{name}.csv", rows)


def _table(runs: Runs) -> Table:
    n = len(runs.points)
    title = f"median over simulated markets at {n} points" + (
        f"; the first {PRINTED_POINTS}, all in data/summary.csv" if n > PRINTED_POINTS else ""
    )
    table = Table(title=title, title_justify="left")
    for path in runs.points[0]:
        table.add_column(setting_name(path))
    table.add_column("motion")
    for metric in PRINTED:
        table.add_column(row_name(metric), justify="right")
    for p, point in enumerate(runs.points[:PRINTED_POINTS]):
        settings = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in point.values()]
        for motion in runs.values:
            cells = [shown(_median(runs, motion, metric.name, p), metric.kind) for metric in PRINTED]
            table.add_row(*settings, motion_called(motion), *cells)
            settings = [""] * len(settings)
    return table


def _median(runs: Runs, motion: str, metric: str, point: int) -> float:
    """Return the median over seeds; NaN where no seed has the metric."""
    from simulation.runs.paired import quantiles

    return quantiles(runs.metric(motion, metric)[point])[1]
