"""The company as simulated: the figures by which a firm recognises itself."""

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.metrics.firm import budget_usd, customers_end
from simulation.metrics.metric import Better, Kind, Metric, metric
from simulation.metrics.retention import retention_12_months
from simulation.metrics.sums import NAN, ratio
from simulation.metrics.tenure import LEAST_AT_RISK
from simulation.people.stages import Door
from simulation.record import Record


@metric("yearly recurring revenue at the end", Kind.USD_TOTAL, Better.MORE, "E2", "revenue of the last week, a year")
def arr_usd(record: Record) -> float:
    """Return yearly recurring revenue at the end: the revenue of the last week times 52."""
    return YEAR_WEEKS * float(record.series("revenue_cents")[-1]) / 100


@metric("revenue of a customer, a year", Kind.USD, Better.MORE, "E2", "ARPA", per="per customer and year")
def revenue_per_customer_usd(record: Record) -> float:
    """Return yearly recurring revenue at the end per paying customer."""
    return ratio(arr_usd(record), customers_end(record))


@metric("seats of a new customer", Kind.RATIO, Better.MORE, "E2", "count")
def seats_at_landing(record: Record) -> float:
    """Return mean seats of the first contract of customers won in the run."""
    return float(record.won["seats"].mean()) if record.won.size else NAN


@metric("customers lost, a month", Kind.SHARE, Better.LESS, "E2", "logo churn", needs_many=True)
def monthly_churn(record: Record) -> float:
    """Return customers lost in the run's last year, failed payments included, over the mean number of customers, a month.

    NaN in a run of less than a year, or where fewer than 30 simulated customers (``tenure.LEAST_AT_RISK``) paid on the average.
    """
    return _monthly(record, ("left", "failed_payment", "switched"), ("customer", "expert"))


@metric("seats lost, a month", Kind.SHARE, Better.LESS, "E2", "revenue churn, in seats", needs_many=True)
def monthly_seat_churn(record: Record) -> float:
    """Return seats lost and given back in the run's last year over the mean number of seats, a month; NaN as ``monthly_churn``."""
    return _monthly(record, ("lost_seats", "contracted_seats"), ("seats",))


def _monthly(record: Record, gone: tuple[str, ...], there: tuple[str, ...]) -> float:
    """Return the sum of ``gone`` over the last year, over the mean of ``there`` in it, a month."""
    last = slice(-YEAR_WEEKS, None)
    paying = (record.series("customer") + record.series("expert"))[last].mean()
    if record.weeks.shape[0] < YEAR_WEEKS or paying < LEAST_AT_RISK:
        return NAN
    lost, mean = (sum(record.series(name)[last].sum() for name in names) for names in (gone, there))
    return ratio(float(lost), float(mean) / YEAR_WEEKS) / 12


@metric("sales cycle", Kind.WEEKS, Better.LESS, "E9", "median, from first meeting to contract")
def sales_cycle_weeks(record: Record) -> float:
    """Return the median weeks from the first meeting with a seller to the contract, of customers who bought from one."""
    sold = record.won[record.won["door"] == Door.SALES]
    return float(np.median(sold["adopted"] - sold["engaged"])) if sold.size else NAN


@metric("free users who pay", Kind.SHARE, Better.MORE, "E9", "free-to-paid conversion, of all who began")
def trial_to_paid_share(record: Record) -> float:
    """Return those who bought through the free plan over those who began to use it in the run."""
    return ratio(record.series("adopted_door_trial").sum(), record.series("engaged_trial").sum())


@metric("budget, a year", Kind.USD_TOTAL, Better.NEITHER, "E1", "ledger")
def budget_usd_per_year(record: Record) -> float:
    """Return the go-to-market budget paid out, a year."""
    return budget_usd(record) * YEAR_WEEKS / record.weeks.shape[0]


PROFILE: tuple[Metric, ...] = (
    customers_end,
    arr_usd,
    revenue_per_customer_usd,
    seats_at_landing,
    monthly_churn,
    monthly_seat_churn,
    retention_12_months,
    sales_cycle_weeks,
    trial_to_paid_share,
    budget_usd_per_year,
)


def _at_today(of: Metric) -> Metric:
    """Return a metric of the firm's past."""

    def measure(record: Record) -> float:
        return of(record.past) if record.past else NAN

    measure.__doc__ = f"Return, of the firm's past and as of today, {of.definition}; NaN without a past."
    label = f"{of.label.removesuffix(' at the end')}, today"
    return of._replace(name=f"{of.name}_today", measure=measure, label=label, better=Better.NEITHER, headline=False)


TODAY = {row.name: row for row in map(_at_today, PROFILE)}
