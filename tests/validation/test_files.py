"""A user's own survival, diffusion and forum tables: what cannot be used is said by row and column before anything runs."""

import pytest

from simulation.cli import main

YEARS = "year,a\n0,1\n1,.8\n2,.7\n3,.65\n4,.6\n"
FALL = "row {}, column a is '{}', "
SURVIVAL = {
    "": "row 1 is '', a column year and one a cohort are needed",
    "year\n0\n1\n2\n3\n4\n": "row 1 is 'year', a column year and one a cohort are needed",
    "year,a,a\n0,1,1\n": "row 1 names the column 'a' 2 times, once is needed",
    "year,a\n0,1\n1,.8\n": "the years 0 to 4 are needed at least, the file holds 2",
    YEARS.replace(",.7", ""): "row 4 has 1 cells, row 1 has 2; a number with a comma in it? write 1234.5",
    YEARS.replace(".8", "1.8"): FALL.format(3, "1.8") + "a share from 0 to 1 is needed",
    YEARS.replace(".8", "-.8"): FALL.format(3, "-.8") + "a share from 0 to 1 is needed",
    YEARS.replace(".8", "80%"): FALL.format(3, "80%") + "a number is needed",
    YEARS.replace("0,1", "0,.9"): FALL.format(2, ".9") + "1 is needed: in year 0 everybody is there",
    YEARS.replace(".65", ".75"): (
        FALL.format(5, ".75") + "more than the 0.7 of the year before: who has left cannot be there again"
    ),
    YEARS.replace(".65", "0"): FALL.format(5, "0") + "more than 0 is needed in the 3 years that are fitted",
    YEARS.replace("2,.7", "3,.7"): "row 4, column year is '3', 2 is needed: the years are 0, 1, 2, ... in order",
}
TIES = "source,target\n" + "".join(f"{k},{k + 1}\n" for k in range(20))
TOA = "id,toa\n"
ADOPTIONS = {
    "": "row 1 has no column id and toa; id and toa (time of adoption: 1, 2, ...) are needed",
    "id,time\n1,2\n": "row 1 has no column toa; id and toa (time of adoption: 1, 2, ...) are needed",
    TOA + "1,0\n": "row 2, column toa is '0', a whole number from 1 on is needed",
    TOA + "1,1.5\n": "row 2, column toa is '1.5', a whole number from 1 on is needed",
    TOA + "1,soon\n": "row 2, column toa is 'soon', a number is needed",
    TOA + "1,1\n1,2\n": "row 3, column id is '1', which stands in the file before; one row each",
    TOA + "1,3\n2,3\n": "the largest toa stands for not adopted, so 2 periods were watched; at least 6 are needed",
    TOA + "".join(f"{k},{1 + k % 7}\n" for k in range(9)): (
        "5 adopt in the periods 1 to 3 and 3 in 4 to 6; at least 5 in each half are needed, to fit and to compare"
    ),
}
NO_UTF8 = "the file is no UTF-8 text; save it as CSV UTF-8"
ALONE = "study.edges and study.adoptions belong together: who knows whom, and when each adopted"


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


def test_files_that_are_none(refused, tmp_path):
    (tmp_path / "c.csv").write_bytes(YEARS.encode("utf-16"))
    assert refused("study.cohorts=c.csv") == f"study.cohorts=c.csv: {NO_UTF8}"
    assert refused("study.cohorts=no.csv") == "study.cohorts=no.csv: the file does not exist"
    assert refused("study.cohorts=.") == "study.cohorts=.: this is a folder, a CSV file is needed"
    assert refused("study.edges=no.csv") == ALONE
    assert refused("study.adoptions=no.csv") == ALONE
    (tmp_path / "a.csv").write_text(TOA + "".join(f"{k},{1 + k % 7}\n" for k in range(40)))
    said = refused("study.edges=no.csv", "study.adoptions=a.csv")
    assert said == "no.csv: the file cannot be read (No such file or directory)"


def test_a_forum_s_tables_that_cannot_be(refused, tmp_path):
    head = "study.forum=f/contributions_histogram.csv: "
    assert refused("study.forum=f") == f"{head}the file does not exist"
    (tmp_path / "f").mkdir()
    file = tmp_path / "f" / "contributions_histogram.csv"
    file.write_text("what,count\nposts,1\n")
    assert refused("study.forum=f") == f"{head}row 1 has no column members; what, count, members are needed"
    file.write_text("what,count,members\nposts,1,-2\n")
    assert refused("study.forum=f") == f"{head}row 2, column members is '-2', a number of 0 or more is needed"
    for text, said in (("1.5,2", "row 2, column count is '1.5', a whole number is needed"),
                       ("1e999,2", "row 2, column count is '1e999', a smaller number is needed"),
                       ("0,2", "no row with what=posts has a count and members above 0")):  # fmt: skip
        file.write_text(f"what,count,members\nposts,{text}\n")
        assert refused("study.forum=f") == f"{head}{said}"
    file.write_text("what,count,members\nposts,1,2\n")
    assert refused("study.forum=f") == f"{head}there is no row with what=answers_to_others"
