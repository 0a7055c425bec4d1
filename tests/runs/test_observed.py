"""What was observed is kept as it is found: the same command goes on from there, and finds the same."""

from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from simulation.runs.observed import Observed
from simulation.runs.session import Session
from simulation.runs.store import Store
from simulation.scenario.compose import compose

seen: list[float] = []


def twice(x):
    if x == 3.0:
        raise KeyboardInterrupt
    seen.append(x)
    return {"twice": np.float64(2 * x)}, np.array([x, 0.1]), np.bool_(x > 1)


def opened(folder, **more):
    config = compose("market.people=200", "weeks=10", "jobs=1", "motions=[plg]")
    store = Store(folder / "results")
    store.open(config.model_dump(mode="json") | more, ["flywheel"], fresh=False)
    return config, store


def observe(folder, values):
    config, store = opened(folder)
    try:
        with Session(config, store, Console(file=StringIO())) as session:
            return session.each_kept(twice, [(x,) for x in values], values), session.total
    finally:
        store.close()


def test_what_is_found_is_not_looked_for_again_and_is_the_same(tmp_path):
    seen.clear()
    first, _ = observe(tmp_path, [1.0, 2.0])
    assert first == [[{"twice": 2.0}, [1.0, 0.1], False], [{"twice": 4.0}, [2.0, 0.1], True]] and seen == [1.0, 2.0]
    again, total = observe(tmp_path, [2.0, 5.0, 1.0])
    assert [of[0]["twice"] for of in again] == [4.0, 10.0, 2.0] and again[2] == first[0]
    assert seen == [1.0, 2.0, 5.0] and total == 3


def test_ctrl_c_keeps_what_is_finished(tmp_path):
    seen.clear()
    with pytest.raises(KeyboardInterrupt):
        observe(tmp_path, [1.0, 2.0, 3.0, 4.0])
    observe(tmp_path, [1.0, 2.0, 4.0])
    assert seen == [1.0, 2.0, 4.0]


def test_a_damaged_part_is_looked_for_again(tmp_path):
    seen.clear()
    observe(tmp_path, [1.0])
    (part,) = (tmp_path / "results" / "data").glob("observed-*.parquet")
    part.write_bytes(b"no")
    observe(tmp_path, [1.0])
    assert seen == [1.0, 1.0]


def test_what_other_code_or_another_function_found_does_not_count(tmp_path, monkeypatch):
    observe(tmp_path, [1.0])
    _, store = opened(tmp_path)
    assert Observed(store, abs, [1.0]).waiting == [0] and Observed(store, twice, [1.0]).waiting == []
    monkeypatch.setattr("simulation.runs.observed.SOURCES", "other")
    assert Observed(store, twice, [1.0]).waiting == [0]
    store.close()
