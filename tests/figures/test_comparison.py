"""The figures of a comparison, drawn from runs that are known."""

import numpy as np
import pytest

from simulation.figures import cac, retention
from simulation.metrics import METRICS
from simulation.metrics.tenure import LEAST_AT_RISK
from simulation.runs.session import METRIC_AT
from simulation.studies.comparison import CHANNELS, NEEDED, Comparison

WEEKS, WEIGHT = 156, 10.0


def comparison(won, cost_cents, lives=None):
    """Return a comparison of motions by name: rows won a week (seeds, weeks) and the cost of each kind a week, in cents."""
    weekly, metrics = {}, {}
    for motion, new in won.items():
        total = WEIGHT * new.sum(axis=1)
        metrics[motion] = np.full((len(new), len(METRICS)), np.nan)
        metrics[motion][:, METRIC_AT["new_customers"]] = total
        cost = cost_cents[motion] / 100 * WEEKS
        metrics[motion][:, METRIC_AT["cac_usd"]] = np.divide(
            cost, total, out=np.full(total.shape, np.nan), where=total > 0
        )
        weekly[motion] = {name: np.zeros(new.shape) for name in NEEDED}
        weekly[motion][f"adopted_{CHANNELS[0]}"] = new
        for kind in ("acquisition", "retention", "support"):
            weekly[motion][f"{kind}_cents"] = np.full(new.shape, cost_cents[motion] / 3)
    return Comparison(weekly, lives or {}, metrics, WEEKS, len(new), "seeds", WEIGHT)


def test_cac_over_time_is_the_loaded_one_of_the_table_in_its_title_and_says_its_window():
    """1,000 USD a week buy 10 customers in the first half and 20 in the second: 67 over the run, 50 in the last half-year."""
    faster = np.repeat([[1.0, 2.0]], 78, axis=0).T.reshape(1, -1).repeat(10, axis=0)
    data = comparison({"clg": faster, "plg": np.ones((10, WEEKS))}, {"clg": 100_000, "plg": 300_000})
    figure, text = cac.draw(data)
    assert text.startswith(
        "Over 156 weeks a new customer costs, fully loaded: CLG $67, PLG $300; CLG is the cheapest. "
    )
    axes = figure.axes[0]
    assert axes.get_ylabel() == "fully loaded CAC, USD per new customer,\ntrailing 26 weeks (log)"
    clg, plg = (line.get_ydata()[-1] for line in axes.lines)
    assert (clg, plg) == (pytest.approx(50), pytest.approx(300))


def title(clg, plg, seeds=10):
    """Return the title where a week wins so many rows at 1,000 USD, one number a seed."""
    won = {m: np.repeat(np.resize(of, (seeds, 1)), WEEKS, axis=1) for m, of in (("clg", clg), ("plg", plg))}
    figure, _ = cac.draw(comparison(won, dict.fromkeys(won, 100_000)))
    return " ".join(figure._suptitle.get_text().split())


def test_a_title_names_the_cheapest_only_where_that_can_be_told():
    """Ahead in 9 of 10 is beyond luck, in 8 is not; from nine markets nothing is; who sells to too few is outside, with its count."""
    assert title([2.0], [1.0]).endswith("CLG $50, PLG $100; CLG is the cheapest")
    assert title([2.0] * 8 + [0.5] * 2, [1.0]).endswith("CLG $50, PLG $100; the cheapest is not told apart")
    assert title([2.0] * 9 + [0.5], [1.0]).endswith("CLG $50, PLG $100; CLG is the cheapest")
    assert title([2.0], [1.0], seeds=9).endswith("PLG $100; 9 simulated markets, too few to say who is better")
    assert title([2.0, 0.0, 0.0], [1.0], seeds=3).endswith(
        "CLG $50 in 1 of 3 simulated markets, PLG $100; 3 simulated markets, too few to say who is better"
    )
    assert title([0.01], [1.0]).endswith("fully loaded: PLG $100; outside the comparison: CLG wins 16 customers")
    assert title([0.0], [0.0]) == "No motion wins customers"


def test_from_few_seeds_there_are_no_bands_and_that_is_said():
    few, enough = (comparison({"clg": np.ones((n, WEEKS))}, {"clg": 1}) for n in (9, 10))
    assert few.foot.startswith("Line: median of 9 seeds. Too few seeds for bands. ")
    assert enough.foot.startswith("Line: median of 10 seeds. Bands: 50 % and 90 % of seeds. ")
    drawn = [cac.draw(data)[0].axes[0].collections for data in (few, enough)]
    heights = [[np.nanmax(c.get_paths()[0].vertices) if c.get_paths() else 0 for c in of] for of in drawn]
    assert not any(heights[0]) and all(heights[1])


def test_the_retention_figure_shows_how_many_are_at_risk_and_marks_renewals():
    """Of 40 won in week 0 four leave in week 10, and at the first anniversary half of the others; SLG wins one too few."""
    ended = np.concatenate([np.full(4, 10), np.full(18, 52), np.full(18, -1)])
    lives = {
        "clg": {"adopted": np.zeros(80, int), "ended": np.tile(ended, 2), "seed": np.repeat([1, 2], 40)},
        "slg": {name: np.full(LEAST_AT_RISK - 1, v) for name, v in (("adopted", 0), ("ended", -1), ("seed", 1))},
    }
    data = comparison({m: np.ones((2, WEEKS)) for m in lives}, dict.fromkeys(lives, 1), lives)
    figure, text = retention.draw(data)
    assert text.startswith(
        "Customers kept 12 months: CLG 45 % (90 % a week earlier, before yearly renewals); too few to say: SLG. "
    )
    pooled, _, below, _ = figure.axes
    assert [t.get_text() for t in below.texts] == ["40", "36", "36", "18", "18"] + ["29"] * 5
    assert [t.get_text() for t in below.get_yticklabels()] == ["CLG", "SLG"]
    marks = [line.get_xdata()[0] for line in pooled.lines if line.get_linestyle() == ":" and len(line.get_xdata()) == 2]
    assert marks == [52, 104] and "yearly contracts" in "".join(t.get_text() for t in pooled.texts)


def priced(clg, plg, seeds=10):
    """Return a comparison in which a first contract is worth so much a year, USD."""
    data = comparison({m: np.ones((seeds, WEEKS)) for m in ("clg", "plg")}, {"clg": 100_000, "plg": 100_000})
    for motion, usd in (("clg", clg), ("plg", plg)):
        data.metrics[motion][:, METRIC_AT["new_arr_per_customer_usd"]] = usd
    return data


def test_where_customers_are_unlike_their_worth_stands_beside_their_cost():
    from simulation.figures.cac import _worth

    assert _worth(priced(1500.0, 1600.0)) == ""
    assert (
        _worth(priced(1500.0, 7500.0)) == " Customers are unlike, their first contract a year: CLG $1,500, PLG $7,500."
    )
    assert _worth(priced(1500.0, 7500.0, seeds=9)) == ""
