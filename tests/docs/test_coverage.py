"""The table of concepts in scenarios/README.md: every id has a command that runs and a test that exists."""

import re
import shlex
from pathlib import Path

import pytest

from simulation.cli import main

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([A-F]\d+) \| (.+) \| `(flywheel.*?)` \| `(tests/\S+?\.py)::([^`]+)` \|$", re.MULTILINE)
IDS = [
    *(f"A{k}" for k in range(1, 14)), *(f"B{k}" for k in range(1, 5)), *(f"C{k}" for k in range(1, 7)),
    *(f"D{k}" for k in range(1, 21)), *(f"E{k}" for k in range(1, 13)), "F1", "F2",
]  # fmt: skip
TABLE = {row[0]: row[1:] for row in ROW.findall((ROOT / "scenarios" / "README.md").read_text(encoding="utf-8"))}
SMALL = {
    "": ["rows=300", "weeks=40", "seeds=1"],
    "shocks": ["rows=300", "weeks=110", "seeds=2"],
    "regimes": ["rows=300", "weeks=30", "seeds=1"],
    "optimise": ["rows=300", "weeks=40", "seeds=2", "study.rounds=1", "study.mixes=4", "study.check_seeds=2"],
    "sensitivity": [
        "rows=300", "weeks=40", "seeds=1", "study.metrics=[new_customers]", "study.samples=8", "study.trajectories=2", "study.finalists=2",
        "study.parameters=[prices.ticket_usd,market.topics,prices.commission]",
    ],
}  # fmt: skip


def test_every_id_has_a_row():
    assert list(TABLE) == IDS


@pytest.mark.parametrize("name", IDS)
def test_its_test_exists(name):
    _, _, file, test = TABLE[name]
    function, _, case = test.partition("[")
    source = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {function}(" in source
    if case:
        assert f'"{case.rstrip("]")}"' in source


@pytest.mark.slow
@pytest.mark.parametrize("name", IDS)
def test_its_command_runs(name, tmp_path, monkeypatch):
    """In small, with its own settings: what makes a run small comes last."""
    monkeypatch.chdir(tmp_path)
    command = shlex.split(TABLE[name][1])[1:]
    study = next((a.partition("=")[2] for a in command if a.startswith("study=")), "")
    assert main([*command, *SMALL[study], "jobs=1", "out=run"]) == 0
    assert list((tmp_path / "run" / "figures").glob("*.png"))
    assert list((tmp_path / "run").glob("*.csv"))
