"""One number, four places: what the study wrote is what the page, the slides and the workbook say."""

import io
import json
import math
import re
import zipfile

import openpyxl
import pytest
from pptx import Presentation

from simulation.report.deck import deck
from simulation.report.page import page
from simulation.report.workbook import AT, FIRST, workbook
from simulation.studies import bridge
from simulation.studies.profit_and_loss import LENGTHS, LINES
from tests.report.made import folder, medians, story
from tests.studies.small import rows


def test_the_same_number_stands_in_the_page_the_charts_the_cells_and_summary_csv():
    """The fully loaded CAC, as each format keeps it: JSON, chart XML, a cell, a line of CSV."""
    told = {m: v for (m, name), v in medians().items() if name == "cac_usd"}
    assert len(told) > 1
    data = json.loads(re.search(r'id="data">(.*?)</script>', page(story()), re.DOTALL)[1])
    rows = zip(*(data["summary"][name] for name in ("motion", "metric", "median")), strict=True)
    in_page = {motion: median for motion, metric, median in rows if metric == "cac_usd"}
    slides = zipfile.ZipFile(io.BytesIO(deck(story(), {})))
    xml = "".join(slides.read(n).decode() for n in slides.namelist() if re.fullmatch(r"ppt/charts/chart\w+\.xml", n))
    in_charts = [float(v) for v in re.findall(r"<c:v>(-?[\d.]+(?:e[+-]?\d+)?)</c:v>", xml)]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(story())), data_only=True)["Summary"]
    row = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "fully loaded CAC")
    for k, motion in enumerate(story().motions):
        if motion in told:
            number = pytest.approx(told[motion], rel=1e-8)
            assert in_page[motion] == number and row[1 + 3 * k] == number
            assert any(math.isclose(v, told[motion], rel_tol=1e-8) for v in in_charts)


def test_the_arr_bridge_is_the_same_in_its_table_the_page_the_charts_and_the_cells():
    """To the cent: the last twelve months of arr_bridge.csv added up, what the page and the slides draw, the sheet; and every quarter."""
    by = {(m, k): [r for r in rows(folder() / "data" / "arr_bridge.csv") if (r["motion"], r["length"]) == (m, k)] for m in story().motions for k in ("month", "quarter")}  # fmt: skip
    drawn = json.loads(re.search(r'id="data">(.*?)</script>', page(story()), re.DOTALL)[1])["bridges"]
    slides = Presentation(io.BytesIO(deck(story(), {}))).slides
    charts = [s.chart for slide in slides for s in slide.shapes if s.has_chart and "opening" in list(s.chart.plots[0].categories)]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(workbook(story())), data_only=True)
    sheet = [row[:4] for row in book["ARR bridge"].iter_rows(min_row=FIRST + 1, values_only=True)]
    quarters = list(book["By quarter"].iter_rows(min_row=FIRST + 1, values_only=True))
    assert len(charts) == len(story().motions) > 1
    for m, chart in zip(story().motions, charts, strict=True):
        year = by[m, "month"][-12:]
        told = [float(year[0]["opening_usd"]), *(sum(float(r[name]) for r in year) for name in bridge.MOVED), float(year[-1]["closing_usd"])]  # fmt: skip
        cents = pytest.approx(told, abs=0.07)  # each month is rounded to a cent
        assert abs(told[bridge.LINES.index("price_usd")]) > 1 and sum(told[:-1]) == pytest.approx(told[-1], abs=0.07)
        assert [step["end"] - step["start"] for step in drawn[m]] == cents
        assert [row[2] for row in sheet if row[0] == story().names[m]] == cents
        begins, above, below = (series.values for series in list(chart.plots[0].series)[:3])
        sizes = [a - b for a, b in zip(above, below, strict=True)]
        assert sizes == pytest.approx([abs(v) for v in told], abs=0.07)
        assert begins[2] == pytest.approx(told[0] + told[1], abs=0.07)
        cells = [row for row in quarters if row[0] == story().names[m]]
        for row, written in zip(cells, by[m, "quarter"], strict=True):
            for name in bridge.LINES:
                assert row[AT[name]] == pytest.approx(float(written[name]), abs=0.02), name


def test_profit_and_loss_and_the_hiring_plan_are_the_same_in_tables_sheets_and_the_page():
    """To the cent and to the head: what the study wrote, the cells, and of the page each year's last quarter."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(story())), data_only=True)
    money = list(book["Profit and loss"].iter_rows(values_only=True))
    labels = {line: f"{line}_usd" for line in LINES}
    for m in story().motions:
        name = story().names[m]
        told = [
            r
            for length in LENGTHS
            for r in rows(folder() / "data" / "profit_and_loss.csv")
            if (r["motion"], r["length"]) == (m, length)
        ]
        block = [r for r in money if r[0] == name]
        assert [r[1] for r in block] == list(LINES.values())
        for line, cells in zip(LINES, block, strict=True):
            assert list(cells[2 : 2 + len(told)]) == pytest.approx([float(r[labels[line]]) for r in told], abs=1e-9), (
                line
            )
        heads = [r for r in rows(folder() / "data" / "hiring_plan.csv") if r["motion"] == m]
        for what, column in (("mean", "amount"), ("whole heads", "whole_heads"), ("to hire", "hires")):
            mine = [r for r in book["Hiring plan"].iter_rows(values_only=True) if (r[0], r[3]) == (name, what)]
            assert {r[1].replace(" ", "_") for r in mine} == {r["role"] for r in heads if r[column]}
            for r in mine:
                told = [float(x[column]) for x in heads if x["role"] == r[1].replace(" ", "_")]
                assert list(r[4 : 4 + len(told)]) == pytest.approx(told, abs=0.0051), (m, r[1], what)
        last = {r["role"]: r for r in heads}  # the last quarter of all
        table = re.search(
            rf"<caption>{re.escape(name)}: heads in the last quarter.*?</table>", page(story()), re.DOTALL
        )[0]
        shown = dict(re.findall(r'<th scope="row">([^<]+)</th>.*?<td>([^<]+)</td></tr>', table))
        assert {role: f"{float(shown[_called(role, r['unit'])]):.1f}" for role, r in last.items()} == {
            role: f"{story().staff[m][-1].posts[k].amount:.1f}" for k, role in enumerate(last)
        }


def test_cac_and_lifetime_value_by_group_are_the_same_in_the_table_and_on_the_page():
    shown_page = page(story())
    for m in story().motions:
        table = re.search(
            rf"<caption>{re.escape(story().names[m])}: all simulated markets together.*?</table>", shown_page, re.DOTALL
        )[0]
        cells = [re.findall(r"<td>([^<]*)</td>", line) for line in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]]
        told = [r for r in rows(folder() / "data" / "unit_economics.csv") if r["motion"] == m]
        assert len(cells) == len(told)
        for line, row in zip(cells, told, strict=True):
            for k, column in ((1, "cac_usd"), (6, "ltv_usd")):
                value = float(row[column] or "nan")
                assert line[k] == ("-" if math.isnan(value) else f"${value:,.0f}"), (m, row["group"], column)
        everybody = next(r for r in told if r["by"] == "all")
        assert float(everybody["cac_usd"]) == pytest.approx(story().firms[m].whole["cac_usd"], rel=1e-8)


def _called(role, unit):
    return role.replace("_", " ") + (f" {unit}" if unit != "heads" else "")
