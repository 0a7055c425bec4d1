"""The help: what it shows works, and what it says of settings is what the schema and the scenario say."""

import re
import shlex
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from simulation.cli import HELP, SETTINGS, main
from simulation.scenario.compose import compose, groups, options
from simulation.scenario.schema import Config
from simulation.scenario.settings import unit

ROOT = Path(__file__).parents[2]


def test_it_lists_settings_with_value_and_unit_and_every_scenario_file(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    said = dict(re.findall(r"^  ([a-z_.]+)=(.+)$", text, re.MULTILINE))
    assert list(said) == list(SETTINGS)
    assert said["product.price_usd"].split(maxsplit=1) == ["40.0", "USD per seat and month"]
    assert said["market.accounts"].split(maxsplit=1) == ["null", "accounts"]
    for group in groups():
        for option in options(group):
            assert re.search(rf"^  {option} +\S", text, re.MULTILINE), (group, option)


@pytest.mark.parametrize("path", SETTINGS)
def test_each_setting_has_a_unit_and_can_be_given_its_own_value(path, capsys):
    assert unit(Config, path)
    main(["--help"])
    value = re.search(rf"^  {re.escape(path)}=(\S+)", capsys.readouterr().out, re.MULTILINE)[1]
    assert compose(f"{path}={value}") == compose()


@pytest.mark.parametrize("command", re.findall(r"^  (flywheel(?: \S+=\S+)+)", HELP, re.MULTILINE))
def test_each_command_composes(command):
    assert compose(*shlex.split(command)[1:]).motions


def test_the_version_is_that_of_the_project_file_and_nothing_heavy_is_loaded_to_say_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ask = "import sys; sys.argv[1:] = ['--version']; from simulation.__main__ import main; assert main() == 0; "
    heavy = "print({'numpy', 'hydra', 'pydantic', 'simulation.cli'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", ask + heavy], capture_output=True, text=True, check=True).stdout
    assert said == f"{project['name']} {project['version']}\nset()\n"


def test_the_changelog_has_this_version_first_and_dates_that_go_back():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    found = [re.fullmatch(r"(\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)", head) for head in heads]
    assert all(found) and found[0][1] == project["version"]
    dates = [date.fromisoformat(entry[2]) for entry in found]
    assert dates == sorted(dates, reverse=True)
