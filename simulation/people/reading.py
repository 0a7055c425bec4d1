"""What the engine hands out to be read: its own memory, without a copy, which nobody can write to.

Compiled loops trust what stands in their arrays (rows, places in lists, counts) and have no guards: one wrong number
from outside would end Python itself.
"""

from collections import deque
from enum import Enum
from types import MappingProxyType, MethodType
from typing import Any

import numpy as np

from simulation.scenario.units import Frozen

INSTEAD = "settings change by an intervention, decisions by model.use(...), traits through model.agents"


def reading(array: np.ndarray) -> np.ndarray:
    """Return the same memory as an array that stays read-only, since what it is a view of is not at hand."""
    owner = np.asarray(array).reshape(-1).view(np.uint8).data.toreadonly()
    return np.frombuffer(owner, array.dtype).reshape(array.shape)


def readable(value: Any) -> Any:
    """Return ``value`` to be read: arrays, lists and dicts read-only, objects of the engine as a ``Reading``."""
    if isinstance(value, np.ndarray):
        return reading(value)
    if isinstance(value, np.void):
        return Fields(value)
    if isinstance(value, dict):
        return MappingProxyType({key: readable(item) for key, item in value.items()})
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return type(value)(*(readable(item) for item in value))
    if isinstance(value, list | tuple | deque):
        return tuple(readable(item) for item in value)
    settled = isinstance(value, Frozen | Enum | type) or not type(value).__module__.startswith("simulation.")
    return value if settled else Reading(value)


class Reading:
    """An object of the engine, to read: its attributes, and those of its methods that change nothing."""

    __slots__ = ("_of",)

    def __init__(self, of: Any) -> None:
        object.__setattr__(self, "_of", of)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._of, name)
        return MethodType(value.__func__, self) if isinstance(value, MethodType) else readable(value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"'{name}' of {self!r} is the model's own account: {INSTEAD}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"'{name}' of {self!r} is the model's own account: {INSTEAD}")

    def __reduce__(self):
        return Reading, (self._of,)

    def __dir__(self):
        return dir(self._of)

    def __repr__(self):
        return f"the {type(self._of).__name__.lower()}"


class Fields(Reading):
    """A record of the engine, to read: its fields are attributes."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name not in self._of.dtype.names:
            raise AttributeError(f"{self!r} has no '{name}'; it has {', '.join(self._of.dtype.names)}")
        value = self._of[name]
        return readable(value) if isinstance(value, np.ndarray | np.void) else value.item()

    def __reduce__(self):
        return Fields, (self._of,)

    def __dir__(self):
        return list(self._of.dtype.names)

    def __repr__(self):
        return "a record of the model"
