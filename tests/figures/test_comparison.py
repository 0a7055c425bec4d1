"""The figures of a comparison, drawn from runs that are known."""

import numpy as np
import pytest

from simulation.figures import cac, retention
from simulation.figures.data import CHANNELS, NEEDED, Comparison
from simulation.metrics.tenure import LEAST_AT_RISK

WEEKS = 156


def comparison(won, cost_cents, lives=None):
    """Return a comparison of motions by name: customers won a week (seeds, weeks) and the cost of each kind a week, in cents."""
    weekly = {}
    for motion, new in won.items():
        weekly[motion] = {name: np.zeros(new.shape) for name in NEEDED}
        weekly[motion][f"adopted_{CHANNELS[0]}"] = new
        for kind in ("acquisition", "retention", "support"):
            weekly[motion][f"{kind}_cents"] = np.full(new.shape, cost_cents[motion] / 3)
    return Comparison(weekly, lives or {}, WEEKS, "2 seeds", 10.0)


def test_cac_over_time_is_the_loaded_one_of_the_table_in_its_title_and_says_its_window():
    """1,000 USD a week buy 10 customers in the first half and 20 in the second: 67 over the run, 50 in the last half-year."""
    faster = np.repeat([[1.0, 2.0]], 78, axis=0).T.reshape(1, -1).repeat(2, axis=0)
    data = comparison({"clg": faster, "plg": np.ones((2, WEEKS))}, {"clg": 100_000, "plg": 300_000})
    figure, text = cac.draw(data)
    assert text.startswith("Over 156 weeks a new customer costs CLG least, fully loaded: $67, PLG $300. ")
    axes = figure.axes[0]
    assert axes.get_ylabel() == "fully loaded CAC, USD per new customer,\ntrailing 26 weeks (log)"
    clg, plg = (line.get_ydata()[-1] for line in axes.lines)
    assert (clg, plg) == (pytest.approx(50), pytest.approx(300))


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
