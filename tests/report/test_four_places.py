"""One number, four places: what the study wrote is what the page, the slides and the workbook say."""

import io
import json
import math
import re
import zipfile

import openpyxl
import pytest

from simulation.report.deck import deck
from simulation.report.page import page
from simulation.report.workbook import workbook
from tests.report.made import medians, story


def test_the_same_number_stands_in_the_page_the_charts_the_cells_and_summary_csv():
    """The fully loaded CAC, as each format keeps it: JSON, chart XML, a cell, a line of CSV."""
    told = {m: v for (m, name), v in medians().items() if name == "cac_usd"}
    assert len(told) > 1
    data = json.loads(re.search(r'id="data">(.*?)</script>', page(story()), re.DOTALL)[1])
    in_page = {x["motion"]: x["median"] for x in data["summary"] if x["metric"] == "cac_usd"}
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
