"""The table of concepts in scenarios/README.md: every id has a command that shows what it names, and tests that prove it."""

import inspect
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from simulation import open_results
from simulation.cli import main
from simulation.metrics import METRICS

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([A-F]\d+) \| .+ \| `(flywheel.*?)` \| (.+) \| (`tests/.+`) \|$", re.MULTILINE)
IDS = [
    *(f"A{k}" for k in range(1, 14)), *(f"B{k}" for k in range(1, 5)), *(f"C{k}" for k in range(1, 7)),
    *(f"D{k}" for k in range(1, 21)), *(f"E{k}" for k in range(1, 13)), "F1", "F2",
]  # fmt: skip
TABLE = {
    name: (command, re.findall(r"`([^`]+)`", shown), re.findall(r"`([^`]+)`", proofs))
    for name, command, shown, proofs in ROW.findall((ROOT / "scenarios" / "README.md").read_text(encoding="utf-8"))
}
COMPANY = re.compile(r"company=(\w+)")
SMALL = {  # by study: few people and seeds, but past the week in which rivals enter and shocks begin
    "": ["rows=10000", "seeds=1"],
    "shocks": ["rows=600", "weeks=131", "seeds=2"],
    "regimes": ["rows=300", "weeks=30", "seeds=1"],
    "optimise": ["rows=300", "weeks=60", "seeds=2", "study.rounds=1", "study.mixes=4", "study.check_seeds=2"],
    "sensitivity": [
        "rows=300", "weeks=40", "seeds=1", "study.metrics=[new_customers]", "study.samples=8", "study.trajectories=2", "study.finalists=2",
        "study.parameters=[prices.ticket_usd,market.topics,prices.commission]",
    ],
}  # fmt: skip


def test_every_id_has_a_row():
    assert list(TABLE) == IDS


@pytest.fixture(scope="module")
def node_ids():
    """Every test there is, as pytest itself names it."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "slow or not slow", "-o", "addopts="]
    found = subprocess.run([*command, "tests"], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(re.findall(r"^tests/\S+?\.py::.+$", found.stdout, re.MULTILINE))


@pytest.mark.parametrize("name", IDS)
def test_its_proofs_are_tests_that_exist(name, node_ids):
    for proof in TABLE[name][2]:
        assert proof in node_ids or any(node.startswith(f"{proof}[") for node in node_ids), proof


@pytest.mark.parametrize("name", IDS)
def test_its_proofs_are_about_it(name):
    """Some proof names the concept, in its case or its source, or the company that the command runs; else it proves another."""
    command, _, proofs = TABLE[name]
    company = COMPANY.search(command)
    said = []
    for proof in proofs:
        file, _, rest = proof.partition("::")
        function, _, case = rest.partition("[")
        module = import_module(file.removesuffix(".py").replace("/", "."))
        said += [case, inspect.getsource(getattr(module, function))]
    names = [rf"\b{name}\b", *([rf"\b{company[1]}\b"] if company else [])]
    assert any(re.search(word, text) for word in names for text in said)


@pytest.mark.parametrize("name", IDS)
def test_its_command_runs_and_shows_what_it_names(name, tmp_path, monkeypatch, capsys):
    """In small, with its own settings: what makes a run small comes last."""
    monkeypatch.chdir(tmp_path)
    command, shown, _ = TABLE[name]
    words = shlex.split(command)[1:]
    study = next((a.partition("=")[2] for a in words if a.startswith("study=")), "")
    assert main([*words, *SMALL[study], "jobs=1", "out=run"]) == 0
    assert "after the run's last week" not in " ".join(capsys.readouterr().out.split())
    assert shown
    off = "switches." in command or ": 0," in command  # then the row shows what is missing: zero is an answer
    for what in shown:
        values = value_of(Path("run"), what)
        assert np.isfinite(values).any(), what
        assert off or np.nan_to_num(values).any(), what


def value_of(folder, what):
    """Return what a results folder holds under a name of the table; a file counts by its size."""
    if "." in what and not what.startswith("weeks."):
        return np.array([file.stat().st_size for file in folder.glob(what)], float)
    results = open_results(folder)
    if what.startswith("weeks."):
        return results.weeks[what.removeprefix("weeks.")].to_numpy(float)
    assert what in METRICS, what
    return results.summary.query("metric == @what")["median"].to_numpy(float)


def test_a_name_that_the_run_does_not_show_is_noticed(tmp_path, monkeypatch):
    """The check above can fail: a rival that never enters takes nobody, and a figure of another study is not there."""
    monkeypatch.chdir(tmp_path)
    assert main(["rival=cheaper", "weeks=60", "rows=200", "seeds=1", "jobs=1", "motions=[plg]", "out=run"]) == 0
    assert not np.nan_to_num(value_of(Path("run"), "lost_to_rival_share")).any()
    assert value_of(Path("run"), "figures/inertia.png").size == 0
    with pytest.raises(AssertionError):
        value_of(Path("run"), "no_such_metric")
