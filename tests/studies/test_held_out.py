"""Months held out: the model beside a straight line and the year before, in numbers and in words."""

import numpy as np

from simulation.studies.held_out import LINE, MODEL, YEAR, hold_out, sentences, table

TRAIN, MONTHS = 24, 30


def held():
    """A season that only the year before knows, a line that the model foretells ten times too wide, and what the model knows best."""
    rng = np.random.default_rng(2)
    months = np.arange(MONTHS)
    seen = {
        "new/all": 100 + 50 * np.cos(2 * np.pi * months / 12),
        "churned": 10.0 + months,
        "posts": np.where(months < TRAIN, 40.0, 90.0) + months % 3,
    }
    spread = {"new/all": 5.0, "churned": 20.0, "posts": 2.0}
    level = {"new/all": np.full(MONTHS, 100.0), "churned": seen["churned"], "posts": seen["posts"]}
    fitted = {name: level[name] + rng.normal(0, s, (80, MONTHS)) for name, s in spread.items()}
    return hold_out(fitted, seen, TRAIN), seen, fitted


def test_the_score_tells_a_wide_interval_from_a_sharp_one():
    found = {(h.series, h.forecast): h for h in held()[0]}
    assert len(found) == 9
    wide, line = found["churned", MODEL], found["churned", LINE]
    assert wide.inside == line.inside == wide.months == 6 and line.score < 0.1 < 50 < wide.score
    assert found["new/all", YEAR].error < 1e-9 < 10 < found["new/all", MODEL].error
    assert found["new/all", MODEL].inside < 6 and found["posts", MODEL].score < found["posts", LINE].score


def test_it_is_said_in_words_where_a_simple_forecast_is_better():
    lines = held()[0]
    inside = sum(h.inside for h in lines if h.forecast == MODEL)
    assert sentences(lines) == [
        f"{inside} of 18 months inside the model's 90 % interval; the score counts its width, and what lies outside 20 times",
        "a straight line foretells 2 of 3 series better than the model (lower score): new customers (all), churned",
        "the year before foretells 2 of 3 series better than the model (lower score): new customers (all), churned",
    ]
    posts = [h for h in lines if h.series == "posts"]
    assert sentences(posts)[1:] == [
        f"{who} foretells none of 1 series better than the model (lower score)" for who in (LINE, YEAR)
    ]
    assert len(table(lines, 6).rows) == 3


def test_months_that_are_not_known_are_not_held_against_a_forecast():
    _, seen, fitted = held()
    seen["churned"][[3, 27]] = np.nan
    lines = [h for h in hold_out(fitted, seen, TRAIN) if h.series == "churned"]
    assert {h.months for h in lines} == {5} and all(np.isfinite(h.score) for h in lines)
    seen["churned"][TRAIN:] = np.nan
    assert "churned" not in {h.series for h in hold_out(fitted, seen, TRAIN)}
    assert hold_out(fitted, seen, MONTHS) == []
