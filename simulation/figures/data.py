"""What figures read: weekly series and lives of a comparison, by motion and seed."""

from typing import NamedTuple

import numpy as np

from simulation.metrics.cac import GO_TO_MARKET
from simulation.people.stages import Channel, Stage

STAGES = tuple(s.name.lower() for s in Stage)
CHANNELS = [c.name.lower() for c in Channel][1:]
NEEDED = (*STAGES, *(f"adopted_{c}" for c in CHANNELS), *GO_TO_MARKET)


class Comparison(NamedTuple):
    """Weekly series by motion, shape (seeds, weeks) each; lives by motion."""

    weekly: dict[str, dict[str, np.ndarray]]
    lives: dict[str, dict[str, np.ndarray]]
    weeks: int
    cases: str  # "20 seeds", or "20 worlds" of a posterior
    weight: float

    @classmethod
    def read(cls, session, runs, point: int = 0) -> "Comparison | None":
        """Return the runs of a point; None if a motion has none."""
        weekly, lives, seeds = {}, {}, 0
        for motion in runs.values:
            weekly[motion] = session.weeks(runs, motion, point, NEEDED)
            lives[motion] = session.lives(runs, motion, point, ("adopted", "ended"))
            n = weekly[motion]["customer"].shape[0]
            if n == 0:
                return None
            seeds = max(seeds, n)
        return cls(weekly, lives, session.config.weeks, f"{seeds} {session.config.study.cases}", session.weight)

    def adopted(self, motion: str) -> np.ndarray:
        """Return new customers a week, real market, shape (seeds, weeks)."""
        return self.weight * np.sum([self.weekly[motion][f"adopted_{c}"] for c in CHANNELS], axis=0)

    def cost_usd(self, motion: str) -> np.ndarray:
        """Return all go-to-market cost a week, USD of the real market, shape (seeds, weeks)."""
        return np.sum([self.weekly[motion][name] for name in GO_TO_MARKET], axis=0) / 100

    @property
    def foot(self) -> str:
        """What lines and bands are."""
        each = self.cases.partition(" ")[2]
        return f"Line: median of {self.cases}. Bands: 50 % and 90 % of {each}. Same market, people and money for all."
