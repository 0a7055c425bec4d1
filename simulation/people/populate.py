"""The people of a run, from settings and a key: network, traits, columns."""

from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np

from simulation.people.columns import new_people
from simulation.people.edges import read_edges
from simulation.people.influence import MAX_CONTACTS
from simulation.people.network import Network, heavy_tailed, small_world
from simulation.people.traits import draw_traits, read_traits
from simulation.scenario.errors import BadInput
from simulation.scenario.market import Market
from simulation.scenario.records import apart

KEPT_BYTES = 2**26  # of populations that runs share
LARGEST_KEPT = 0.2  # of it: 80,000 people


class Population(NamedTuple):
    """Who is there at the start; ``notes`` is what a file's reader set aside."""

    people: np.ndarray
    network: Network
    ids: list[str] | None
    notes: list[str]


_kept: dict[tuple, Population] = {}
_lock = Lock()


def populate(market: Market, key: int | np.uint64) -> Population:
    """Return the people of ``market`` under ``key``; raises BadInput where a file cannot be used."""
    net = market.network
    ids: list[str] | None = None
    notes: list[str] = []
    if net.file is not None:
        traits_path = Path(net.traits_file) if net.traits_file else None
        network, by_id, notes = read_edges(Path(net.file), traits_path)
        ids = list(by_id)
    elif net.kind == "heavy_tailed":
        network = heavy_tailed(market.people or 0, net.degree, net.p_triad, key)
    else:
        network = small_world(market.people or 0, net.degree, net.p_rewire, key)
    most = int(np.diff(network.indptr).max(initial=0))
    if most > MAX_CONTACTS:
        who = (
            f"market.network.file={net.file}: '{ids[int(np.diff(network.indptr).argmax())]}' has"
            if ids
            else "one person has"
        )
        raise BadInput(f"{who} {most:,} contacts; at most {MAX_CONTACTS:,} are allowed")
    traits = draw_traits(market, network.n_people, key)
    if net.kind == "file" and net.traits_file:
        notes += read_traits(Path(net.traits_file), traits, by_id, list(market.segments))
    return Population(new_people(traits), network, ids, notes)


def shared(market: Market, key: int | np.uint64) -> Population:
    """Return :func:`populate`, built once for all runs here that meet this market under this key, whatever their motion.

    The table of people is the caller's own; the rest is everybody's, to be read. What is large is built anew: it is a small
    part of its run.
    """
    net = market.network
    files = [Path(name).stat().st_mtime_ns for name in (net.file, net.traits_file) if name]
    asked = (market.model_dump_json(), int(key), *files)
    with _lock:
        found = _kept.pop(asked, None)
    if found is None:
        found = populate(market, key)
        if _bytes(found) > LARGEST_KEPT * KEPT_BYTES:
            return found
    with _lock:
        _kept[asked] = found  # the last one used stands last
        while sum(map(_bytes, _kept.values())) > KEPT_BYTES:
            del _kept[next(iter(_kept))]
    return found._replace(people=apart(found.people))


def _bytes(population: Population) -> int:
    return population.people.nbytes + population.network.indptr.nbytes + population.network.indices.nbytes


def check_files(market: Market) -> list[str]:
    """Read the files a market names, so that a mistake is said once and before any run; return what was set aside."""
    if market.network.kind != "file":
        return []
    return populate(market, 0).notes
