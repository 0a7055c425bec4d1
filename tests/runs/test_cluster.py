"""Real workers that are killed, join late, differ or vanish, on this machine and on a named cluster."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from simulation.runs.store import Store
from simulation.runs.versions import SOURCES_HASH
from tests.runs.clusters import cluster
from tests.worlds import apart_from_progress

pytestmark = pytest.mark.slow

PLAN = (
    "study=sweep", "study.over={product.price_usd:[10,40,90]}", "rows=1500", "market.accounts=20000", "weeks=104",
    "motions=[clg,plg]", "seeds=16",
)  # fmt: skip
N_RUNS = 3 * 2 * 16
KILLER = """
import os, signal
import simulation.runs.run as r
whole = r.whole = getattr(r, "whole", r.run)  # dask may load this twice
def run(base, task, keep):
    if (task.motion, task.seed, task.settings) == ("plg", 5, {"product.price_usd": 40}):
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(base, task, keep)
r.run = run
"""
OTHER = "import simulation.runs.versions as v\nv.SOURCES_HASH = 'other'\n"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the summary of the plan, made in one process."""
    folder = tmp_path_factory.mktemp("whole") / "whole"
    assert finish(begin(folder, "jobs=1")) == (0, "")
    return (folder / "data" / "summary.csv").read_bytes()


def begin(folder, *how: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "simulation", *PLAN, *how, f"out={folder}"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen) -> tuple[int, str]:
    said = process.communicate(timeout=400)[1]
    return process.returncode, apart_from_progress(said)


def until_parts(process: subprocess.Popen, folder, n: int) -> None:
    """Wait until ``n`` chunks are stored."""
    while process.poll() is None and len(list(folder.glob("data/runs-*.parquet"))) < n:
        time.sleep(0.05)
    assert process.poll() is None


def own_workers(process: subprocess.Popen) -> list[int]:
    """Return the ids of the worker processes of a command."""
    found = psutil.Process(process.pid).children(recursive=True)
    return [p.pid for p in found if "spawn_main" in " ".join(p.cmdline())]


def runs_in(folder) -> tuple[int, int]:
    return Store(folder).query("select count(*), count(distinct run_id) from runs").fetchall()[0]


def test_all_workers_here_killed_at_once_cost_nothing(whole, tmp_path):
    folder = tmp_path / "here"
    process = begin(folder, "jobs=2")
    until_parts(process, folder, 2)
    victims = own_workers(process)
    assert len(victims) == 2
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    assert finish(process) == (0, "")
    assert (folder / "data" / "summary.csv").read_bytes() == whole


def test_the_only_worker_killed_costs_nothing_when_another_joins(whole, tmp_path):
    folder = tmp_path / "there"
    with cluster(18787, "--no-nanny") as there:
        process = begin(folder, f"cluster={there.address}")
        until_parts(process, folder, 2)
        there.workers[0].kill()
        time.sleep(1)
        there.join("--no-nanny")
        assert finish(process) == (0, "")
    assert (folder / "data" / "summary.csv").read_bytes() == whole


def test_a_run_that_kills_its_workers_is_listed_alone(tmp_path):
    """Its worker comes back by its nanny; a part that two workers died of is taken apart."""
    (tmp_path / "killer.py").write_text(KILLER)
    folder = tmp_path / "killer"
    with cluster(18788, "--preload", str(tmp_path / "killer.py")) as there:
        code, said = finish(begin(folder, f"cluster={there.address}"))
    assert code == 1 and f"1 of {N_RUNS} runs failed; they are listed in {folder}/data/failures.parquet" in said
    failed = Store(folder).query("select motion, seed, settings, error from failures").fetchall()
    assert failed == [("plg", 5, '{"product.price_usd": 40}', "it killed the worker that ran it, twice")]
    assert runs_in(folder) == (N_RUNS - 1, N_RUNS - 1)


def test_workers_of_other_rules_are_refused_at_the_start_and_when_they_join(tmp_path):
    (tmp_path / "other.py").write_text(OTHER)
    folder, never = tmp_path / "joined", tmp_path / "never"
    with cluster(18789) as there:
        process = begin(folder, f"cluster={there.address}", "seeds=160")  # long enough for a worker to join
        until_parts(process, folder, 1)
        there.join("--preload", str(tmp_path / "other.py"))
        code, said = finish(process)
        differs = f"has this project's rules other, here it is {SOURCES_HASH}"
        assert (code, said) == (2, f"cluster={there.address}: a worker that joined {differs}; its runs are not kept\n")
        n, distinct = runs_in(folder)
        assert 0 < n == distinct < 10 * N_RUNS
        code, said = finish(begin(never, f"cluster={there.address}"))
        assert (
            code == 2 and said.startswith(f"cluster={there.address}: worker tcp://") and said.endswith(f" {differs}\n")
        )
        assert not never.exists()


def test_a_scheduler_that_is_killed_is_said_in_one_sentence_and_what_is_done_is_kept(tmp_path):
    folder = tmp_path / "gone"
    with cluster(18790) as there:
        process = begin(folder, f"cluster={there.address}")
        until_parts(process, folder, 2)
        there.scheduler.kill()
        code, said = finish(process)
        n = runs_in(folder)[0]
        assert code == 1 and said.count("\n") == 1
        assert said.startswith(
            f"cluster={there.address}: the scheduler is gone: {n} of {N_RUNS} runs are kept in {folder}; to resume: flywheel "
        )


def test_ctrl_c_keeps_what_is_done_says_so_and_leaves_no_worker(whole, tmp_path):
    folder = tmp_path / "interrupted"
    process = begin(folder, "jobs=2")
    until_parts(process, folder, 2)
    workers = own_workers(process)
    for pid in (process.pid, *workers):  # a terminal tells them all
        os.kill(pid, signal.SIGINT)
    code, said = finish(process)
    n = runs_in(folder)[0]
    assert code == 130 and n > 0 and said.count("\n") == 1
    assert said.startswith(f"interrupted: {n} of {N_RUNS} runs are kept in {folder}; to resume: flywheel ")
    assert not any(psutil.pid_exists(pid) for pid in workers)
    assert finish(begin(folder, "jobs=1")) == (0, "")
    assert (folder / "data" / "summary.csv").read_bytes() == whole
