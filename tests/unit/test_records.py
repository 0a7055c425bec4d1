"""Records without names are the records: what is written to one is read in the other."""

from typing import Any, NamedTuple

import numpy as np

from simulation.compiled import entry_point, jit
from simulation.scenario.records import nameless, records


class Kept(NamedTuple):
    """A record beside an array."""

    settings: Any
    places: np.ndarray


@jit
def swap(kept):
    """Change what is kept; return what was there."""
    was = kept.settings.inner.price
    kept.settings.inner.price = kept.places[0]
    return was


def test_compiled_code_reads_and_writes_the_same_memory():
    inner = np.dtype([("days", np.int64), ("price", np.float64)])
    kept = Kept(records(1, np.dtype([("weeks", np.int64), ("inner", inner)]))[0], np.array([7.0]))
    kept.settings["inner"]["price"] = 2.5
    bare = nameless(kept)
    assert bare.settings.dtype.names == ("all",) and bare.places is kept.places
    entry = entry_point(swap, (kept,))
    assert (entry(bare), kept.settings["inner"]["price"]) == (2.5, 7.0)
    kept.settings["inner"]["price"] = 3.5  # as settings do that change in the middle of a run
    assert entry(bare) == 3.5
