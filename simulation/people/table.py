"""The table of people as it is handed out: the engine's memory, read-only, where traits are written through the model.

What may be written, within which bounds and by whom; and for every other column what to do instead.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from simulation.people.columns import COLUMNS
from simulation.people.reading import reading
from simulation.people.traits import BOUNDS


class ReadOnlyColumn(AttributeError, ValueError):
    """A write to a column that the model keeps itself; the sentence says what to do instead."""


class Writable(NamedTuple):
    """Bounds of a column that may be written, and whose it is."""

    low: float
    high: float
    of: str = "people"


WRITABLE = {name: Writable(*bounds) for name, bounds in BOUNDS.items()} | {
    "skill": Writable(0.0, 1.0),
    "belonging": Writable(0.0, 1.0, "members"),
    "satisfaction": Writable(0.0, 1.0, "customers"),
}
_MOVES = "override a decision in a subclass of a stage and call model.use(...), or change what it rests on by an intervention"
_HISTORY = "it tells what happened"
_INSTEAD = {
    **dict.fromkeys(("stage", "begun", "channel", "door", "referrer", "seats", "life", "contract", "uses"), _MOVES),
    **dict.fromkeys(("member", "joined", "place", "ties", "live_ties", "tie_next", "reads"), _MOVES),
    **dict.fromkeys(
        ("reputation", "load", "last_post", "answers", "unanswered", "questions", "pieces", "brought"), _HISTORY
    ),
    "skill_week": "write 'skill', which is noted with its week",
    "segment": "give shares in market.segments, or segments in market.network.traits_file, before the run",
    "eagerness": "write 'affinity', which it follows, or set behaviour.engagement.encouraged or only_reads",
    "call_weight": "write 'size_seats' or 'need', which it follows",
    "readiness": "set market.traits.readiness_variance before the run",
    "variant": "call model.use(cls, rows)",
}


def checked(name: str, values: Any) -> np.ndarray:
    """Return ``values`` for a column, float64; raises ReadOnlyColumn or ValueError where they cannot stand in it."""
    if name not in WRITABLE:
        what = f"column '{name}' is kept by the model and only to be read: {_INSTEAD[name]}"
        raise ReadOnlyColumn(f"{what}; may be written: {', '.join(WRITABLE)}")
    low, high, _ = WRITABLE[name]
    try:
        numbers = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"column '{name}' takes numbers from {low:g} to {high:g}, not {values!r}") from None
    wrong = numbers[~((numbers >= low) & (numbers <= high))]
    if wrong.size:
        raise ValueError(f"column '{name}' takes numbers from {low:g} to {high:g}, not {wrong.flat[0]:g}")
    return numbers


class Table(np.ndarray):
    """People, one record a row, to read; ``table["fit"][rows] = -1.0`` writes a trait through the model."""

    write: Callable[[str, Any, Any], None] | None = None  # set on what is handed out, not on what is made of it

    def __getitem__(self, key):
        found = super().__getitem__(key)
        if self.write is not None and isinstance(key, str):
            found = found.view(Column)
            found.write = partial(self.write, key)
        elif self.write is not None and isinstance(found, np.ndarray):
            found.flags.writeable = False  # numpy copies rows that are picked; a write to them would be lost
        return found

    def __setitem__(self, key, values):
        if self.write is None:
            super().__setitem__(key, values)
        elif isinstance(key, str) and key in COLUMNS:
            self.write(key, slice(None), values)
        else:
            raise ReadOnlyColumn(
                f"people are written by column, as in model.people['fit'][rows] = -1.0; may be written: {', '.join(WRITABLE)}"
            )


class Column(np.ndarray):
    """One column of the table; setting items, also by ``+=`` and its like, goes through the model."""

    write: Callable[[Any, Any], None] | None = None

    def __getitem__(self, key):
        found = super().__getitem__(key)
        if self.write is not None and isinstance(found, np.ndarray):
            found.flags.writeable = False
        return found

    def __setitem__(self, key, values):
        if self.write is None:
            super().__setitem__(key, values)
        else:
            self.write(key, values)

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        inputs = tuple(np.asarray(x) if isinstance(x, Column) else x for x in inputs)
        if len(out) == 1 and isinstance(out[0], Column) and out[0].write is not None:
            out[0][...] = getattr(ufunc, method)(*inputs, **kwargs)
            return out[0]
        if out:
            kwargs["out"] = tuple(np.asarray(x) if isinstance(x, Column) else x for x in out)
        return getattr(ufunc, method)(*inputs, **kwargs)


def handed_out(people: np.ndarray, write: Callable[[str, Any, Any], None]) -> Table:
    """Return the engine's table of ``people`` to read; ``write(column, rows, values)`` is called for what is written."""
    table = reading(people).view(Table)
    table.write = write
    return table
