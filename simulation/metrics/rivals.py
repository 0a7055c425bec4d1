"""Rivals: who has the market, who wins whom. NaN where no rival has or wins anybody."""

from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN, ratio
from simulation.people.stages import MOST_RIVALS
from simulation.record import Record

PLACES = range(1, MOST_RIVALS + 1)


def users(record: Record, k: int) -> float:
    """Return the users of rival ``k``, counted from 1, at the end, in rows."""
    return float(record.series(f"rival_{k}_users")[-1])


def _customers(record: Record) -> float:
    return float(record.series("customer")[-1] + record.series("expert")[-1])


def _came(record: Record, k: int) -> float:
    """Return who began to use rival ``k``, from us or not."""
    return float(record.series(f"rival_{k}_recruited").sum() + record.series(f"rival_{k}_won").sum())


def _there(record: Record, k: int) -> bool:
    """Return whether anybody has used rival ``k``."""
    return bool(record.series(f"rival_{k}_users").any())


def _share(record: Record, ours: float) -> float:
    if not any(_there(record, k) for k in PLACES):
        return NAN
    return ratio(ours, _customers(record) + sum(users(record, k) for k in PLACES))


def _net_flow(record: Record, k: int) -> float:
    if not _there(record, k):
        return NAN
    return float(record.series(f"rival_{k}_lost").sum() - record.series(f"rival_{k}_won").sum()) * record.weight


@metric("share of the market", Kind.SHARE, Better.MORE, "E12", "count")
def market_share(record: Record) -> float:
    """Return our customers over all who use us or a named rival, at the end."""
    return _share(record, _customers(record))


@metric("share of the first rival", Kind.SHARE, Better.LESS, "E12", "count")
def rival_1_share(record: Record) -> float:
    """Return the first rival's users over all who use us or a named rival, at the end."""
    return _share(record, users(record, 1)) if _there(record, 1) else NAN


@metric("share of the second rival", Kind.SHARE, Better.LESS, "E12", "count")
def rival_2_share(record: Record) -> float:
    """Return the second rival's users over all who use us or a named rival, at the end."""
    return _share(record, users(record, 2)) if _there(record, 2) else NAN


@metric("win rate", Kind.SHARE, Better.MORE, "E9, E12", "win rate against named competitors")
def win_rate(record: Record) -> float:
    """Return the share of those who chose us or a named rival in the run who chose us; who switches chooses again."""
    if not any(_there(record, k) for k in PLACES):
        return NAN
    return ratio(record.won.size, record.won.size + sum(_came(record, k) for k in PLACES))


@metric("customers won from the first rival, net", Kind.COUNT, Better.MORE, "E12", "count")
def rival_1_net_flow(record: Record) -> float:
    """Return users of the first rival who bought from us less customers of ours who went to it, in the run."""
    return _net_flow(record, 1)


@metric("customers won from the second rival, net", Kind.COUNT, Better.MORE, "E12", "count")
def rival_2_net_flow(record: Record) -> float:
    """Return users of the second rival who bought from us less customers of ours who went to it, in the run."""
    return _net_flow(record, 2)


@metric("customers lost to rivals", Kind.SHARE, Better.LESS, "E12", "count")
def lost_to_rival_share(record: Record) -> float:
    """Return the share of the run's customers who went to a rival."""
    return ratio(record.series("switched").sum(), record.lives.size)
