"""What each study finds, in worlds where the answer is known or must hold by construction."""

from itertools import permutations

import numpy as np
import pytest

from simulation.studies.attribution import coalitions, shapley
from simulation.studies.optimise import Mix, _shares, _tilted, ranks
from simulation.studies.regimes import NOBODY, cell_of
from simulation.studies.session import METRIC_AT, Runs
from simulation.studies.store import Store
from tests.studies.small import rows, run


def runs_of(metric, by_motion):
    """Return runs whose only metric is given by motion, shape (points, seeds)."""
    values = {}
    for motion, given in by_motion.items():
        values[motion] = np.full((*np.shape(given), len(METRIC_AT)), np.nan)
        values[motion][:, :, METRIC_AT[metric]] = given
    n = len(next(iter(by_motion.values())))
    return Runs([{}] * n, values, {}, [])


def figures(folder):
    return {p.stem for p in (folder / "figures").glob("*.png")}


# --- regimes ------------------------------------------------------------------------------------


def test_the_winner_of_a_cell_is_best_in_most_seeds_and_not_defined_is_worst():
    nan = np.nan
    runs = runs_of(
        "cac_usd",
        {"clg": [[5, 5, 9], [nan, nan, nan]], "plg": [[6, 6, 1], [nan, nan, nan]], "slg": [[nan, 9, 9], [nan] * 3]},
    )
    cell = cell_of(runs, "cac_usd", 0)
    assert (cell.winner, cell.runner_up, cell.sure) == ("clg", "plg", False)
    assert cell.share_of_seeds == pytest.approx(2 / 3) and cell.margin == pytest.approx(1)
    assert cell_of(runs, "cac_usd", 1).winner == NOBODY


def test_more_is_better_for_cash_less_for_cost():
    values = {"clg": [[1.0] * 10], "plg": [[2.0] * 10]}
    assert cell_of(runs_of("cash_usd", values), "cash_usd", 0).winner == "plg"
    assert cell_of(runs_of("cac_usd", values), "cac_usd", 0).winner == "clg"
    assert cell_of(runs_of("cac_usd", values), "cac_usd", 0).sure


def test_a_map_has_a_winner_for_each_point_and_metric(tmp_path):
    over = "study.over={product.price_usd:[20,200],behaviour.adoption.friction:[0,3,6]}"
    folder = run(tmp_path / "map", "study=regimes", over, "seeds=2", "study.metrics=[cac_usd,cash_usd]")
    lines = rows(folder / "regimes.csv")
    assert len(lines) == 6 * 2 and {r["winner"] for r in lines} <= {"clg", "plg", "slg", NOBODY}
    assert {r["product.price_usd"] for r in lines} == {"20", "200"} and figures(folder) == {"regimes"}


# --- attribution --------------------------------------------------------------------------------


def test_shapley_values_are_means_over_all_orders_and_add_up():
    worth = np.random.default_rng(3).normal(size=(2**4, 5))
    place = {members: k for k, members in enumerate(coalitions(4))}
    expected = np.zeros((4, 5))
    for order in permutations(range(4)):
        for k, i in enumerate(order):
            before = tuple(sorted(order[:k]))
            expected[i] += (worth[place[tuple(sorted((*before, i)))]] - worth[place[before]]) / 24
    assert np.allclose(shapley(worth, 4), expected)
    assert np.allclose(shapley(worth, 4).sum(axis=0), worth[-1] - worth[0])


def test_mechanisms_add_up_to_the_whole_difference(tmp_path):
    mechanisms = "study.mechanisms={user_content:[user_content],peer_help:[peer_help],bonds:[belonging,ties]}"
    folder = run(
        tmp_path / "a",
        "study=attribution",
        "~study.mechanisms",
        "+" + mechanisms,
        "seeds=3",
        "study.metrics=[new_customers]",
        "study.against=plg",
    )
    lines = rows(folder / "attribution.csv")
    assert [r["mechanism"] for r in lines] == [
        "user_content",
        "peer_help",
        "bonds",
        "without any of them",
        "whole difference",
    ]
    means = [float(r["mean"]) for r in lines]
    assert sum(means[:-1]) == pytest.approx(means[-1], rel=1e-6) and means[-1] != 0
    both = "select motion, avg(new_customers) from runs where switches = '{}' or switches not like '%false%' group by motion order by motion"
    clg, plg = (value for _, value in Store(folder).query(both).fetchall())
    assert means[-1] == pytest.approx(clg - plg)


# --- sensitivity --------------------------------------------------------------------------------


def test_the_number_that_decides_is_found_and_named(tmp_path):  # F2
    folder = run(
        tmp_path / "s", "study=sensitivity", "seeds=1", "study.metrics=[new_customers]", "study.of=plg", "study.against=null", "rows=1000",
        "study.parameters=[behaviour.attraction.ambient_per_week,prices.ticket_usd,behaviour.retention.referrer_here]", "study.samples=16",
        "study.trajectories=4", "study.finalists=2",
    )  # fmt: skip
    screened = {r["parameter"]: float(r["mu_star"]) for r in rows(folder / "morris.csv")}
    assert max(screened, key=screened.get) == "behaviour.attraction.ambient_per_week"
    assert screened["prices.ticket_usd"] == 0  # the price of a ticket wins nobody
    indices = {r["parameter"]: r for r in rows(folder / "sobol.csv")}
    assert float(indices["behaviour.attraction.ambient_per_week"]["total_order"]) > 0.8
    alone = {r["parameter"]: r for r in rows(folder / "one_at_a_time.csv")}["behaviour.attraction.ambient_per_week"]
    assert float(alone["at_low"]) < float(alone["at_mode"]) < float(alone["at_high"])
    assert "behaviour.attraction.ambient_per_week decides most" in (folder / "verdict.txt").read_text()
    assert figures(folder) == {"tornado_new_customers", "sobol_new_customers"}


def test_a_metric_that_is_not_defined_is_refused_by_run_id(tmp_path, capsys):
    from simulation.cli import main
    from tests.studies.small import SMALL

    folder = tmp_path / "nan"
    command = [
        *SMALL,
        "study=sensitivity",
        "seeds=1",
        "study.metrics=[cac_outbound_usd]",
        "study.against=null",
        "study.samples=8",
        f"out={folder}",
    ]
    assert main([*command, "study.trajectories=2", "study.parameters=[prices.ticket_usd,prices.commission]"]) == 2
    said = capsys.readouterr().err
    first = Store(folder).query("select run_id from runs where point = 0").fetchall()[0][0]
    assert said.startswith(
        f"run {first} (clg, point 0, seed 1) has no cac_outbound_usd, and 5 of 5 in all: indices would be wrong"
    )


def test_numbers_that_cannot_be_ranked_are_said_so():
    from simulation.studies.sensitivity import Index, _verdict

    close = [
        Index("m", "a", 0.5, 0.1, 0.52, 0.1),
        Index("m", "b", 0.4, 0.1, 0.45, 0.1),
        Index("m", "c", 0.0, 0.0, 0.01, 0.0),
    ]
    said = _verdict("m of CLG", close)
    assert said[0] == "m of CLG: a decides most (52 % of the variance, ± 10)"
    assert said[1] == "m of CLG: too few runs to rank a and b; about 8 times the samples would tell them apart"
    assert not any("b and c" in s for s in said)


# --- uncertainty --------------------------------------------------------------------------------


def test_worlds_are_drawn_from_the_priors_and_shares_are_of_worlds(tmp_path):
    folder = run(
        tmp_path / "u",
        "study=uncertainty",
        "seeds=2",
        "study.draws=8",
        "weeks=80",
        "study.metrics=[cac_usd,new_customers]",
    )
    drawn = rows(folder / "draws.csv")
    topics = [float(r["market.topics"]) for r in drawn]
    assert len(drawn) == 8 and len(set(topics)) == 8 and min(topics) >= 1500 and max(topics) <= 12000
    lines = rows(folder / "uncertainty.csv")
    assert {(r["first"], r["second"]) for r in lines} == {("clg", "plg"), ("clg", "slg"), ("plg", "slg")}
    line = next(r for r in lines if (r["metric"], r["first"], r["second"]) == ("new_customers", "clg", "plg"))
    pairs = Store(folder).query(
        "select avg(case when a.new_customers > b.new_customers then 1.0 else 0 end) from runs a join runs b "
        "on a.point = b.point and a.seed = b.seed where a.motion = 'clg' and b.motion = 'plg'"
    ).fetchall()[0][0]  # fmt: skip
    assert float(line["share"]) == pytest.approx(pairs)
    assert float(line["share_low"]) <= float(line["share"]) <= float(line["share_high"])
    assert figures(folder) == {"plausible_worlds", "least_known"}


def test_a_posterior_takes_the_place_of_the_priors(tmp_path):
    sample = tmp_path / "posterior.csv"
    sample.write_text(
        "market.topics,behaviour.attraction.ambient_per_week\n" + "".join(f"{2000 + k},0.01\n" for k in range(8))
    )
    folder = run(
        tmp_path / "p",
        "study=uncertainty",
        f"study.posterior={sample}",
        "seeds=1",
        "study.draws=8",
        "motions=[clg,plg]",
        "study.metrics=[new_customers]",
    )
    assert [float(r["market.topics"]) for r in rows(folder / "draws.csv")] == [2000.0 + k for k in range(8)]
    assert figures(folder) == {"plausible_worlds"}


# --- optimise -----------------------------------------------------------------------------------


def test_mixes_sum_to_one_and_keep_every_lever():
    for x in np.random.default_rng(1).normal(0, 3, size=(50, 4)):
        shares = _shares(x, list("abcd"))
        assert sum(shares.values()) == pytest.approx(1, abs=1e-12) and min(shares.values()) >= 0.0099
        assert sum(_tilted(shares, "a", 1.5).values()) == pytest.approx(1, abs=1e-12)


def test_mixes_that_meet_the_conditions_come_first():
    nothing = np.zeros(1)
    mixes = [
        Mix("m", {}, goal, broken, nothing)
        for goal, broken in ((1.0, 0.5), (9.0, 0.0), (5.0, 0.0), (np.nan, 0.0), (2.0, 0.1))
    ]
    assert ranks(mixes, "cac_usd").tolist() == [4, 1, 0, 2, 3]


def test_the_search_finds_the_lever_that_works_and_judges_on_fresh_seeds(tmp_path):  # D3
    """Adverts reach nobody here, so money on them is lost: the best mix spends less there than the motion's own."""
    folder = run(
        tmp_path / "o", "study=optimise", "motions=[plg]", "seeds=2", "rows=800", "study.goal=new_customers", "study.rounds=4", "study.mixes=6",
        "study.check_seeds=4", "behaviour.attraction.advert_per_week=0", "behaviour.attraction.brand_per_week=0",
    )  # fmt: skip
    best = {r["lever"]: r for r in rows(folder / "optimum.csv")}
    assert float(best["advertising"]["share"]) < 0.35
    assert float(best["advertising"]["goal_median"]) > float(best["advertising"]["own_mix_median"])
    seeds = Store(folder).query("select distinct seed from runs order by seed").fetchall()
    assert [s for (s,) in seeds] == [1, 2, 3, 4, 5, 6]
    assert len(rows(folder / "mixes.csv")) == 1 + 4 * 6 and figures(folder) == {"optimum"}
