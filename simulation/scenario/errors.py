"""Bad input is answered with one sentence: what was given, where, what is allowed, the nearest match."""

import difflib
from collections.abc import Iterable


class BadInput(ValueError):
    """Input that cannot be used; the message is for the user as it stands."""


class NothingRan(RuntimeError):
    """Every run of a plan failed: there is nothing to say or to draw."""


class ClusterLost(RuntimeError):
    """A cluster that went away while it had runs; what is done is kept."""


class NotKept(RuntimeError):
    """A file of the results that cannot be written or read; what is done is kept, and the sentence says what helps."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean X?`` for the nearest of ``known`` names, or a full stop."""
    match = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f"; did you mean {match[0]}?" if match else "."
