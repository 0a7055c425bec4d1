"""Validation: every target has an estimate, misses are shown, real data are foretold."""

import math
import os
import re
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

from simulation.calendar import YEAR_WEEKS
from simulation.cli import main
from simulation.evidence import search
from simulation.evidence.ends import BOUNDS, near_end
from simulation.evidence.experiments import EXPERIMENTS
from simulation.evidence.fitted import fitted
from simulation.evidence.history import started
from simulation.evidence.pooling import Statistic
from simulation.evidence.targets import targets
from simulation.scenario.compose import world_at
from simulation.studies.validate import Standing, Verdict, sentences
from tests.studies.small import rows
from tests.worlds import world

EVIDENCE = Path(os.environ.get("FLYWHEEL_EVIDENCE", Path(__file__).parents[2].parent / "shared" / "evidence"))
DATA = EVIDENCE / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")


@pytest.mark.slow
def test_every_target_belongs_to_an_experiment_that_concludes_it(tmp_path):
    """All experiments in very small: each target gets an estimate, a number or NaN, and none is left out."""
    found = {}
    for e in EXPERIMENTS:
        size = {"market.people": 600, "market.accounts": 20_000, "weeks": min(e.settings["weeks"], 140)}
        parts = [e.observe(world_at(world(m), m, e.settings | size), seed) for m in e.motions for seed in (1, 2)]
        found |= e.conclude(parts)
    assert sorted(found) == sorted(t.id for file in ("targets.csv", "checks.csv") for t in targets(file))
    assert all(isinstance(statistic.value(), float) for statistic in found.values())


def test_an_interval_over_seeds_holds_the_value_and_survives_what_cannot_be_computed():
    estimate = Statistic(list(range(20)), np.mean).estimate()
    assert estimate.low < estimate.value == 9.5 < estimate.high
    assert np.isnan(Statistic([1, 2], lambda _: 1 / 0).value())
    alone = Statistic([7.0], np.mean).estimate()
    assert alone.value == 7.0 and np.isnan(alone.low) and np.isnan(alone.high)


@pytest.mark.slow
def test_targets_are_shown_as_missed_when_they_are(tmp_path, capsys):
    """Sellers who cost a tenth cannot meet the published cost of sales: the target is reported, with its range."""
    folder = tmp_path / "v"
    cheap = ["prices.seller_pod_usd_per_week=770", "prices.commission=0.0", "jobs=1"]
    assert main(["study=validate", "study.experiments=[cost]", *cheap, f"out={folder}"]) == 0
    assert "One set of numbers is one corner of what is known: " in " ".join(capsys.readouterr().out.split())
    lines = {r["id"]: r for r in rows(folder / "data" / "validation.csv")}
    assert list(lines["V17a"]) == [
        "id",
        "value",
        "interval_low",
        "interval_high",
        "range_low",
        "range_high",
        "inside",
        "grade",
        "source",
        "near",
        "fitted",
        "plain",
        "not_read",
        "half",
        "five",
    ]
    assert lines["V17a"]["inside"] == "False" and float(lines["V17a"]["value"]) < 0.9
    assert (lines["V17a"]["range_low"], lines["V17a"]["range_high"]) == ("0.9", "2")
    assert float(lines["V17a"]["plain"]) < 0.9 and lines["V17a"]["not_read"] == ""  # the experiment differs by nothing
    assert (
        0 < float(lines["V17a"]["half"]) < 0.9 and 0 < float(lines["V17a"]["five"]) < 0.9
    )  # no size makes them dearer


@pytest.mark.slow
@needs_data
def test_published_cohorts_are_foretold_better_than_by_a_constant_rate(tmp_path):
    """And held by more bands where people forget that a contact is gone: else of those who ever came ever more are gone, for good."""
    file = DATA / "fader_hardie_retention" / "survival_7y.csv"
    command = ["study=validate", "study.experiments=[]", f"study.cohorts={file}", "study.foretold=40", "jobs=1"]
    assert main([*command, f"out={tmp_path / 'c'}"]) == 0
    assert main([*command, "behaviour.attraction.forgetting_per_week=0", f"out={tmp_path / 'never'}"]) == 0
    late, never = (
        [r for r in rows(tmp_path / run / "data" / "cohorts.csv") if int(r["year"]) > 3] for run in ("c", "never")
    )
    for cohort in ("regular", "high_end"):
        error = {m: _error(late, cohort, m) for m in ("model", "geometric")}
        assert error["model"] < error["geometric"] and error["model"] < 0.06  # measured 0.027 and 0.052
    assert _inside(late, "regular", "sbg") == 4 and _inside(late, "high_end", "sbg") == 0
    assert _inside(late, "high_end", "weibull") == 0
    held = [sum(_inside(lines, cohort, "model") for cohort in ("regular", "high_end")) for lines in (late, never)]
    assert (
        held[0] >= 7 > held[1]
    )  # of 8; measured 8 and 5; the regular cohort is nearer by a point then, the high end 2 points further off


def _error(lines, cohort, of):
    return np.mean([abs(float(r[of]) - float(r["seen"])) for r in lines if r["cohort"] == cohort])


def _inside(lines, cohort, of):
    return sum(
        float(r[f"{of}_low"]) <= float(r["seen"]) <= float(r[f"{of}_high"]) for r in lines if r["cohort"] == cohort
    )


BY = {t.id: t for t in targets()}


def test_a_value_is_near_an_end_within_a_tenth_of_the_range_and_never_near_one_that_nothing_can_pass():
    row = BY["V07"]  # 2 to 15
    assert [near_end(row, value) for value in (2.0, 3.3, 3.31, 13.69, 13.71, 15.0)] == [
        "low",
        "low",
        "",
        "",
        "high",
        "high",
    ]
    assert (near_end(row, 1.0), near_end(row, 0.0), near_end(row, float("nan"))) == ("low", "", "")
    assert near_end(BY["V01a"], 0.999) == "" and near_end(BY["V01a"], 0.961) == "low"
    assert all(BY[row] for row, _ in BOUNDS)


def verdict(row, value):
    return Verdict(row, value, value, value, BY[row].low, BY[row].high, BY[row].low <= value <= BY[row].high, "A", "")


def test_rows_that_were_fitted_are_counted_apart_from_those_foretold_and_what_cannot_be_read_says_why():
    verdicts = [verdict("V05", 0.7), verdict("V07", 14.9), verdict("V32a", 0.5), verdict("V34a", 0.7)]
    standing = [
        Standing("", True, 1.0, "", 0.7, 0.7),
        Standing("high", True, 4.0, "", 15.1, 14.0),
        Standing("", False, math.nan, "a plain run is short", 0.5, 0.3),
        Standing("", False, math.nan, "a plain run has no rival", math.nan, 0.7),
    ]
    assert sentences(verdicts, standing) == [
        "near an end (within 10 % of the range's width of one that can be passed): V07",
        "fitted, or history does not say: 2 of 2 rows hold",
        "foretold, as no search looked at them: 1 of 2 rows hold, all but V32a",
        "plain runs, of the scenario without an experiment: 2 rows can be read off them, outside their range V05",
        "in a market half as large: 1 of 4 rows hold, no longer V07, V34a",
        "in a market five times as large: 4 of 4 rows hold",
        "-, a plain run is short: V32a",
        "-, a plain run has no rival: V34a",
    ]


SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_every_number_that_bears_a_row_is_recorded_as_set_with_it_in_view():
    """Marks ``[V05, V19c]`` beside a setting, ``[V10]`` for all rows that begin so; and no setting is recorded that bears no mark."""
    marked = {
        (row, name)
        for file in (SCENARIOS / "behaviour.yaml", *SCENARIOS.glob("*/*.yaml"))
        for name, marks in re.findall(
            r"^ *(\w+): [^#\n]*#[^\[\n]*\[([^\]]*V\d[^\]]*)\]", file.read_text(), re.MULTILINE
        )
        for mark in re.findall(r"V\d\d[a-c]?", marks)
        for row in BY
        if row == mark or (mark not in BY and row.startswith(mark))
    }
    of = fitted()
    recorded = {(row, setting.rpartition(".")[2]) for row, found in of.items() for setting in found.settings}
    assert {pair for pair in recorded if pair[0] != "V33"} == marked  # the season's file bears V33 at its head
    assert len(marked) > 50 and of.keys() <= BY.keys()
    assert all((found.how == "marked") == bool(found.settings) for found in of.values())
    assert {found.how for found in of.values()} == {"marked", "searched", "not said"}
    for setting in {setting for found in of.values() for setting in found.settings}:
        assert math.isfinite(reduce(getattr, setting.split("."), world("clg"))), setting


def test_what_is_younger_than_a_year_follows_from_the_stock_as_if_each_piece_were_followed():
    """One run: pieces followed by the week in which they came, against the closed form."""
    small = world_at(world("clg"), "clg", {"market.people": 2000, "market.accounts": 20_000, "weeks": 180})
    found = search.observe_search(small, 1)["landed"]
    record = started(small, 1).run()
    kept, landed = 1.0 - small.behaviour.advocacy.content_decay_per_week, np.zeros(2)
    for topics, arrivals in (("user_topics", "attracted_user_content"), ("firm_topics", "attracted_firm_content")):
        stock, came = record.series(topics), record.series(arrivals)
        new = stock - kept * np.concatenate([[0.0], stock[:-1]])
        for week in range(search.FROM_WEEK, 180):
            left = new[:week] * kept ** np.arange(week - 1, -1, -1)
            landed += came[week] * left[-YEAR_WEEKS:].sum() / left.sum(), came[week]
    assert landed[1] > 100 and found == pytest.approx(landed)


SENTENCES = {
    "study.experiments=[costs]": (
        "study.experiments.0=costs: adoption, community, retention, encouragement, impulses, cost, cold_start, rival, launch, welcome, price, satisfaction, expansion, self_service, core_lost, search, season, entrants are allowed; "
        "did you mean cost?"
    ),
}


@pytest.mark.parametrize("given", SENTENCES)
def test_bad_input_gets_a_sentence(given, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["study=validate", given, "jobs=1"]) == 2
    assert capsys.readouterr().err.strip() == SENTENCES[given]
