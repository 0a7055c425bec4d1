"""A firm with a past that starts on a day, in euros: what is printed, written, drawn and handed over says so; columns keep their names."""

import functools
import io
import re
import tempfile
from contextlib import redirect_stdout
from datetime import date, datetime, timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pytest
from pptx import Presentation

from simulation import open_results
from simulation.cli import main
from simulation.report.accounts import LINES
from simulation.report.story import Story, tell
from simulation.report.workbook import FIRST, KEYS
from tests.studies.small import SMALL, check_columns, rows

START = date(2026, 3, 1)
ASKED = (
    "seeds=2",
    "motions=[plg,clg]",
    "history={motion: plg, weeks: 45}",
    "behaviour.attraction.ambient_per_week=0.08",
)
DATED = ("start=2026-03", "fiscal_year_starts=4", "currency=EUR")
MONEY = re.compile(r"\$|USD|[Dd]ollar")
AT = {name: len(KEYS) + k for k, name in enumerate(LINES)}


@functools.cache
def made() -> tuple[Path, str]:
    """Return the folder, without figures, and what was printed."""
    folder = Path(tempfile.mkdtemp()) / "dated"
    with redirect_stdout(io.StringIO()) as printed, patch("simulation.figures.compare.draw_all", lambda *_: iter(())):
        assert main([*SMALL[:-1], *ASKED, *DATED, f"out={folder}"]) == 0
    return folder, printed.getvalue()


@functools.cache
def handed_over() -> Path:
    """Return the folder with its figures and all that is handed over."""
    folder = made()[0]
    with redirect_stdout(io.StringIO()):
        assert main([*SMALL[:-1], *ASKED, *DATED, f"out={folder}"]) == 0
        assert [main([what, str(folder)]) for what in ("report", "deck", "workbook")] == [0, 0, 0]
    return folder


@functools.cache
def story() -> Story:
    return tell(made()[0])


def test_what_is_printed_is_in_euros_and_says_when_today_is():
    printed = made()[1]
    assert not MONEY.search(printed) and "€" in printed
    assert printed.startswith("start=2026-03: read as 2026-03-01\n")
    assert "\nOne EUR of the next money has brought back in gross margin, in EUR, " in printed
    assert "your company as simulated, today (2026-03-01)" in " ".join(printed.split())
    assert "gross margin a EUR, 1 year (2027-02-28)" in printed
    assert "\nCustomers of today by their true age: of 100 who bought " in printed


def test_tables_keep_their_columns_and_say_when_a_quarter_begins():
    folder = made()[0]
    check_columns(folder)
    for name in ("flywheel.csv", "gains.csv"):
        for row in rows(folder / "data" / name):
            assert row["begins"] == (START + timedelta(weeks=13 * (int(row["quarter"]) - 1))).isoformat()
    assert all(len(row) >= 7 for row in rows(folder / "data" / "base_retention.csv"))


def test_todays_customers_are_followed_from_their_age_on():
    found = rows(made()[0] / "data" / "base_retention.csv")
    assert {row["motion"] for row in found} == {"plg", "clg"}
    for motion in ("plg", "clg"):
        curve = [row for row in found if row["motion"] == motion]
        ages = [int(row["age_weeks"]) for row in curve]
        assert ages[0] == int(curve[0]["since_weeks"]) >= 1 and {b - a for a, b in pairwise(ages)} == {13}
        kept = [float(row["median"]) for row in curve if row["median"] != "nan"]
        assert kept[0] > 0.8 and kept == sorted(kept, reverse=True) and float(curve[0]["at_risk"]) >= 30


@pytest.mark.slow
def test_axes_of_time_have_dates():
    figures = handed_over() / "figures"
    for name in ("customers", "cac_over_time", "channels", "path"):
        text = (figures / f"{name}.svg").read_text(encoding="utf-8")
        said = re.findall(r">([^<>]+)</text>", text)
        assert {"Apr", "Oct", "2026"} <= {word.strip() for word in said} and "fiscal years from April" in said, name
        assert "week" not in said and not any(MONEY.search(word) for word in said), name
    text = (figures / "retention.txt").read_text(encoding="utf-8")
    assert (
        "Right: today's customers by their true age. " in text
        and "at risk from their age today on (delayed entry)" in text
    )


@pytest.mark.slow
def test_the_page_begins_with_the_next_money_and_has_fiscal_years():
    page = (handed_over() / "report.html").read_text(encoding="utf-8")
    body = page[page.index("<body>") : page.index("<script")]
    assert re.search(
        r"<ol[^>]*><li>2 simulated markets, too few to say who is better.</li><li>One EUR of the next money", body
    ) and not MONEY.search(body.partition("Assumptions")[0])
    assert all(f'<th scope="col">{head}</th>' in body for head in ("FY2026, 1 month", "FY2027", "FY2028, 1 month"))
    assert '"start":"2026-03-01"' in page and '"sign":"€"' in page and '"Apr 2026"' in page
    assert all(part.label in unescape(body) for part in story().past.parts)
    assert "Cash over going on as before, EUR" in body


def test_base_and_new_add_up_market_by_market():
    """To the whole, in each market: its medians, written here, need not."""
    past = story().past
    today, old, new, arr_today, arr_old, arr_new = (part.values for part in past.parts[:6])
    for k, motion in enumerate(story().motions):
        assert 0 < old[k] < today[k] and new[k] > 0 and arr_new[k] > 0 and arr_old[k] > 0
        assert old[k] + new[k] == pytest.approx(story().median(motion, "customers_end"), rel=0.1)
        assert arr_old[k] + arr_new[k] == pytest.approx(story().median(motion, "arr_usd"), rel=0.2)
    assert today[0] == today[1] and arr_today[0] == arr_today[1]  # one past


def test_the_accounts_begin_with_todays_revenue_and_months_add_up_to_fiscal_years():
    weeks = open_results(made()[0]).weeks
    last = weeks[weeks["week"] == -1]
    today = {m: [52 * cents / 100 for cents in last[last["motion"] == m]["revenue_cents"]] for m in ("plg", "clg")}
    for motion, firm in story().firms.items():
        assert (
            firm.months[0]["opening_usd"] == pytest.approx(sum(today[motion]) / len(today[motion]))
            and today[motion][0] > 0
        )
        assert [len(of) for of in (firm.months, firm.quarters, firm.years)] == [14, 6, 3]
        for line in ("revenue_usd", "new_customers", "cash_usd"):
            assert sum(p[line] for p in firm.years) == pytest.approx(sum(p[line] for p in firm.months))
        assert firm.years[1]["revenue_usd"] == pytest.approx(sum(p["revenue_usd"] for p in firm.months[1:13]))


@pytest.mark.slow
def test_the_workbook_has_months_by_date_in_euros():
    book = openpyxl.load_workbook(handed_over() / "workbook.xlsx", data_only=True)
    months, years = book["By month"], book["By year"]
    first = [cell.value for cell in months[FIRST + 1]][: len(KEYS)]
    assert first == ["PLG", "FY2026", "Q4 FY2026", *2 * [datetime.combine(START, datetime.min.time())]]
    assert "€" in months.cell(FIRST + 1, AT["revenue_usd"] + 1).number_format
    assert [years.cell(FIRST + k, 2).value for k in (1, 2, 3)] == ["FY2026", "FY2027", "FY2028"]
    assert book["Summary"]["A3"].value.startswith(
        "One EUR of the next money"
    )  # A2: too few markets to say who is better
    assert [row[0].value for row in book["Past"].iter_rows() if row[0].value][-1] == story().past.parts[-1].label
    texts = [c.value for name in ("Summary", "By month", "Past", "Runs") for r in book[name].iter_rows() for c in r]
    assert not [text for text in texts if isinstance(text, str) and MONEY.search(text)]


@pytest.mark.slow
def test_the_deck_begins_with_the_next_money_and_its_axes_have_dates():
    deck = Presentation(handed_over() / "deck.pptx")
    slides = list(deck.slides)
    assert slides[1].shapes.title.text_frame.text.startswith("One EUR of the next money")
    assert slides[2].shapes.title.text_frame.text.startswith("Customers won since, at the end: PLG ")
    charts = {s.shapes.title.text_frame.text: shape.chart for s in slides for shape in s.shapes if shape.has_chart}
    dated = [
        c
        for c in charts.values()
        if c.chart_type.name.startswith("XY") and "mmm yyyy" in c.category_axis.tick_labels.number_format
    ]
    assert len(dated) == 5  # all but retention, which is by age
    assert dated[0].category_axis.minimum_scale == (START - date(1899, 12, 30)).days
    texts = [shape.text_frame.text for s in slides for shape in s.shapes if shape.has_text_frame]
    assert not [text for text in texts if MONEY.search(text)]
