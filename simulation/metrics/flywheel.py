"""Whether the flywheel turns: organic share, content apart, reproduction number."""

import numpy as np

from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN
from simulation.people.stages import ORGANIC, Channel
from simulation.record import Record


def _share(record: Record, channels) -> float:
    return float(np.isin(record.lives["channel"], channels).mean()) if record.lives.size else NAN


@metric("organic share of new customers", Kind.SHARE, Better.MORE, "E11", "ours, by first touch")
def organic_share(record: Record) -> float:
    """Return the share of new customers who came by users' content, talk or invites, or by themselves."""
    return _share(record, ORGANIC)


@metric("new customers by users' content", Kind.SHARE, Better.MORE, "E5, E11", "ours, by first touch")
def user_content_share(record: Record) -> float:
    """Return the share of new customers who found what a user wrote."""
    return _share(record, (Channel.USER_CONTENT,))


@metric("new customers by the firm's content", Kind.SHARE, Better.NEITHER, "E5, E11", "ours, by first touch")
def firm_content_share(record: Record) -> float:
    """Return the share of new customers who found what the firm published."""
    return _share(record, (Channel.FIRM_CONTENT,))


@metric("customers whom a customer brings", Kind.RATIO, Better.MORE, "E11", "ours, after Diekmann et al.")
def reproduction_number(record: Record) -> float:
    """Return how many customers one customer brings in a life as long as the mean one seen: talk, invites, content.

    Customers brought per customer-week, times the mean life in weeks (customer-weeks per ended life).
    """
    by_users = (Channel.USER_CONTENT, Channel.CLOSE_TALK, Channel.BROADCAST_TALK, Channel.INVITE)
    ended = (record.lives["ended"] >= 0).sum()
    return float(np.isin(record.lives["channel"], by_users).sum() / ended) if ended else NAN
