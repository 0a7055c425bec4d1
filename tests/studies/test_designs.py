"""Points of sweeps and the priors they may come from."""

import numpy as np
import pytest

from simulation.figures.style import new_figure, plain_ticks, running_median
from simulation.runs.design import grid, spread
from simulation.runs.session import METRIC_AT, Runs
from simulation.scenario.compose import compose, world_at
from simulation.scenario.priors import choose, priors
from simulation.scenario.settings import setting_name
from simulation.scenario.study import Span
from tests.studies.small import rows, run

WORLD = compose().world("clg")
PRICE = {"product.price_usd": Span(low=10.0, high=90.0, n=3)}


def test_a_grid_is_every_combination_the_last_axis_fastest():
    over = {**PRICE, "behaviour.adoption.trial_weeks": [2, 4]}
    assert [tuple(p.values()) for p in grid(over, WORLD)] == [
        (10.0, 2),
        (10.0, 4),
        (50.0, 2),
        (50.0, 4),
        (90.0, 2),
        (90.0, 4),
    ]


def test_even_steps_of_the_logarithm_and_whole_numbers():
    over = {
        "market.topics": Span(low=10.0, high=1000.0, n=3, log=True),
        "behaviour.adoption.trial_weeks": Span(low=1, high=4, n=9),
    }
    points = grid(over, WORLD)
    assert sorted({p["market.topics"] for p in points}) == [10.0, 100.0, 1000.0]
    assert sorted({p["behaviour.adoption.trial_weeks"] for p in points}) == [1, 2, 3, 4]


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_designs_fill_the_span_and_are_the_same_every_time(kind):
    points = spread(PRICE, 64, kind, WORLD)
    values = np.array([p["product.price_usd"] for p in points])
    assert points == spread(PRICE, 64, kind, WORLD)
    assert 10 <= values.min() < 14 and 86 < values.max() <= 90
    assert np.histogram(values, 8, (10, 90))[0].tolist() == [8] * 8


def test_every_prior_has_its_mode_inside_a_grade_and_a_source():
    known = priors(WORLD)
    assert len(known) > 40
    for prior in known:
        assert prior.low <= prior.mode <= prior.high, prior.name
        assert prior.grade in "ABCD" and prior.source and prior.unit
        ends = prior.quantile(np.array([0.0, 1.0]))
        assert ends == pytest.approx([prior.low, prior.high])
        assert prior.low <= ends.min() and ends.max() <= prior.high, prior.name  # a bound of the schema may be as near


def test_the_mode_of_a_prior_is_where_it_is_densest():
    prior = next(p for p in priors(WORLD) if p.name == "behaviour.retention.fit")
    drawn = prior.quantile((np.arange(20_000) + 0.5) / 20_000)
    counts, edges = np.histogram(drawn, 20)
    densest = edges[counts.argmax() : counts.argmax() + 2].mean()
    assert abs(densest - prior.mode) < 0.1 * (prior.high - prior.low)


def test_segments_keep_their_proportions():
    prior = next(p for p in priors(WORLD) if p.name == "market.segments.*.churn_per_week")
    assert prior.settings(0.05) == pytest.approx(
        {"market.segments.smaller.churn_per_week": 0.05, "market.segments.larger.churn_per_week": 0.03}
    )


def test_a_prior_moves_with_a_company_that_lies_outside_it():
    world = compose("market.topics=100").world("clg")
    prior = next(p for p in priors(world) if p.name == "market.topics")
    assert prior.low < 100 < prior.high and prior.high / prior.low == pytest.approx(8)


def test_a_number_without_a_prior_is_never_sampled():
    with pytest.raises(
        ValueError, match=r"^study.parameters: product.price_usd has no prior; did you mean product.further\?$"
    ):
        choose(WORLD, ["product.price_usd"])


def test_a_switch_is_a_setting_of_a_point_like_any_other():
    over = {"switches.ties": [True, False], "product.price_usd": [10.0]}
    on, off = (world_at(WORLD, "clg", point) for point in grid(over, WORLD))
    assert (on.switches, off.switches) == ({"ties": True}, {"ties": False})
    assert on.timeline()[0].behaviour.help.p_tie == WORLD.behaviour.help.p_tie > 0
    assert off.timeline()[0].behaviour.help.p_tie == 0
    assert off.product.price_usd == 10.0
    assert WORLD.switches == {}


@pytest.mark.parametrize(
    "study",
    ["study=sweep", "study=regimes"],
)
def test_a_grid_over_switches_compares_with_and_without(study, tmp_path):
    over = "study.over={switches.search: [true, false], product.price_usd: [20]}"
    folder = run(tmp_path / "run", study, "seeds=1", "motions=[clg,plg]", over)
    new = {
        row["switches.search"]: float(row["median"])
        for row in rows(folder / "data" / "summary.csv")
        if (row["motion"], row["metric"]) == ("plg", "new_customers")
    }
    assert new["True"] > new["False"]  # one seed, the same every time


def test_a_motions_setting_reaches_that_motion_alone():
    settings = {"motions.plg.free_tier": False, "motions.clg.launch.factor": 3.0}
    assert world_at(WORLD, "clg", settings).motion.launch.factor == 3.0
    assert world_at(WORLD, "clg", settings).motion.free_tier == WORLD.motion.free_tier


def test_the_document_names_the_columns_of_every_table_that_a_study_writes():
    """Studies that tests run are checked by ``small.check_columns``; here every name of a table in the sources."""
    import re
    from pathlib import Path

    from simulation import studies
    from simulation.evidence.predictive import Check
    from simulation.studies import calibrate, validate
    from tests.studies.small import documented

    sources = "".join(f.read_text() for f in Path(studies.__file__).parent.glob("*.py"))
    written = set(re.findall(r'store\.csv\(\s*"(\w+\.csv)"', sources))
    assert written == set(documented())
    columns = {
        "validation.csv": (*validate.Verdict._fields, *validate.Standing._fields),
        "checks.csv": validate.Verdict._fields,
        "calibration.csv": calibrate.Learned._fields,
        "holdout.csv": calibrate.HeldOut._fields,
        "misfit.csv": Check._fields,
    }
    for file, names in columns.items():
        assert f"`{', '.join(names)}`" in documented()[file]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (18_000, 33_000, ["20,000", "25,000", "30,000"]),
        (1.6, 6.5, ["2", "3", "4", "5", "6"]),
        (0.003, 0.03, ["0.005", "0.01", "0.02"]),
        (0.5, 20_000, ["1", "10", "100", "1,000", "10,000"]),
    ],
)
def test_logarithmic_axes_have_plain_ticks_also_where_they_span_less_than_a_decade(low, high, expected):
    figure, axes = new_figure("ticks")
    axes.set(yscale="log", ylim=(low, high))
    plain_ticks(axes)
    figure.draw_without_rendering()
    labels = [t.get_text() for t in axes.get_yticklabels() if low <= t.get_position()[1] <= high]
    assert labels == expected
    assert not any(t.get_text() for t in axes.get_yticklabels(minor=True))


def test_settings_are_named_by_their_last_two_parts():
    assert (
        setting_name("market.traits.affinity_sd_log") == "affinity spread, in logs"
        and setting_name("market.people") == "people"
    )
    assert setting_name("behaviour.retention.fit") == "retention fit"
    assert setting_name("market.segments.*.search_demand_per_week") == "search demand per week"
    assert setting_name("market.segments.smaller.search_demand_per_week") == "smaller search demand per week"
    assert setting_name("product.price_usd") == "product price, USD" and setting_name("weeks") == "weeks"
    assert setting_name("behaviour.help.p_answer_becomes_content") == "help chance answer becomes content"
    assert (
        setting_name("market.traits.fit_sd") == "fit spread"
        and setting_name("behaviour.retention.ln_affinity") == "retention log affinity"
    )
    names = [setting_name(prior.name) for prior in priors(WORLD)]
    assert not any(set(name) & set("._*") for name in names)
    assert len(set(names)) == len(names)


def test_a_running_median_needs_five_points_a_bin_and_skips_what_is_not_defined():
    x = np.arange(20.0)
    xs, ys = running_median(x, np.where(x == 7, np.nan, 2 * x))
    assert len(xs) == 4 and xs[0] == 2.0 and ys[0] == 4.0 and xs[1] == 7.0 and ys[1] == 14.0
    assert np.isnan(running_median(x, np.full(20, np.nan))[1]).all()


def test_a_design_that_is_no_grid_is_drawn_as_points(tmp_path):
    over = "study.over={product.price_usd: {low: 10, high: 90}, behaviour.adoption.friction: {low: 0, high: 4}}"
    size = ["study.design=sobol", "study.points=8", "seeds=1", "motions=[plg]"]
    folder = run(tmp_path / "sobol", "study=sweep", over, *size)
    said = (folder / "figures" / "sweep.txt").read_text()
    assert "A dot is a point of the design (median of 1 simulated market), at which all settings differ at once" in said
    assert said.startswith("What product price does to PLG, from below ") and "Bands" not in said


def runs_at(clg, plg, seeds=10):
    """Return runs of a sweep over one setting, whose CAC is given by point, with 100 customers each."""
    values = {m: np.full((len(of), seeds, len(METRIC_AT)), 100.0) for m, of in (("clg", clg), ("plg", plg))}
    for m, of in (("clg", clg), ("plg", plg)):
        values[m][:, :, METRIC_AT["cac_usd"]] = np.array(of, float)[:, None]
    return Runs([{"market.topics": k} for k in range(len(clg))], values, {}, [])


def test_the_title_of_a_sweep_names_who_has_the_lowest_cac_only_beyond_luck():
    from simulation.figures.sweep import _title

    assert _title(runs_at([1, 9], [5, 5]), "market.topics", True) == (
        "The lowest fully loaded CAC has CLG with topics 0, PLG with 1"
    )
    assert _title(runs_at([1, 5], [5, 5]), "market.topics", True).endswith("0, no motion beyond luck with 1")
    assert _title(runs_at([1, 2], [5, 5]), "market.topics", True) == (
        "CLG has the lowest fully loaded CAC with topics 0 and with 1"
    )
    few = "too few {} to say who has the lowest CAC"
    assert _title(runs_at([1, 9], [5, 5], seeds=9), "market.topics", True).endswith(few.format("simulated markets"))
    assert _title(runs_at([1] * 36, [5] * 36), "market.topics", False).endswith(few.format("points"))
    assert _title(runs_at([1] * 40, [5] * 40, seeds=1), "market.topics", False).startswith("CLG has the lowest")


@pytest.mark.parametrize("settings", [1, 2])
def test_a_sweep_is_as_large_as_a_slide(settings):
    from simulation.figures.sweep import draw

    over = {"market.topics": [0, 1], "product.price_usd": [10, 20]}
    paths = list(over)[:settings]
    runs = runs_at([1, 9], [5, 5])._replace(points=[dict.fromkeys(paths, k) for k in range(2)])
    figure, text = draw(runs, {path: over[path] for path in paths}, 10, True)
    wide, high = figure.get_size_inches()
    assert wide / high == pytest.approx(16 / 9)
    assert len(figure.axes) == 3 * settings and "simulated markets" in text
