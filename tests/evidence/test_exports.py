"""Reading a company's exports: the templates, and one sentence for every cell that cannot be used."""

import gzip
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from simulation.evidence.exports import GAP, SPENT, read_exports
from simulation.evidence.exports import TEMPLATES as SHIPPED
from simulation.scenario.errors import BadInput

TEMPLATES = Path(__file__).parent / "good"  # two months, whose cells the tests below spoil one by one


def test_the_shipped_templates_are_long_enough_to_try_the_study_on():
    data = read_exports(SHIPPED)
    assert len(data.months) == 18
    assert data.cohorts.shape == (18, 18) and data.churned.sum() > 0 and data.spend_usd and data.community


def test_small_exports_are_read():
    data = read_exports(TEMPLATES)
    assert data.months == ["2024-01", "2024-02"]
    assert data.new_customers["advert"].tolist() == [12, 14]
    assert data.churned.tolist() == [0, 1]
    assert data.spend_usd["advertising"].tolist() == [30000, 32000]
    assert data.community["answers"].tolist() == [18, 23]
    assert data.cohorts[0].tolist() == [15, 14] and np.isnan(data.cohorts[1, 0])


@pytest.mark.parametrize("given", ["customers", "churn", "cohorts", "community"])
def test_any_one_of_them_is_enough(tmp_path, given):
    shutil.copy(TEMPLATES / f"{given}.csv", tmp_path)
    assert len(read_exports(tmp_path).months) == 2


SENTENCES = {
    ("customers", "2024-01,advert,12", "2024/01,advert,12"): (
        "customers.csv: row 2, column month is '2024/01', write the month as YYYY-MM, such as 2024-01"
    ),
    ("customers", "2024-01,advert,12", "01.2024,advert,12"): (
        "customers.csv: row 2, column month is '01.2024', write the month as YYYY-MM, such as 2024-01"
    ),
    ("customers", "2024-01,advert,12", "2024-1,advert,12"): (
        "customers.csv: row 2, column month is '2024-1', write the month as YYYY-MM, such as 2024-01"
    ),
    ("customers", "2024-01,advert,12", "January,advert,12"): "customers.csv: row 2, column month is 'January', write the month as YYYY-MM",
    ("customers", "2024-01,advert,12", '2024-01,advert,"1,234"'): (
        "customers.csv: row 2, column new_customers is '1,234', write the number without thousands separators, such as 1234"
    ),
    ("customers", "2024-01,advert,12", "2024-01,advert,1 234"): (
        "customers.csv: row 2, column new_customers is '1 234', write the number without thousands separators, such as 1234"
    ),
    ("customers", "2024-01,advert,12", "2024-01,advert,1,234"): (
        "customers.csv: row 2 has 4 cells, row 1 has 3; a number with a comma in it? write 1234.5"
    ),
    ("spend", "30000", "$30000"): "spend.csv: row 2, column usd is '$30000', write the number without a currency sign, such as 30000",
    ("spend", "30000", '"30000,50"'): "spend.csv: row 2, column usd is '30000,50', write the number with a decimal point, such as 30000.50",
    ("spend", "30000", ""): f"spend.csv: row 2, column usd is empty; {SPENT}",
    ("spend", "30000", "-12.50"): (
        "spend.csv: row 2, column usd is '-12.50', a month's sum of 0 or more is needed; take credits and refunds off the month that "
        "was paid for"
    ),
    ("spend", "30000", "(12.50)"): (
        "spend.csv: row 2, column usd is '(12.50)', a month's sum of 0 or more is needed; take credits and refunds off the month that "
        "was paid for"
    ),
    ("spend", "30000", "$-12.50"): (
        "spend.csv: row 2, column usd is '$-12.50', a month's sum of 0 or more is needed; take credits and refunds off the month that "
        "was paid for"
    ),
    ("churn", "2024-02,1", "2024-02,-1"): (
        "churn.csv: row 3, column churned_customers is '-1', a month's sum of 0 or more is needed; what left or was undone is not taken "
        "off here"
    ),
    ("spend", "30000", "--"): f"spend.csv: row 2, column usd is '--', which says nothing; {SPENT}",
    ("spend", "30000", "n/a"): f"spend.csv: row 2, column usd is 'n/a', which says nothing; {SPENT}",
    ("spend", "30000", "102.50 EUR"): (
        "spend.csv: row 2, column usd is '102.50 EUR', write the number alone, such as 102.50; if it is money, in USD"
    ),
    ("spend", "30000", "102 kr."): "spend.csv: row 2, column usd is '102 kr.', write the number alone, such as 102; if it is money, in USD",
    ("spend", "30000", "20k"): "spend.csv: row 2, column usd is '20k', write it out, such as 20000",
    ("spend", "30000", "5%"): "spend.csv: row 2, column usd is '5%', USD are needed, no percentage",
    ("churn", "2024-02,1", "2024-02,4%"): "churn.csv: row 3, column churned_customers is '4%', heads are needed, no percentage",
    ("churn", "2024-02,1", "2024-02,0.04"): (
        "churn.csv: row 3, column churned_customers is '0.04', a whole number of heads is needed, no share or mean"
    ),
    ("customers", "2024-01,advert,12", "45292,advert,12"): (
        "customers.csv: row 2, column month is '45292', a spreadsheet's number of a day; write the month as YYYY-MM, such as 2024-01"
    ),
    ("customers", "2024-01,advert,12", "03/04/2024,advert,12"): (
        "customers.csv: row 2, column month is '03/04/2024', write the month as YYYY-MM: 2024-03 or 2024-04, the order of day and month "
        "cannot be known"
    ),
    ("customers", "2024-01,advert,12", "01/31/2024,advert,12"): (
        "customers.csv: row 2, column month is '01/31/2024', write the month as YYYY-MM, such as 2024-01"
    ),
    ("customers", "2024-01,advert,12", "Jan-24,advert,12"): (
        "customers.csv: row 2, column month is 'Jan-24', write the month as YYYY-MM: 2024-01 if 24 is the year and no day, which cannot "
        "be known"
    ),
    ("customers", "2024-01,advert,12", "15-Jan-24,advert,12"): (
        "customers.csv: row 2, column month is '15-Jan-24', write the month as YYYY-MM, the order of day, month and year cannot be known"
    ),
    ("customers", "2024-01,advert,12", "1/2/24,advert,12"): (
        "customers.csv: row 2, column month is '1/2/24', write the month as YYYY-MM, the order of day, month and year cannot be known"
    ),
    ("customers", "2024-01,advert,12", "January 2024,advert,12"): (
        "customers.csv: row 2, column month is 'January 2024', write the month as YYYY-MM, such as 2024-01"
    ),
    ("customers", "2024-01,advert,12", "99999,advert,12"): "customers.csv: row 2, column month is '99999', write the month as YYYY-MM",
    ("customers", "2024-01,advert,12", "Q1-2024,advert,12"): (
        "customers.csv: row 2, column month is 'Q1-2024', a quarter; write the month as YYYY-MM, with a row for each of 2024-01, 2024-02, "
        "2024-03"
    ),
    ("customers", "2024-01,advert,12", "2024-01,total,12"): (
        "customers.csv: row 2, column channel is 'total'; user_content, firm_content, close_talk, broadcast_talk, invite, advert, "
        "outbound, ambient, return, seed, all are allowed; leave sums of other rows away"
    ),
    ("customers", "month,channel", "New customers by channel\n\nmonth,channel"): (
        "customers.csv: the column names stand in row 3; delete what is above them, they must be row 1"
    ),
    ("customers", "month,channel", "sep=,\nmonth,channel"): (
        "customers.csv: the column names stand in row 2; delete what is above them, they must be row 1"
    ),
    ("customers", "month,channel", '[{"month": "2024-01"}]\nmonth,channel'): (
        "customers.csv: this looks like JSON; save it as CSV with one row of column names"
    ),
    ("customers", "month,channel", "<!DOCTYPE html>\nmonth,channel"): (
        "customers.csv: this looks like a web page or XML; export the table as CSV UTF-8"
    ),
    ("spend", "30000", "much"): "spend.csv: row 2, column usd is 'much', a number is needed",
    ("customers", "2024-01,advert,12", "2024-01,adverts,12"): (
        "customers.csv: row 2, column channel is 'adverts'; user_content, firm_content, close_talk, broadcast_talk, invite, advert, "
        "outbound, ambient, return, seed, all are allowed; did you mean advert?"
    ),
    ("customers", "new_customers", "customers"): (
        "customers.csv: row 1 names a column 'customers'; the columns are month, channel, new_customers; did you mean new_customers?"
    ),
    ("churn", "month,churned_customers", "month"): "churn.csv: row 1 has no column churned_customers; the columns are month, churned_customers",
    ("churn", "2024-02,1\n", "2104-02,1\n"): (
        "churn.csv: row 3 says 2104-02, but 960 of the 962 months from 2024-01 on are in no file; is a month mistyped?"
    ),
    ("churn", "2024-02,1", "2024-02,n/a"): (
        f"churn.csv: row 3, column churned_customers is 'n/a', which says nothing; {GAP}"
    ),
    ("churn", "2024-02,1", "2024-01,1"): "churn.csv: row 3 says 2024-01 again, row 2 did; one row each",
    ("cohorts", "2024-01,2024-01,15", "2024-02,2024-01,15"): (
        "cohorts.csv: row 2: cohort 2024-02 must be a month of the data and not after 2024-01"
    ),
    ("customers", "2024-02,close_talk,5", "2024-02,all,5"): (
        "customers.csv: the channel 'all' stands beside others; give customers by channel, or all of them, not both"
    ),
    ("churn", "2024-01,0\n2024-02,1\n", ""): "churn.csv: the file holds no row below its columns",
    ("customers", "2024-01,advert,12", "0000-01,advert,12"): (
        "customers.csv: row 2, column month is '0000-01', a year from 1900 to 2199 is needed"
    ),
    ("customers", "2024-01,advert,12", "2024-13,advert,12"): "customers.csv: row 2, column month is '2024-13', write the month as YYYY-MM",
    ("customers", "2024-01,advert,12", "2024-01-15,advert,12"): (
        "customers.csv: row 2, column month is '2024-01-15', write the month as YYYY-MM, such as 2024-01"
    ),
    ("customers", "2024-01,advert,12", ",advert,12"): "customers.csv: row 2, column month is '', write the month as YYYY-MM",
    ("customers", "2024-01,advert,12", "2024-01,advert," + "9" * 200_000): (
        "customers.csv: row 2 cannot be read (field larger than field limit (131072)); is a quotation mark left open?"
    ),
    ("customers", "2024-01,advert,12", "2024-01,advert," + "x" * 60): (
        f"customers.csv: row 2, column new_customers is '{'x' * 40}...', a number is needed"
    ),
    ("customers", "2024-01,advert,12", '2024-01,advert,"12'): (
        "customers.csv: row 2 cannot be read (unexpected end of data); is a quotation mark left open?"
    ),
    ("customers", "2024-01,advert,12", '2024-01,advert,"1\n2"'): "customers.csv: row 2, column new_customers is '1 2', a number is needed",
    ("customers", "2024-01,advert,12", "2024-01,advert,18.000"): (
        "customers.csv: row 2, column new_customers is '18.000', which may be 18.00 or 18000; write 18.00 or 18000"
    ),
    ("customers", "2024-01,advert,12", "2024-01,advert,18_000"): (
        "customers.csv: row 2, column new_customers is '18_000', write the number without thousands separators, such as 18000"
    ),
    ("customers", "2024-01,advert,12", "2024-01,advert,18,000.00"): (
        "customers.csv: row 2 has 4 cells, row 1 has 3; a number with a comma in it? write 1234.5"
    ),
    ("customers", "2024-01,advert,12", '2024-01,advert,"18,000.00"'): (
        "customers.csv: row 2, column new_customers is '18,000.00', write the number without thousands separators, such as 18000.00"
    ),
    ("customers", "2024-01,advert,12", "2024-01,advert,1e16"): (
        "customers.csv: row 2, column new_customers is '1e16', 0 to 1e+15 is allowed"
    ),
    ("customers", "2024-01,advert,12", "2024-01,advert,nan"): (
        f"customers.csv: row 2, column new_customers is 'nan', which says nothing; {GAP}"
    ),
    ("customers", "2024-01,advert,12", "2024-01,advert"): (
        "customers.csv: row 2 has 2 cells, row 1 has 3; a number with a comma in it? write 1234.5"
    ),
    ("customers", "month,channel,new_customers", "month,month,new_customers"): (
        "customers.csv: row 1 names the column 'month' 2 times, once is needed"
    ),
    ("customers", "month,channel,new_customers", "month;channel;new_customers"): (
        "customers.csv: row 1 is separated by semicolons; save it as CSV with commas between the columns"
    ),
    ("customers", "month,channel,new_customers", "month,channel,new_customers,"): (
        "customers.csv: row 1 names a column ''; the columns are month, channel, new_customers."
    ),
    ("customers", "month,channel,new_customers", "month,channel,New_customers"): (
        "customers.csv: row 1 names a column 'New_customers'; the columns are month, channel, new_customers; did you mean new_customers?"
    ),
    ("customers", "2024-02,advert,14", "2024-01,advert,14"): (
        "customers.csv: row 4 says 2024-01, advert again, row 2 did; one row each"
    ),
    ("cohorts", "2024-01,2024-02,14", "2024-01,2024-02,16"): (
        "cohorts.csv: row 3, column customers is '16', more than the 15 that cohort 2024-01 had in 2024-01; a cohort cannot grow, "
        "count who returns in the month's own cohort"
    ),
    ("cohorts", "2024-02,2024-02,19", "2024-01,2024-02,19"): "cohorts.csv: row 4 says 2024-01, 2024-02 again, row 3 did; one row each",
    ("spend", "advertising", "advertisng"): (
        "spend.csv: row 2, column lever is 'advertisng'; sales, advertising, account_management, product_growth, community_team, content, "
        "moderation, recognition, events, rewards are allowed; did you mean advertising?"
    ),
    ("community", "month,members,posts,questions,answers", "month,member,posts,questions,answers"): (
        "community.csv: row 1 names a column 'member'; the columns are month, members, posts, questions, answers; did you mean members?"
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", SENTENCES)
def test_a_cell_that_cannot_be_used_is_named_by_file_row_and_column(tmp_path, change):
    name, old, new = change
    for file in TEMPLATES.glob("*.csv"):
        if name == "churn" or file.stem == name:
            shutil.copy(file, tmp_path)
    if name == "churn":
        for other in ("customers", "cohorts", "spend", "community"):
            (tmp_path / f"{other}.csv").unlink()
    if name == "spend":
        shutil.copy(TEMPLATES / "churn.csv", tmp_path)
    path = tmp_path / f"{name}.csv"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(BadInput) as error:
        read_exports(tmp_path)
    assert str(error.value) == SENTENCES[change]


def test_what_is_not_given_is_not_known_and_a_zero_is_a_zero(tmp_path):
    months = [f"2024-{k:02d}" for k in range(1, 7)]
    (tmp_path / "customers.csv").write_text(
        "month,channel,new_customers\n2024-01,advert,4\n2024-01,invite,0\n2024-02,advert,5\n2024-04,advert,\n2024-04,invite,2\n"
        "2024-05,invite,1\n2024-06,advert,0\n"
    )
    (tmp_path / "churn.csv").write_text("month,churned_customers\n2024-01,0\n2024-02,\n2024-03,2\n2024-05,1\n")
    (tmp_path / "cohorts.csv").write_text(
        "cohort,month,customers\n2024-01,2024-01,4\n2024-01,2024-02,\n2024-01,2024-03,3\n2024-02,2024-02,5\n"
    )
    (tmp_path / "community.csv").write_text("month,members,posts\n2024-01,5,\n2024-02,,0\n2024-03,7,8\n")
    data = read_exports(tmp_path)
    unknown = np.nan
    assert data.months == months
    for found, expected in (
        (data.new_customers["advert"], [4, 5, unknown, unknown, 0, 0]),  # no row beside others of the month: none came
        (data.new_customers["invite"], [0, 0, unknown, 2, 1, 0]),
        (data.churned, [0, unknown, 2, unknown, 1, unknown]),
        (data.community["members"], [5, unknown, 7, unknown, unknown, unknown]),
        (data.community["posts"], [unknown, 0, 8, unknown, unknown, unknown]),
        (data.cohorts[0], [4, unknown, 3, unknown, unknown, unknown]),
    ):
        assert np.array_equal(found, np.array(expected, float), equal_nan=True)
    missing = "not given: taken as not known, not as 0"
    assert list(data.notes) == [
        f"customers.csv: advert of 2024-03, 2024-04 {missing}",
        f"customers.csv: invite of 2024-03 {missing}",
        f"churn.csv: churned_customers of 2024-02, 2024-04, 2024-06 {missing}",
        f"community.csv: members of 2024-02, 2024-04, 2024-05, 2024-06 {missing}",
        f"community.csv: posts of 2024-01, 2024-04, 2024-05, 2024-06 {missing}",
    ]


def test_spending_is_needed_in_every_month_and_zeros_are_not_asked_for_what_is_not_known(tmp_path):
    (tmp_path / "churn.csv").write_text("month,churned_customers\n2024-01,0\n2024-02,1\n2024-03,1\n")
    (tmp_path / "spend.csv").write_text("month,lever,usd\n2024-01,sales,10\n2024-03,sales,0\n")
    assert refused(tmp_path) == (
        "spend.csv: 2024-02 is missing, churn.csv has it in row 3; what was spent is needed in every month, 0 where it was nothing; "
        "where it is not known, leave spend.csv away, or begin all files later"
    )


NEEDED = "one of customers.csv, churn.csv, cohorts.csv or community.csv is needed; spend.csv alone does not say what came of it"


def refused(folder):
    with pytest.raises(BadInput) as error:
        read_exports(folder)
    return str(error.value).replace(str(folder), "mine")


def test_a_folder_that_cannot_be_used_says_what_is_needed(tmp_path):
    assert refused(tmp_path) == f"study.data=mine: {NEEDED}"
    shutil.copy(TEMPLATES / "spend.csv", tmp_path)
    assert refused(tmp_path) == f"study.data=mine: {NEEDED}"
    there_is_none = (
        "study.data=mine: there is no such folder; templates of each file are in templates/ of simulation/evidence"
    )
    assert refused(tmp_path / "no") == refused(tmp_path / "spend.csv") == there_is_none


def test_files_that_are_none(tmp_path):
    shutil.copy(TEMPLATES / "churn.csv", tmp_path)
    (tmp_path / "customers.csv").mkdir()
    assert refused(tmp_path) == "customers.csv: this is a folder, a CSV file is needed"
    (tmp_path / "customers.csv").rmdir()
    text = (TEMPLATES / "customers.csv").read_text()
    (tmp_path / "customers.csv").write_bytes(text.encode("utf-16"))
    assert refused(tmp_path) == "customers.csv: this looks like UTF-16 text; save it as CSV UTF-8"
    (tmp_path / "customers.csv").write_bytes(text.encode("utf-16-le"))
    assert refused(tmp_path) == "customers.csv: this looks like UTF-16 text; save it as CSV UTF-8"
    (tmp_path / "customers.csv").write_bytes(text.replace("advert", "advärt").encode("latin-1"))
    assert refused(tmp_path) == "customers.csv: the file is no UTF-8 text; save it as CSV UTF-8"
    (tmp_path / "customers.csv").write_text("")
    assert refused(tmp_path) == (
        "customers.csv: row 1 has no column month, channel, new_customers; the columns are month, channel, new_customers"
    )


@pytest.mark.parametrize(
    ("start", "looks"),
    [
        (gzip.compress(b"month,channel,new_customers\n", mtime=0), "a gzip archive; unpack it"),
        (b"PK\x03\x04...", "an Excel workbook or another zip archive; save it as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0...", "an old Excel workbook; save it as CSV UTF-8"),
        (b"PAR1...", "Parquet; save it as CSV UTF-8"),
        (b"%PDF-1.7", "a PDF; export the table as CSV UTF-8"),
        (b"\xef\xbb\xbf {}", "JSON; save it as CSV with one row of column names"),
    ],
)
def test_a_file_that_is_something_else_under_the_name_of_a_csv(start, looks, tmp_path):
    (tmp_path / "customers.csv").write_bytes(start)
    assert refused(tmp_path) == f"customers.csv: this looks like {looks}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_or_a_device_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "customers.csv")
    assert refused(tmp_path) == "customers.csv: this is a device or a pipe, a CSV file is needed"
    (tmp_path / "customers.csv").unlink()
    (tmp_path / "customers.csv").symlink_to("/dev/zero")
    assert refused(tmp_path) == "customers.csv: this is a device or a pipe, a CSV file is needed"


def test_names_are_read_in_any_case_and_twice_is_refused(tmp_path):
    shutil.copy(TEMPLATES / "customers.csv", tmp_path / "CUSTOMERS.CSV")
    assert read_exports(tmp_path).new_customers["advert"].tolist() == [12, 14]
    (tmp_path / "CUSTOMERS.CSV").write_text("month,channel,new_customers\n2024-01,advert,x\n")
    assert refused(tmp_path) == "CUSTOMERS.CSV: row 2, column new_customers is 'x', a number is needed"
    shutil.copy(TEMPLATES / "customers.csv", tmp_path / "customers.csv")
    if len(list(tmp_path.iterdir())) == 2:  # where case makes two files
        assert refused(tmp_path) == (
            "study.data=mine: CUSTOMERS.CSV and customers.csv are both customers.csv; leave one away"
        )


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("customers.csv.gz", "unpack it to customers.csv"),
        ("customers.xlsx", "save it as CSV UTF-8, customers.csv"),
        ("Customers.json", "save it as CSV UTF-8, customers.csv"),
        ("customer.csv", "did you mean customers.csv?"),
    ],
)
def test_a_file_that_is_nearly_named_is_refused_where_it_is_missing_and_named_where_not(name, how, tmp_path):
    shutil.copy(TEMPLATES / "churn.csv", tmp_path)
    (tmp_path / name).write_text("")
    assert refused(tmp_path) == f"study.data=mine: {name} would not be read; {how}"
    shutil.copy(TEMPLATES / "customers.csv", tmp_path)
    assert read_exports(tmp_path).notes == (f"study.data={tmp_path}: not read: {name}",)


def test_every_file_that_is_not_read_is_named(tmp_path):
    shutil.copytree(TEMPLATES, tmp_path / "mine")
    assert read_exports(tmp_path / "mine").notes == ()
    (tmp_path / "mine" / "old").mkdir()
    (tmp_path / "mine" / "leads.csv").write_text("a,b\n")
    (tmp_path / "mine" / ".note").write_text("")
    assert read_exports(tmp_path / "mine").notes == (
        f"study.data={tmp_path / 'mine'}: not read: .note, leads.csv, old/",
    )


def test_cohorts_that_all_begin_with_100_are_percentages(tmp_path):
    rows = "".join(f"2024-0{c},2024-0{m},{100 - 5 * (m - c)}\n" for c in (1, 2, 3) for m in range(c, 4))
    (tmp_path / "cohorts.csv").write_text(f"cohort,month,customers\n{rows}")
    assert refused(tmp_path) == (
        "cohorts.csv: each of 3 cohorts begins with 100 customers; heads are needed, no percentages"
    )
