"""What a scenario asks for and cannot bring about is said in one line before the runs; it is no error."""

from simulation.cli import main
from simulation.scenario.compose import compose
from simulation.scenario.warnings import notes

NO_RIVAL = "rival.entry_week=78 is after the run's last week (59): no rival enters"
NO_SPAM = "interventions: week 78 is after the run's last week (59): outside.spam=1.0 is never set"
NO_SELLER = "motions.sales_assisted_plg.shares.sales pays for 0.78 heads a week, less than one whole is nobody"
PLG = "motions=[plg]"  # every lever of which hires somebody in the reference market


def test_a_rival_and_a_shock_after_the_last_week_are_said_and_the_run_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["shock=spam_wave", "rival=cheaper", "weeks=60", "rows=200", "seeds=1", "jobs=1", PLG, "out=run"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [NO_RIVAL, NO_SPAM]


def test_what_comes_in_the_last_week_comes():
    assert notes(compose("shock=spam_wave", "rival=cheaper", "weeks=78", PLG)) != []
    assert notes(compose("shock=spam_wave", "rival=cheaper", "weeks=79", PLG)) == []


def test_a_sweep_over_weeks_or_entry_is_not_judged_by_the_value_it_replaces():
    rival = ("study=sweep", "rival=cheaper", "weeks=60", PLG)
    assert notes(compose(*rival, "study.over={product.complexity: [1, 2]}")) == [NO_RIVAL]
    assert notes(compose(*rival, "study.over={rival.entry_week: [20, 40]}")) == []
    assert notes(compose(*rival, "study.over={weeks: [60, 156]}")) == []


def test_a_lever_that_never_hires_anybody_is_said():
    assert notes(compose("motions=[sales_assisted_plg]", "market.accounts=15000")) == [NO_SELLER]
    assert notes(compose("motions=[sales_assisted_plg]", "market.accounts=100000")) == []
    assert notes(compose("motions=[sales_assisted_plg]", "market.accounts=15000", "budget.share_of_revenue=0.1")) == []


def test_a_shock_that_no_experiment_takes_is_said():
    left_out = "study=shocks: what the scenario changes in week 78 is left out; add scenario to study.experiments"
    asked = ("study=shocks", "motions=[clg,plg]", "shock=spam_wave")
    assert notes(compose(*asked)) == [left_out]
    assert notes(compose(*asked, "study.experiments=[scenario,rival]")) == []
    assert notes(compose(*asked[:2])) == []
