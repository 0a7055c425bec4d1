"""Bad input is answered with one sentence: what was given, where, what is allowed, the nearest match."""

import difflib
from collections.abc import Iterable

SHOWN = 40  # characters of a value that a sentence repeats


class BadInput(ValueError):
    """Input that cannot be used; the message is for the user as it stands."""


class NothingRan(RuntimeError):
    """Every run of a plan failed: there is nothing to say or to draw."""


class ClusterLost(RuntimeError):
    """A cluster that went away while it had runs; what is done is kept."""


class NotKept(RuntimeError):
    """A file of the results that cannot be written or read; what is done is kept, and the sentence says what helps."""


def shown(text: str, most: int = SHOWN) -> str:
    """Return a text as a sentence repeats it: on one line, cut where it is long."""
    line = "".join(c if c.isprintable() else " " for c in text[: most + 1])
    return f"{line[:most]}..." if len(text) > most else line


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean X?`` for the nearest of ``known`` names, or a full stop."""
    match = near(word, known)
    return f"; did you mean {match}?" if match else "."


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the nearest of ``known`` names in any case: very much alike, or with its last part begun, or alike."""
    names = {name.casefold(): name for name in reversed(list(known))}
    word = word[:100].casefold()
    begun = [name for name in names if name.rpartition(".")[2].startswith(f"{word}_")][-1:]
    for match in (
        difflib.get_close_matches(word, names, 1, 0.8),
        begun,
        difflib.get_close_matches(word, names, 1, 0.5),
    ):
        if match:
            return names[match[0]]
    return None
