"""A benchmark times what it says it times: a command that ends in an error has no time."""

import subprocess

import pytest

from tests.benchmarks import commands
from tests.benchmarks.measure import Measure, ratio


def test_a_command_that_ends_in_an_error_is_no_measure(tmp_path, capsys):
    with pytest.raises(subprocess.CalledProcessError):
        commands.command(tmp_path, "study=sensitivity", "weeks=0")
    assert "weeks" in capsys.readouterr().err


def test_what_is_missed_is_said_by_how_much():
    assert Measure("", 3.0, aim=1.5, before=6.0).verdict == "missed by 100 %"
    assert Measure("", 1.2, aim=1.6, before=1.0, less=False).verdict == "missed by 25 %"
    assert (Measure("", 1.0, aim=1.5, before=6.0).verdict, Measure("", 1.0, before=6.0).gain) == ("met", "6.0")


def test_a_ratio_is_that_of_each_round():
    assert ratio([2.0, 20.0, 3.0], [1.0, 10.0, 1.0]) == 2.0
