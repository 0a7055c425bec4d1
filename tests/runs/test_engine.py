"""The engine: common random numbers, resuming, failures and killed processes."""

import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from io import StringIO
from itertools import pairwise

import numpy as np
import pytest

from simulation.cli import main
from simulation.runs.cluster import _one
from simulation.runs.run import Task, run
from simulation.runs.store import Store
from simulation.scenario.files import SHIPPED
from simulation.sources import RULES
from tests.studies.small import SMALL, rows
from tests.studies.small import run as run_study
from tests.worlds import world

SWEEP = ("study=sweep", "study.over={product.price_usd:[20,60]}", "motions=[clg,plg]")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    return run_study(tmp_path_factory.mktemp("engine") / "sweep", *SWEEP, "seeds=3")


def test_a_sweep_has_a_line_for_each_point_motion_and_metric(sweep):
    lines = rows(sweep / "data" / "summary.csv")
    assert (
        len({(r["point"], r["motion"], r["metric"]) for r in lines})
        == len(lines)
        == 2 * 2 * len({r["metric"] for r in lines})
    )
    assert {r["product.price_usd"] for r in lines} == {"20", "60"}


def test_a_sweep_keeps_runs_only_unless_asked(sweep, tmp_path):
    assert set(Store(sweep).tables()) == {"runs", "timings"}
    kept = run_study(tmp_path / "kept", *SWEEP, "seeds=1", "study.keep=[runs,weeks]")
    assert Store(kept).query("select count(*), count(distinct point) from weeks").fetchall() == [(4 * 60, 2)]


def test_a_point_of_a_sweep_is_the_run_that_a_comparison_makes(sweep, tmp_path):
    alone = run_study(
        tmp_path / "alone", "product.price_usd=60", "product.reference_price_usd=40", "motions=[clg,plg]", "seeds=3"
    )
    same = "select run_id, motion, seed, new_customers, cash_usd from runs"
    ours = Store(sweep).query(f'{same} where "product.price_usd" = 60 order by motion, seed').fetchall()
    assert ours == Store(alone).query(f"{same} order by motion, seed").fetchall()


def test_more_seeds_reuse_the_runs_that_are_there(sweep, tmp_path):
    grown = run_study(tmp_path / "grown", *SWEEP, "seeds=1")
    before = set(grown.glob("data/runs-*.parquet"))
    run_study(grown, *SWEEP, "seeds=3")
    assert before < set(grown.glob("data/runs-*.parquet"))
    assert (grown / "data" / "summary.csv").read_bytes() == (sweep / "data" / "summary.csv").read_bytes()


def test_one_motion_alone_can_be_swept(tmp_path):
    folder = run_study(
        tmp_path / "a",
        "study=sweep",
        "study.over={motions.clg.team_hours.welcome:[0.3]}",
        "motions=[clg,plg]",
        "seeds=1",
    )
    assert len(rows(folder / "data" / "summary.csv")) > 0


def test_a_failed_run_costs_only_itself_and_is_listed(tmp_path, monkeypatch, capsys):
    from simulation import metrics

    def measure(record):
        if record.lives.size % 2 == 0:
            raise RuntimeError("an even number of lives")
        return whole(record)

    whole = metrics.measure
    monkeypatch.setattr(metrics, "measure", measure)
    folder = tmp_path / "failing"
    command = [*SMALL, *SWEEP, "seeds=6", f"out={folder}"]
    assert main(command) == 1
    said = capsys.readouterr().err
    store = Store(folder)
    failed = store.query("select run_id, motion, seed, settings, error from failures").fetchall()
    done = store.query("select count(*) from runs").fetchall()[0][0]
    assert 0 < len(failed) < 24 and done + len(failed) == 24
    assert f"{len(failed)} of 24 runs failed; they are listed in {folder}/data/failures.parquet" in said
    assert json.loads(failed[0][3])["product.price_usd"] in (20, 60)
    assert failed[0][4] == "RuntimeError: an even number of lives"
    monkeypatch.undo()
    assert main(command) == 0  # the same command again does what failed
    assert store.query("select count(*) from runs").fetchall()[0][0] == 24
    assert "failures" not in store.tables()


def test_a_part_that_began_with_a_failed_run_stays_when_that_run_is_tried_again(tmp_path):
    store = Store(tmp_path)
    fine, broken = (run(world("clg", "weeks=2"), Task(k, 0, "clg", 1, {}), ("runs",)) for k in "ab")
    store.add([broken._replace(error="no luck"), fine], ("runs",))
    store.add([broken], ("runs",))
    assert store.finished() == {"a", "b"}


def test_an_observation_s_own_error_comes_home_as_it_is():
    (error,) = _one(math.sqrt, (-1.0,))
    assert isinstance(error, ValueError) and _one(math.sqrt, (4.0,)) == [2.0]


def test_looking_again_numbers_points_as_before(tmp_path):
    sample = tmp_path / "sample.csv"
    sample.write_text("market.topics\n" + "".join(f"{2000 + k}\n" for k in range(12)))
    until = "study.until={metric: cac_usd, half_width: 0.001}"
    folder = run_study(tmp_path / "u", "motions=[plg]", "seeds=12", until, f"study.posterior={sample}")
    assert Store(folder).query("select point, seed from runs order by seed").fetchall() == [
        (k, k + 1) for k in range(12)
    ]


def test_a_refused_command_leaves_what_another_has_begun(tmp_path, monkeypatch, capsys):
    from simulation.scenario.errors import BadInput
    from simulation.studies import compare

    def answer(_session, _study):
        (tmp_path / "results" / "other").mkdir()
        raise BadInput("no")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compare, "answer", answer)
    assert main([*SMALL, "motions=[plg]"]) == 2
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["other"]


def test_two_motions_that_spend_alike_have_rows_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "scenarios" / "motions"
    own.mkdir(parents=True)
    text = (SHIPPED / "motions" / "plg.yaml").read_text().replace("motions.plg", "motions.twin")
    (own / "twin.yaml").write_text(text)
    folder = run_study(tmp_path / "twins", "motions=[plg,twin]", "seeds=2")
    same = "select seed, new_customers, cash_usd from runs where motion = '{}' order by seed"
    plg, twin = (Store(folder).query(same.format(motion)).fetchall() for motion in ("plg", "twin"))
    assert len(plg) == 2 and plg == twin
    assert {r["first_wins"] for r in rows(folder / "data" / "differences.csv") if r["metric"] == "cash_usd"} == {"0"}


def test_an_error_in_a_run_is_an_outcome():
    task = Task("x", 0, "clg", 1, {"product.price_usd": -5.0})
    assert (
        run(world("clg"), task, ("runs",)).error
        == "BadInput: product.price_usd=-5.0: 0 to 1e+06 (USD per seat and month) is allowed"
    )


def test_settings_that_only_some_runs_of_a_chunk_have_are_kept(tmp_path):
    from simulation.runs.run import Outcome

    store = Store(tmp_path)
    price, shares = "product.price_usd", "motion.shares"
    settings = [{}, {price: 20}, {price: 30.5, shares: {"sales": 1.0}}, {shares: {"events": 1.0}}]
    tasks = [Task(f"run{k}", k, "clg", 1, one) for k, one in enumerate(settings)]
    store.add([Outcome(task, {"cac_usd": 1.0}, {}, {}, {}, 0.1, None) for task in tasks], ("runs",))
    store.add([Outcome(task._replace(run_id="x"), {}, {}, {}, {}, 0.1, "no") for task in tasks], ("runs",))
    for table in ("runs", "failures"):
        found = store.query(f'select "{price}", "{shares}" from {table} order by point').fetchall()
        assert found == [(None, None), (20, None), (30.5, '{"sales": 1.0}'), (None, '{"events": 1.0}')], table


def test_a_sensitivity_keeps_the_settings_of_every_run(tmp_path):
    folder = run_study(
        tmp_path / "s", "study=sensitivity", "motions=[clg]", "study.against=null", "study.parameters=[product.gross_margin]",
        "study.metrics=[cash_usd]", "study.trajectories=2", "study.finalists=2", "study.samples=8", "seeds=1",
    )  # fmt: skip
    n, named = Store(folder).query('select count(*), count("product.gross_margin") from runs').fetchall()[0]
    assert n - 6 == named > 0  # six seeds of the scenario as it stands


def test_the_manifest_names_the_content_of_the_files_read(tmp_path):
    import hashlib

    edges = tmp_path / "edges.csv"
    edges.write_text("source,target\n" + "".join(f"a{i},b{i}\n" for i in range(200)))
    folder = run_study(tmp_path / "own", f"market.network.file={edges}", "rows=null", "motions=[plg]", "seeds=1")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["data"] == {edges.as_posix(): hashlib.sha256(edges.read_bytes()).hexdigest()}


def test_what_decides_a_result_is_in_the_hash_of_the_sources(tmp_path, monkeypatch):
    import shutil

    from simulation import sources

    package = tmp_path / "simulation"
    shutil.copytree(sources.PACKAGE, package)
    monkeypatch.setattr(sources, "PACKAGE", package)

    def after_an_edit_of(name: str) -> tuple[str, str]:
        text = (package / name).read_text()
        (package / name).write_text(text + "# edited\n")
        found = sources.hash_of(sources.DECIDING), sources.hash_of(sources.COMPILED)
        (package / name).write_text(text)
        return found

    rules, cache = sources.SOURCES_HASH, sources.hash_of(sources.COMPILED)
    for name in ("metrics/__init__.py", "metrics/cac.py", "scenario/switches.py", "scenario/schema.py", "mesa_model.py", "runs/run.py"):  # fmt: skip
        found = after_an_edit_of(name)
        assert found[0] != rules and found[1] == cache, name  # another result, the same machine code
    assert all(a != b for a, b in zip(after_an_edit_of("people/transitions.py"), (rules, cache), strict=True))
    for name in ("cli.py", "scenario/wording.py", "runs/store.py"):
        assert after_an_edit_of(name) == (rules, cache), name


def test_other_rules_are_refused_and_edited_code_is_said(tmp_path, monkeypatch, capsys):
    folder = run_study(tmp_path / "a", "motions=[plg]", "seeds=1")
    monkeypatch.setattr("simulation.runs.manifest.SOURCES_HASH", "edited")
    capsys.readouterr()
    run_study(tmp_path / "a", "motions=[plg]", "seeds=1")
    assert (
        f"out={folder}: the code has changed since, not the number of its rules ({RULES}): runs that are there are kept; "
        "if you changed a rule, add fresh=true"
    ) in capsys.readouterr().err
    monkeypatch.setattr("simulation.runs.manifest.RULES", RULES + 1)
    assert main([*SMALL, "motions=[plg]", "seeds=1", f"out={folder}"]) == 2
    said = "the runs in the folder come from another version of the rules; choose another folder or add fresh=true"
    assert capsys.readouterr().err.strip() == f"out={folder}: {said}"


def test_a_long_error_is_printed_in_one_line_and_kept_whole(tmp_path, monkeypatch, capsys):
    from simulation import metrics

    def measure(record):
        raise RuntimeError("no\nimplementation")

    monkeypatch.setattr(metrics, "measure", measure)
    assert main([*SMALL, "motions=[plg]", "seeds=1", f"out={tmp_path / 'long'}"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and said[0].endswith("(plg, seed 1): RuntimeError: no")
    kept = Store(tmp_path / "long").query("select error from failures").fetchall()
    assert kept == [("RuntimeError: no\nimplementation",)]


def test_ctrl_c_while_the_command_is_being_loaded_is_quiet(monkeypatch, capfd):
    from importlib.metadata import entry_points
    from types import ModuleType

    from simulation.__main__ import main as command

    class Loading(ModuleType):
        def __getattr__(self, name):
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "simulation.cli", Loading("simulation.cli"))
    assert command() == 130 and capfd.readouterr() == ("", "")
    assert entry_points(group="console_scripts", name="flywheel")["flywheel"].load() is command


def test_half_written_chunks_are_removed_and_done_again(sweep, tmp_path):
    import shutil

    folder = tmp_path / "half"
    shutil.copytree(sweep, folder)
    victim = min(folder.glob("data/runs-*.parquet"))
    victim.unlink()  # as if killed between the parts of a chunk: timings are there, runs are not
    (folder / ".flywheel" / "new").mkdir(parents=True)
    (folder / ".flywheel" / "new" / "runs-abc.parquet").write_text("half")
    run_study(folder, *SWEEP, "seeds=3")
    counts = Store(folder).query("select count(*), count(distinct run_id) from timings").fetchall()[0]
    assert counts == (12, 12)
    assert (folder / "data" / "summary.csv").read_bytes() == (sweep / "data" / "summary.csv").read_bytes()
    assert not (folder / ".flywheel").exists()


def test_two_commands_cannot_write_to_one_folder(sweep, capsys):
    script = f"from filelock import FileLock; import time\nwith FileLock({str(sweep / '.lock')!r}): print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        assert main([*SMALL, *SWEEP, "seeds=3", f"out={sweep}"]) == 2
        assert capsys.readouterr().err.strip() == f"out={sweep}: another command is writing to this folder"
    finally:
        holder.kill()


def test_a_command_that_cannot_run_leaves_nothing_behind(tmp_path, capsys):
    folder = tmp_path / "never"
    assert main([*SMALL, "study=sweep", "study.over={product.price_usd:[-1,2]}", f"out={folder}"]) == 2
    assert not folder.exists()


def test_a_narrow_interval_stops_early(tmp_path, capsys):
    folder = run_study(
        tmp_path / "early", "motions=[plg]", "seeds=200", "study.until={metric:new_customers,half_width:30%}"
    )
    n = Store(folder).query("select count(*) from runs").fetchall()[0][0]
    assert 10 <= n < 200
    assert f"new customers: 90 % interval of the mean within 30 % reached with {n} simulated markets" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.slow
def test_a_wide_interval_is_said_to_be_wide(tmp_path, capsys):
    run_study(tmp_path / "late", "motions=[plg]", "seeds=12", "study.until={metric:new_customers,half_width:0.1%}")
    assert "within 0.1 % not reached: more simulated markets are needed with 12 simulated markets" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.slow
def test_multirun_makes_a_command_of_each_combination(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert (
        main(
            [
                *SMALL,
                "--multirun",
                "motions=[plg]",
                "seeds=1",
                "weeks=10",
                "product.price_usd=20,40",
                "rival=none,cheaper",
            ]
        )
        == 0
    )
    said = capsys.readouterr().out
    folders = list((tmp_path / "results").iterdir())
    assert len(folders) == 4 and said.count("results: ") == 4
    prices = {json.loads((f / "manifest.json").read_text())["config"]["product"]["price_usd"] for f in folders}
    assert prices == {20, 40}


def workers_of(process: subprocess.Popen) -> list[int]:
    """Wait until the command has worker processes; return their ids, none if it ends before."""
    import psutil

    while process.poll() is None:
        try:
            found = psutil.Process(process.pid).children(recursive=True)
            ids = [p.pid for p in found if "spawn_main" in " ".join(p.cmdline())]
        except psutil.Error:
            continue
        if len(ids) >= 2:
            return ids
        time.sleep(0.05)
    return []


@pytest.mark.slow
def test_twenty_kills_of_workers_and_of_the_command_lose_and_double_nothing(tmp_path):
    """kill -9 at random moments, ten times a worker and ten times the command itself."""
    command = [
        sys.executable, "-m", "simulation", "study=sweep", "study.over={product.price_usd:{low:10,high:90,n:12}}",
        "rows=1500", "market.accounts=20000", "weeks=104", "jobs=2", "motions=[clg,plg]", "seeds=16", "study.keep=[runs,weeks]",
    ]  # fmt: skip
    killed, cut = tmp_path / "killed", np.random.default_rng(7)
    workers = commands = tries = 0
    while (workers < 10 or commands < 10) and tries < 40:
        tries += 1
        process = subprocess.Popen([*command, f"out={killed}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2):
            ids = workers_of(process)
            time.sleep(float(cut.uniform(0.0, 1.5)))
            if ids and process.poll() is None and workers < 10:
                with suppress(ProcessLookupError):
                    os.kill(int(cut.choice(ids)), signal.SIGKILL)
                    workers += 1
        if process.poll() is None and commands < 10:
            time.sleep(float(cut.uniform(0.0, 1.0)))
            process.kill()
            commands += 1
        process.wait()
        if process.returncode == 0:
            for part in sorted(killed.glob("data/runs-*.parquet"))[::2]:
                part.unlink()  # all done before twenty kills: take half away and go on
    assert workers >= 10 and commands >= 10
    assert subprocess.run([*command, f"out={killed}"], capture_output=True, check=False).returncode == 0
    whole = tmp_path / "whole"
    assert subprocess.run([*command, f"out={whole}"], capture_output=True, check=False).returncode == 0
    n = 12 * 2 * 16
    for table, rows_a_run in (("runs", 1), ("timings", 1), ("weeks", 104)):
        counts = Store(killed).query(f"select count(*), count(distinct run_id) from {table}").fetchall()[0]
        assert counts == (n * rows_a_run, n), table
    assert (killed / "data" / "summary.csv").read_bytes() == (whole / "data" / "summary.csv").read_bytes()


def test_chunks_aim_at_a_second():
    from simulation.runs.cluster import Engine

    engine = Engine({}, None, 1)
    sizes = []
    for seconds in (0.001, 0.01, 0.1, 1.0, 10.0):
        engine._seconds = seconds
        sizes.append(engine._chunk())
    assert sizes == [1000, 100, 10, 1, 1]
    assert all(a >= b for a, b in pairwise(sizes))


def test_a_plan_shows_how_far_it_is_checked_before_its_first_run_and_ctrl_c_ends_that(tmp_path, monkeypatch):
    """Nothing is run: the last point is out of bounds, and at one of them Ctrl-C is pressed."""
    from rich.console import Console

    from simulation.runs.session import Session
    from simulation.scenario.compose import compose
    from simulation.scenario.errors import BadInput

    config = compose(*SMALL, "motions=[clg]")
    before = config.model_dump_json()
    points = [{"product.price_usd": float(k)} for k in range(1, 40)]
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=110)
    with Session(config, Store(tmp_path), console) as session:
        with pytest.raises(BadInput):
            session.run([*points, {"product.price_usd": -1.0}])
        session._bar.refresh()
        assert re.search(r"checking the plan .* 39/40", re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", screen.getvalue()))
    assert config.model_dump_json() == before
    with Session(config, Store(tmp_path), console) as session:
        advance = session._bar.advance
        monkeypatch.setattr(session._bar, "advance", lambda row: (advance(row), session.engine.interrupts._hear()))
        with pytest.raises(KeyboardInterrupt):
            session.run(points)
