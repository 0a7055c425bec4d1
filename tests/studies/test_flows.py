"""The wheel as tables: people, rates and times are those of the weekly record, doors add up, gains multiply."""

import re

import numpy as np
import pytest
from rich.console import Console

from simulation import open_results
from simulation.metrics.sums import ratios
from simulation.people.stages import BY_USERS, MOVES, Stage
from simulation.runs.session import Session
from simulation.runs.store import Store
from simulation.scenario.compose import compose
from simulation.studies.compare import WHEEL as WHEEL_IS
from simulation.studies.flow_table import tell
from simulation.studies.flows import GAINS, TURN, medians, read
from tests.studies.small import SMALL, rows, run

WHEEL = (
    "motions=[hybrid]", "seeds=3", "weeks=60", "rows=600", "behaviour.engagement.customer_join_per_week=0.1", "behaviour.help.ask_per_week=0.2",
    "behaviour.help.offer_per_week=0.2", "behaviour.advocacy.answers_of_expert=1",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return run(tmp_path_factory.mktemp("wheel") / "run", *WHEEL)


def values(folder, **of):
    """Return the rows of flywheel.csv that are so, by move and quarter."""
    found = [
        row for row in rows(folder / "data" / "flywheel.csv") if all(row[name] == value for name, value in of.items())
    ]
    return {(row["from"], row["to"], int(row["quarter"])): row for row in found}


def by_quarter(folder):
    """Return each weekly series of the four whole quarters, shape (seeds, quarters, weeks)."""
    weeks = open_results(folder).weeks
    return {name: weeks[name].to_numpy(float).reshape(3, 60)[:, :52].reshape(3, 4, 13) for name in weeks.select_dtypes("number")}  # fmt: skip


def test_people_and_rates_are_those_of_the_weekly_record(folder):
    weekly, weight = by_quarter(folder), 20_000 / 600
    found = values(folder, door="all", member="all")
    for before, after in MOVES:
        moved = weekly[f"{before.name}_to_{after.name}".lower()].sum(axis=2)
        into = sum(weekly[f"{a.name}_to_{b.name}".lower()].sum(axis=2) for a, b in MOVES if b is before)
        stock = weekly[before.name.lower()][:, :, -1]
        first = np.full((3, 1), 600.0 if before is Stage.PROSPECT else 0.0)
        stood = np.hstack([first, stock[:, :-1]]) + into
        for quarter in range(4):
            row = found.get((before.name.lower(), after.name.lower(), quarter + 1))
            assert (row is None) == (moved[:, quarter].sum() == 0)
            if row:
                assert float(row["people"]) == pytest.approx(weight * np.median(moved[:, quarter]))
                known = stood[:, quarter] > 0
                assert float(row["rate"]) == pytest.approx(np.median(moved[known, quarter] / stood[known, quarter]))


def test_every_move_by_door_and_membership_adds_up(folder):
    """In the table of moves: of one seed, as medians do not add up."""
    moves = open_results(folder).query("select * from moves where seed = 1 and quarter < 4")
    weekly = by_quarter(folder)
    for (quarter, before, after), part in moves.groupby(["quarter", "from_stage", "to_stage"]):
        name = f"{Stage(before).name}_to_{Stage(after).name}".lower()
        assert part["people"].sum() == weekly[name][0, quarter].sum()
    bought = moves[(moves["from_stage"] == Stage.NEWCOMER) & (moves["to_stage"] == Stage.CUSTOMER)]
    for code, door in ((1, "community"), (2, "trial"), (3, "sales")):
        assert bought.loc[bought["door"] == code, "people"].sum() == weekly[f"adopted_door_{door}"][0].sum()
    assert bought.loc[bought["member"] == 1, "people"].sum() == weekly["member_adopted"][0].sum() > 0


def test_gains_are_links_of_the_record_and_multiply_to_one_turn(folder):
    weekly = by_quarter(folder)
    attracted = sum(weekly[f"{s}_to_attracted"] for s in ("prospect", "lapsed")).sum(axis=(0, 2))
    came, bought, experts = (
        weekly[n].sum(axis=(0, 2)) for n in ("attracted_to_newcomer", "newcomer_to_customer", "customer_to_expert")
    )
    by_users = sum(weekly[f"attracted_{c.name.lower()}"] for c in BY_USERS).sum(axis=(0, 2))
    here = weekly["expert"].mean(axis=2).sum(axis=0)
    aims = [ratios(*pair) for pair in ((came, attracted), (bought, came), (experts, bought), (by_users, here))]
    found = {
        (row["gain"], int(row["quarter"])): float(row["value"] or "nan") for row in rows(folder / "data" / "gains.csv")
    }
    assert np.isfinite(aims).all(axis=0).sum() >= 2
    for quarter in range(4):
        assert [found[name, quarter + 1] for name in GAINS] == pytest.approx([of[quarter] for of in aims], nan_ok=True)
        assert found[TURN, quarter + 1] == pytest.approx(np.prod([of[quarter] for of in aims]), nan_ok=True)


def test_medians_of_counted_values_are_those_of_the_values(seed=3):
    rng = np.random.default_rng(seed)
    cells, stayed, people = rng.integers(0, 40, 500), rng.integers(0, 105, 500), rng.integers(1, 9, 500)
    known, found = medians(cells, stayed, people)
    for cell, median in zip(known, found, strict=True):
        all_of_them = np.repeat(stayed[cells == cell], people[cells == cell])
        assert median == np.percentile(all_of_them, 50, method="inverted_cdf")
    assert known.tolist() == sorted(set(cells.tolist()))
    assert medians(*(np.zeros(0, int),) * 3)[0].size == 0


def test_a_comparison_prints_the_company_a_verdict_one_table_and_says_where_the_wheel_is(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    folder = run(tmp_path / "run", *WHEEL)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[:-1])) <= 80  # the last says where the results are
    out = " ".join(" ".join(lines).split())
    sentences, table = (folder / "verdict.txt").read_text().split("\n\n", 1)
    after = out.partition("your company as simulated, by the end, under each motion")[2]
    first, *_ = sentences.splitlines()
    assert 0 < after.index(first) < after.index(table.split()[0])
    assert sum(line.startswith("┏") for line in lines) == 2
    assert WHEEL_IS in out and "The wheel of HYBRID" not in out


def test_the_wheel_that_its_study_prints_fits_80_columns_and_says_the_turn(folder, capsys):
    """As ``study=wheel`` prints it, from the runs that are there."""
    config = compose(*SMALL, *WHEEL)
    store = Store(folder)
    store.open(config.model_dump(mode="json"), ["flywheel"], fresh=False)
    with Session(config, store, Console(width=80, force_terminal=False, force_jupyter=False)) as session:
        tell(session, read(session, session.run([{}], keep=config.study.keep)))
    store.close()
    text = capsys.readouterr().out.partition("The wheel of HYBRID, a quarter of the last year")[2]
    table, _, rest = text.partition("HYBRID: of 100 who hear of it ")
    rest = " ".join(rest.split())
    assert "customers" in table and "become experts" in table and max(map(len, table.splitlines())) <= 80
    assert re.match(
        r"\d+ come in, of 100 of those \d+ buy, of 100 of those [\d.]+ become experts, and there are ", rest
    )


def test_a_firm_with_a_past_has_the_wheel_of_its_motions_from_today_on(tmp_path):
    """No wheel of twins; who stood there at today counts, by a door that the moves since do not tell."""
    past = "history={motion: plg, weeks: 39}"
    of = run(tmp_path / "run", past, "motions=[plg]", "weeks=26", "seeds=2", "rows=600")
    found = rows(of / "data" / "flywheel.csv")
    assert {row["motion"] for row in found} == {"plg"} and {row["quarter"] for row in found} == {"1", "2"}
    first = [row for row in found if (row["quarter"], row["from"], row["to"]) == ("1", "newcomer", "customer")]
    rate = {row["door"]: row["rate"] for row in first if row["member"] == "all"}
    weeks = open_results(of).query(
        "select * from weeks where motion = 'plg' and week between 0 and 12 order by seed, week"
    )
    into = weeks.groupby("seed")["attracted_to_newcomer"].sum()
    start = weeks[weeks["week"] == 0].set_index("seed")
    before = start["newcomer"] - start["attracted_to_newcomer"] + start["newcomer_to_customer"] + start["newcomer_to_prospect"]  # fmt: skip
    assert (before > 0).all()
    share = weeks.groupby("seed")["newcomer_to_customer"].sum() / (before + into)
    assert float(rate["all"]) == pytest.approx(share.median()) and rate["trial"] in ("", "nan")


def test_without_moves_or_a_whole_quarter_there_is_no_wheel(tmp_path):
    for more in (["weeks=12"], ["study.keep=[runs,weeks,lives]"]):
        of = run(tmp_path / more[0], *WHEEL, "seeds=1", *more)
        assert not (of / "data" / "flywheel.csv").exists() and not (of / "figures" / "flywheel.png").exists()
