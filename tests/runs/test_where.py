"""Where runs are done and what they share: whole seeds in a part, small work here, workers that load the engine alone."""

import subprocess
import sys

import numpy as np
import pytest

from simulation.engine import simulate
from simulation.people import populate as people
from simulation.people.populate import populate, shared
from simulation.runs import cluster
from simulation.runs.cluster import Engine
from simulation.runs.run import Outcome, Task
from tests.worlds import world

SMALL = ("market.people=300", "market.accounts=20000", "weeks=20")
LOADED = """
import asyncio, sys
from simulation.runs.cluster import _get_ready
from simulation.runs.run import Task, run
from simulation.scenario.compose import compose
asyncio.run(_get_ready())
world = compose("motions=[clg]", "market.people=300", "market.accounts=20000", "weeks=20").world("clg")
assert run(world, Task("a", 0, "clg", 1, {"product.price_usd": 30.0}), ("runs", "weeks", "lives")).error is None
print(*{"mesa", "pandas", "matplotlib", "networkx", "scipy.stats", "duckdb", "pyarrow"} & sys.modules.keys())
"""


def tasks(seeds, motions=("clg", "plg"), points=1):
    return [Task(f"{p}/{k}/{m}", p, m, k, {}) for p in range(points) for k in range(1, seeds + 1) for m in motions]


def sizes(engine, given):
    return [len(part) for part in engine._parts(given)]


def test_a_run_and_a_worker_load_neither_mesa_nor_pandas_nor_matplotlib():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_part_holds_whole_seeds_and_a_long_run_is_a_part_of_its_own():
    engine = Engine({}, None, 1)
    engine._seconds = 0.2
    assert sizes(engine, tasks(5, ("clg", "plg", "slg"))) == [6, 6, 3]
    engine._seconds = 0.5
    assert sizes(engine, tasks(2, ("clg", "plg", "slg"))) == [3, 3]
    engine._seconds = 3.0
    assert sizes(engine, tasks(2)) == [1, 1, 1, 1]


def test_the_first_part_is_one_seed_and_the_first_of_many_are_small():
    engine = Engine({}, None, None)
    assert sizes(engine, tasks(2)) == [2, 2]
    engine._seconds, engine._small = 0.05, 2
    assert sizes(engine, tasks(20)) == [6, 6, 20, 8]


@pytest.mark.parametrize(
    ("jobs", "n", "seconds", "cores", "leaves"),
    [
        (None, 60, 0.05, 2, False),  # 3 s of work: two processes would save 1.5 and cost 3
        (None, 200, 0.05, 2, True),
        (None, 90, 0.05, 8, True),
        (None, 10_000, 0.05, 1, False),
        (1, 10_000, 1.0, 2, False),  # as asked for
        (2, 2, 0.001, 2, True),
    ],
)
def test_work_leaves_the_process_where_that_saves_more_than_a_start(jobs, n, seconds, cores, leaves, monkeypatch):
    monkeypatch.setattr(cluster.os, "cpu_count", lambda: cores)
    assert Engine({}, None, jobs)._leaves(n, seconds) is leaves


def test_work_that_turns_out_long_goes_on_elsewhere_where_it_stopped_here(monkeypatch):
    monkeypatch.setattr(cluster.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(cluster, "run", lambda _, task, keep: Outcome(task, {}, {}, {}, {}, 0.5, None))
    elsewhere = []
    monkeypatch.setattr(Engine, "_on_cluster", lambda _, parts, keep: elsewhere.extend(parts) or iter(()))
    engine = Engine({m: world(m, *SMALL) for m in ("clg", "plg")}, None, None)
    given = tasks(20)
    here = [o.task for done in engine.outcomes(given, len(given), ("runs",)) for o in done]
    assert here == given[:2] and [t for part in elsewhere for t in part] == given[2:]


def test_work_that_is_large_from_the_start_is_not_begun_here(monkeypatch):
    monkeypatch.setattr(cluster.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(Engine, "_on_cluster", lambda _, parts, keep: iter([list(parts)]))
    monkeypatch.setattr(cluster, "run", lambda *_: pytest.fail("begun here"))
    engine = Engine({"clg": world("clg", "market.people=3000000", "weeks=156")}, None, None)
    given = tasks(3, ("clg",))
    assert engine._guess == pytest.approx(2e-8 * 3e6 * 156)
    assert list(engine._done(engine._parts(given), 3, ())) == [[given[:1], given[1:2], given[2:]]]


def test_observations_are_made_here_until_the_first_says_that_they_are_long(monkeypatch):
    engine = Engine({}, None, None)
    monkeypatch.setattr(cluster, "START_SECONDS", 1e9)
    assert list(engine.each(divmod, [(7, 2), (9, 4)])) == [(0, (3, 1)), (1, (2, 1))]
    handed = []

    class Elsewhere:
        def over(self, plan):
            handed.extend(plan)
            yield from ((part, [part]) for part in plan)

    monkeypatch.setattr(cluster, "START_SECONDS", -1.0)
    monkeypatch.setattr(Engine, "_dispatch", lambda *_: Elsewhere())
    assert [k for k, _ in engine.each(divmod, [(7, 2), (9, 4), (5, 2)])] == [0, 1, 2]
    assert handed == [[0], [1], [2]]


def test_runs_of_one_seed_share_the_network_and_have_people_of_their_own(monkeypatch):
    monkeypatch.setattr(people, "_kept", {})
    market = world("clg", *SMALL).market
    first, second, anew = shared(market, 7), shared(market, 7), populate(market, 7)
    assert first.network is second.network and first.people is not second.people
    first.people["seats"] = 9
    for population in (second, shared(market, 7)):
        assert population.people.tobytes() == anew.people.tobytes()
        assert all(np.array_equal(a, b) for a, b in zip(population.network, anew.network, strict=True))
    assert shared(market, 8).network is not first.network
    other = world("clg", *SMALL, "market.network.degree=4").market
    assert shared(other, 7).network.n_ties < first.network.n_ties


def test_a_run_leaves_what_it_shares_as_it_was(monkeypatch):
    monkeypatch.setattr(people, "_kept", {})
    alone = {m: simulate(world(m, *SMALL), 3) for m in ("plg", "clg")}
    assert len(people._kept) == 1  # the two markets are one
    (kept,) = people._kept.values()
    before = kept.people.tobytes(), *(column.tobytes() for column in kept.network)
    again = {m: simulate(world(m, *SMALL), 3) for m in ("clg", "plg")}
    assert (kept.people.tobytes(), *(column.tobytes() for column in kept.network)) == before
    for m, record in alone.items():
        assert record.weeks.tobytes() == again[m].weeks.tobytes() and record.lives.tobytes() == again[m].lives.tobytes()


def test_what_is_kept_for_other_runs_has_a_bound_and_the_oldest_goes_first(monkeypatch):
    monkeypatch.setattr(people, "_kept", {})
    market = world("clg", *SMALL).market
    size = people._bytes(populate(market, 1))
    monkeypatch.setattr(people, "KEPT_BYTES", 5.5 * size)
    for seed in (1, 2, 3, 4, 5, 1, 6):
        shared(market, seed)
    assert [seed for _, seed in people._kept] == [3, 4, 5, 1, 6]
    monkeypatch.setattr(people, "KEPT_BYTES", 4.0 * size)  # a fifth of it is less than one
    shared(market, 7)
    assert 7 not in [seed for _, seed in people._kept]
