"""Whole commands under faults: each case is a fork of one process that has everything loaded."""

import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from simulation.runs import files
from simulation.runs.store import Store
from simulation.scenario.compose import compose
from tests.crash.faults import ERRORS, SIGNALS, Faults

WORLD = ("market.people=60", "market.accounts=6000", "weeks=60", "jobs=1", "behaviour.attraction.ambient_per_week=0.02")
TWO = ("motions=[clg,plg]", "seeds=2")
STUDIES = {
    "compare": (*TWO, "study.keep=[runs,weeks,lives]"),
    "sweep": (*TWO, "study.over={product.price_usd:[10,40]}", "study.keep=[runs,weeks]"),
    "regimes": (*TWO, "study.over={product.price_usd:[10,40],market.topics:[900,4000]}"),
    "uncertainty": (*TWO, "study.draws=8"),
    "sensitivity": (
        "motions=[clg]", "seeds=1", "study.against=null", "study.parameters=[product.gross_margin]",
        "study.metrics=[cash_usd]", "study.trajectories=2", "study.finalists=2", "study.samples=8",
    ),
    "attribution": (*TWO, "study.of=clg", "study.against=plg", "study.mechanisms={help:[peer_help]}"),
    "optimise": (
        "motions=[clg]", "seeds=1", "study.goal=cash_usd", "study.rounds=1", "study.mixes=4", "study.check_seeds=2",
        "study.levers=[content]",
    ),
    "shocks": (
        "motions=[clg,plg]", "seeds=2", "study.experiments=[criticism]", "study.storm_week=20",
    ),
    "wheel": ("motions=[plg]", "seeds=2", "study.stop_week=20"),
    "price": ("motions=[plg]", "seeds=2", "study.week=20", "study.sizes=[0.2]"),
    "wean": ("motions=[hybrid]", "seeds=2", "study.steps=2"),
    "validate": ("study.experiments=[impulses]",),
    "calibrate": ("motions=[plg]", "seeds=1", "study.draws=40", "study.company=acme", "study.sample=8"),
}  # fmt: skip
FIGURES = 1  # drawn for real in a case; all of them go through the same door


class Case(NamedTuple):
    """A fault and what became of the command."""

    how: str
    at: int
    code: int
    said: str


def load() -> None:
    """Load what takes seconds, start no thread: the cases are forks."""
    import duckdb  # noqa: F401
    import pyarrow.dataset  # noqa: F401
    from matplotlib.figure import Figure

    import simulation.runs.session
    import simulation.studies.tables  # noqa: F401
    from simulation.mesa_model import GrowthModel
    from simulation.metrics import measure

    for motion in ("clg", "plg"):
        measure(GrowthModel(compose(*WORLD, f"motions=[{motion}]").world(motion), rng=1).run())
    for study in STUDIES:
        import_module(f"simulation.figures.{study}")
        import_module(f"simulation.studies.{study}")
    for kind in ("png", "svg"):
        Figure().savefig(io.BytesIO(), format=kind)


def forked(arguments: Iterable[str], folder: Path, at: int = 0, how: str = "kill") -> tuple[int, str, list[str]]:
    """Run a command in a fork; return its code (-n: ended by signal n), what it said, and its file operations."""
    compose(*arguments)  # once for all forks
    said = folder.with_name(f"{folder.name}.said")
    pid = os.fork()
    if not pid:
        code = 99
        try:
            with said.open("w") as out, redirect_stdout(out), redirect_stderr(out):
                code = _command(list(arguments), folder, at, how, said)
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    done = said.with_suffix(".ops")
    return os.waitstatus_to_exitcode(status), said.read_text(), done.read_text().split("\n") if done.exists() else []


def _command(arguments: list[str], folder: Path, at: int, how: str, said: Path) -> int:
    from simulation.__main__ import main

    study = next(a.partition("=")[2] for a in arguments if a.startswith("study="))
    drawing = import_module(f"simulation.figures.{study}")
    whole = drawing.draw_all
    drawing.draw_all = lambda *given: islice(whole(*given), FIGURES)
    sys.argv = ["flywheel", *arguments]
    faults = Faults(folder, at, how)
    empty = not folder.exists()
    try:
        with faults:
            code = main()
    except BaseException:  # noqa: BLE001 - whatever escapes is held against the command
        import traceback

        traceback.print_exc()
        code = 98
    if not at and empty:
        through = faults.written()
        held = {
            str(p.relative_to(folder)): p.stat().st_size for p in folder.rglob("*") if p.is_file() and p.name != ".lock"
        }
        assert through == held, (through, held)
        said.with_suffix(".ops").write_text("\n".join(faults.done))
    return code


def tables(folder: Path) -> dict[str, bytes]:
    """Return what a command leaves for people: tables, texts and pictures, by name."""
    found = (p for p in folder.rglob("*") if p.suffix in (".csv", ".txt", ".png", ".svg"))
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(found) if ".flywheel" not in p.parts}


def runs_in(folder: Path) -> tuple[int, int]:
    """Return how many rows there are in runs, and how many of them have names of their own."""
    store = Store(folder)
    if "runs" not in store.tables():
        return 0, 0
    return store.query("select count(*), count(distinct run_id) from runs").fetchall()[0]


def check(study: str, cases: Iterable[tuple[str, int | float]], home: Path, fresh: bool = False) -> Iterator[Case]:
    """Run ``study`` under each fault (how, at: an operation, or a share of them), resume it, hold it against the whole.

    Raises AssertionError where anything is lost or said badly.
    """
    arguments = [f"study={study}", *WORLD, *STUDIES[study]]
    arguments += ["fresh=true"] if fresh else []
    whole, old = home / "whole", home / "old"
    code, said, done = forked([*arguments, f"out={whole}"], whole)
    assert code == 0, said
    aim, n_runs = tables(whole), _counted(whole)
    if fresh:
        assert forked([*arguments, "product.gross_margin=0.5", f"out={old}"], old)[0] == 0
    for how, where_at in cases:
        at = max(1, round(where_at * len(done))) if isinstance(where_at, float) else where_at
        folder = home / "case"
        shutil.rmtree(folder, ignore_errors=True)
        if fresh:
            shutil.copytree(old, folder)
        code, said, _ = forked([*arguments, f"out={folder}"], folder, at, how)
        where = f"{study} {how} at {at} of {len(done)} ({done[min(at, len(done)) - 1]}): exit {code}\n{said}"
        assert "Traceback" not in said and "Fatal" not in said, where
        assert code in ((0, 1, 2) if how in ERRORS else (0, 130, -SIGNALS[how])), where
        if fresh and code and not (folder / ".flywheel" / "ready").exists() and tables(folder) != aim:
            assert tables(folder) == tables(old), where
        again, more, _ = forked([*arguments, f"out={folder}"], folder)
        assert again == 0, where + more
        assert {k: v for k, v in tables(folder).items() if ".kept" not in k} == aim, where
        assert _counted(folder) == n_runs, where
        assert not (folder / ".flywheel").exists(), where
        yield Case(how, at, code, said)


def _counted(folder: Path) -> tuple[int, int]:
    """Return the runs of a folder, each there once, in a fork: reading starts threads."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            assert all(files.digest(folder / n) == d for n, d in _entries(folder).items())
            os.write(writer, "{} {}".format(*runs_in(folder)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(pid, 0)
    rows, names = map(int, os.read(reader, 99).split())
    os.close(reader)
    assert rows == names
    return rows, names


def _entries(folder: Path) -> dict[str, str]:
    found = files.Files(folder)
    assert found.read()
    return found.entries
