"""Shocks with and without: what each experiment finds where the answer is known, and figures on which nothing is cut."""

import math
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from simulation.cli import main
from simulation.figures import shocks as figures
from simulation.figures.words import in_full, motion_name
from simulation.mesa_model import GrowthModel
from simulation.metrics.sums import ratios
from simulation.people.counts import NEVER_JOINED
from simulation.runs.store import Store
from simulation.scenario.compose import compose
from simulation.studies.shocks import GAPS, Curves, Fates, Line, _arm, members_at, said_of, trailing
from tests.studies.small import SMALL, rows, run

EIGHT = (
    "clg", "plg", "slg", "hybrid", "sales_assisted_plg", "community_assisted_plg", "community_assisted_slg", "rewards_led",
)  # fmt: skip


def drawn(folder):
    return {p.stem for p in (folder / "figures").glob("*.png")}


def test_every_experiment_has_its_lines_and_its_figure(tmp_path):
    folder = run(
        tmp_path / "s", "study=shocks", "seeds=2", "weeks=90", "study.cut_week=50", "study.entry_week=30", "study.storm_week=40",
        "study.discounts_usd=[0,20]", "motions=[plg,hybrid]",
    )  # fmt: skip
    lines = rows(folder / "data" / "shocks.csv")
    assert {r["experiment"] for r in lines} == {"inertia", "rival", "criticism", "loyalty"}
    assert {(r["motion"], r["group"], r["at"]) for r in lines if r["experiment"] == "loyalty"} == {
        (m, g, d)
        for m in ("plg", "hybrid")
        for g in ("points", "no points", "no points less points")
        for d in ("0", "20")
    }
    groups = {(r["motion"], r["group"]) for r in lines if r["experiment"] == "rival"}
    assert groups == {("plg", "all")} | {("hybrid", g) for g in ("all", "members", "others", "members less others")}
    inertia = [(r["motion"], r["group"]) for r in lines if r["measure"] == "inertia over half a year"]
    assert sorted(inertia) == [(m, g) for m in ("hybrid", "plg") for g in ("doors closed", "doors kept")]
    assert drawn(folder) == {"inertia", "rival", "criticism", "loyalty"}


def test_by_default_a_mix_stands_beside_the_three():
    """Under community-led growth alone every customer is a member: nobody to compare with in the same firm."""
    assert list(compose("study=shocks").motions) == ["clg", "plg", "slg", "hybrid"]
    assert list(compose("study=shocks", "motions=[plg]").motions) == ["plg"]


# --- points -------------------------------------------------------------------------------------


def arms(motion, *overrides):
    config = compose("study=shocks", f"motions=[{motion}]", *overrides)
    session = SimpleNamespace(worlds={motion: config.world(motion)})
    return [_arm(session, config.study, motion, paid)["set"] for paid in (False, True)]


@pytest.mark.parametrize(("motion", "own"), [("rewards_led", 0.25), ("plg", 0.15)])
def test_the_arm_without_points_promises_none_and_spends_their_money_elsewhere(motion, own):
    bare, points = arms(motion, "company=starbucks_rewards")
    shipped = compose(f"motions=[{motion}]").motions[motion].shares
    assert bare["loyalty.rewards_usd"] == 0 and points["loyalty.rewards_usd"] == 2.5
    assert "rewards" not in bare["motion.shares"] and points["motion.shares"]["rewards"] == pytest.approx(own)
    for shares in (bare["motion.shares"], points["motion.shares"]):
        assert sum(shares.values()) == pytest.approx(1, abs=1e-12)
        assert shares["advertising"] / shares["content"] == pytest.approx(shipped["advertising"] / shipped["content"])


@pytest.mark.slow
def test_points_hold_customers_until_the_rival_outbids_them(tmp_path):
    """Paired by seed, the 5th percentile of what points save lies above 0: by luck once in 500 times (all but the least
    of 10 differences positive); that they save less than half of it at a reward worth the price is true of rates."""
    folder = run(
        tmp_path / "p", "study=shocks", "company=starbucks_rewards", "study.experiments=[loyalty]", "motions=[rewards_led]", "seeds=10",
        "rows=5000", "weeks=131", "market.accounts=200000", "behaviour.attraction.ambient_per_week=0.002", "study.discounts_usd=[0,25]",
    )  # fmt: skip
    lost = {(r["group"], r["at"]): r for r in rows(folder / "data" / "shocks.csv") if r["measure"].startswith("lost")}
    saved, outbid = (lost["no points less points", at] for at in ("0", "25"))
    assert float(saved["low"]) > 0
    assert float(outbid["median"]) < 0.5 * float(saved["median"])
    assert float(lost["points", "25"]["median"]) > float(lost["no points", "0"]["median"])
    paid = dict(
        Store(folder).query("select point % 2, sum(rewards_cents) from weeks where week >= 78 group by 1").fetchall()
    )
    assert paid[0] == 0 and paid[1] > 0


def test_until_the_rival_enters_both_arms_are_the_same(tmp_path):
    folder = run(
        tmp_path / "a", "study=shocks", "study.experiments=[loyalty]", "motions=[plg]", "seeds=1", "study.entry_week=30",
        "study.discounts_usd=[10]",
    )  # fmt: skip
    sql = "select week, count(distinct cash_cents) from weeks group by week having count(distinct cash_cents) > 1 order by week"
    differ = [week for week, _ in Store(folder).query(sql).fetchall()]
    assert differ and differ[0] >= 30


def test_a_motion_of_nothing_but_points_is_refused(tmp_path, capsys):
    command = [
        *SMALL,
        "study=shocks",
        "study.experiments=[loyalty]",
        "motions=[slg]",
        "motions.slg.shares={sales:0,advertising:0,account_management:0,content:0,rewards:1}",
    ]
    assert main([*command, "study.entry_week=30", f"out={tmp_path / 'r'}"]) == 2
    assert capsys.readouterr().err.strip() == (
        "motions.slg.shares: all of it pays for rewards; without points there is nothing else to spend it on"
    )


@pytest.mark.parametrize(("name", "setting"), [("rival", "entry"), ("loyalty", "entry"), ("criticism", "storm")])
def test_a_shock_after_the_end_is_refused(name, setting, tmp_path, capsys):
    command = [*SMALL, "study=shocks", f"study.experiments=[{name}]", f"study.{setting}_week=60"]
    assert main([*command, f"out={tmp_path / 'e'}"]) == 2
    assert capsys.readouterr().err.strip() == (
        f"study.{setting}_week=60: the run ends after 60 weeks; an earlier week or more weeks are needed"
    )


# --- members and others -------------------------------------------------------------------------


def test_shares_are_taken_by_seed_of_those_inside_and_not_of_too_few():
    fates = Fates(
        seed=np.repeat([1, 2], [10, 4]),
        row=np.arange(14),
        kept=np.array([True] * 6 + [False] * 8),
        switched=np.zeros(14, bool),
    )
    inside = fates.among([np.array([0, 1, 2, 8, 9, 12]), np.array([3, 10, 11, 12, 13])])
    assert np.flatnonzero(inside).tolist() == [0, 1, 2, 8, 9, 10, 11, 12, 13]
    shares = fates.share(fates.kept, range(1, 3), inside)
    assert shares[0] == pytest.approx(3 / 5) and np.isnan(shares[1])


def test_members_are_those_of_the_day_the_rival_enters():
    """Who joins later is no member then, though the table of lives will call them one."""
    world = compose(*SMALL, "rows=2000", "motions=[hybrid]").world("hybrid")
    then = members_at(world, 1, 30)
    lives = GrowthModel(world, rng=1).run().lives
    here = (lives["adopted"] < 30) & ((lives["ended"] < 0) | (lives["ended"] >= 30))
    ever, at_entry = here & (lives["joined"] < NEVER_JOINED), here & np.isin(lives["row"], then)
    assert 0 < at_entry.sum() < ever.sum() < here.sum()
    assert not (at_entry & ~ever).any()


# --- criticism ----------------------------------------------------------------------------------


def test_advocates_are_taken_away_only_where_there_are_any(tmp_path):
    folder = run(
        tmp_path / "c", "study=shocks", "study.experiments=[criticism]", "motions=[clg,plg]", "seeds=2", "study.storm_week=40",
        "behaviour.advocacy.answers_of_expert=1",
    )  # fmt: skip
    groups = [(r["motion"], r["group"]) for r in rows(folder / "data" / "shocks.csv")]
    assert groups == [
        ("clg", "advocates"),
        ("clg", "no advocates"),
        ("clg", "no advocates less advocates"),
        ("plg", "nobody an advocate"),
    ]
    assert {
        r["motion"] for r in rows(folder / "data" / "effects.csv") if r["experiment"] == "criticism, no advocates"
    } == {"clg"}


# --- the scenario's own shock -------------------------------------------------------------------


def test_a_scenarios_own_shock_is_shown_over_time(tmp_path):
    folder = run(
        tmp_path / "s",
        "study=shocks",
        "study.experiments=[scenario]",
        "interventions=[{week:30,set:{product.price_usd:400}}]",
        "seeds=3",
        "motions=[plg]",
    )
    weekly = [r for r in rows(folder / "data" / "effects.csv") if r["series"] == "new customers"]
    assert min(int(r["week"]) for r in weekly) == 30 and len(weekly) == 30
    assert sum(float(r["median"]) for r in weekly) < 0  # ten times the price
    assert drawn(folder) == {"effect_over_time"}


def test_a_community_shock_shows_what_the_community_loses(tmp_path):
    """A move that loses all content loses it under every seed that has any; motions without a community have nothing to lose."""
    folder = run(
        tmp_path / "m", "study=shocks", "study.experiments=[scenario]", "motions=[clg,plg]", "seeds=10", "platform.lost_when_moving=1",
        "interventions=[{week:40,set:{platform.moves:1}}]", "behaviour.advocacy.write_per_week=0.2",
    )  # fmt: skip
    weekly = rows(folder / "data" / "effects.csv")
    community = {"members", "questions", "questions answered", "answered share", "content views", "user topics"}
    assert {r["series"] for r in weekly if r["motion"] == "clg"} >= community
    assert not {r["series"] for r in weekly if r["motion"] == "plg"} & community
    first = next(r for r in weekly if (r["motion"], r["series"], r["week"]) == ("clg", "user topics", "40"))
    assert float(first["median"]) < 0 >= float(first["high"])
    lines = {r["measure"]: r for r in rows(folder / "data" / "shocks.csv") if r["motion"] == "clg"}
    assert float(lines["user topics at the end, change"]["median"]) < 0
    assert {"members at the end, change", "content views after it, change"} <= set(lines)
    assert "answered share in 20 weeks after it, change" in lines  # the run ends then
    assert drawn(folder) == {"effect_over_time", "community_over_time"}


def test_trailing_sums_and_ratios():
    assert trailing(np.ones((1, 10))).tolist() == [[1, 2, 3, 4, 5, 6, 7, 8, 8, 8]]
    found = ratios(np.array([1.0, 2.0]), np.array([2.0, 0.0]))
    assert found[0] == 0.5 and np.isnan(found[1])


# --- figures ------------------------------------------------------------------------------------


def test_long_names_are_shortened_and_said_in_full():
    assert [motion_name(m) for m in ("clg", "rewards_led", "community_assisted_slg")] == [
        "CLG",
        "REWARDS LED",
        "CA-SLG",
    ]
    assert in_full(["clg", "community_assisted_slg"]) == " CA-SLG: community assisted SLG."


def made(motions):
    """Return curves of made-up numbers, as wide as real ones."""
    draw = np.random.default_rng(1).uniform
    names = ("new customers", "customers", "members", "answered share", "content views", "user topics")
    return Curves(
        "made",
        20,
        {m: {name: draw(80, 100, (10, 60)) for name in names} for m in motions},
        {m: {name: np.full((10, 60), 100.0) for name in names} for m in motions},
    )


def line(experiment, motion, group, measure, median=0.2, low=0.1, high=0.3, at=np.nan):
    return Line(experiment, motion, group, at, measure, 5, median, low, high)


def all_figures(motions):
    curves, lost, kept = made(motions), "lost to the rival in a year", "kept a year, rival"
    rival = [
        line("rival", m, group, measure)
        for m in motions
        for group in ("all", "members", "others", GAPS[0])
        for measure in (kept, lost)
    ]
    storm = [line("criticism", m, g, "customers lost at its end") for m in motions for g in ("advocates", GAPS[1])]
    points = [
        line("loyalty", m, g, lost, at=at)
        for m in motions
        for g in ("points", "no points", GAPS[2])
        for at in (0.0, 20.0)
    ] + [line("loyalty", m, "points", "share of the promise paid", at=0.0) for m in motions]
    stopped = [
        line("inertia", m, g, "inertia over half a year") for m in motions for g in ("doors closed", "doors kept")
    ]
    return {
        "effect": figures.effect(curves, figures.GROWTH, 5),
        "community": figures.effect(curves, figures.COMMUNITY, 5),
        "inertia": figures.inertia(curves, curves, stopped, 5),
        "rival": figures.rival(rival, 5),
        "criticism": figures.criticism(curves, curves._replace(name="alone"), storm, 5),
        "loyalty": figures.loyalty(points, 5),
    }


@pytest.mark.slow
@pytest.mark.parametrize("motions", [EIGHT[:2], EIGHT[:3], EIGHT])
def test_no_words_are_cut_or_laid_over_each_other(motions):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for name, (figure, _) in all_figures(motions).items():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        assert figure.get_figwidth() <= 17, name
        whole = figure.bbox
        for axes in figure.axes:
            heads = [axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
            for text in [*heads, figure._suptitle, figure._supxlabel]:
                box = text.get_window_extent()
                inside = box.x0 >= -1 and box.x1 <= whole.x1 + 1 and box.y0 >= -1 and box.y1 <= whole.y1 + 1
                assert not text.get_text() or inside, (name, text.get_text())
            ticks = [t.get_window_extent() for t in axes.get_yticklabels() + axes.get_xticklabels() if t.get_text()]
            shown = [b for b in ticks if b.width > 0]
            for k, box in enumerate(shown):
                assert not any(box.overlaps(other) for other in shown[k + 1 :]), (name, axes.get_title(loc="left"))


def test_there_are_at_most_four_panels_a_row():
    shapes = {}
    for n in (1, 4, 5, 8, 9):
        _, panels = figures._panels("title", n)
        spec = panels[0].get_gridspec()
        shapes[n] = (spec.nrows, spec.ncols)
        assert len(panels) == n
    assert shapes == {1: (1, 1), 4: (1, 4), 5: (2, 3), 8: (2, 4), 9: (3, 3)}


def loyalty_title(**saved):
    """Return the title where points save so much (median, low, high) under each motion."""
    lost = "lost to the rival in a year"
    lines = []
    for motion, (median, low, high) in saved.items():
        for at in (0.0, 20.0):
            lines += [line("loyalty", motion, g, lost, at=at) for g in ("points", "no points")]
            lines.append(line("loyalty", motion, GAPS[2], lost, median, low, high, at=at))
        lines.append(line("loyalty", motion, "points", "share of the promise paid", at=0.0))
    return figures.loyalty(lines, 5)[1]


def test_the_title_takes_the_motion_whose_intervals_separate_most_or_says_that_none_do():
    assert loyalty_title(clg=(0.09, -0.02, 0.2), plg=(0.03, 0.02, 0.04)).startswith(
        "Points save PLG 3.0 % (2.0 to 4.0) of its customers while the rival gives back nothing"
    )
    assert loyalty_title(clg=(0.09, -0.02, 0.2), plg=(0.03, -0.01, 0.04)).startswith(
        "The 90 % interval of what points save holds 0 everywhere; PLG: 3.0 % (-1.0 to 4.0)"
    )


def test_a_loss_within_luck_is_not_called_one():
    curves = made(["clg"])
    curves.with_shock["clg"]["members"][:, 20:] = 40.0  # the others lie between 80 and 100
    assert figures.effect(curves, figures.COMMUNITY, 10)[1].startswith(
        "The shock takes most from CLG: 60 % (60 to 60) of its members in week 20"
    )
    same = curves._replace(with_shock=curves.without)
    assert figures.effect(same, figures.COMMUNITY, 10)[1].startswith(
        "The shock takes nothing away that these simulated markets can tell from luck"
    )
    assert figures.effect(same, figures.COMMUNITY, 9)[1].startswith(
        "9 simulated markets are too few to tell what the shock takes from luck"
    )


def test_where_nothing_is_spent_customers_cost_nothing(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        folder = run(tmp_path / "b", "company=bare", "motions=[bare]", "seeds=1")
    said = (folder / "figures" / "cac_over_time.txt").read_text()
    assert said.startswith("New customers cost nothing here: no motion spends on winning them.")


@pytest.mark.parametrize(
    ("group", "measure", "value", "said"),
    [
        ("doors closed", "inertia over half a year", 0.513, "51 %"),
        ("advocates", "customers lost at its end", 0.0871, "8.7 %"),
        ("members less others", "lost to the rival in a year", -0.115, "-11.5 points"),
        ("all", "answered share in a quarter after it, change", -0.04, "-4.0 points"),
        ("all", "cash_usd after it, change", -1200.4, "-$1,200"),
        ("all", "customers at the end, change", 12.0, "+12"),
    ],
)
def test_a_value_is_written_in_its_unit(group, measure, value, said):
    line = Line("x", "clg", group, math.nan, measure, 10, value, value, value)
    assert said_of(line)(value) == said
