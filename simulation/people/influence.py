"""What a person's contacts say and do, packed in one integer a person and changed by one addition.

From the top: the sum of contacts' talk in eighths (20 bits, signed), contacts at the rival (15 bits), contacts
who left in the last four weeks (14 bits), contacts who use the product (15 bits). Integers, so that neither
the order of changes nor the number of threads can matter.
"""

from typing import NamedTuple

import numpy as np

from simulation.compiled import inline
from simulation.people.network import Network


class Influence(NamedTuple):
    """The social network and the columns that stand apart because many people are touched at once, n each."""

    indptr: np.ndarray  # int64 (n + 1)
    indices: np.ndarray  # int32 contacts
    heard: np.ndarray  # int64, what contacts say and do, packed
    talk: np.ndarray  # int8, own talk in eighths
    odds: np.ndarray  # uint8, class of this week's bound, see screen.py
    level: np.ndarray  # uint8, static part of a customer's bound
    tickets: np.ndarray  # uint8, class of the bound of a ticket: bits of the seats of a customer


def quiet(network: Network) -> Influence:
    """Return the influence in a network where nobody has said anything yet."""
    n = network.n_people
    return Influence(*network, np.zeros(n, np.int64), np.zeros(n, np.int8), *(np.zeros(n, np.uint8) for _ in range(3)))


FULL_TALK = 8
LEFT_WEEKS = 4
MAX_CONTACTS = 16_383  # what the packed counts can hold

USER = 1
LEFT = 1 << 15
RIVAL = 1 << 29
TALK = 1 << 44


@inline
def users_of(heard):
    """Return the number of contacts who use the product."""
    return np.int64(heard) & 0x7FFF


@inline
def left_of(heard):
    """Return the number of contacts who left in the last four weeks."""
    return (np.int64(heard) >> 15) & 0x3FFF


@inline
def rival_of(heard):
    """Return the number of contacts who are at the rival."""
    return (np.int64(heard) >> 29) & 0x7FFF


@inline
def talk_of(heard):
    """Return the sum of contacts' talk, in eighths of full talk; may be negative."""
    return np.int64(heard) >> 44
