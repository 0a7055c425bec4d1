"""A user's own survival, diffusion and forum tables: what cannot be used is said by row and column before anything runs."""

import pytest

from simulation.cli import main

YEARS = "year,a\n0,1\n1,.8\n2,.7\n3,.65\n4,.6\n"
FALL = "row {}, column a is '{}', "
NAMES = "a column year and a named one for each cohort are needed"
SHORT = "a number with a comma in it? write 1234.5"
OPEN = "is a quotation mark left open?"
SURVIVAL = {
    "": f"row 1 is '', {NAMES}",
    "year\n0\n1\n2\n3\n4\n": f"row 1 is 'year', {NAMES}",
    YEARS.replace("year", "Year"): f"row 1 is 'Year,a', {NAMES}",
    YEARS.replace("year,a", "year,"): f"row 1 is 'year,', {NAMES}",
    YEARS.replace(",", ";"): "row 1 is separated by semicolons; save it as CSV with commas between the columns",
    "year,a,a\n0,1,1\n": "row 1 names the column 'a' 2 times, once is needed",
    "year,a\n": "0 years are given; the years 0 to 4 are needed, up to 98 are allowed",
    "year,a\n0,1\n1,.8\n": "2 years are given; the years 0 to 4 are needed, up to 98 are allowed",
    "year,a\n" + "".join(f"{k},1\n" for k in range(100)): (
        "100 years are given; the years 0 to 4 are needed, up to 98 are allowed"
    ),
    YEARS.replace(",.7", ""): f"row 4 has 1 cells, row 1 has 2; {SHORT}",
    YEARS.replace(",.7", ",.7,.7"): f"row 4 has 3 cells, row 1 has 2; {SHORT}",
    YEARS.replace(".7", '".7'): f"row 4 cannot be read (unexpected end of data); {OPEN}",
    YEARS.replace(".8", "1.8"): FALL.format(3, "1.8") + "0 to 1 is allowed",
    YEARS.replace(".8", "-.8"): FALL.format(3, "-.8") + "0 to 1 is allowed",
    YEARS.replace(".8", "80%"): FALL.format(3, "80%") + "a number is needed, no percentage; as a share it is 0.8",
    YEARS.replace(".8", ""): "row 3, column a is empty, a number is needed",
    YEARS.replace(".8", '"a\nb"'): FALL.format(3, "a b") + "a number is needed",
    YEARS.replace("0,1", "0,.9"): FALL.format(2, ".9") + "1 is needed: in year 0 everybody is there",
    YEARS.replace(".65", ".75"): (
        FALL.format(5, ".75") + "more than the 0.7 of the year before: who has left cannot be there again"
    ),
    YEARS.replace(".65", "0"): FALL.format(5, "0") + "more than 0 is needed in the 3 years that are fitted",
    YEARS.replace("2,.7", "3,.7"): "row 4, column year is '3', 2 is needed: the years are 0, 1, 2, ... in order",
    YEARS.replace("0,1\n", "") + "5,.5\n": (
        "row 2, column year is '1', 0 is needed: the years are 0, 1, 2, ... in order"
    ),
}
TIES = "source,target\n" + "".join(f"{k},{k + 1}\n" for k in range(20))
TOA = "id,toa\n"
GOOD = TOA + "".join(f"{k},{1 + k % 7}\n" for k in range(40))
WATCHED = "the largest toa stands for not adopted, so {} periods were watched; 6 to 5200 are allowed"
HALVES = "at least 5 in each half are needed, to fit and to compare"
ADOPTIONS = {
    "": "row 1 has no column id and toa; needed: id, toa",
    "id,time\n1,2\n": "row 1 has no column toa; needed: id, toa",
    "ID,toa\n1,2\n": "row 1 has no column id; needed: id, toa",
    "id,toa,id\n1,2,1\n": "row 1 names the column 'id' 2 times, once is needed",
    TOA + "1,2\n2\n": f"row 3 has 1 cells, row 1 has 2; {SHORT}",
    TOA + "1,0\n": "row 2, column toa is '0', a whole number from 1 on is needed",
    TOA + "1,1.5\n": "row 2, column toa is '1.5', a whole number from 1 on is needed",
    TOA + "1,soon\n": "row 2, column toa is 'soon', a number is needed",
    TOA + "1,\n": "row 2, column toa is empty, a number is needed",
    TOA + "1,1e400\n": "row 2, column toa is '1e400', -1e+15 to 1e+15 is allowed",
    TOA + ",1\n": "row 2, column id is empty, an id is needed",
    TOA + "1,1\n2,1\n1,2\n": "row 4, column id is '1', as in row 2; one row each",
    TOA: WATCHED.format(0),
    TOA + "1,3\n2,3\n": WATCHED.format(2),
    TOA + "1,20240131\n2,20240229\n": WATCHED.format(20240228),
    TOA + "".join(f"{k},1\n" for k in range(40)): WATCHED.format(0),
    TOA + "".join(f"{k},7\n" for k in range(40)): f"0 adopt in the periods 1 to 3 and 0 in 4 to 6; {HALVES}",
    TOA + "".join(f"{k},{1 if k < 9 else 7}\n" for k in range(40)): f"9 adopt in the periods 1 to 3 and 0 in 4 to 6; {HALVES}",
    TOA + "".join(f"{k},{1 + k % 7}\n" for k in range(1, 40)): (
        "there is no row for '0', whom study.edges names; who did not adopt has a row too, with the largest toa"
    ),
    GOOD.replace("toa", "toa,need").replace("\n0,1\n", "\n0,1,x\n"): f"row 3 has 2 cells, row 1 has 3; {SHORT}",
    "id,toa,need\n" + "".join(f"{k},{1 + k % 7},x\n" for k in range(40)): "row 2, column need is 'x', a number is needed",
}  # fmt: skip
UTF16 = "this looks like UTF-16 text; save it as CSV UTF-8"
FOLDER = "this is a folder, a CSV file is needed"
ALONE = "study.edges and study.adoptions belong together: who knows whom, and when each adopted"
EDGES = {
    "": "row 1 has no column source and target; needed: source, target",
    "source,target\n": "the file holds no edge",
    "source,target,source\n1,2,3\n": "row 1 names the column 'source' 2 times, once is needed",
    "source,target\n1,2\n,3\n": "row 3, column source is empty, an id is needed",
}


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """Return what a command that must be refused says; nothing may have run, nothing may be left."""
    monkeypatch.chdir(tmp_path)

    def say(*arguments: str) -> str:
        before = sorted(tmp_path.rglob("*"))
        assert main(["study=validate", "jobs=1", *arguments]) == 2
        assert sorted(tmp_path.rglob("*")) == before
        printed = capsys.readouterr()
        assert printed.out.strip() == ""
        return printed.err.strip()

    return say


@pytest.mark.parametrize("text", SURVIVAL)
def test_survival_that_cannot_be(text, refused, tmp_path):
    (tmp_path / "c.csv").write_text(text)
    assert refused("study.cohorts=c.csv") == f"study.cohorts=c.csv: {SURVIVAL[text]}"


@pytest.mark.parametrize("text", ADOPTIONS)
def test_adoptions_that_cannot_be(text, refused, tmp_path):
    (tmp_path / "e.csv").write_text(TIES)
    (tmp_path / "a.csv").write_text(text)
    assert refused("study.edges=e.csv", "study.adoptions=a.csv") == f"study.adoptions=a.csv: {ADOPTIONS[text]}"


@pytest.mark.parametrize("text", EDGES)
def test_ties_that_cannot_be(text, refused, tmp_path):
    (tmp_path / "my e(1).csv").write_text(text)
    (tmp_path / "a,1.csv").write_text(GOOD)
    said = refused("study.edges='my e(1).csv'", "study.adoptions='a,1.csv'")
    assert said == f"study.edges=my e(1).csv: {EDGES[text]}"


def test_files_that_are_none(refused, tmp_path):
    (tmp_path / "c.csv").write_bytes(YEARS.encode("utf-16"))
    assert refused("study.cohorts=c.csv") == f"study.cohorts=c.csv: {UTF16}"
    assert refused("study.cohorts=no.csv") == "study.cohorts=no.csv: the file does not exist"
    assert refused("study.cohorts=.") == f"study.cohorts=.: {FOLDER}"
    assert refused("study.edges=no.csv") == ALONE
    assert refused("study.adoptions=no.csv") == ALONE
    (tmp_path / "a.csv").write_text(GOOD)
    assert refused("study.edges=a.csv", "study.adoptions=x.csv") == "study.adoptions=x.csv: the file does not exist"
    assert refused("study.edges=a.csv", "study.adoptions=.") == f"study.adoptions=.: {FOLDER}"
    assert refused("study.edges=a.csv", "study.adoptions=c.csv") == f"study.adoptions=c.csv: {UTF16}"
    assert refused("study.edges=no.csv", "study.adoptions=a.csv") == "study.edges=no.csv: the file does not exist"
    assert refused("study.edges=.", "study.adoptions=a.csv") == f"study.edges=.: {FOLDER}"
    assert refused("study.edges=c.csv", "study.adoptions=a.csv") == f"study.edges=c.csv: {UTF16}"


COUNTS, TIED, LIFE = "contributions_histogram.csv", "tie_histogram.csv", "member_life_table.csv"
COUNTED = "what,count,members\n"
LASTED = "tenure_month,exit_hazard\n"
FORUM = {
    COUNTS: f"{COUNTED}posts,1,10\nposts,2,5\nanswers_to_others,1,3\n",
    TIED: f"{COUNTED}reply_ties,0,3\nreply_ties,1,3\n",
    LIFE: f"{LASTED}0,.5\n1,.2\n",
}
NOBODY = "no row with what={} has a count and members of 1 or more, at least one is needed"
FORUMS = {
    (COUNTS, ""): "row 1 has no column what and count and members; needed: what, count, members",
    (COUNTS, "what,count,member\n"): "row 1 has no column members (is it 'member'?); needed: what, count, members",
    (COUNTS, f"{COUNTED}posts,1\n"): f"row 2 has 2 cells, row 1 has 3; {SHORT}",
    (COUNTS, f"{COUNTED}posts,1,-2\n"): "row 2, column members is '-2', a whole number from 0 on is needed",
    (COUNTS, f"{COUNTED}posts,1.5,2\n"): "row 2, column count is '1.5', a whole number from 0 on is needed",
    (COUNTS, f"{COUNTED}posts,1,2\nposts,1,3\n"): "row 3, column count is '1', as in row 2; one row each",
    (COUNTS, f"{COUNTED}post,1,2\n"): NOBODY.format("posts"),
    (COUNTS, f"{COUNTED}posts,1,0\nposts,0,4\n"): NOBODY.format("posts"),
    (COUNTS, f"{COUNTED}posts,1,2\n"): NOBODY.format("answers_to_others"),
    (TIED, f"{COUNTED}reply_ties,0,3\n"): NOBODY.format("reply_ties"),
    (LIFE, ""): "row 1 has no column tenure_month and exit_hazard; needed: tenure_month, exit_hazard",
    (LIFE, f"{LASTED}0,1.5\n"): "row 2, column exit_hazard is '1.5', 0 to 1 is allowed",
    (LIFE, f"{LASTED}.5,.5\n"): "row 2, column tenure_month is '.5', a whole number from 0 on is needed",
    (LIFE, f"{LASTED}0,.5\n0,.4\n"): "row 3, column tenure_month is '0', as in row 2; one row each",
    (LIFE, LASTED): "there is no tenure_month from 0 to 24, at least one is needed",
    (LIFE, f"{LASTED}25,.1\n"): "there is no tenure_month from 0 to 24, at least one is needed",
}


@pytest.mark.parametrize("change", FORUMS)
def test_a_forum_s_tables_that_cannot_be(change, refused, tmp_path):
    (tmp_path / "f").mkdir()
    for name, text in FORUM.items():
        (tmp_path / "f" / name).write_text(change[1] if name == change[0] else text)
    assert refused("study.forum=f") == f"study.forum=f/{change[0]}: {FORUMS[change]}"


def test_a_forum_that_is_no_folder_or_not_whole(refused, tmp_path):
    needed = f"one with {COUNTS}, {LIFE}, {TIED} is needed"
    assert refused("study.forum=f") == f"study.forum=f: there is no such folder; {needed}"
    (tmp_path / "f").write_text(FORUM[COUNTS])
    assert refused("study.forum=f") == f"study.forum=f: there is no such folder; {needed}"
    (tmp_path / "g").mkdir()
    assert refused("study.forum=g") == f"study.forum=g/{COUNTS}: the file does not exist"
