"""Every estimator on data whose answer is known, before it is trusted on simulated data."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from simulation.evidence.concentration import power_law_exponent, top_share
from simulation.evidence.diffusion import bass, draw_bass, fit_bass
from simulation.evidence.encouragement import encouragement_effect
from simulation.evidence.logit import person_period, slopes
from simulation.evidence.survival import fit_geometric, fit_sbg, hazard_ratio, hazards, retention_rates, sbg_survival

EVIDENCE = Path(os.environ.get("FLYWHEEL_EVIDENCE", Path(__file__).parents[2].parent / "shared" / "evidence"))
REGULAR = np.array([0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241])  # Fader & Hardie 2007, table 1
HIGH_END = np.array([0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491])


@pytest.mark.parametrize(("survival", "alpha", "beta"), [(REGULAR, 0.704, 1.182), (HIGH_END, 0.668, 3.806)])
def test_the_published_cohorts_give_the_published_alpha_and_beta(survival, alpha, beta):
    fit = fit_sbg(survival)
    assert fit.parameters == pytest.approx((alpha, beta), abs=0.002)
    assert np.abs(fit.survival - survival).mean() < 0.012
    assert fit.aic < fit_geometric(survival).aic


def test_a_geometric_cohort_is_seen_as_one():
    fit = fit_geometric(0.8 ** np.arange(1, 8))
    assert fit.parameters[0] == pytest.approx(0.8)
    assert retention_rates(0.8 ** np.arange(1, 8)) == pytest.approx(np.full(7, 0.8))
    assert retention_rates(sbg_survival(0.7, 1.2, 7))[-1] > 0.9


def test_hazards_of_a_life_table_by_hand():
    lasted, ended = np.array([0, 0, 1, 2, 2, 3]), np.array([True, True, True, True, False, False])
    assert hazards(lasted, ended, np.array([0, 1, 2, 3])) == pytest.approx([2 / 6, 1 / 4, 1 / (3 - 0.5)])


@pytest.mark.parametrize(("p", "q", "m"), [(0.03, 0.38, 1000.0), (0.002, 0.6, 5000.0), (0.09, 0.11, 640.0)])
def test_a_bass_curve_gives_its_parameters_back(p, q, m):
    fit = fit_bass(bass(np.arange(1, 26, dtype=float), p, q, m))
    assert (fit.p, fit.q, fit.m) == pytest.approx((p, q, m), rel=0.01) and fit.r2 > 0.99999


def test_a_bass_curve_of_a_known_market_gives_its_parameters_back():
    fit = fit_bass(bass(np.arange(1, 9, dtype=float), 0.03, 0.38, 1000.0), known=1000.0)
    assert (fit.p, fit.q, fit.m) == pytest.approx((0.03, 0.38, 1000.0), rel=0.01)


@pytest.mark.parametrize("known", [None, 1000.0])
def test_drawn_bass_curves_lie_around_the_fitted_one(known):
    """Noise of 5 adopters on ten times: the truth at time 20 lies inside 98 % of curves, wider where the size is free."""
    truth = bass(np.arange(1, 21, dtype=float), 0.03, 0.38, 1000.0)
    seen = truth[:10] + np.random.default_rng(2).normal(0, 5, 10)
    curves = draw_bass(seen, 20, 500, np.random.default_rng(3), known=known)
    low, high = np.percentile(curves[:, -1], (1, 99))
    assert curves.shape == (500, 20) and low < truth[-1] < high
    assert (high - low < 50) == (known is not None)


def test_of_three_times_the_error_of_a_bass_curve_is_not_known():
    assert np.isnan(draw_bass(np.array([1.0, 3.0, 6.0]), 6, 10, np.random.default_rng(1))).all()


def test_the_published_bass_parameters_are_recovered_from_their_curves():
    file = EVIDENCE / "data" / "bass_parameters" / "bass_parameters.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = {k.lower(): k for k in rows[0]}
    known = [(float(r[names["p"]]), float(r[names["q"]])) for r in rows if r[names["p"]] and r[names["q"]]]
    assert len(known) >= 10
    for p, q in known:
        fit = fit_bass(bass(np.arange(1, 31, dtype=float), p, q, 100.0))
        assert (fit.p, fit.q) == pytest.approx((p, q), rel=0.05)


def network_adoption(seed, odds_ratio, n=4000, periods=20):
    """Person-periods of a ring-like random network where each adopted contact multiplies the odds."""
    draw = np.random.default_rng(seed)
    contacts = draw.integers(n, size=(n, 8))
    adopted = np.zeros(n, bool)
    rows = []
    for t in range(periods):
        k = adopted[contacts].sum(axis=1)
        odds = 0.02 * (1 + 0.05 * t) * odds_ratio**k
        event = ~adopted & (draw.random(n) < odds / (1 + odds))
        rows.append(np.column_stack([event[~adopted], k[~adopted], np.full((~adopted).sum(), t)]))
        adopted |= event
    return np.vstack(rows)


def test_the_odds_ratio_of_a_synthetic_network_is_inside_its_interval():
    """20 networks; a 95 % interval misses more than 4 of 20 with probability 0.3 %."""
    inside = 0
    for seed in range(20):
        rows = network_adoption(seed, 1.27)
        ratio = person_period(rows[:, 0], rows[:, 1:2], rows[:, 2])[0]
        inside += ratio.low < 1.27 < ratio.high
        assert 1.15 < ratio.value < 1.4
    assert inside >= 16


def test_a_hazard_ratio_and_a_slope_are_recovered():
    """One data set each, wide enough that the truth lies within four standard errors."""
    draw = np.random.default_rng(2)
    x, period = draw.integers(2, size=40_000), draw.integers(6, size=40_000)
    event = draw.random(40_000) < 1 - np.exp(-0.03 * (1 + period) * 1.8**x)
    ratio = person_period(event, x[:, None], period, hazard=True)[0]
    assert ratio.value == pytest.approx(1.8, rel=0.08) and ratio.low < 1.8 < ratio.high
    z = draw.normal(size=(20_000, 2))
    answer = draw.random(20_000) < 1 / (1 + np.exp(-(0.2 + 0.62 * z[:, 0] - 0.3 * z[:, 1])))
    assert [s.value for s in slopes(answer, z)] == pytest.approx([0.62, -0.3], abs=0.07)


def test_what_does_not_vary_has_no_ratio():
    event, period = np.tile([0.0, 1.0], 50), np.repeat([0, 1], 50)
    same, varied = np.ones((100, 1)), np.arange(100.0)[:, None] % 3
    for events, column in ((event, same), (np.zeros(100), varied), (np.ones(100), varied)):
        assert np.isnan(person_period(events, column, period)).all()


def test_the_exponent_of_a_power_law_is_recovered():
    """60,000 draws, about 2,000 of them in the tail: standard error 0.027 at exponent 2.2; nearly four are allowed."""
    from scipy.stats import zipfian

    counts = zipfian.rvs(2.2, 10**6, size=60_000, random_state=np.random.default_rng(5))
    assert power_law_exponent(counts, 10) == pytest.approx(2.2, abs=0.1)


def test_shares_of_the_top_by_hand():
    counts = np.array([90, 5, 3, 2, *[0] * 96])
    assert top_share(counts, 0.01) == 0.9 and top_share(counts, 0.02) == 0.95


def test_encouragement_finds_the_effect_that_a_naive_comparison_overstates():
    """Joining raises the outcome by 0.05; the keen join and would score higher anyway. Over 200 draws of 2,000 twins the
    mean estimate lies within four of its standard errors of the truth."""
    draw = np.random.default_rng(8)
    found = []
    for _ in range(200):
        keen, luck, chance = draw.normal(size=2000), draw.random(2000), draw.random(2000)
        twins = []
        for pull in (1.0, 0.0):
            joined = luck < 1 / (1 + np.exp(-(-1 + keen + pull)))
            twins.append(
                np.column_stack([joined, chance < np.clip(0.5 + 0.1 * keen + 0.05 * joined, 0, 1)]).astype(float)
            )
        found.append(encouragement_effect(*twins, twins[1]))
    effect, naive, first, intended = (np.array([getattr(f, k) for f in found]) for k in ("instrumental", "naive", "first_stage", "intention_to_treat"))  # fmt: skip
    assert abs(effect.mean() - 0.05) < 4 * effect.std() / np.sqrt(effect.size) < 0.01
    assert naive.mean() > 2 * effect.mean() and first.mean() > 0.1
    assert intended == pytest.approx(effect * first)


def test_a_hazard_ratio_by_cox_is_recovered_under_censoring_and_strata():
    """20,000 lives with a hazard ratio of 0.8 under baselines that differ by stratum: within 4 standard errors (0.06)."""
    draw = np.random.default_rng(6)
    group, stratum = draw.integers(2, size=20_000), draw.integers(12, size=20_000)
    lasted = np.floor(draw.exponential(1 / (0.01 * (1 + stratum) * 0.8**group)))
    seen = lasted < 60
    assert hazard_ratio(np.minimum(lasted, 60), seen, group, stratum) == pytest.approx(0.8, abs=0.06)


def test_a_hazard_ratio_from_counts_is_that_of_a_cox_model_life_by_life():
    """2,000 lives with ties, censoring and strata, against statsmodels."""
    import statsmodels.api as sm

    draw = np.random.default_rng(8)
    group, stratum = draw.integers(2, size=2000), draw.integers(5, size=2000)
    lasted = np.floor(draw.exponential(20 * 1.3**group * (1 + stratum)))
    seen = lasted < draw.integers(5, 60, size=2000)
    by_life = sm.PHReg(lasted + 0.5, group[:, None].astype(float), status=seen, strata=stratum, ties="breslow").fit()
    assert hazard_ratio(lasted, seen, group, stratum) == pytest.approx(np.exp(by_life.params[0]), rel=1e-9)
    with pytest.raises(ValueError, match="different signs"):
        hazard_ratio(lasted, seen & (group == 0), group, stratum)  # nobody of the group ends
