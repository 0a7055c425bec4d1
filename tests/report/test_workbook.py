"""The workbook: its values are those of the files, its formulas come to them, and a changed month moves what rests on it."""

import io
import re
import zipfile

import openpyxl
import pytest

from simulation.cli import main
from simulation.metrics import METRICS
from simulation.report.accounts import LINES, RATIOS
from simulation.report.cells import LINE, WIDTH
from simulation.report.workbook import AT, FIRST, workbook
from simulation.studies.tables import row_name
from tests.report import office
from tests.report.made import PLACE, folder, medians, story

SHEETS = [
    "Summary",
    "Charts",
    "Differences",
    "By month",
    "By quarter",
    "By year",
    "Profit and loss",
    "Hiring plan",
    "ARR bridge",
    "Cohorts",
    "Tenure",
    "Assumptions",
    "Runs",
]


@pytest.fixture(scope="module")
def made():
    return workbook(story())


def opened(content, *, values=True):
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def labelled(sheet):
    """Return the rows of a sheet by the label in their first column, the last of each."""
    return {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}


def test_the_command_puts_it_into_the_folder(capsys):
    folder()
    capsys.readouterr()
    assert main(["workbook", str(folder())]) == 0
    assert capsys.readouterr().out == f"workbook: {folder() / 'workbook.xlsx'}\n"
    assert openpyxl.load_workbook(folder() / "workbook.xlsx").sheetnames == SHEETS


def test_the_medians_in_its_cells_are_those_of_summary_csv(made):
    rows = {}
    for row in opened(made)["Summary"].iter_rows(values_only=True):
        rows.setdefault(row[0], row)  # medians stand above the mean firm
    told = medians()
    for name, metric in METRICS.items():
        for k, motion in enumerate(story().motions):
            if metric.headline and (motion, name) in told:
                assert rows[row_name(metric)][1 + 3 * k] == pytest.approx(told[motion, name], rel=1e-8), name


def test_the_mean_firm_is_that_of_the_story(made):
    rows = labelled(opened(made)["Summary"])
    for k, m in enumerate(story().motions, 1):
        firm, worth = story().firms[m].whole, story().worths[m]
        for name, line in ({n: li for n, li in LINES.items() if li.flow} | RATIOS).items():
            if firm[name] == firm[name]:
                assert rows[line.label][k] == pytest.approx(firm[name]), name
        assert rows["gross margin per customer-week"][k] == pytest.approx(worth.margin_usd_per_week)


def test_no_formula_is_without_its_value(made):
    """Where a formula has no value the story has none either; none stands at the 0 that the writer puts unless told."""
    sheets, values = opened(made, values=False), opened(made)
    n = 0
    for sheet in sheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("=IFERROR"):
                    n += 1
                    assert (
                        values[sheet.title][cell.coordinate].value is not None
                        or "/" in cell.value
                        or "MEDIAN" in cell.value
                    )
    assert n > 900


def test_every_line_of_the_accounts_is_what_its_formula_comes_to():
    """Python computes the lines; the formulas are for the sheet: both come to the same."""
    for firm in story().firms.values():
        for period in (*firm.months, *firm.quarters, *firm.years, firm.whole):
            for name, line in (LINES | RATIOS).items():
                if line.formula and period[name] == period[name]:
                    text = line.formula.format_map({k: f"({v!r})" for k, v in period.items()})
                    assert eval(text) == pytest.approx(period[name], abs=1e-6), name  # noqa: S307 - our own formulas


def test_the_bridge_closes_and_quarters_and_years_are_sums_of_months():
    for m, firm in story().firms.items():
        assert firm.months[-1]["closing_usd"] == pytest.approx(firm.quarters[-1]["closing_usd"])
        assert firm.months[-1]["closing_usd"] == pytest.approx(firm.whole["closing_usd"])
        for name, line in LINES.items():
            if line.flow:
                whole = sum(p[name] for p in firm.months)
                assert [sum(p[name] for p in of) for of in (firm.quarters, firm.years)] == pytest.approx(
                    [whole, whole], abs=1e-6
                )
        cash = [run["cash_usd"] for run in story().runs if run["motion"] == m]
        assert firm.whole["cash_usd"] == pytest.approx(sum(cash) / len(cash))
        assert firm.months[-1]["customers"] == pytest.approx(firm.whole["new_customers"] - firm.whole["gone_customers"])


def test_text_stays_text_and_no_place_is_told(made):
    setting = story().settings[0]._replace(value="=1+1", source="=HYPERLINK(1)")
    book = opened(workbook(story()._replace(settings=[setting])), values=False)
    cells = [c for row in book["Assumptions"].iter_rows() for c in row if c.value in ("=1+1", "=HYPERLINK(1)")]
    assert len(cells) == 2 and all(c.data_type == "s" or c.quotePrefix or c.data_type != "f" for c in cells)
    parts = zipfile.ZipFile(io.BytesIO(made))
    for name in parts.namelist():
        assert PLACE.encode() not in parts.read(name), name
    assert re.search(r"<dc:creator></dc:creator>|<dc:creator/>", parts.read("docProps/core.xml").decode())


def test_heads_stay_in_sight_and_charts_are_native(made):
    book = opened(made)
    assert all(book[name].freeze_panes for name in SHEETS if name not in ("Summary", "Charts"))
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert len([n for n in names if re.fullmatch(r"xl/charts/chart\d+\.xml", n)]) == 3 + len(story().motions)


@pytest.mark.slow
@office.needed
def test_libreoffice_computes_the_values_that_stand_there_and_a_changed_month_moves_the_cac(made, tmp_path):
    """Computed anew, every cell of every sheet is what was written; with a month's cost raised, CAC and payback are dearer."""
    (tmp_path / "workbook.xlsx").write_bytes(made)
    anew = openpyxl.load_workbook(office.converted(tmp_path / "workbook.xlsx", "xlsx"), data_only=True)
    n = 0
    for sheet in opened(made):
        for row in sheet.iter_rows():
            for cell in row:
                new = anew[sheet.title][cell.coordinate].value
                if isinstance(cell.value, int | float):
                    assert new == pytest.approx(cell.value, rel=1e-6, abs=1e-6), (sheet.title, cell.coordinate)
                    n += 1
                elif not cell.value:
                    assert not new, (sheet.title, cell.coordinate)
    assert n > 4000
    changed = opened(made, values=False)
    changed["By month"].cell(FIRST + 1, AT["acquisition_usd"] + 1).value += 1_000_000
    changed.save(tmp_path / "changed.xlsx")
    moved = openpyxl.load_workbook(office.converted(tmp_path / "changed.xlsx", "xlsx"), data_only=True)
    before, after = (labelled(book["Summary"]) for book in (anew, moved))
    whole = story().firms[story().motions[0]].whole
    assert after["fully loaded CAC"][1] == pytest.approx((whole["market_usd"] + 1e6) / whole["new_customers"])
    assert after["payback, months"][1] > before["payback, months"][1]
    assert moved["By year"].cell(FIRST + 1, AT["cash_usd"] + 1).value == pytest.approx(
        story().firms[story().motions[0]].years[0]["cash_usd"] - 1e6
    )


def test_heads_have_room_for_their_words_and_charts_stand_on_one_page(made):
    book = opened(made)
    heads = next(row for row in book["Differences"].iter_rows() if row[1].value == "first")
    assert max(len(str(cell.value or "")) for cell in heads) > WIDTH
    assert book["Differences"].row_dimensions[heads[0].row].height >= 2 * LINE
    assert book["Charts"].page_setup.fitToHeight in (1, None)  # 0: as many as it takes
