"""A social network from a user's CSV file: columns source,target; ids are any text; ties are undirected."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.people.network import Network, from_pairs
from simulation.scenario.errors import BadInput
from simulation.scenario.sheet import read_sheet


class EdgeFile(NamedTuple):
    """What a file held: the network, the id of each row and what was set aside."""

    network: Network
    ids: dict[str, int]
    notes: list[str]


def read_edges(path: Path, traits_path: Path | None = None) -> EdgeFile:
    """Return the network in ``path``; people named only in the traits file are isolated.

    Rows are in the order of first appearance. Raises BadInput naming file and line.
    """
    ids: dict[str, int] = {}
    source, target, selves, ignored = [], [], 0, []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file)
            head = [h.strip() for h in next(rows, [])]
            if not {"source", "target"} <= set(head):
                raise BadInput(f"{path}: line 1 is '{','.join(head)}', the columns source,target are needed")
            a, b = head.index("source"), head.index("target")
            ignored = [h for h in head if h not in ("source", "target")]
            for line, row in enumerate(rows, 2):
                if not row:
                    continue
                if len(row) != len(head):
                    raise BadInput(f"{path}: line {line} has {len(row)} fields, line 1 has {len(head)}")
                one, other = row[a].strip(), row[b].strip()
                if not one or not other:
                    raise BadInput(
                        f"{path}: line {line}: {'source' if not one else 'target'} is empty, an id is needed"
                    )
                i, j = ids.setdefault(one, len(ids)), ids.setdefault(other, len(ids))
                selves += i == j
                source.append(i)
                target.append(j)
    except OSError as e:
        raise BadInput(f"{path}: the file cannot be read ({e.strerror or e})") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: the file is not text in UTF-8") from None
    if not source:
        raise BadInput(f"{path}: the file holds no edge")
    isolated = 0
    if traits_path:
        for name in _ids_of(traits_path):
            isolated += name not in ids
            ids.setdefault(name, len(ids))
    network = from_pairs(np.array(source, np.int32), np.array(target, np.int32), len(ids))
    without_ties = int((np.diff(network.indptr) == 0).sum()) - isolated
    counted = (
        (len(source) - selves - network.n_ties, "repeated edges folded"),
        (selves, "edges of a person with themselves set aside"),
        (without_ties, "people whose only edge was with themselves kept without contacts"),
        (isolated, "people named only in the traits file kept without contacts"),
    )
    notes = [f"{path}: {k} {what}" for k, what in counted if k]
    if ignored:
        notes.append(f"{path}: further columns ignored: {', '.join(ignored)}")
    return EdgeFile(network, ids, notes)


def _ids_of(path: Path) -> list[str]:
    """Return the ids of a traits file, which is read to the end here: what is no table is said now."""
    sheet = read_sheet(path, str(path))
    if "id" not in sheet.head:
        raise BadInput(f"{path}: row 1 names no column 'id'")
    found: dict[str, int] = {}
    for n, row in sheet.rows:
        if row["id"] in found:
            raise BadInput(f"{path}: row {n}: the id '{row['id']}' stands in the file twice")
        found[row["id"]] = n
    return list(found)
