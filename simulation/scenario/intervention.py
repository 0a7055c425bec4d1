"""Changes of settings in the middle of a run."""

from typing import Any

from pydantic import field_validator

from simulation.scenario.units import Frozen, count


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
