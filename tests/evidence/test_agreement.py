"""What two exports say of the same thing: one sentence that names both, rows and values."""

import shutil
from pathlib import Path

import pytest

from simulation.evidence.exports import TEMPLATES as SHIPPED
from simulation.evidence.exports import read_exports
from simulation.scenario.errors import BadInput

GOOD = Path(__file__).parent / "good"


def spoiled(folder, name, old, new, of=GOOD):
    shutil.copytree(of, folder, dirs_exist_ok=True)
    file = folder / name
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    return folder


@pytest.mark.parametrize("folder", [GOOD, SHIPPED], ids=["good", "templates"])
def test_files_that_agree_are_read_without_a_word(folder):
    assert read_exports(folder).notes == ()


REFUSED = {
    ("customers.csv", "2024-01,advert,12", "2024-01,advert,9"): (
        "cohorts.csv: row 2: cohort 2024-01 begins with 15 customers, customers.csv has 12 new ones in 2024-01 (rows 2 to 3); a cohort "
        "is who of a month's new customers is there at its end"
    ),
    ("customers.csv", "2024-02,advert,14\n2024-02,close_talk,5", "2024-02,advert,0"): (
        "cohorts.csv: row 4: cohort 2024-02 begins with 19 customers, customers.csv has 0 new ones in 2024-02 (no row); a cohort is who "
        "of a month's new customers is there at its end"
    ),
    ("cohorts.csv", "2024-01,2024-02,14", "2024-01,2024-02,9"): (
        "cohorts.csv: 6 customers are gone in 2024-02 (6 of cohort 2024-01 in row 3), churn.csv has 1 who left in 2024-02 (row 3); "
        "customers at a month's end are those before and the new ones, less those who left"
    ),
    ("cohorts.csv", "2024-02,2024-02,19", "2024-02,2024-02,12"): (
        "cohorts.csv: 8 customers are gone in 2024-02 (7 of cohort 2024-02 in row 4), churn.csv has 1 who left in 2024-02 (row 3); "
        "customers at a month's end are those before and the new ones, less those who left"
    ),
}


@pytest.mark.parametrize("change", REFUSED)
def test_files_that_contradict_each_other_are_refused(change, tmp_path):
    with pytest.raises(BadInput) as error:
        read_exports(spoiled(tmp_path, *change))
    assert str(error.value) == REFUSED[change]


SAID = {
    ("spend.csv", "2024-01,advertising,30000", "2024-01,advertising,0"): None,  # spent in the other month
    ("community.csv", "2024-01,120,80,25,18", "2024-01,120,40,25,18"): (
        "community.csv: row 2: questions and answers are 43, posts 40; here posts count both, and whatever else is written"
    ),
    ("community.csv", "2024-02,150,95,30,23", "2024-02,150,95,30,45"): (
        "community.csv: row 3: answers are 45, questions 30; here answers count questions that members have answered, each once"
    ),
    ("customers.csv", "2024-02,close_talk,5", "2024-02,outbound,5"): (
        "customers.csv: 5 new customers by outbound (the first in row 5), spend.csv has no money for sales, without which the model "
        "wins none of them"
    ),
}


@pytest.mark.parametrize("change", SAID)
def test_what_is_odd_but_may_be_is_said(change, tmp_path):
    assert read_exports(spoiled(tmp_path, *change)).notes == ((SAID[change],) if SAID[change] else ())


def test_up_to_two_percent_apart_is_said_and_read(tmp_path):
    """Of 100 new customers 102 are in the cohort: said; 103: refused."""
    (tmp_path / "cohorts.csv").write_text("cohort,month,customers\n2024-01,2024-01,102\n")
    (tmp_path / "customers.csv").write_text("month,channel,new_customers\n2024-01,all,100\n")
    (note,) = read_exports(tmp_path).notes
    assert note.startswith(
        "cohorts.csv: row 2: cohort 2024-01 begins with 102 customers, customers.csv has 100 new ones"
    )
    (tmp_path / "cohorts.csv").write_text("cohort,month,customers\n2024-01,2024-01,103\n")
    with pytest.raises(BadInput, match="begins with 103 customers"):
        read_exports(tmp_path)
