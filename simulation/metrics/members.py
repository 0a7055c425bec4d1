"""Who is in the community: members among customers, readers outside it, new customers it sourced and influenced."""

import numpy as np

from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN, ratio
from simulation.people.stages import Channel, Door
from simulation.record import Record


def sourced(lives: np.ndarray) -> np.ndarray:
    """Return whom the community sourced: who first found what a user wrote, or came in through its door; seed members apart."""
    by_community = (lives["channel"] == Channel.USER_CONTENT) | (lives["door"] == Door.COMMUNITY)
    return by_community & (lives["channel"] != Channel.SEED)


def influenced(lives: np.ndarray) -> np.ndarray:
    """Return whom the community touched before they bought: it sourced them, or they were members or readers by then."""
    return sourced(lives) | (lives["joined"] <= lives["adopted"]) | (lives["read"] == 1)


def _share(record: Record, which) -> float:
    return float(which(record.won).mean()) if record.won.size else NAN


@metric("new customers sourced by the community", Kind.SHARE, Better.MORE, "E8", "ours, by first touch or door")
def sourced_share(record: Record) -> float:
    """Return the share of new customers who first found what a user wrote, or came in through the community's door."""
    return _share(record, sourced)


@metric("new customers influenced by the community", Kind.SHARE, Better.MORE, "E8", "ours")
def influenced_share(record: Record) -> float:
    """Return the share of new customers whom the community sourced, or who were members or readers before they bought.

    Not what it caused: who reads might have bought without (``study=members``, ``study=attribution``).
    """
    return _share(record, influenced)


@metric("customers who are members", Kind.SHARE, Better.MORE, "E3", "count")
def customers_in_community(record: Record) -> float:
    """Return the share of customers who are members of the community at the end."""
    customers = record.series("customer")[-1] + record.series("expert")[-1]
    return ratio(record.series("paying_members")[-1], customers)


@metric("members who pay", Kind.SHARE, Better.NEITHER, "E3", "count")
def paying_members(record: Record) -> float:
    """Return the share of members who are customers at the end."""
    return ratio(record.series("paying_members")[-1], record.series("members")[-1])


@metric("readers outside the community", Kind.COUNT, Better.MORE, "E4", "count")
def readers_end(record: Record) -> float:
    """Return who reads what is written, by users or by the firm, without being a member, at the end."""
    return float(record.series("readers")[-1]) * record.weight
