"""How long customers stay and what they are worth: the share kept, net revenue retention, lifetime value."""

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.metrics.cac import cac_usd
from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN, ratio, usd
from simulation.metrics.tenure import LEAST_AT_RISK, LifeTable, kept_at, life_table, lifetime_weeks
from simulation.people.counts import WEEKS_PER_COHORT
from simulation.people.stages import Door
from simulation.record import Record

YEAR_PERIODS = YEAR_WEEKS // WEEKS_PER_COHORT
SMALL_USD, LARGE_USD = (
    12_000.0,
    100_000.0,
)  # a year: below one and from the other on surveys report contracts apart (V26)


def tenure(record: Record) -> LifeTable:
    """Return the life table of the customers won in the run."""
    return life_table(record.won["adopted"], record.won["ended"], record.weeks.shape[0])


def _customer_weeks(record: Record) -> float:
    return (record.series("customer") + record.series("expert")).sum() * record.weight


def _margin(record: Record) -> float:
    """Return the gross margin of those won in the run, per customer and week."""
    base = record.base["ended"].astype(int)
    weeks_of_base = np.where(base < 0, record.weeks.shape[0], base).sum() * record.weight
    revenue = usd(record, "revenue_cents") - usd(record, "base_revenue_cents")
    return ratio(revenue * record.gross_margin, _customer_weeks(record) - weeks_of_base)


@metric(
    "customers kept 51 weeks, before yearly renewals",
    Kind.SHARE,
    Better.MORE,
    "E2",
    "Kaplan & Meier",
    needs_many=True,
    headline=True,
)
def retention_before_renewals(record: Record) -> float:
    """Return the share of customers kept for 51 weeks, pooled over cohorts: the week before yearly contracts are renewed or not."""
    return kept_at(tenure(record), YEAR_WEEKS - 1)


@metric(
    "customers kept 12 months, after yearly renewals",
    Kind.SHARE,
    Better.MORE,
    "E2",
    "Kaplan & Meier",
    needs_many=True,
    headline=True,
)
def retention_12_months(record: Record) -> float:
    """Return the share of customers kept for 12 months, pooled over cohorts, just after yearly contracts were renewed or not.

    NaN where fewer than 30 lives (``tenure.LEAST_AT_RISK``) began 12 months before the run's end.
    """
    return kept_at(tenure(record), YEAR_WEEKS)


@metric("net revenue retention, 12 months", Kind.RATE, Better.MORE, "E2", "KBCM", needs_many=True, headline=True)
def nrr_12_months(record: Record) -> float:
    """Return revenue of those who paid 12 months before over their revenue then, both summed over the run's last year.

    Sampled every four weeks. NaN where fewer than 30 lives (``tenure.LEAST_AT_RISK``) paid then.
    """
    revenue = record.cohort_revenue.astype(float)
    last = (record.today + record.weeks.shape[0]) // WEEKS_PER_COHORT
    periods = range(max(YEAR_PERIODS, last - YEAR_PERIODS), last)
    if not periods:
        return NAN
    then = sum(revenue[t - YEAR_PERIODS, : t - YEAR_PERIODS + 1].sum() for t in periods)
    now = sum(revenue[t, : t - YEAR_PERIODS + 1].sum() for t in periods)
    first, end = (
        (t - YEAR_PERIODS + 1) * WEEKS_PER_COHORT - 1 for t in (periods[0], periods[-1])
    )  # weeks of the samples
    adopted, ended = (record.lives[name].astype(int) + record.today for name in ("adopted", "ended"))
    paid = (adopted <= end) & ((record.lives["ended"] < 0) | (ended > first))
    return ratio(now, then) if paid.sum() >= LEAST_AT_RISK else NAN


def _kept(record: Record, gross: bool, *doors: Door, sizes: tuple[float, float] = (0.0, np.inf)) -> float:
    """Return what the contracts of a year before the end are worth at the end, over what they were; growth left out if ``gross``.

    ``sizes``: of contracts worth so much a year then, USD, from and below.
    """
    year = record.year[np.isin(record.year["door"], doors)] if doors else record.year
    a_year = 12.0 * year["then_usd"]
    year = year[(a_year >= sizes[0]) & (a_year < sizes[1])]
    if year.size < LEAST_AT_RISK:
        return NAN
    now = np.minimum(year["then_usd"], year["now_usd"]) if gross else year["now_usd"]
    return ratio(float(now.sum()), float(year["then_usd"].sum()))


@metric("gross revenue retention, 12 months", Kind.SHARE, Better.MORE, "E2", "KBCM", needs_many=True)
def grr_12_months(record: Record) -> float:
    """Return what is left at the end of the revenue of a year before, growth left out, of those who paid then.

    NaN in a run of a year or less, or where fewer than 30 lives (``tenure.LEAST_AT_RISK``) paid then; as the next six.
    """
    return _kept(record, True)


@metric("net revenue retention, 12 months, sold by sellers", Kind.RATE, Better.MORE, "E2", "KBCM", needs_many=True)
def nrr_sold_12_months(record: Record) -> float:
    """Return revenue at the end over revenue a year before, of those who paid then and had bought from a seller."""
    return _kept(record, False, Door.SALES)


@metric("net revenue retention, 12 months, self-service", Kind.RATE, Better.MORE, "E2", "KBCM", needs_many=True)
def nrr_self_served_12_months(record: Record) -> float:
    """Return the same of those who had bought without a seller: through a trial, the community or an order."""
    return _kept(record, False, Door.COMMUNITY, Door.TRIAL, Door.DIRECT)


@metric(
    "net revenue retention, 12 months, small contracts", Kind.RATE, Better.MORE, "E2", "target V26a", needs_many=True
)
def nrr_small_12_months(record: Record) -> float:
    """Return the same of contracts that were worth less than 12,000 USD a year."""
    return _kept(record, False, sizes=(0.0, SMALL_USD))


@metric(
    "net revenue retention, 12 months, large contracts", Kind.RATE, Better.MORE, "E2", "target V26a", needs_many=True
)
def nrr_large_12_months(record: Record) -> float:
    """Return the same of contracts that were worth 100,000 USD a year or more."""
    return _kept(record, False, sizes=(LARGE_USD, np.inf))


@metric(
    "gross revenue retention, 12 months, small contracts", Kind.SHARE, Better.MORE, "E2", "target V26b", needs_many=True
)
def grr_small_12_months(record: Record) -> float:
    """Return what is left, growth left out, of contracts that were worth less than 12,000 USD a year."""
    return _kept(record, True, sizes=(0.0, SMALL_USD))


@metric(
    "gross revenue retention, 12 months, large contracts", Kind.SHARE, Better.MORE, "E2", "target V26b", needs_many=True
)
def grr_large_12_months(record: Record) -> float:
    """Return what is left, growth left out, of contracts that were worth 100,000 USD a year or more."""
    return _kept(record, True, sizes=(LARGE_USD, np.inf))


@metric("customers of today kept 12 months", Kind.SHARE, Better.MORE, "E2", "count", needs_many=True)
def base_kept_12_months(record: Record) -> float:
    """Return the share of the customers of today who are still there 12 months later; NaN without a past, or from fewer than 30."""
    if record.weeks.shape[0] < YEAR_WEEKS or record.base.size < LEAST_AT_RISK:
        return NAN
    return float(((record.base["ended"] < 0) | (record.base["ended"] >= YEAR_WEEKS)).mean())


@metric("net revenue retention of today's customers, 12 months", Kind.RATE, Better.MORE, "E2", "KBCM", needs_many=True)
def base_nrr_12_months(record: Record) -> float:
    """Return revenue of today's customers 12 months on over their revenue today; NaN as ``base_kept_12_months``."""
    if record.past is None or record.weeks.shape[0] < YEAR_WEEKS or record.base.size < LEAST_AT_RISK:
        return NAN
    later = float(record.series("base_revenue_cents")[YEAR_WEEKS - 1])
    return ratio(later, float(record.past.series("revenue_cents")[-1]))


@metric(
    "lifetime value before cost to serve",
    Kind.USD,
    Better.MORE,
    "E2",
    "Skok, on a life table",
    per="per customer",
    log=True,
    needs_many=True,
    headline=True,
)
def ltv_usd(record: Record) -> float:
    """Return discounted gross margin of a customer over ten years, before the cost to serve, which the CAC holds.

    Revenue is the run's mean per customer-week; customers stay as in :func:`~simulation.metrics.tenure.lifetime_weeks`: NaN where
    fewer than 30 lives began a year before the run's end.
    """
    return _margin(record) * lifetime_weeks(tenure(record))


@metric(
    "lifetime value after cost to serve",
    Kind.USD,
    Better.MORE,
    "E2",
    "Skok, on a life table",
    per="per customer",
    needs_many=True,
    headline=True,
)
def ltv_after_serving_usd(record: Record) -> float:
    """Return the same less what serving a customer costs: staffed support and account management."""
    serving = ratio(usd(record, "support_cents", "account_management_cents"), _customer_weeks(record))
    return (_margin(record) - serving) * lifetime_weeks(tenure(record))


@metric("LTV : CAC", Kind.RATIO, Better.MORE, "E2", "Skok", log=True, needs_many=True, headline=True)
def ltv_to_cac(record: Record) -> float:
    """Return lifetime value before cost to serve over CAC, which holds that cost; not defined where customers cost nothing."""
    return ratio(ltv_usd(record), cac_usd(record))
