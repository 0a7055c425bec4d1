"""The help: what it shows works, and what it says of settings is what the schema and the scenario say."""

import re
import shlex

import pytest

from simulation.cli import HELP, SETTINGS, main
from simulation.scenario.compose import compose, groups, options
from simulation.scenario.schema import Config
from simulation.scenario.sentences import unit


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
