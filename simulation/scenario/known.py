"""What a firm knows of itself: numbers that its scenario was solved for, and that hold in every world that may be its own."""

from typing import Literal

from pydantic import model_validator

from simulation.scenario.firm import Lever
from simulation.scenario.units import Frozen, count, number, share

Source = Literal["search", "adverts", "word_of_mouth", "sellers"]
SOURCES: tuple[Source, ...] = ("search", "adverts", "word_of_mouth", "sellers")


class Sources(Frozen):
    """What brought the new customers of the last 12 months, of those of whom it is known: first touch."""

    search: share = 0.0
    adverts: share = 0.0
    word_of_mouth: share = 0.0
    sellers: share = 0.0

    @model_validator(mode="after")
    def whole(self):
        total = sum(getattr(self, name) for name in SOURCES)
        if abs(total - 1) > 1e-9:
            raise ValueError(f"sources sum to {total:g}, they must sum to 1")
        return self


class Known(Frozen):
    """What a firm knows of itself; what is not given keeps the reference company's value."""

    price_usd: number("USD per seat and month", 0.01, 1e6)
    accounts: count("accounts that could buy", 100, 1_000_000_000)
    customers: count("customers today", 1, 1_000_000_000)
    new_customers: count("customers won in the last 12 months", 1, 1_000_000_000)
    budget_usd_per_year: number("USD of the go-to-market budget per year", 1, 1e12)
    like: str | None = None  # the motion that the firm's spending resembles
    spending: dict[Lever, share] | None = None
    sources: Sources | None = None
    carried_by: Source | None = None  # where sources are not known
    seats: number("seats of a new customer, mean", 1, 1e5) | None = None
    arpa_usd: number("USD of revenue per customer and year", 0.01, 1e9) | None = None
    arr_usd: number("USD of recurring revenue a year", 1, 1e13) | None = None
    monthly_churn: (
        number("share of customers lost a month: in 52 weeks, over their mean number, over 12", 0.0005, 0.2) | None
    ) = None
    failed_payments: (
        number("share of customers who pay by the month lost a month by failed payments", 0, 0.1) | None
    ) = None
    gross_margin: number("share", 0.01, 1) | None = None
    sales_cycle_weeks: number("weeks from first meeting to contract, median", 1, 200) | None = None
    free_to_paid: number("share of those who begin to use the free plan", 0.001, 0.9) | None = None
    members: count("members of the community today", 1, 1_000_000_000) | None = None

    @model_validator(mode="after")
    def whole(self):
        if self.spending is not None and abs((total := sum(self.spending.values())) - 1) > 1e-9:
            raise ValueError(f"spending: shares sum to {total:g}, they must sum to 1")
        return self
