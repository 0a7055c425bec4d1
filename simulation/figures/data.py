"""What figures read: weekly series and lives of a comparison, by motion and seed."""

from typing import NamedTuple

import numpy as np

from simulation.figures.style import what_is_drawn
from simulation.metrics.cac import GO_TO_MARKET
from simulation.people.stages import Channel, Stage
from simulation.runs.enough import Limits, limits
from simulation.runs.paired import leader, quantiles
from simulation.runs.session import METRIC_AT

STAGES = tuple(s.name.lower() for s in Stage)
CHANNELS = [c.name.lower() for c in Channel][1:]
NEEDED = (*STAGES, *(f"adopted_{c}" for c in CHANNELS), *GO_TO_MARKET)


class Comparison(NamedTuple):
    """Weekly series by motion, shape (seeds, weeks) each; lives and metrics by motion."""

    weekly: dict[str, dict[str, np.ndarray]]
    lives: dict[str, dict[str, np.ndarray]]
    metrics: dict[str, np.ndarray]  # (seeds, metrics), in the order of METRICS; NaN where a run failed
    weeks: int
    seeds: int
    each: str  # "seeds", or "worlds" of a posterior
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
        metrics = {motion: values[point] for motion, values in runs.values.items()}
        return cls(weekly, lives, metrics, session.config.weeks, seeds, session.config.study.cases, session.weight)

    @property
    def cases(self) -> str:
        """How many runs a motion has: "20 seeds"."""
        return f"{self.seeds} {self.each}"

    def metric(self, motion: str, name: str) -> np.ndarray:
        """Return a metric by seed, shape (seeds,)."""
        return self.metrics[motion][:, METRIC_AT[name]]

    @property
    def limits(self) -> Limits:
        """Which motions may be compared."""
        won = {motion: quantiles(self.metric(motion, "new_customers"))[1] for motion in self.metrics}
        return limits(self.seeds, won)

    def leader(self, name: str) -> str | None:
        """Return the motion that is ahead beyond luck of all that may be compared."""
        return leader(name, {motion: self.metric(motion, name) for motion in self.limits.inside})

    def adopted(self, motion: str) -> np.ndarray:
        """Return new customers a week, real market, shape (seeds, weeks)."""
        return self.weight * np.sum([self.weekly[motion][f"adopted_{c}"] for c in CHANNELS], axis=0)

    def cost_usd(self, motion: str) -> np.ndarray:
        """Return all go-to-market cost a week, USD of the real market, shape (seeds, weeks)."""
        return np.sum([self.weekly[motion][name] for name in GO_TO_MARKET], axis=0) / 100

    @property
    def foot(self) -> str:
        """What lines and bands are."""
        return f"{what_is_drawn('Line: median', self.seeds, self.each)} Same market, people and money for all."
