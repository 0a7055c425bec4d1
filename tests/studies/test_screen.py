"""Tables on a screen: what is too wide goes on below, and nothing is cut."""

from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from simulation.runs.output import say
from simulation.studies.screen import fitted
from tests.studies.fits import COLUMNS, broken, lines


def drawn(motions: int, label: str = "share of customers kept a year") -> Table:
    """Return a table of one measure by motion, with intervals."""
    table = Table(title="what each motion brings", title_justify="left")
    table.add_column("")
    for k in range(motions):
        table.add_column(f"MOTION {k}", justify="right")
    table.add_row(label, *(f"{k}0.5 % ({k}0.1 % to {k}0.9 %)" for k in range(motions)))
    return table


def parts(table: Table, columns: int = COLUMNS) -> list[Table]:
    return fitted(Console(width=columns, force_terminal=False, force_jupyter=False), table)


def test_a_table_that_fits_is_printed_as_it_is():
    table = drawn(1)
    assert parts(table) == [table] and not broken(table)
    assert parts(drawn(9), 400)[0].columns[9].header == "MOTION 8"


def test_the_check_of_tables_can_fail():
    assert broken(drawn(4)) and "long" * 30 in broken(drawn(1, "long" * 30))


@pytest.mark.parametrize("motions", range(3, 9))
def test_motions_that_do_not_fit_stand_below_with_their_labels(motions):
    of = parts(drawn(motions))
    assert len(of) > 1
    heads = [column.header for part in of for column in part.columns[1:]]
    assert heads == [f"MOTION {k}" for k in range(motions)]
    assert [part.title for part in of] == ["what each motion brings", *[None] * (len(of) - 1)]
    for k, part in enumerate(of):
        assert not broken(part), k
        assert max(map(len, lines(part, COLUMNS))) <= COLUMNS
        assert next(iter(part.columns[0].cells)) == "share of customers kept a year"


def test_words_share_the_room_that_values_leave():
    table = Table()
    for head, justify in (("outcome", "left"), ("number", "left"), ("total", "right")):
        table.add_column(head, justify=justify)
    table.add_row("cumulative cash of CLG less that of PLG", "behaviour.attraction.ambient_per_week", "1,150 % ± 199")
    (part,) = parts(table)
    assert not broken(part) and max(map(len, lines(part, COLUMNS))) <= COLUMNS
    assert "behaviour.attraction.ambient_per_week" in "\n".join(lines(part, COLUMNS))


def said(text: str, columns: int = COLUMNS) -> str:
    page = StringIO()
    say(Console(file=page, width=columns, force_terminal=False, force_jupyter=False), text)
    return page.getvalue()


def test_a_sentence_is_broken_between_words_and_what_is_wider_than_the_screen_stays_whole():
    path = "results/" + "long" * 30
    text = f"CLG [brings] more :smile: customers than PLG, by a tenth or so (8 % to 12 %), in 19 of 20 markets; all of it lies in {path} as {123456789} rows."
    assert said(text, 400) == text + "\n"
    of = said(text).splitlines()
    assert len(of) > 2 and path in of
    assert " ".join(line.strip() for line in of) == text
    assert all(len(line) <= COLUMNS for line in of if path not in line)
    assert of[0] == "CLG [brings] more :smile: customers than PLG, by a tenth or so (8 % to 12 %), in"
