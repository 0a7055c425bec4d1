"""What a person's contacts say and do, packed in one integer a person and changed by one addition.

From the top: the sum of contacts' talk in eighths (22 bits, signed), contacts who came and are gone, contacts who left in the
last four weeks, contacts who use the product (14 bits each). Contacts who use each rival are packed in a second integer, 15 bits each, which is there
only where a scenario has rivals. Integers, so that neither the order of changes nor the number of threads can matter.
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
    there: np.ndarray  # int32, contacts at each rival, packed; empty where there are no rivals
    lag: np.ndarray  # int32 (n, 2), what is remembered of talk and of users beyond what is there now, see memory.py
    talk: np.ndarray  # int8, own talk in eighths
    odds: np.ndarray  # uint8, class of this week's bound, see screen.py
    level: np.ndarray  # uint8, static part of a customer's bound
    tickets: np.ndarray  # uint8, class of the bound of a ticket: bits of the seats of a customer


def quiet(network: Network) -> Influence:
    """Return the influence in a network where nobody has said anything yet."""
    n = network.n_people
    heard, there, lag = np.zeros(n, np.int64), np.zeros(0, np.int32), np.zeros((n, 2), np.int32)
    return Influence(*network, heard, there, lag, np.zeros(n, np.int8), *(np.zeros(n, np.uint8) for _ in range(3)))


FULL_TALK = 8
LEFT_WEEKS = 4
MAX_CONTACTS = 16_383  # what the packed counts can hold

USER = 1
LEFT = 1 << 14
GONE = 1 << 28
TALK = 1 << 42
RIVAL_BITS = 15
TALKED, USED = 0, 1  # places in ``lag``
FINENESS = 256  # of ``lag``: parts of an eighth of talk, parts of a contact


@inline
def users_of(heard):
    """Return the number of contacts who use the product."""
    return np.int64(heard) & 0x3FFF


@inline
def left_of(heard):
    """Return the number of contacts who left in the last four weeks."""
    return (np.int64(heard) >> 14) & 0x3FFF


@inline
def gone_of(heard):
    """Return the number of contacts who were customers and are lapsed."""
    return (np.int64(heard) >> 28) & 0x3FFF


@inline
def gone_share(heard):
    """Return the share of contacts gone, of those who ever came."""
    gone = np.float64(gone_of(heard))
    return gone / max(gone + users_of(heard), 1.0)


@inline
def users_there(there, k):
    """Return the number of contacts who use rival ``k``, counted from 0."""
    return (np.int64(there) >> (RIVAL_BITS * k)) & 0x7FFF


@inline
def rivals_of(there):
    """Return the number of contacts who use any rival."""
    return (np.int64(there) & 0x7FFF) + (np.int64(there) >> RIVAL_BITS)


@inline
def talk_of(heard):
    """Return the sum of contacts' talk, in eighths of full talk; may be negative."""
    return np.int64(heard) >> 42
