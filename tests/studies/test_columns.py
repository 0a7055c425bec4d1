"""A column of a table has one type in all parts of a plan, whatever values the runs of a part happen to have."""

import duckdb
import pyarrow.parquet as pq
import pytest

from simulation.runs.run import Outcome, Task
from simulation.runs.store import Store
from simulation.scenario.settings import kind

PRICE, ENTRY, FREE, SHARES = "product.price_usd", "rival.entry_week", "motion.free_tier", "motion.shares"
POINTS = (
    {PRICE: 1, ENTRY: None, FREE: True, SHARES: {"sales": 1}},
    {PRICE: 0.5, ENTRY: 30, FREE: False, SHARES: {"sales": 0.5, "content": 0.5}},
    {"behaviour.retention.inertia": 0},
)


def outcome(k, settings, error=None):
    """Return what a run of point ``k`` left."""
    return Outcome(Task(f"{k:016x}", k, "plg", 1, settings), {"cac_usd": float("nan")}, {}, {}, {}, 0.1, error)


@pytest.mark.parametrize("points", [POINTS, POINTS[::-1]])
def test_a_column_has_one_type_in_all_parts_of_a_plan(tmp_path, points):
    store = Store(tmp_path)
    for k, settings in enumerate(points):
        store.add([outcome(k, settings)], ["runs"])
    types = {}
    for part in tmp_path.glob("data/runs-*.parquet"):
        for field in pq.read_schema(part):
            types.setdefault(field.name, set()).add(str(field.type))
    assert {name: found for name, found in types.items() if len(found) > 1} == {}
    assert types[PRICE] == {"double"}
    assert types[ENTRY] == {"int64"}
    assert types[FREE] == {"bool"}
    assert types[SHARES] == {"string"}
    if points is POINTS:  # without union_by_name the first file says what a column is
        first, second = sorted(tmp_path.glob("data/runs-*.parquet"))[:2]
        read = duckdb.sql(f"select \"{PRICE}\" from read_parquet(['{first}', '{second}']) order by point").fetchall()
        assert read == [(1.0,), (0.5,)]


def test_runs_that_failed_have_the_same_types(tmp_path):
    store = Store(tmp_path)
    for k, settings in enumerate(POINTS):
        store.add([outcome(k, settings, "ValueError: no")], ["runs"])
    assert str(pq.read_schema(tmp_path / "data" / "failures.parquet").field(PRICE).type) == "double"


@pytest.mark.parametrize(
    ("path", "is_a"),
    [
        ("product.price_usd", float), ("market.people", int), ("market.segments.*.churn_per_week", float), ("motion.shares", dict),
        ("motions.clg.shares.sales", float), ("switches", dict), ("switches.peer_help", bool), ("market.network.kind", str),
        ("interventions", dict),
    ],
)  # fmt: skip
def test_the_schema_says_what_a_setting_is(path, is_a):
    assert kind(path) is is_a
