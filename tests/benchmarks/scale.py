"""Bytes and nanoseconds a person, and what a cut between machines would carry: ``uv run python -m tests.benchmarks.scale``.

docs/scale.md rests on these. Bytes and cuts are the same everywhere; nanoseconds are of the machine they are taken on.
"""

import argparse
import os
import time
from collections.abc import Iterator

import numpy as np

from simulation.engine import Engine
from simulation.people.draws import key_of
from simulation.people.network import Network
from tests.benchmarks.worlds import world

PEOPLE = 20_000  # few enough for any machine; what is counted here does not depend on it
WEEKS = 52
COLD = ("found", "rows", "offers", "helpers", "upto", "open_rows", "present", "leaving")  # lent as they are touched


def arrays(kept: object, name: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array in nested named tuples with its name."""
    if isinstance(kept, tuple):
        for field, value in zip(kept._fields, kept, strict=True):
            yield from arrays(value, name if name == "leaving" else field)
    elif isinstance(kept, np.ndarray):
        yield name, kept


def held(engine: Engine) -> dict[str, int]:
    """Return the bytes of all arrays of a run by name."""
    found: dict[str, int] = {}
    for name, array in (*arrays(engine.town), *arrays(engine.desk)):
        found[name] = found.get(name, 0) + array.nbytes
    return found


def bytes_a_person(n: int = PEOPLE) -> dict[str, float]:
    """Return what a run of full CLG holds, in bytes a person by part; what does not grow with people is left out."""
    small, large = (held(Engine(world("clg", people, WEEKS), key_of(1, 0, 0))) for people in (n, 2 * n))
    parts = dict.fromkeys(("people", "network", "influence", "members", "lives", "buffers, at most"), 0.0)
    where = {
        "people": "people",
        "indptr": "network",
        "indices": "network",
        "members": "members",
        "lives": "lives",
        "year_seats": "lives",
    }
    where |= dict.fromkeys(("heard", "lag", "talk", "odds", "level", "tickets"), "influence")
    where |= dict.fromkeys((*COLD, "code"), "buffers, at most")
    for name, n_bytes in large.items():
        if n_bytes > small[name]:
            parts[where[name]] += (n_bytes - small[name]) / n
    return parts


def cut_share(network: Network, shards: int) -> float:
    """Return the share of ties whose ends lie in two of ``shards`` runs of consecutive rows."""
    rows = np.repeat(np.arange(network.n_people), np.diff(network.indptr))
    return float(
        np.mean(rows * shards // network.n_people != network.indices.astype(np.int64) * shards // network.n_people)
    )


def told_by_week(engine: Engine) -> Iterator[int]:
    """Run the weeks that are left; yield after each how many people told their contacts something new in it."""

    def says() -> np.ndarray:
        return np.stack([engine.town.net.talk, engine.people["uses"]])

    for week in range(engine.week, engine.config.weeks):
        before = says()
        engine.advance(week + 1)
        yield int((says() != before).any(axis=0).sum())


def told_a_week(n: int = PEOPLE, years: int = 3) -> float:
    """Return how many of a thousand people tell their contacts something new in a mean week of the last of ``years``."""
    told = list(told_by_week(Engine(world("clg", n, years * WEEKS), key_of(1, 0, 0))))
    return 1000 * float(np.mean(told[-WEEKS:])) / n


def nanoseconds(n: int, rounds: int) -> float:
    """Return the median CPU nanoseconds of a person's week of full CLG; building the people is not counted."""
    config, took = world("clg", n, WEEKS), []
    for seed in range(rounds):
        engine = Engine(config, key_of(seed, 0, 0))
        start = time.process_time()
        engine.run()
        took.append(time.process_time() - start)
    return 1e9 * float(np.median(took)) / n / WEEKS


def main() -> None:
    """Print all; ``--quick`` leaves out the million."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no million people")
    quick = parser.parse_args().quick
    parts = bytes_a_person()
    for name, value in parts.items():
        print(f"{name}: {value:.0f} bytes a person")
    print(f"all: {sum(parts.values()):.0f} bytes a person")
    network = Engine(world("clg", PEOPLE, WEEKS), key_of(1, 0, 0)).network
    for shards in (2, 10, 100):
        print(f"{shards} shards of consecutive rows cut {100 * cut_share(network, shards):.1f} % of the ties")
    print(f"{told_a_week():.1f} of 1,000 people tell their contacts something new in a week of the third year")
    for n in (100_000,) if quick else (100_000, 1_000_000):
        print(f"{n:,} people: {nanoseconds(n, 3):.0f} CPU ns a person and week, load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
