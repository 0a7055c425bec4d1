"""Settings as records: compiled code reads ``world.behaviour.help.ask_per_week`` as Python does, by name.

Numbers by segment, lever or language are arrays, never fields: so one signature serves every market.
"""

import copy
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import numpy as np

from simulation.compiled import INTERPRETED
from simulation.scenario.units import Frozen

PLAIN = {float: np.float64, int: np.int64, bool: np.int64}
NEVER = -1  # a whole number that is not given
Kept = TypeVar("Kept", bound=tuple)


def kind_of(section: type[Frozen], **more: Any) -> np.dtype:
    """Return the record of a section's numbers and sub-sections, by name, and ``more``; texts, lists, tables are left out, and sections that may be null."""
    fields: list[tuple[str, Any]] = []
    for name, field in section.model_fields.items():
        kind = _known(field.annotation)
        if isinstance(kind, type) and issubclass(kind, Frozen):
            if kind is field.annotation:
                fields.append((name, kind_of(kind)))
        elif kind in PLAIN:
            fields.append((name, PLAIN[kind]))
    return np.dtype([*fields, *more.items()], align=True)


def _known(annotation: Any) -> Any:
    """Return the type of a setting without its bounds; of one that may be null the other type."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(kind for kind in get_args(annotation) if kind is not NoneType)
    return getattr(annotation, "__origin__", annotation)


def fill(record: Any, section: Frozen, **more: Any) -> None:
    """Write the numbers of ``section``, and ``more``, into its record."""
    for name in record.dtype.names:
        value = more[name] if name in more else getattr(section, name)
        record[name] = _values(value, record.dtype[name])


def _values(value: Any, kind: np.dtype) -> Any:
    """Return a section's numbers as nested tuples: written at once, six times as fast as one by one (measured)."""
    if kind.names:
        return tuple(_values(getattr(value, name), kind[name]) for name in kind.names)
    return NEVER if value is None else value


def records(n: int, kind: np.dtype) -> np.ndarray:
    """Return ``n`` empty records; ``records.name[row]`` reads a column in compiled code, ``records["name"]`` anywhere."""
    made = np.zeros(n, kind)
    return made.view(np.recarray) if INTERPRETED else made


def nameless(kept: Kept) -> Kept:
    """Return a named tuple with its records, over the same memory, as one field each, for code that is compiled for them.

    numpy writes out the names and kinds of all fields at each call: of the settings' that took 30 microseconds (measured).
    """
    if INTERPRETED:
        return kept
    return type(kept)(*(np.frombuffer(x, [("all", f"V{x.nbytes}")])[0] if isinstance(x, np.void) else x for x in kept))


def longer(array: np.ndarray, n: int) -> np.ndarray:
    """Return ``array`` with ``n`` places along its first axis, the new ones zero."""
    grown = np.zeros((n, *array.shape[1:]), array.dtype)
    grown[: array.shape[0]] = array
    return grown


def apart(state: Any) -> Any:
    """Return a copy of records, arrays and tuples of them that shares nothing with ``state``."""
    if isinstance(state, tuple):
        return type(state)(*map(apart, state))
    if not isinstance(state, np.ndarray) or state.dtype.names is None:
        return copy.deepcopy(state)
    found = records(state.shape[0], state.dtype)
    found.view(np.uint8)[:] = state.view(np.uint8)  # numpy copies records field by field, 30 times as slowly
    return found
