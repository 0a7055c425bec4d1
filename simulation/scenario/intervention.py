"""Changes of settings in the middle of a run."""

from typing import Any

from pydantic import field_validator

from simulation.scenario.units import Frozen, count

NO_MONEY = {  # all discretionary spending stops, and doors that nobody pays for close
    "budget.usd_per_account_per_week": 0.0,
    "budget.share_of_revenue": 0.0,
    "budget.keeps_doors": False,
}


class Intervention(Frozen):
    """From ``week`` on (for ``for_weeks``, or for good) these settings have these values."""

    week: count("week", 0, 5200)
    for_weeks: count("weeks", 1, 5200) | None = None
    set: dict[str, Any]

    @field_validator("set")
    @classmethod
    def something(cls, settings: dict[str, Any]):
        if not settings:
            raise ValueError("nothing is set, name a setting with its value, such as {product.price_usd: 30}")
        return settings

    def after(self, weeks: int) -> "Intervention | None":
        """Return the same change counted from ``weeks`` later; None where it is over by then."""
        if self.for_weeks is None:
            return self.model_copy(update={"week": max(0, self.week - weeks)})
        left = self.week + self.for_weeks - weeks
        if left <= 0:
            return None
        return self.model_copy(update={"week": max(0, self.week - weeks), "for_weeks": min(self.for_weeks, left)})
