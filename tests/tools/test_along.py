"""One number alone elsewhere: both ways until a row is missed, what the answers are there, and nothing run twice."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulation.scenario.priors import choose
from tests.studies.small import rows
from tools import along
from tools.along import NAMES, STEP, Asked, Walk, main, sentences
from tools.rows import world_of

GIVE_UP = "behaviour.adoption.give_up_per_week"


@pytest.fixture
def world(monkeypatch):
    """A world in which V05 rises with one number and is missed upward from the third step on, downward never; V07 is always missed."""
    prior, calls = choose(world_of("clg"), [GIVE_UP])[0], []

    def known(settings, names):
        calls.append(settings)
        by = (prior.place(settings[GIVE_UP]) - prior.place(prior.mode)) / STEP if settings else 0.0
        return [0.8 + 0.05 * by, 99.0, *(math.exp(by) for _ in NAMES)]

    monkeypatch.setattr(along, "seen", known)
    return calls


def walk(folder):
    with ThreadPoolExecutor(1) as workers:
        return Walk(Asked(rows=["V05", "V07"], settings=[GIVE_UP]), folder, workers).answer()


def test_it_goes_both_ways_until_a_row_is_missed_that_holds_as_shipped(world, tmp_path):
    points = walk(tmp_path)
    steps = [point.steps for point in points]
    assert points[0].number == "shipped" and points[0].missed == ["V07"] and max(steps) == 3
    assert [p.missed for p in points if p.steps in (2, 3)] == [["V07"], ["V05", "V07"]]
    lines = rows(tmp_path / "along.csv")
    assert [int(r["held"]) for r in lines if int(r["steps"]) in (2, 3)] == [1, 0]
    said = sentences(points)
    assert (
        f"{NAMES[0]}: 1.00 as shipped" in said[0] and "7.39" in said[0] and "20.09" not in said[0]
    )  # e ** 2, not e ** 3


def test_what_was_run_is_not_run_again(world, tmp_path):
    first = walk(tmp_path)
    n = len(world)
    again = walk(tmp_path)
    assert len(world) == n and [p[:2] for p in again] == [p[:2] for p in first]
    assert all(a.answers == pytest.approx(b.answers) for a, b in zip(first, again, strict=True))


def test_a_folder_of_other_rows_is_refused(world, tmp_path, capsys):
    walk(tmp_path)
    assert main(["rows=[V05]", f"settings=[{GIVE_UP}]", "jobs=1", f"out={tmp_path}"]) == 2
    assert "choose another folder" in capsys.readouterr().err


def test_bad_input_gets_a_sentence(capsys):
    assert main(["rows=[V99]"]) == 2
    assert capsys.readouterr().err == "rows: there is no row V99 in targets.csv; did you mean V29?\n"
    assert main(["settings=[behaviour.nothing]"]) == 2
    assert capsys.readouterr().err.startswith("settings: behaviour.nothing has no prior")
