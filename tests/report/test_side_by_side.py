"""Two results folders side by side: paired where people and luck are the same, and said where they are not."""

import functools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from simulation.cli import main
from simulation.metrics import METRICS
from simulation.report.folder import Read, opened
from simulation.report.side_by_side import Pair, page, pair
from tests.report.made import RISE, folder
from tests.studies.small import SMALL

ASKED = {  # another price; other people; another motion; another currency
    "dear": ("seeds=12", "product.price_usd=80", "motions=[plg]"),
    "many": ("seeds=2", "rows=500", "motions=[plg]"),
    "slg": ("seeds=2", "motions=[slg]"),
    "euro": ("seeds=2", "currency=EUR", "motions=[plg]"),
}


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Return what gives the results of another scenario by its name, run once."""
    place = tmp_path_factory.mktemp("others")

    @functools.cache
    def made(name: str) -> Path:
        small = [s for s in SMALL if not s.startswith("rows") or name != "many"]
        assert main([*small, RISE, *ASKED[name], f"out={place / name}"]) == 0
        return place / name

    return made


@pytest.mark.slow
def test_differences_are_taken_market_by_market_where_people_are_the_same(other, capsys):
    of = pair(folder(), other("dear"))
    assert of.paired == 10 and list(of.tables) == ["plg"]
    assert {u.path for u in of.unlike} == {"seeds", "product.price_usd", "product.reference_price_usd"}
    k = list(METRICS).index("cash_usd")
    a, b = (Read(opened(path)).metrics()["plg"][:10, k] for path in (folder(), other("dear")))
    cells = next(row["cells"] for row in of.tables["plg"] if row["name"] == METRICS["cash_usd"].called)
    assert len(cells) == 3 and float(re.sub("[^0-9.-]", "", cells[2][0].replace(" M", ""))) == pytest.approx(
        float(np.median(b - a)) / (1e6 if "M" in cells[2][0] else 1), abs=0.051 if "M" in cells[2][0] else 0.51
    )
    capsys.readouterr()
    assert main(["report", str(folder()), str(other("dear"))]) == 0
    assert capsys.readouterr().out == f"report: {other('dear') / 'side_by_side.html'}\n"
    text = (other("dear") / "side_by_side.html").read_text(encoding="utf-8")
    assert text == page(of) and "second less first" in text and "over 10 simulated markets" in text
    own = text.partition("<script>")[0]  # the library names what SVG is called
    assert not [word for word in (str(folder().parent), str(other("dear").parent)) if word in text]
    assert "://" not in own and len(text) < 700_000


def drawn(html: str) -> dict:
    """Return what the charts of a page draw."""
    return json.loads(re.search('<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1])


def test_charts_have_a_line_of_each_and_the_difference_market_by_market(other):
    of = pair(folder(), other("dear"))
    data = drawn(page(of))
    charts = {chart["name"]: chart for chart in data["charts"]}
    assert {f"plg-{name}" for name in ("customers", "arr", "cash", "gap")} <= set(charts)
    assert data["names"] == of.labels and list(of.labels) == ["first", "second", "gap"]
    for name, chart in charts.items():
        lines = ["gap"] if name == "plg-gap" else ["first", "second"]
        assert [curve["motion"] for curve in chart["curves"]] == lines and f'<div id="chart-{name}">' in page(of)
        assert any(v is not None for curve in chart["curves"] for v in curve["mid"])  # no picture of nothing
    for story, curve in zip(of.stories, charts["plg-arr"]["curves"], strict=True):
        alone = next(c for c in story.chart("arr").curves if c.motion == "plg")
        assert curve["mid"] == alone.mid  # the same numbers as in the report of each
    k = list(METRICS).index("cash_usd")
    a, b = (Read(opened(path)).metrics()["plg"][:10, k] for path in (folder(), other("dear")))
    assert charts["plg-gap"]["curves"][0]["mid"][-1] == pytest.approx(float(np.median(b - a)), rel=1e-4, abs=1)
    assert of.charts["plg"][-1].title.startswith("PLG: market by market, the second has ")


def test_names_of_lines_are_short():
    assert Pair(("a" * 30, "b"), (), [], 0, {}, {}).labels == {"first": "a" * 15 + "…", "second": "b"}


@pytest.mark.slow
def test_where_people_differ_nothing_is_taken_market_by_market(other):
    of = pair(folder(), other("many"))
    assert of.paired == 0 and all(len(row["cells"]) == 2 for row in of.tables["plg"])
    assert not [chart for chart in drawn(page(of))["charts"] if chart["name"] == "plg-gap"]
    assert "The simulated people are not the same" in page(of) and "second less first" not in page(of)


@pytest.mark.slow
def test_what_cannot_be_compared_is_one_sentence(other, capsys):
    dear, slg, euro = (other(name) for name in ("dear", "slg", "euro"))
    refused = {
        (dear, dear): f"report: {dear} and {dear} are the same folder; name another one",
        (dear, slg): f"report: {dear} has plg, {slg} slg; no motion is in both",
        (dear, euro): f"report: {dear} is in USD, {euro} in EUR; no currency is converted here",
    }
    for folders, sentence in refused.items():
        assert main(["report", *map(str, folders)]) == 2
        assert capsys.readouterr().err.strip() == sentence
