"""Completion in a shell: what a word that was begun may become."""

import os
import subprocess
import sys

import pytest

from simulation.completion import candidates
from simulation.scenario.files import options


@pytest.mark.parametrize(
    ("begun", "words"),
    {
        "product.price": {"product.price_usd="},
        "study=re": {"study=reach", "study=regimes"},
        "market.network.kind=": {f"market.network.kind={kind}" for kind in ("small_world", "heavy_tailed", "file")},
        "product.grandfather=t": {"product.grandfather=true"},
        "motions.clg.free_tier=": {"motions.clg.free_tier=true", "motions.clg.free_tier=false"},
        "company=": {f"company={name}" for name in options("company")},
        "sett": {"settings"},
        "ini": {"init"},
        "--ver": {"--version"},
        "weeks=": set(),
    }.items(),
)
def test_a_word_goes_on_as_settings_groups_and_files_are_called(begun, words):
    assert set(candidates(begun)) == words


def test_a_shell_that_asks_is_answered_and_nothing_runs(tmp_path):
    answer = tmp_path / "answer"
    line = "flywheel weeks=60 company=no"
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_COMP_WORDBREAKS": " \t\n\"'><=;|&(:"}
    asked |= {"COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_STDOUT_FILENAME": str(answer)}
    subprocess.run([sys.executable, "-m", "simulation"], env=os.environ | asked, cwd=tmp_path, check=True, timeout=60)
    assert answer.read_text().split() == ["notion"]  # bash begins a word anew behind an equals sign
    assert [file.name for file in tmp_path.iterdir()] == ["answer"]
