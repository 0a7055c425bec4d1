"""What figures read: weekly series and lives of a comparison, by motion and seed."""

from typing import NamedTuple

import numpy as np

from simulation.people.stages import Channel, Stage
from simulation.record import SERIES
from simulation.scenario.schema import Config

STAGES = tuple(s.name.lower() for s in Stage)
NEEDED = tuple(name for name in SERIES if name.startswith("adopted_") or name in (*STAGES, "acquisition_cents"))
CHANNELS = [c.name.lower() for c in Channel][1:]


class Comparison(NamedTuple):
    """Weekly series by motion, shape (seeds, weeks) each; lives by motion."""

    weekly: dict[str, dict[str, np.ndarray]]
    lives: dict[str, dict[str, np.ndarray]]
    weeks: int
    seeds: int
    weight: float

    @classmethod
    def read(cls, config: Config, store) -> "Comparison | None":
        """Return the runs of this plan that are in the store; None if a motion has none."""
        from simulation.studies.compare import plan

        ids = ", ".join(f"'{task.run_id}'" for task in plan(config))
        weekly, lives, seeds = {}, {}, 0
        columns = ", ".join(NEEDED)
        for motion in config.motions:
            where = f"motion = '{motion}' and run_id in ({ids})"
            rows = store.query(f"select {columns} from weeks where {where} order by seed, week").fetchnumpy()
            n = rows["customer"].size // config.weeks
            if n == 0:
                return None
            weekly[motion] = {name: np.asarray(rows[name]).reshape(n, config.weeks) for name in NEEDED}
            lives[motion] = store.query(f"select adopted, ended, seed from lives where {where}").fetchnumpy()
            seeds = max(seeds, n)
        first = next(iter(weekly.values()))
        people = int(sum(first[stage][0, 0] for stage in STAGES))
        accounts = config.market.accounts or people
        return cls(weekly, lives, config.weeks, seeds, accounts / people)

    def sums(self, motion: str, name: str, window: int) -> np.ndarray:
        """Return trailing sums over ``window`` weeks, shape (seeds, weeks)."""
        total = np.cumsum(self.weekly[motion][name], axis=1)
        total[:, window:] -= total[:, :-window].copy()
        return total

    def adopted(self, motion: str) -> np.ndarray:
        """Return new customers a week, real market, shape (seeds, weeks)."""
        return self.weight * np.sum([self.weekly[motion][f"adopted_{c}"] for c in CHANNELS], axis=0)

    @property
    def foot(self) -> str:
        """What lines and bands are."""
        return (
            f"Line: median of {self.seeds} seeds. Bands: 50 % and 90 % of seeds. Same market, people and money for all."
        )
