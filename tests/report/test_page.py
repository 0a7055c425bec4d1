"""The page: it holds all it needs, says what the files say, and tells nothing of who made it and where."""

import getpass
import hashlib
import json
import re
import shutil
import socket
import subprocess
import tomllib

import pytest

from simulation.cli import main
from simulation.figures.words import unbroken
from simulation.report.page import ASSETS, VENDORED, page
from simulation.sources import RULES
from tests.report.made import PLACE, folder, medians, story
from tests.studies.small import SMALL


def data(text):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


def without_library(text):
    for name in VENDORED:
        text = text.replace((ASSETS / "vendor" / name).read_text(encoding="utf-8"), "")
    return text


def test_the_command_puts_the_page_into_the_folder_the_same_each_time(capsys):
    folder()
    capsys.readouterr()
    assert main(["report", str(folder())]) == 0
    assert capsys.readouterr().out == f"report: {folder() / 'report.html'}\n"
    first = (folder() / "report.html").read_bytes()
    assert main(["report", str(folder())]) == 0
    assert (folder() / "report.html").read_bytes() == first == page(story()).encode()
    assert len(first) < 700_000
    assert "report.html" in json.loads((folder() / "manifest.json").read_text())["files"]


def test_its_numbers_are_those_of_summary_csv():
    told = data(page(story()))["summary"]
    found = dict(zip(zip(told["motion"], told["metric"], strict=True), told["median"], strict=True))
    for key, value in medians().items():
        assert found[key] == pytest.approx(value, rel=1e-8), key


def test_its_verdict_is_that_of_verdict_txt():
    said = (folder() / "verdict.txt").read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
    assert said == story().verdict.sentences and 1 < len(said) <= 5


def test_nothing_is_fetched_and_nothing_can_be():
    text = without_library(page(story()))
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href|action)\s*=|url\(|@import|fetch\(", text)


def test_it_names_neither_place_nor_user_nor_machine():
    text = without_library(page(story()))
    for word in (PLACE, str(folder().parent), getpass.getuser() + "@", socket.gethostname()):
        assert word not in text
    assert "flywheel rows=400 market.accounts=20000" in text and "jobs=" not in text


def test_what_a_user_named_stays_text():
    hostile = "</script><script>alert(1)</script>"
    bad = story()._replace(title=hostile, mix_title=hostile)
    text = page(bad)
    assert "<script>alert" not in text and data(text)["mix_title"] == hostile


def test_every_curve_ends_where_its_title_says():
    chart = story().chart("customers")
    for curve in chart.curves:
        assert (
            f"{curve.motion.upper()} {'has ' if f'{curve.motion.upper()} has' in chart.title else ''}{curve.mid[-1]:,.0f}"
            in chart.title
        )


def test_the_drawing_code_is_what_was_published():
    told = tomllib.loads((ASSETS / "vendor" / "vendor.toml").read_text(encoding="utf-8"))
    assert {of["file"] for of in told.values()} == set(VENDORED)
    for of in told.values():
        file = ASSETS / "vendor" / of["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == of["sha256"]
        assert of["version"] in file.read_text(encoding="utf-8")[:200]
        assert (ASSETS / "vendor" / of["licence"].split(", ")[1]).is_file()


@pytest.mark.slow
def test_other_runs_take_an_old_page_away_and_an_edited_one_stays(tmp_path, capsys):
    command = [*SMALL, "seeds=1", "motions=[clg,plg]", f"out={tmp_path / 'run'}"]
    assert main(command) == 0 == main(["report", str(tmp_path / "run")])
    assert main(command) == 0
    assert not (tmp_path / "run" / "report.html").exists()
    assert (
        "report.html: made from the runs before, so gone; flywheel report, deck or workbook makes them anew"
        in capsys.readouterr().err
    )
    assert main(["report", str(tmp_path / "run")]) == 0
    (tmp_path / "run" / "report.html").write_text("mine")
    assert main(command) == 0
    assert (tmp_path / "run" / "report.html").read_text() == "mine"


SENTENCES = {
    "report": "report: name a folder of results, as in flywheel report results/my-run",
    "report nowhere": "nowhere: there is no such folder; name one with results, such as results/compare-1a2b3c4d",
    "deck a b": "deck: one folder of results at a time; a, b are given",
    "report a b c": "report: two folders of results at most; a, b, c are given",
    "report a weeks=3": "weeks=3: there is no such option, report has none",
    "report --all a": "--all: there is no such option; write flywheel report results/my-run",
    "report empty": "empty: this is no results folder, it has no manifest.json",
    "report swept": "swept: these are results of study=sweep; a comparison is needed, study=compare",
    "report short": "short: it holds no runs and no weeks and no lives; give the command again with study.keep=[runs,weeks,lives]",
}


@pytest.mark.parametrize("command", SENTENCES)
def test_what_cannot_be_used_is_said_in_one_sentence(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, study in (("swept", "sweep"), ("short", "compare")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(json.dumps({"config": {"study": {"name": study}}, "files": {}}))
    (tmp_path / "empty").mkdir()
    assert main(command.split()) == 2
    assert capsys.readouterr() == ("", SENTENCES[command] + "\n")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no chromium here")
def test_a_browser_draws_every_chart_and_names_it(tmp_path):
    (tmp_path / "report.html").write_text(page(story()), encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    done = subprocess.run([*command, f"file://{tmp_path}/report.html"], capture_output=True, text=True, timeout=120)
    drawn = re.findall(r'<svg[^>]*role="img"[^>]*>', done.stdout)
    assert len(drawn) == len(story().charts) + 2 and all('aria-label="' in svg for svg in drawn)
    assert not re.search("Uncaught|Refused", done.stderr)


def test_a_folder_of_other_rules_is_answered_in_one_sentence(tmp_path, capsys):
    """Its columns may be others: what stood there once cannot be read as if it were of today."""
    place = tmp_path / "old"
    shutil.copytree(folder(), place)
    manifest = json.loads((place / "manifest.json").read_text())
    (place / "manifest.json").write_text(json.dumps(manifest | {"rules": 1}))
    for what in ("report", "deck", "workbook"):
        assert main([what, str(place)]) == 2
        assert capsys.readouterr().err == (
            f"{place}: its runs come from another version of the rules (1, these are {RULES}); "
            "give the command that made them again, with fresh=true\n"
        )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PLG $4.6 M, SLG -$386,556", "PLG $4.6~M, SLG _$386,556"),
        ("73 % (71 % to 74 %)", "73~% (71~% to 74~%)"),
        ("CA-SLG by 2026-12-31, sales-led", "CA_SLG by 2026_12_31, sales-led"),
        ("25 Markets, first - second", "25 Markets, first - second"),
    ],
)
def test_no_line_of_the_page_ends_within_a_number_or_a_name(text, said):
    assert unbroken(text) == said.replace("~", "\N{NO-BREAK SPACE}").replace("_", "\N{NON-BREAKING HYPHEN}")


def test_titles_sentences_and_cells_of_the_page_are_unbroken():
    text = without_library(page(story())).partition("All settings with unit")[0]
    said = re.findall(r"<(?:h1|h2|li|td|small)[^>]*>([^<]+)", text)
    assert any("\N{NO-BREAK SPACE}%" in part for part in said)
    assert not [part for part in said if re.search(r"\d [%M](?!\w)", part)]
