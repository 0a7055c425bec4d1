"""A social network from a user's CSV file: columns source,target; ids are any text; ties are undirected."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.people.matching import check_alike, check_uncut
from simulation.people.network import Network, from_pairs
from simulation.scenario.csv_table import once, rows_of
from simulation.scenario.errors import BadInput

ENDS = ("source", "target")


class EdgeFile(NamedTuple):
    """What a file held: the network, the id of each row and what was set aside."""

    network: Network
    ids: dict[str, int]
    notes: list[str]


def read_edges(path: Path, traits_path: Path | None = None) -> EdgeFile:
    """Return the network in ``path``; people named only in the traits file are isolated.

    Rows are in the order of first appearance. Raises BadInput naming file, row and column.
    """
    said = f"market.network.file={path}"
    rows = rows_of(path, said, ENDS)
    _, head = next(rows)
    ids: dict[str, int] = {}
    source, target, selves = [], [], 0
    a, b = (head.index(end) for end in ENDS)
    for n, row in rows:
        one, other = row[a], row[b]
        if not one or not other:
            raise BadInput(f"{said}: row {n}, column {ENDS[bool(one)]} is empty, an id is needed")
        i, j = ids.setdefault(one, len(ids)), ids.setdefault(other, len(ids))
        selves += i == j
        source.append(i)
        target.append(j)
    if not source:
        raise BadInput(f"{said}: the file holds no edge")
    check_uncut(said, ids)
    in_ties = len(ids)
    named = _ids_of(traits_path) if traits_path else {}
    if traits_path:
        check_alike(said, ids, f"market.network.traits_file={traits_path}", named)
    for name in named:
        ids.setdefault(name, len(ids))
    isolated = len(ids) - in_ties
    network = from_pairs(np.array(source, np.int32), np.array(target, np.int32), len(ids))
    without_ties = int((np.diff(network.indptr) == 0).sum()) - isolated
    counted = (
        (len(source) - selves - network.n_ties, "repeated edges folded"),
        (selves, "edges of a person with themselves set aside"),
        (without_ties, "people whose only edge was with themselves kept without contacts"),
        (isolated, "people named only in the traits file kept without contacts"),
    )
    notes = [f"{path}: {k} {what}" for k, what in counted if k]
    if traits_path:
        notes.append(f"{traits_path}: {len(named) - isolated} of {len(named)} ids are among the {in_ties} of {path}")
    if ignored := [name for name in head if name not in ENDS]:
        notes.append(f"{path}: further columns ignored: {', '.join(ignored)}")
    return EdgeFile(network, ids, notes)


def _ids_of(path: Path) -> dict[str, int]:
    """Return the ids of a traits file and their rows; it is read to the end here: what is no table is said now."""
    said = f"market.network.traits_file={path}"
    rows = rows_of(path, said, ("id",))
    _, head = next(rows)
    at = head.index("id")
    found: dict[str, int] = {}
    for n, row in rows:
        once(said, n, "id", row[at], found)
    if not found:
        raise BadInput(f"{said}: the file holds no row below its columns")
    check_uncut(said, found)
    return found
