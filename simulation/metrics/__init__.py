"""Metrics of a finished run: pure functions of its record, each below the row that says what it is."""

from simulation.metrics import cac, community, company, firm, flywheel, members, retention, rivals, sign_ups
from simulation.metrics.metric import Metric
from simulation.record import Record

SUBJECTS = (cac, sign_ups, retention, firm, company, flywheel, community, members, rivals)
METRICS: dict[str, Metric] = {
    row.name: row
    for subject in SUBJECTS
    for row in vars(subject).values()
    if isinstance(row, Metric) and row.measure.__module__ == subject.__name__
}
METRICS |= company.TODAY


def measure(record: Record) -> dict[str, float]:
    """Return every metric of a run; NaN where a run is too short or too empty to say."""
    return {name: metric(record) for name, metric in METRICS.items()}
