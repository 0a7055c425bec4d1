"""The limit kernel and the plain Mesa model compute what they are said to compute. Nothing is timed here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulation.engine import Engine
from simulation.flywheel.desk import Rows
from simulation.people.draws import key_of
from simulation.people.network import Network, small_world
from simulation.people.stages import Channel
from tests.benchmarks import limit, limit_full, peers
from tests.benchmarks.plain_mesa import WordOfMouth
from tests.benchmarks.worlds import world

PEER = Path(__file__).parents[3] / "shared" / "bench" / "peers" / "peer_numba.py"


def test_the_limit_kernel_ends_where_the_reference_does():
    """N = 1,000: 112.7, 683.8, 203.5 over 4,000 runs; four standard errors of 100 runs (1 in 15,000 a state)."""
    network = small_world(1000, 10, 0.1, 1)
    ends = np.array([limit.run(network, 60, seed)[-1] for seed in range(100)])
    error = 4 * ends.std(axis=0, ddof=1) * np.sqrt(1 / 100 + 1 / 4000)
    assert (abs(ends.mean(axis=0) - (112.7, 683.8, 203.5)) < error).all()


def test_nobody_has_more_contacts_than_a_byte_can_count():
    network = small_world(100_000, 10, 0.1, 1)
    assert np.diff(network.indptr).max() < limit.CONTACTS


@pytest.mark.skipif(not PEER.is_file(), reason="the folder of other frameworks' benchmarks is not here")
def test_the_limit_kernel_is_the_reference_kernel(tmp_path):
    """On the reference's own graph the counts of all 60 weeks are the same to the last person, seed by seed."""
    command = [sys.executable, str(PEER), "--n=1000", "--steps=60", "--seed=1", "--replicates=5", "--counts"]
    env = os.environ | {"PEERS_CACHE": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    (indptr,), (indices,) = (map(np.load, tmp_path.glob(f"*.{name}.npy")) for name in ("indptr", "indices"))
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == 5
    for line in lines:
        assert limit.run(Network(indptr, indices), 60, line["seed"]).tolist() == line["counts"]


@pytest.mark.parametrize("run", [peers.run_numpy, pytest.param(peers.run_laser, marks=pytest.mark.slow)])
def test_others_are_the_same_workload(run):
    """Mean paths of 60 runs each on one network of 1,000 people: four standard errors, 6 weeks, 3 states (1 in 900)."""
    if run is peers.run_laser:
        pytest.importorskip("laser.core", reason="laser-core is not installed: pip install -e '.[bench]'")
    network, weeks = small_world(1000, 10, 0.1, 1), np.array([1, 5, 10, 20, 40, 60]) - 1
    ours, theirs = (np.array([f(network, 60, seed)[weeks] for seed in range(60)]) for f in (limit.run, run))
    error = 4 * np.sqrt((ours.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / 60)
    assert (abs(ours.mean(axis=0) - theirs.mean(axis=0)) <= error).all()


def test_the_full_limit_touches_as_many_rows_as_the_run_it_was_taken_from():
    """The attracted of a week are those of its start and those who came in it, all but returning customers."""
    config = world("clg", 1500, 30)
    plan, record = limit_full.plan_of(config, 3), Engine(config, key_of(3, 0, 0)).run()
    came = sum(record.series(f"attracted_{c.name.lower()}") for c in Channel if c != Channel.RETURN)
    there = np.append(0, record.series("attracted")[:-1])
    sizes = np.diff(plan.first, axis=1)
    assert sizes[:, Rows.ATTRACTED].tolist() == (there + came).tolist() and came.sum() > 50
    assert plan.rows.size == sizes.sum() and (sizes[:, limit_full.TOLD] >= record.series("left")).all()
    assert plan.rows.min() >= 0 and plan.rows.max() < 1500
    limit_full.run(plan)


def test_plain_mesa_is_the_same_workload():
    """Mean paths over 40 runs each on one network of 300 people: four standard errors at six weeks (1 in 15,000)."""
    network, weeks = small_world(300, 10, 0.1, 1), np.array([1, 5, 10, 20, 40, 60]) - 1
    ours = np.array([limit.run(network, 60, seed)[weeks] for seed in range(40)])
    theirs = []
    for seed in range(40):
        model = WordOfMouth(network, rng=seed)
        for _ in range(60):
            model.step()
        theirs.append(model.datacollector.get_model_vars_dataframe().to_numpy()[weeks])
    theirs = np.array(theirs)
    error = 4 * np.sqrt((ours.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / 40)
    assert (abs(ours.mean(axis=0) - theirs.mean(axis=0)) <= error).all()


PEERS = Path(__file__).parents[3] / "shared" / "bench" / "peers"


@pytest.mark.slow
@pytest.mark.skipif(not PEERS.is_dir(), reason="the folder of peer benchmarks is not here")
def test_the_limit_kernel_agrees_with_the_peers_kernel():
    """Mean end points of 100 runs each differ by less than four standard errors (1 in 15,000 a state)."""
    command = [sys.executable, "peer_numba.py", "--n", "1000", "--replicates", "100"]
    done = subprocess.run(command, cwd=PEERS, capture_output=True, text=True, check=True)
    theirs = np.array([json.loads(line)["final"] for line in done.stdout.splitlines()])
    network = small_world(1000, 10, 0.1, 1)
    ours = np.array([limit.run(network, 60, seed)[-1] for seed in range(100)])
    error = 4 * np.sqrt(ours.var(axis=0, ddof=1) / 100 + theirs.var(axis=0, ddof=1) / 100)
    assert (abs(ours.mean(axis=0) - theirs.mean(axis=0)) < error).all()
