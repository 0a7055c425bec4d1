"""The list of rows that the shipped scenario misses is true both ways: none is left out, none stays that holds again."""

import pytest

from simulation.evidence.targets import targets
from tools.misses import COLUMNS, known, missed, sentence, verdicts, write


def untrue(now, listed):
    """Return a sentence for each row of which the list says something else than the runs."""
    out = [f"{row} misses and is not listed" for row in now if row not in listed]
    return out + [f"{row} holds again and is still listed" for row in listed if row not in now]


def test_a_list_is_untrue_both_ways():
    assert untrue(["V05", "V07"], ["V07", "V18"]) == [
        "V05 misses and is not listed",
        "V18 holds again and is still listed",
    ]
    assert untrue(["V05"], ["V05"]) == []


def test_what_is_written_is_what_misses(tmp_path):
    row = dict.fromkeys(COLUMNS, "1") | {"source": "somebody"}
    rows = [row | {"id": name, "inside": inside} for name, inside in (("V05", "True"), ("V07", "False"))]
    assert [found["id"] for found in missed(rows)] == ["V07"]
    write(missed(rows), tmp_path / "misses.csv")
    assert known(tmp_path / "misses.csv") == ["V07"]
    write([], tmp_path / "misses.csv")
    assert known(tmp_path / "misses.csv") == []
    assert (tmp_path / "misses.csv").read_text() == ",".join(COLUMNS) + "\n"


def test_how_many_hold_is_said_with_those_that_do_not():
    n = len(targets())
    assert sentence([]) == f"{n} of the {n} rows of `simulation/evidence/targets.csv` hold"
    assert (
        sentence(["V05", "V18"])
        == f"{n - 2} of the {n} rows of `simulation/evidence/targets.csv` hold, all but V05, V18"
    )


def test_what_is_listed_are_rows_of_the_table():
    assert set(known()) <= {t.id for t in targets()}


@pytest.mark.slow
def test_the_shipped_scenario_misses_what_is_listed_and_nothing_else():
    """The command's own seeds, so no luck is left: it fails on a change of the model, never on another day."""
    assert untrue([row["id"] for row in missed(verdicts())], known()) == [], (
        "python -m tools.misses writes the list anew"
    )
