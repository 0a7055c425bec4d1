"""Free sign-ups: how many there are, and how many of them pay."""

from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import ratio
from simulation.people.stages import Door
from simulation.record import Record

PAID_WEEKS = 8  # 60 days, in whole weeks


@metric("free sign-ups", Kind.COUNT, Better.MORE, "E1", "count")
def sign_ups(record: Record) -> float:
    """Return sign-ups for a free plan or trial, with those that never use the product; an account may sign up again."""
    return float(record.series("engaged_trial").sum() + record.series("dropped_out").sum()) * record.weight


@metric("free sign-ups that pay within 60 days", Kind.SHARE, Better.MORE, "E1", "target V25a")
def sign_up_to_paid_60_days(record: Record) -> float:
    """Return the share of sign-ups that pay within 8 weeks, of those that could be followed so long."""
    stayed, dropped_out, paid = followed(record)
    return ratio(paid, stayed + dropped_out)


def followed(record: Record) -> tuple[float, float, float]:
    """Return sign-ups that could be followed for 60 days, in rows: who stayed, who dropped out at once, who of the former paid by then."""
    weeks = max(record.weeks.shape[0] - PAID_WEEKS, 0)
    stayed, dropped_out = (float(record.series(name)[:weeks].sum()) for name in ("engaged_trial", "dropped_out"))
    lives = record.won[(record.won["door"] == Door.TRIAL) & (record.won["engaged"] >= 0)]
    in_time = (lives["engaged"] < weeks) & (lives["adopted"] - lives["engaged"] <= PAID_WEEKS)
    return stayed, dropped_out, float(in_time.sum())
