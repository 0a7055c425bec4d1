"""The main job in small: what it prints, what it writes, how it resumes."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from simulation.cli import main
from simulation.metrics import METRICS
from simulation.runs.store import Store

TINY = ["market.people=1000", "market.accounts=20000", "weeks=60", "seeds=3", "jobs=1", "motions=[clg,plg]"]
FIGURES = {"cac_over_time", "retention", "customers", "channels", "arr_bridge", "flywheel"}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare") / "run"
    assert main([*TINY, f"out={folder}"]) == 0
    return folder


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_holds_what_is_promised(results):  # F1
    assert {p.name for p in results.iterdir()} == {
        "manifest.json", "config.yaml", "verdict.txt", "figures", "data", ".lock",
    }  # fmt: skip
    tables = {
        "summary",
        "differences",
        "arr_bridge",
        "profit_and_loss",
        "hiring_plan",
        "unit_economics",
        "flywheel",
        "gains",
    }
    assert {p.stem for p in (results / "data").glob("*.csv")} == tables
    assert {p.suffix for p in (results / "data").iterdir()} == {".csv", ".parquet"}
    assert {p.stem for p in (results / "figures").glob("*.png")} == FIGURES
    assert {p.stem for p in (results / "figures").glob("*.svg")} == FIGURES
    manifest = json.loads((results / "manifest.json").read_text())
    assert manifest["config"]["seeds"] == 3 and manifest["versions"]["mesa"]


def test_the_tables_have_one_row_a_run_a_week_a_life(results):
    store = Store(results)
    assert store.query("select count(*), count(distinct run_id) from runs").fetchall()[0] == (6, 6)
    assert store.query("select count(*) from weeks").fetchall()[0] == (6 * 60,)
    lives, won = (store.query(q).fetchall()[0][0] for q in (
        "select count(*) from lives",
        "select sum(adopted_door_community + adopted_door_trial + adopted_door_sales + adopted_door_direct + adopted_door_none) from weeks",
    ))  # fmt: skip
    assert lives == won > 0
    columns = set(store.query("select * from lives limit 0").columns)
    assert columns >= {"run_id", "motion", "seed", "row", "adopted", "ended", "cause", "channel", "door", "referrer"}


def test_summaries_are_medians_and_differences_are_paired(results):
    store = Store(results)
    won = {
        m: np.array(store.query(f"select new_customers from runs where motion='{m}' order by seed").fetchall())[:, 0]
        for m in ("clg", "plg")
    }
    summary = {(r["motion"], r["metric"]): r for r in rows(results / "data" / "summary.csv")}
    assert len(summary) == 2 * len(METRICS)
    assert float(summary["clg", "new_customers"]["median"]) == pytest.approx(np.median(won["clg"]))
    gap = next(r for r in rows(results / "data" / "differences.csv") if r["metric"] == "new_customers")
    assert float(gap["median"]) == pytest.approx(np.median(won["clg"] - won["plg"]))
    assert float(gap["first_wins"]) == np.mean(won["clg"] > won["plg"])


def test_the_same_command_again_runs_nothing_and_writes_the_same(results):
    parts = sorted(results.glob("data/*.parquet"))
    summary = (results / "data" / "summary.csv").read_bytes()
    svg = (results / "figures" / "customers.svg").read_bytes()
    assert main([*TINY, f"out={results}"]) == 0
    assert sorted(results.glob("data/*.parquet")) == parts
    assert (results / "data" / "summary.csv").read_bytes() == summary
    assert (results / "figures" / "customers.svg").read_bytes() == svg


@pytest.mark.slow
def test_more_seeds_extend_and_two_processes_give_the_same_summary(results, tmp_path):
    more = [a.replace("seeds=3", "seeds=5").replace("jobs=1", "jobs=2") for a in TINY]
    assert main([*TINY, f"out={tmp_path / 'a'}"]) == 0
    assert main([*more, f"out={tmp_path / 'a'}"]) == 0
    assert main([*more, f"out={tmp_path / 'b'}"]) == 0
    assert (tmp_path / "a" / "data" / "summary.csv").read_bytes() == (
        tmp_path / "b" / "data" / "summary.csv"
    ).read_bytes()
    assert Store(tmp_path / "a").query("select count(*) from runs").fetchall()[0] == (10,)


def test_a_network_from_a_file_runs_end_to_end_and_says_what_it_set_aside(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [f"p{i},p{(i + k) % 40},friend" for i in range(40) for k in (1, 2)] + ["p1,p2,again", "p3,p3,self"]
    Path("edges.csv").write_text("source,target,tie\n" + "\n".join(lines) + "\n")
    Path("traits.csv").write_text("id,need,segment\np1,2.0,larger\nlonely,0.5,smaller\n")
    command = ["market.network.file=edges.csv", "market.network.traits_file=traits.csv", "market.accounts=20000"]
    assert main([*command, "weeks=30", "seeds=1", "jobs=1", "motions=[plg]", "out=run"]) == 0
    said = capsys.readouterr().out
    assert "edges.csv: 1 repeated edges folded" in said
    assert "edges.csv: 1 edges of a person with themselves set aside" in said
    assert "edges.csv: 1 people named only in the traits file kept without contacts" in said
    assert "traits.csv: 1 of 2 ids are among the 40 of edges.csv" in said
    assert "edges.csv: further columns ignored: tie" in said
    assert Store(Path("run")).query("select prospect + attracted + newcomer + customer + expert + lapsed "
                                    "from weeks limit 1").fetchall()[0] == (41,)  # fmt: skip


@pytest.mark.parametrize(
    "size", ["weeks=312 market.people=200", "weeks=1 market.people=50", "weeks=20 market.people=1"]
)
def test_long_short_and_tiny_runs_end_in_tables_and_figures(size, tmp_path):
    command = [
        *size.split(),
        "market.accounts=20000",
        "seeds=1",
        "jobs=1",
        "motions=[clg,plg]",
        f"out={tmp_path / 'run'}",
    ]
    assert main(command) == 0
    a_quarter = "weeks=1 " not in size  # at least, for a wheel
    figures = {p.stem for p in (tmp_path / "run" / "figures").glob("*.png")}
    assert figures == (FIGURES if a_quarter else FIGURES - {"flywheel"})


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_finished_and_the_command_resumes(tmp_path):
    big = ["market.people=3000", "weeks=156", "seeds=200", "jobs=2", "motions=[clg,plg]"]
    command = [sys.executable, "-m", "simulation", *big]
    process = subprocess.Popen(
        [*command, f"out={tmp_path / 'a'}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not list((tmp_path / "a").glob("data/runs-*.parquet")):
        time.sleep(0.01)
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    kept = Store(tmp_path / "a").query("select count(*) from runs").fetchall()[0][0]
    assert 0 < kept < 400
    assert f"interrupted: {kept} of 400 runs are kept in {tmp_path / 'a'}; to resume: flywheel" in said
    assert "Traceback" not in said
    for name in "ab":
        assert subprocess.run([*command, f"out={tmp_path / name}"], capture_output=True, check=False).returncode == 0
    assert (tmp_path / "a" / "data" / "summary.csv").read_bytes() == (
        tmp_path / "b" / "data" / "summary.csv"
    ).read_bytes()
