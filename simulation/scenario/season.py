"""The season: how demand differs by month of the year."""

from pydantic import model_validator

from simulation.calendar import MONTHS
from simulation.scenario.units import Frozen, number

month = number("demand, ratio to the mean month", 0, 10, grade="A", source="V33")


class Season(Frozen):
    """Demand by month: a shape, for the mean of the twelve counts as one. It acts where the scenario has a start."""

    swing: number(
        "ratio of how far months are from their mean to what stands below; 0 = no season",
        0,
        5,
        prior=(0.5, 1.8),
        grade="A",
        source="V33",
    )
    january: month
    february: month
    march: month
    april: month
    may: month
    june: month
    july: month
    august: month
    september: month
    october: month
    november: month
    december: month

    @model_validator(mode="after")
    def some_demand(self):
        if not any(getattr(self, name) for name in MONTHS):
            raise ValueError("season: no month has any demand; with season.swing=0 all months are alike")
        return self

    @property
    def by_month(self) -> list[float]:
        """Demand by month from January on, ratio to the mean month, never below zero."""
        given = [getattr(self, name) for name in MONTHS]
        mean = sum(given) / len(given)
        return [max(0.0, 1.0 + self.swing * (x / mean - 1.0)) for x in given]
