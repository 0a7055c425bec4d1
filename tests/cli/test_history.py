"""A firm with customers asks what the next money does: what is printed first, written and drawn, and how mistakes are answered."""

import csv

import numpy as np
import pytest

from simulation.cli import main
from simulation.runs.store import Store
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput
from simulation.scenario.history import TWINS

ASKED = ("market.people=600", "market.accounts=24000", "weeks=104", "seeds=12", "jobs=1", "motions=[slg,plg]")
PAST = "history={motion: slg, weeks: 70}"
SENTENCES = {
    "history=slg": "history=slg: write history={motion: slg, weeks: 104}, or customers: 1500 in place of weeks",
    "history={motion: slg}": "history: give weeks (how long the firm has spent its money like slg) or customers (how many it has by now)",
    "history={motion: slg, weeks: 10, customers: 9}": (
        "history: give weeks (how long the firm has spent its money like slg) or customers (how many it has by now), not both"
    ),
    "history={weeks: 10}": "history.motion: a value is needed",
    "history={motion: hybrd, weeks: 10}": (
        "history.motion=hybrd: there is no motions 'hybrd'; there are bare, clg, community_assisted_plg, community_assisted_slg, "
        "hybrid, plg, rewards_led, sales_assisted_plg, slg; did you mean hybrid?"
    ),
    "history={motion: slg, week: 10}": "history.week: there is no such setting; did you mean history.weeks?",
    "history={motion: slg, weeks: -1}": "history.weeks=-1: 0 to 5200 (weeks) is allowed",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The folder of a firm with a past."""
    folder = tmp_path_factory.mktemp("history") / "run"
    assert main([*ASKED, PAST, f"out={folder}"]) == 0
    return folder


@pytest.mark.parametrize(("given", "sentence"), SENTENCES.items())
def test_a_past_that_cannot_be_is_answered_in_one_sentence(given, sentence):
    with pytest.raises(BadInput) as error:
        compose(given)
    assert str(error.value) == sentence


def test_a_motion_cannot_have_the_name_of_a_twin(tmp_path, monkeypatch):
    folder = tmp_path / "scenarios" / "motions"
    folder.mkdir(parents=True)
    shipped = (compose("motions=[slg]").motions["slg"]).model_dump_json()
    (folder / "stop.yaml").write_text(f"# @package motions.stop\n{shipped}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        BadInput, match="^motions: 'stop' is the name of a twin of a firm with a past; name the motion otherwise$"
    ):
        compose("motions=[stop]", PAST)


def test_the_motion_of_the_past_need_not_be_compared_and_can_be_typed_in_any_case():
    config = compose("history={motion: SLG, weeks: 2 years}", "motions=[plg]")
    assert list(config.motions) == ["plg"]
    assert (config.history.motion, config.past.weeks) == ("slg", 104)
    assert config.past.motion == compose("motions=[slg]").motions["slg"]
    assert config.world("as_before").motion == config.past.motion
    assert compose("motions=[plg]").twins == ()


def test_the_next_money_is_said_first(told, capsys):
    assert main([*ASKED, PAST, f"out={told}"]) == 0
    printed = capsys.readouterr().out
    said = " ".join(printed.split())
    first = said.index(
        "A dollar of the next money has brought back in gross margin, in dollars, after 1 year and 2 years: SLG "
    )
    assert said.startswith("your company as simulated, today") and "new yearly revenue costs" not in said
    assert first < said.index("Against going on as before, in cash after 1 year and 2 years: PLG ")
    assert (told / "verdict.txt").read_text(encoding="utf-8").startswith("A dollar of the next money ")
    assert not any(twin in said for twin in ("STOP", "AS_BEFORE", "AS BEFORE"))
    assert max(map(len, printed.splitlines()[:-1])) <= 80  # the last says where the results are


def test_twins_stand_in_the_tables_and_the_lines_add_up(told):
    with (told / "data" / "next_money.csv").open(newline="") as file:
        lines = {(row["motion"], int(row["after_weeks"])): row for row in csv.DictReader(file)}
    assert set(lines) == {(m, w) for m in ("slg", "plg", "as_before") for w in (52, 104)}
    store = Store(told)
    sql = "select motion, seed, sum(acquisition_cents + retention_cents + support_cents), sum(cash_cents), arg_max(owed_cents, week), sum(adopted_door_none + adopted_door_community + adopted_door_trial + adopted_door_sales + adopted_door_direct) from weeks where week >= 0 group by motion, seed"  # fmt: skip
    rows = {
        (m, s): np.array([cost, cash, owed, won], float) for m, s, cost, cash, owed, won in store.query(sql).fetchall()
    }
    owed = dict(store.query("select seed, any_value(owed_cents) from weeks where week = -1 group by seed").fetchall())
    returns, extra = [], []
    for seed in range(1, 13):
        mine, stop = rows["plg", seed], rows["stop", seed]
        cost = (mine[0] + mine[2] - stop[0] - stop[2]) / 100
        margin = (mine[1] + mine[0] - stop[1] - stop[0]) / 100
        returns.append(margin / cost)
        extra.append(40 * (mine[3] - stop[3]))
        assert owed[seed] >= 0
    assert float(lines["plg", 104]["return_median"]) == pytest.approx(np.median(returns))
    assert float(lines["plg", 104]["extra_customers"]) == pytest.approx(np.mean(extra))
    assert float(lines["slg", 104]["cash_over_as_before_usd"]) == 0.0
    assert lines["slg", 104]["return_median"] == lines["as_before", 104]["return_median"]
    motions = {m for (m,) in store.query("select distinct motion from runs").fetchall()}
    assert motions == {"slg", "plg", *TWINS}


def test_weeks_of_the_past_are_below_zero_and_the_same_under_every_motion(told):
    store = Store(told)
    counted = store.query("select count(distinct week), min(week), max(week) from weeks").fetchall()[0]
    assert counted == (174, -70, 103)
    unlike = store.query("select count(*) from (select week, seed from weeks where week < 0 group by week, seed having count(distinct customer) > 1)")  # fmt: skip
    assert unlike.fetchall()[0][0] == 0
    assert (told / "figures" / "path.png").exists()


def test_the_verdict_and_the_other_figures_are_of_the_motions_alone(told):
    verdict = (told / "verdict.txt").read_text()
    rows = [line.split()[1] for line in verdict.splitlines() if line.startswith("│") and line.split()[1] != "│"]
    assert rows == ["SLG", "PLG", "ahead"]  # none of a twin
    assert "AS_BEFORE" not in (told / "figures" / "customers.txt").read_text()


def test_so_many_customers_are_found_and_said(tmp_path, capsys):
    arguments = [
        "market.people=600",
        "market.accounts=24000",
        "weeks=8",
        "seeds=3",
        "jobs=1",
        "motions=[plg]",
        "study.keep=[runs]",
    ]
    assert main([*arguments, "history={motion: plg, customers: 800}", f"out={tmp_path / 'run'}"]) == 0
    first = " ".join(capsys.readouterr().out.split())
    assert first.startswith("the past: ") and " 800 were asked for " in first
    assert main([*arguments, "history={motion: plg, customers: 800000}", f"out={tmp_path / 'none'}"]) == 2
    assert "history.customers=800000: a firm that spends its money like plg has " in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
