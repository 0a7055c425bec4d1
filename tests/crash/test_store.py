"""The store alone, stopped at every one of its file operations; commands whole are in ``test_commands``."""

import shutil
from contextlib import suppress

import pytest

from simulation.scenario.errors import BadInput, NotKept
from tests.crash.faults import Faults, Stopped
from tests.runs.test_store import contents, done, entered, here, opened, outcomes, seeds_in  # noqa: F401


def command(fresh, faults=None):
    """Do a command of three chunks, a table and a figure; return its store."""
    store = opened("mine", fresh=fresh)
    try:
        todo = [k for k in (4, 5) if f"{k:016x}" not in store.finished()]
        for k in todo:
            store.add(outcomes(k), ("runs", "weeks"))
        store.csv("summary.csv", [{"cac_usd": 1.0}])
        store.put({"figures/cac.png": lambda file: file.write(b"picture")})
        store.finish()
    finally:
        store._held.release()
    return store


def ended(now, aim, before):
    """Return whether a folder holds what is aimed at, and beside it nothing but damaged files and what stood there before.

    A file of ours that the disk does not read at the moment may be anybody's: it stays, under its name or aside.
    """
    more = {name: text for name, text in now.items() if name not in aim and not name.endswith(".damaged")}
    return aim.items() <= now.items() and set(more.values()) <= set(before.values())


CASES = [("stop", False, 12), ("enospc", True, 16)]  # in the fast suite a handful, else every third operation
SLOW = [
    pytest.param(how, fresh, 3, marks=pytest.mark.slow) for how in ("stop", "enospc", "eio") for fresh in (False, True)
]


@pytest.mark.parametrize(("how", "fresh", "every"), [*CASES, *SLOW])
def test_stopped_at_a_file_operation_nothing_is_lost(how, fresh, every, here):  # noqa: F811
    done("old", 1, cac=3.0)
    before = contents("old")
    old = before if fresh else {}

    def start():
        shutil.rmtree("mine", ignore_errors=True)
        if fresh:
            shutil.copytree("old", "mine")

    start()
    with Faults("mine") as faults:
        command(fresh)
    through = faults.written()
    held = {name.removeprefix("mine/"): len(text) for name, text in contents("mine").items() if ".lock" not in name}
    assert through == held  # nothing is written past the doors that are watched
    aim, n = contents("mine"), len(faults.done)
    assert n > 60
    for at in range(1 + every // 2, n + 1, every):
        start()
        with Faults("mine", at, how), suppress(Stopped, NotKept, BadInput):
            command(fresh)
        now = contents("mine")
        if fresh and not (here / "mine/.flywheel/ready").exists() and not ended(now, aim, old):
            assert {name.replace("mine", "old"): now[name] for name in now if ".flywheel" not in name} == before
        command(fresh).close()
        assert seeds_in("mine") == [4, 5], at
        assert ended(contents("mine"), aim, old), at
        assert how == "eio" or {n for n in contents("mine") if not n.endswith(".damaged")} == aim.keys(), at
        assert entered("mine")
