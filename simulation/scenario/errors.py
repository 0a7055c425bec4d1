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
    """Return the nearest of ``known`` names in any case: with the word in its last part beside it, or alike, or with it anywhere."""
    names = {name.casefold(): name for name in known}
    word = word[:100].casefold()
    head, _, last = word.rpartition(".")
    within = [name for name in names if last in name.rpartition(".")[2].split("_")]
    beside = [name for name in within if name.rpartition(".")[0] == head]
    called = [name for name in names if not head and "_" in last and name.rpartition(".")[2] == last]
    alike = (difflib.get_close_matches(word, names, 1, cutoff) for cutoff in (0.8, 0.5))
    found = beside or called or next(alike) or within or next(alike)
    return names[found[0]] if found else None
