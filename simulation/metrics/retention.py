"""How long customers stay and what they are worth: Kaplan-Meier, net revenue retention, lifetime value."""

import numpy as np

from simulation.metrics.cac import cac_usd
from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN
from simulation.record import Record

YEAR_WEEKS = 52
YEAR_PERIODS = 13
DISCOUNT_PER_YEAR = 0.10
HORIZON_WEEKS = 520


def survival(record: Record, weeks: np.ndarray, lives: np.ndarray | None = None) -> np.ndarray:
    """Return the share of customers still there after each of ``weeks`` (Kaplan & Meier 1958, JASA 53).

    Lives that go on at the end of the run are right-censored.
    """
    from scipy.stats import CensoredData, ecdf

    lives = record.lives if lives is None else lives
    end = record.weeks.shape[0]
    ended = lives["ended"] >= 0
    lasted = np.where(ended, lives["ended"], end) - lives["adopted"]
    if lives.size == 0:
        return np.full(len(weeks), NAN)
    curve = ecdf(CensoredData.right_censored(lasted.astype(float), ~ended)).sf
    known = np.asarray(weeks) <= lasted.max()
    return np.where(known, curve.evaluate(np.asarray(weeks, float)), NAN)


@metric("customers kept 12 months", Kind.SHARE, Better.MORE, "E2", "Kaplan & Meier", headline=True)
def retention_12_months(record: Record) -> float:
    """Return the share of customers kept for 12 months, pooled over cohorts."""
    return float(survival(record, np.array([YEAR_WEEKS]))[0])


@metric("net revenue retention, 12 months", Kind.RATE, Better.MORE, "E2", "KBCM", headline=True)
def nrr_12_months(record: Record) -> float:
    """Return revenue now of those who paid 12 months ago over their revenue then, mean of the run's last year."""
    now = record.cohort_revenue.astype(float)
    ratios = []
    last = record.weeks.shape[0] // 4
    for t in range(max(YEAR_PERIODS, last - YEAR_PERIODS), last):
        old = t - YEAR_PERIODS
        then = now[old, : old + 1].sum()
        if then > 0:
            ratios.append(now[t, : old + 1].sum() / then)
    return float(np.mean(ratios)) if ratios else NAN


@metric(
    "lifetime value", Kind.USD, Better.MORE, "E2", "Skok, on the curve of Kaplan & Meier", per="per customer", log=True
)
def ltv_usd(record: Record) -> float:
    """Return discounted gross margin of a customer over ten years.

    Survival is Kaplan-Meier within the run; beyond it, customers leave as in its last quarter of observed tenure.
    """
    weeks = np.arange(HORIZON_WEEKS + 1)
    alive = survival(record, weeks)
    known = np.flatnonzero(np.isfinite(alive))
    if known.size < 14:
        return NAN
    last = known[-1]
    before = max(last - 13, 1)
    weekly = (alive[last] / alive[before]) ** (1 / (last - before)) if alive[before] > 0 else 0.0
    alive[last:] = alive[last] * weekly ** np.arange(HORIZON_WEEKS + 1 - last)
    customer_weeks = (record.series("customer") + record.series("expert")).sum() * record.weight
    if customer_weeks == 0:
        return NAN
    margin = record.series("revenue_cents").sum() / 100 / customer_weeks * record.gross_margin
    discount = (1 + DISCOUNT_PER_YEAR) ** (-weeks / YEAR_WEEKS)
    return float(margin * (alive * discount).sum())


@metric("LTV : CAC", Kind.RATIO, Better.MORE, "E2", "Skok", log=True, headline=True)
def ltv_to_cac(record: Record) -> float:
    """Return lifetime value over CAC; not defined where customers cost nothing."""
    cac = cac_usd(record)
    return ltv_usd(record) / cac if cac > 0 else NAN
