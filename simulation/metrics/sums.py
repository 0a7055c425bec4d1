"""Sums over a record, and quotients of them."""

from simulation.record import Record

NAN = float("nan")


def usd(record: Record, *names: str) -> float:
    """Return the sum of series of cents over the whole run, in USD of the whole market."""
    return float(sum(record.series(name).sum() for name in names)) / 100


def ratio(top: float, low: float) -> float:
    """Return top over low; NaN where low is nothing."""
    return float(top / low) if low > 0 else NAN
