"""What a scenario asks for and cannot bring about is said in one line before the runs; it is no error."""

from simulation.cli import main
from simulation.scenario.compose import compose
from simulation.scenario.warnings import notes

NO_RIVAL = "rivals.cheaper.entry_week=78 is after the run's last week (59): it never enters"
NO_SPAM = "interventions: week 78 is after the run's last week (59): outside.spam=1.0 is never set"
NO_DOOR = "motions.plg has no free tier, no community and no sellers, and behaviour.engagement.direct_per_week=0: nobody can buy"
PLG = "motions=[plg]"


def test_a_rival_and_a_shock_after_the_last_week_are_said_and_the_run_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["shock=spam_wave", "rival=cheaper", "weeks=60", "rows=200", "seeds=1", "jobs=1", PLG, "out=run"]) == 0
    assert " ".join(capsys.readouterr().out.split()).startswith(f"{NO_RIVAL} {NO_SPAM} ")


def test_a_change_after_the_past_is_said():
    past = "history={{motion: plg, weeks: 60, interventions: [{{week: {}, set: {{product.price_usd: 30}}}}]}}"
    said = "history.interventions: week 60 is after the past's last week (59): product.price_usd=30 is never set; what changes from today on stands in interventions"
    assert notes(compose(past.format(60), PLG)) == [said]
    assert notes(compose(past.format(59), PLG)) == []


def test_what_comes_in_the_last_week_comes():
    assert notes(compose("shock=spam_wave", "rival=cheaper", "weeks=78", PLG)) != []
    assert notes(compose("shock=spam_wave", "rival=cheaper", "weeks=79", PLG)) == []


def test_a_sweep_over_weeks_or_entry_is_not_judged_by_the_value_it_replaces():
    rival = ("study=sweep", "rival=cheaper", "weeks=60", PLG)
    assert notes(compose(*rival, "study.over={product.complexity: [1, 2]}")) == [NO_RIVAL]
    assert notes(compose(*rival, "study.over={rival.entry_week: [20, 40]}")) == []
    assert notes(compose(*rival, "study.over={weeks: [60, 156]}")) == []


def test_a_motion_that_nobody_can_buy_from_is_said():
    shut = ("motions=[plg]", "motions.plg.free_tier=false")
    assert notes(compose(*shut)) == []
    assert notes(compose(*shut, "behaviour.engagement.direct_per_week=0")) == [NO_DOOR]
    assert notes(compose("motions=[plg]", "behaviour.engagement.direct_per_week=0")) == []


def test_a_shock_that_no_experiment_takes_is_said():
    left_out = "study=shocks: what the scenario changes in week 78 is left out; add scenario to study.experiments"
    asked = ("study=shocks", "motions=[clg,plg]", "shock=spam_wave")
    assert notes(compose(*asked)) == [left_out]
    assert notes(compose(*asked, "study.experiments=[scenario,rival]")) == []
    assert notes(compose(*asked[:2])) == []
