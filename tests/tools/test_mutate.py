"""Mutants: what a number is set to, that a test which looks at it falls, and that a command that was killed goes on."""

import re

import pytest

from tests.studies.small import rows
from tools import mutate
from tools.mutate import Line, Mutant, main, mutants

FAR = "farthest end: its opposite is out of bounds"


@pytest.mark.parametrize(
    ("value", "low", "high", "to"),
    [
        (0.2, 0.0, 50.0, {"zero": 0.0, FAR: 50.0}),
        (-0.6, -1.0, 0.0, {"zero": 0.0, FAR: 0.0}),
        (0.5, -1.0, 1.0, {"zero": 0.0, "opposite": -0.5}),
        (0.5, 0.001, 4.0, {"nearest end to zero": 0.001, FAR: 4.0}),
        (0.0, 0.0, 1.0, {FAR: 1.0}),  # it is zero as it ships
    ],
)
def test_a_number_goes_to_zero_and_to_its_opposite_where_its_bounds_allow(value, low, high, to):
    assert {m.to: m.value for m in mutate._of("a.b", value, low, high)} == to


def test_every_number_of_behaviour_has_a_mutant():
    named = {m.setting for m in mutants([])}
    assert {"help.tiring", "retention.contact_left", "adoption.rate_per_week"} <= named and len(named) > 120


def test_a_command_that_was_killed_goes_on_and_what_is_known_is_not_run_again(tmp_path, monkeypatch, capsys):
    ran = []

    def noted(mutant, tests):
        ran.append(mutant and mutant.to)
        return "tests/a.py::test_b" if mutant and mutant.to == "zero" else ""

    monkeypatch.setattr(mutate, "run", noted)
    file, command = tmp_path / "mutants.csv", ["settings=[help.tiring]", "tests=[tests/switches]"]
    assert main(command, file) == 0
    assert ran == [None, "zero", FAR]
    assert capsys.readouterr().out.endswith("1 of 2 mutants in mutants.csv fell, 1 survived\n")
    file.write_text(file.read_text()[:-9])  # a line that a kill cut off
    ran.clear()
    assert main(command, file) == 0 and ran == [None, FAR]
    assert [line["fell"] for line in rows(file)] == ["tests/a.py::test_b", ""]
    assert {line["tests"] for line in rows(file)} == {"tests/switches -m not slow"}
    monkeypatch.setattr(mutate, "hash_of", lambda _: "other sources")
    ran.clear()
    assert main(command, file) == 0 and ran == [None, "zero", FAR]
    assert len(rows(file)) == 2
    ran.clear()
    assert main([*command, "slow=true"], file) == 0 and ran == [None, "zero", FAR]  # other tests may say something else
    assert [line["tests"] for line in rows(file)] == ["tests/switches -m not slow"] * 2 + ["tests/switches"] * 2


def test_nothing_is_said_of_mutants_where_a_test_falls_without_any(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(mutate, "run", lambda *_: "tests/a.py::test_b")
    assert main(["settings=[help.tiring]"], tmp_path / "mutants.csv") == 2
    assert capsys.readouterr().err.strip() == (
        "tests/a.py::test_b falls without any mutant: no test says anything before it is mended"
    )
    assert not (tmp_path / "mutants.csv").exists()


SENTENCES = {
    "settings=[help.tirring]": "settings: there is no help.tirring in behaviour; did you mean help.tiring?",
    "tests=[tests/x]": "tests: there is no tests/x",
}


@pytest.mark.parametrize("given", SENTENCES)
def test_bad_input_gets_a_sentence(given, tmp_path, capsys):
    assert main([given], tmp_path / "mutants.csv") == 2
    assert capsys.readouterr().err.strip() == SENTENCES[given]


def test_what_is_listed_in_the_docs_are_mutants_of_today_and_say_which_test_fell():
    known = {(m.setting, m.to) for m in mutants([])}
    lines = rows(mutate.FILE)
    assert {(line["setting"], line["to"]) for line in lines} <= known
    assert list(lines[0]) == list(Line._fields)
    for line in lines:
        fell = line["fell"].partition("::")[0]
        assert not fell or (mutate.ROOT / fell).exists(), line


def test_the_page_of_survivors_is_that_of_the_table():
    page, lines = mutate.FILE.with_suffix(".md").read_text(encoding="utf-8"), rows(mutate.FILE)
    fates = {line["setting"]: [bool(o["fell"]) for o in lines if o["setting"] == line["setting"]] for line in lines}
    for heading, fit in (
        ("No mutant fell", lambda fell: not any(fell)),
        ("One of two fell", lambda fell: any(fell) and not all(fell)),
        ("Each fell", all),
    ):
        listed = re.findall(r"`([\w.]+)`", page.partition(f"{heading}:\n")[2].partition("\n\n")[0])
        assert listed == sorted(name for name, fell in fates.items() if fit(fell)), heading
    fell = sum(bool(line["fell"]) for line in lines)
    counts = f"{len(lines)}\nmutants of {len(fates)} numbers", f"{fell} fell, {len(lines) - fell} survived"
    assert all(words in page for words in counts)


@pytest.mark.slow
def test_a_test_that_looks_at_a_number_falls_whatever_it_sets(tmp_path):
    file = tmp_path / "test_it.py"
    file.write_text(
        "from simulation.scenario.compose import as_world\n"
        "def test_it():\n"
        "    assert as_world(None, 'clg', {'behaviour.help.tiring': 1.5}).behaviour.help.tiring == 1.5\n"
    )
    assert mutate.run(None, [str(file)]) == ""
    assert mutate.run(Mutant("help.tiring", "zero", 0.0), [str(file)]).endswith("test_it.py::test_it")
    assert mutate.run(Mutant("help.ask_tie", "zero", 0.0), [str(file)]) == ""
