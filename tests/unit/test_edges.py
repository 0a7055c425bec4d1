"""Networks and traits from files: what was matched is said, what cannot be of the same people is refused."""

import re

import pytest

from simulation.people.edges import read_edges
from simulation.people.influence import MAX_CONTACTS
from simulation.people.populate import populate
from simulation.scenario.errors import BadInput
from tests.worlds import world


def read(folder, edges, traits=None):
    """Return the file of ties with an id a row, read beside a traits file."""
    (folder / "e.csv").write_text("source,target\n" + "".join(f"{a},{b}\n" for a, b in edges))
    if traits is not None:
        (folder / "t.csv").write_text("id,need\n" + "".join(f"{name},1\n" for name in traits))
    return read_edges(folder / "e.csv", None if traits is None else folder / "t.csv")


def refused(folder, edges, traits=None):
    with pytest.raises(BadInput) as error:
        read(folder, edges, traits)
    return re.sub(r"market\.network\.(traits_)?file=\S*/", "", str(error.value))


def said(folder, edges, traits=None):
    return [note.replace(f"{folder}/", "") for note in read(folder, edges, traits).notes]


def test_how_many_ids_of_the_traits_file_matched_is_said(tmp_path):
    ties = [("A", "B"), ("B", "C")]
    assert said(tmp_path, ties, ["A", "B"]) == ["t.csv: 2 of 2 ids are among the 3 of e.csv"]
    assert said(tmp_path, ties, ["A", "X", "Y"]) == [
        "e.csv: 2 people named only in the traits file kept without contacts",
        "t.csv: 1 of 3 ids are among the 3 of e.csv",
    ]


MANGLED = {  # ids of the ties, ids of the traits -> the sentence
    (("A", "B"), ("X", "Y")): (
        "t.csv: none of its 2 ids, such as 'X', is in e.csv, which has ids such as 'A'; the files are of different people, or "
        "their ids are written in two ways"
    ),
    (("ann", "bob"), ("Ann", "BOB")): (
        "t.csv: row 2, id 'Ann' is 'ann' in e.csv, in upper or lower case in one of them, 2 of 2 ids so; write ids alike in both"
    ),
    (("1", "2"), ("1.0", "2.0")): (
        "t.csv: row 2, id '1.0' is '1' in e.csv, with .0 behind in one of them, 2 of 2 ids so; write ids alike in both"
    ),
    (("1.0", "2.0"), ("1", "2")): (
        "t.csv: row 2, id '1' is '1.0' in e.csv, with .0 behind in one of them, 2 of 2 ids so; write ids alike in both"
    ),
    (("007", "120"), ("7", "120")): (
        "t.csv: row 2, id '7' is '007' in e.csv, without leading zeros in one of them, 1 of 2 ids so; write ids alike in both"
    ),
    (("a b", "c d"), ("ab", "cd")): (
        "t.csv: row 2, id 'ab' is 'a b' in e.csv, with blanks in it in one of them, 2 of 2 ids so; write ids alike in both"
    ),
    (("1.23E+15", "2"), ("2",)): (
        "e.csv: the id '1.23E+15' is a long number that a spreadsheet has cut short, it may be of several people; export ids as text"
    ),
    (("1", "2"), ("2", '"4,5E+17"')): (
        "t.csv: the id '4,5E+17' is a long number that a spreadsheet has cut short, it may be of several people; export ids as text"
    ),
    (("1", "2"), ()): "t.csv: the file holds no row below its columns",
}


@pytest.mark.parametrize("ids", MANGLED)
def test_ids_that_do_not_match_or_were_changed_on_the_way_are_refused(ids, tmp_path):
    ties, traits = ids
    assert refused(tmp_path, [ties], traits) == MANGLED[ids]


def test_ids_that_a_spreadsheet_cut_are_refused_without_traits_too(tmp_path):
    assert refused(tmp_path, [("1.2E+12", "3")]).startswith("e.csv: the id '1.2E+12' is a long number")


def test_blanks_around_ids_do_not_matter(tmp_path):
    assert said(tmp_path, [(" A", "B ")], ["A ", " B"]) == ["t.csv: 2 of 2 ids are among the 2 of e.csv"]


def test_people_without_ties_are_no_mangled_ids(tmp_path):
    """One of four that are not in the ties looks like one that is: no sentence about it."""
    assert said(tmp_path, [("A", "B")], ["A", "b", "X", "Y"])[-1] == "t.csv: 1 of 4 ids are among the 2 of e.csv"


def test_self_loops_and_repeats_are_set_aside_and_counted(tmp_path):
    found = read(tmp_path, [("A", "B"), ("B", "A"), ("A", "B"), ("C", "C")])
    assert (found.network.n_people, found.network.n_ties) == (3, 1)
    assert [note.rpartition("e.csv: ")[2] for note in found.notes] == [
        "2 repeated edges folded",
        "1 edges of a person with themselves set aside",
        "1 people whose only edge was with themselves kept without contacts",
    ]


def test_a_hub_is_named(tmp_path):
    read(tmp_path, [("hub", f"p{k}") for k in range(MAX_CONTACTS + 1)])
    config = world("plg", "market.people=null", f"market.network.file={tmp_path / 'e.csv'}", "market.network.kind=file")
    with pytest.raises(BadInput) as error:
        populate(config.market, 1)
    assert str(error.value) == (
        f"market.network.file={tmp_path / 'e.csv'}: 'hub' has {MAX_CONTACTS + 1:,} contacts; at most {MAX_CONTACTS:,} are allowed"
    )
