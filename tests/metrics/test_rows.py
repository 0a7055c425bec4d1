"""What a metric is stands in its row: tables, figures and studies read it there, whatever its name."""

import numpy as np
import pytest

from simulation.figures import attribution, optimise, regimes
from simulation.metrics import METRICS
from simulation.metrics.company import TODAY
from simulation.metrics.metric import Better, Kind
from simulation.runs.paired import difference, versus
from simulation.runs.session import METRIC_AT, Runs
from simulation.studies.attribution import Part
from simulation.studies.optimise import Best, Mix
from simulation.studies.regimes import Cell
from simulation.studies.tables import shown, shown_gap

VALUES = {  # of a kind: a value, a better one where more is better, and how these and their difference are written
    Kind.USD: (1800.0, 2000.4, "$1,800", "$2,000", "+$200"),
    Kind.USD_TOTAL: (-2.5e6, 1.5e6, "-$2.5 M", "$1.5 M", "+$4.0 M"),
    Kind.SHARE: (0.78, 0.815, "78 %", "82 %", "+3.5 points"),
    Kind.RATE: (0.98, 1.02, "98 %", "102 %", "+4.0 points"),
    Kind.MONTHS: (8.0, 12.5, "8.00", "12.50", "+4.50"),
    Kind.WEEKS: (52.0, 104.0, "52.00", "104", "+52.00"),
    Kind.COUNT: (950.0, 1234.0, "950", "1,234", "+284"),
    Kind.RATIO: (2.0, 3.25, "2.00", "3.25", "+1.25"),
    Kind.INDEX: (0.4, 0.5, "0.40", "0.50", "+0.10"),
}
TICKS = {  # of a kind: a value as an axis writes it
    Kind.USD: "$1,800", Kind.USD_TOTAL: "-2.5", Kind.SHARE: "78", Kind.RATE: "98", Kind.MONTHS: "8", Kind.WEEKS: "52", Kind.COUNT: "950",
    Kind.RATIO: "2", Kind.INDEX: "0.4",
}  # fmt: skip


@pytest.fixture(params=list(Kind))
def kind(request):
    return request.param


@pytest.fixture
def row(kind, monkeypatch):
    """A metric of a kind whose name says nothing: it takes the place of one that is there."""
    row = METRICS["cash_usd"]._replace(label="zeal", kind=kind, per="", log=False)
    monkeypatch.setitem(METRICS, "cash_usd", row)
    return row


def texts(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_names_and_labels_are_each_ones_own():
    assert all(name == row.name for name, row in METRICS.items())
    assert len({row.label for row in METRICS.values()}) == len(METRICS)
    assert not any(
        row.log and row.kind in (Kind.USD_TOTAL, Kind.SHARE, Kind.RATE, Kind.INDEX) for row in METRICS.values()
    )


def test_a_value_and_a_difference_are_written_by_kind(kind):
    low, high, written, better, gap = VALUES[kind]
    assert (shown(low, kind), shown(high, kind), shown_gap(high - low, kind)) == (written, better, gap)
    assert shown_gap(low - high, kind) == gap.replace("+", "-")
    assert shown(np.nan, kind) == shown_gap(np.nan, kind) == "n/a"


def test_an_optimum_is_drawn_and_told_by_kind(kind, row):
    low, high, written, better, _ = VALUES[kind]
    none = (np.nan,) * 3
    bests = [
        Best(
            motion,
            {"sales": 1.0},
            {"sales": (np.nan, np.nan)},
            own,
            best,
            1.0,
            True,
            [],
            [],
            1,
            own_stays=False,
            sure=True,
        )
        for motion, own, best in (("clg", (low,) * 3, (high,) * 3), ("plg", none, (low,) * 3), ("slg", none, none))
    ]
    tried = {b.motion: [Mix(b.motion, b.shares, 0.0, 0.0, {})] for b in bests}
    figure, text = optimise.draw("cash_usd", bests, tried)
    assert text.startswith(
        f"At its own best mix, zeal: CLG {better} (was {written}), PLG {written} (its own mix has none), not defined for SLG. "
    )
    left = figure.axes[0]
    assert left.get_ylabel() == (f"zeal, {row.unit}" if row.unit else "zeal")
    left.set_yticks([low])
    assert texts(left.yaxis) == [TICKS[kind]]


def test_an_attribution_is_drawn_by_kind(kind, row):
    low, high, *_, gap = VALUES[kind]
    parts = [
        Part("cash_usd", name, high - low, high - low, high - low, 5, 5)
        for name in ("help", "without any of them", "whole difference")
    ]
    figure, text = attribution.draw(parts, "clg", "plg")
    assert text.startswith(f"Zeal: CLG less PLG is {gap}; ")
    axes = figure.axes[0]
    assert axes.get_xlabel() == "zeal: CLG less PLG" + (f", {row.gap_unit}" if row.gap_unit else "")
    assert (row.gap_unit == "points") == (kind in (Kind.SHARE, Kind.RATE)) and {t.get_text() for t in axes.texts} == {
        gap
    }
    axes.set_xticks([low])
    assert texts(axes.xaxis) == [TICKS[kind]]


def test_a_map_is_named_by_label(row):
    runs = Runs([{"a": 1, "b": 1}], {m: np.zeros((1, 2, len(METRIC_AT))) for m in ("clg", "plg")}, {}, [])
    cells = {"cash_usd": [Cell("cash_usd", "clg", 1.0, "plg", 1.0, True, 2, 0)]}
    figure, text = regimes.draw(runs, cells, 2)
    assert text.startswith("Best zeal: CLG on 100 % of the map") and figure.axes[0].get_title() == "zeal"


NEITHER = [name for name, row in METRICS.items() if row.better is Better.NEITHER and name not in TODAY]


def test_where_neither_way_is_better_nobody_wins():
    assert set(NEITHER) == {
        "adverts_money_share_last_quarter",
        "adverts_share_last_quarter",
        "budget_usd",
        "budget_usd_per_year",
        "firm_content_share",
        "paid_share",
        "paying_members",
        "staff_tickets",
    }
    a, b = np.array([1.0, 2.0, np.nan, np.nan]), np.array([2.0, 2.0, 3.0, np.nan])
    for name in NEITHER:
        assert np.isnan(versus(name, a, b)).all()
        found = difference(name, "clg", "plg", a, b)
        assert np.isnan([found.first_wins, found.second_wins]).all()
        assert (found.pairs, found.median, found.one_only, found.neither) == (2, -0.5, 1, 1)


def test_what_too_few_were_seen_to_say_is_compared_with_nothing():
    """A motion that sells to few has no retention: it is not the worst at it; one that never sells is at a cost."""
    a, b = np.array([0.8, 0.8, np.nan]), np.array([0.7, np.nan, np.nan])
    assert versus("retention_12_months", a, b)[0] == 1 and np.isnan(versus("retention_12_months", a, b)[1:]).all()
    found = difference("retention_12_months", "clg", "slg", a, b)
    assert (found.first_wins, found.pairs, found.one_only, found.neither) == (1.0, 1, 1, 1)
    assert versus("cac_usd", a, b)[:2].tolist() == [-1, 1]


def test_a_map_leaves_out_seeds_in_which_too_few_were_seen():
    from simulation.studies.regimes import FEW, cell_of

    values = {m: np.full((3, 11, len(METRIC_AT)), np.nan) for m in ("clg", "slg")}
    few = [0.7] * 9 + [np.nan] * 2
    for m, kept in (
        ("clg", [[0.8] + [0.6] * 10, [0.8] * 11, [0.6] * 11]),
        ("slg", [[np.nan] + [0.7] * 10, [np.nan] * 11, few]),
    ):
        values[m][:, :, METRIC_AT["new_customers"]] = 50
        values[m][:, :, METRIC_AT["retention_12_months"]] = kept
    runs = Runs([{}, {}, {}], values, {}, [])
    some, none, too_few = (cell_of(runs, "retention_12_months", p) for p in (0, 1, 2))
    assert (some.winner, some.seeds, some.undecided, some.sure) == ("slg", 10, 0, True)
    assert (too_few.winner, too_few.seeds, too_few.sure) == (FEW, 9, False)
    assert (none.winner, none.seeds, none.sure) == (FEW, 0, False)
