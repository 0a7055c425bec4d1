"""What was observed without being a run: kept in the results folder as it is found, so that the same command goes on from there."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

from simulation.runs.store import Store
from simulation.sources import DECIDING, hash_of

KEEP_SECONDS = 10.0  # between two parts
SOURCES = hash_of((*DECIDING, "knowns/*.py"))  # of all that is kept so: worlds solved again


class Observed:
    """What ``function`` finds for each of ``told``: what decides it, beside the command, as JSON holds it, which holds what is found too."""

    def __init__(self, store: Store, function: Callable[..., Any], told: Sequence[Any]) -> None:
        self._store = store
        self._names = [f"{begins(function)}{_digest(of)}" for of in told]
        self._new: list[dict[str, str]] = []
        self._since = time.monotonic()
        there = store.observed(begins(function))
        self.found = [json.loads(there[name]) if name in there else None for name in self._names]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._write()

    @property
    def waiting(self) -> list[int]:
        """The places of what is not found yet."""
        return [k for k, found in enumerate(self.found) if found is None]

    def add(self, k: int, value: Any) -> None:
        """Keep what was found at place ``k``; it is the same now as when it is read back."""
        text = json.dumps(value, default=_plain)
        self.found[k] = json.loads(text)
        self._new.append({"name": self._names[k], "found": text})
        if time.monotonic() - self._since >= KEEP_SECONDS:
            self._write()

    def _write(self) -> None:
        if self._new:
            self._store.add_observed(self._new)
        self._new, self._since = [], time.monotonic()


def begins(function: Callable[..., Any]) -> str:
    """Return how the names of all begin that a function of these sources has found."""
    return f"{function.__name__}-{SOURCES}-"


def _plain(of: Any) -> Any:
    """Return what NumPy holds as JSON can."""
    return of.tolist()


def _digest(of: Any) -> str:
    return hashlib.sha256(json.dumps(of, sort_keys=True, default=_plain).encode()).hexdigest()[:16]
