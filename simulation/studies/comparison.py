"""What figures and words of a comparison read: metrics, weekly series and lives, by motion and simulated market."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from simulation.calendar import UNDATED, YEAR_WEEKS, Calendar
from simulation.evidence.published import Published, published
from simulation.metrics.cac import GO_TO_MARKET
from simulation.metrics.sums import trailing
from simulation.people.stages import MOST_RIVALS, Channel, Stage
from simulation.runs.enough import Limits, limits, what_is_drawn
from simulation.runs.paired import leader, quantiles
from simulation.runs.session import METRIC_AT
from simulation.scenario.firm import LEVERS

STAGES = tuple(s.name.lower() for s in Stage)
CHANNELS = [c.name.lower() for c in Channel][1:]
NEEDED = (
    *STAGES,
    *(f"rival_{k + 1}_users" for k in range(MOST_RIVALS)),
    *(f"adopted_{c}" for c in CHANNELS),
    "new_contract_value",
    "expanded_value",
    "contracted_value",
    "lost_value",
    "revenue_cents",
    *GO_TO_MARKET,
    "cash_cents",
    "base_revenue_cents",
    *(f"{lever}_cents" for lever in LEVERS),
    "pods",
    "managers",
    "engineers",
    "staff_tickets",
)
LIFE = ("adopted", "ended", "seats", "channel", "door", "segment")
WINDOW_WEEKS = 26
FEWEST = 5  # new customers of the real market in a window for which a cost is given


class Comparison(NamedTuple):
    """Weekly series by motion, shape (seeds whose run is there, weeks) each; lives and metrics by motion."""

    weekly: dict[str, dict[str, np.ndarray]]
    lives: dict[str, dict[str, np.ndarray]]
    metrics: dict[str, np.ndarray]  # (seeds, metrics), in the order of METRICS; NaN where a run failed
    weeks: int
    seeds: int
    each: str  # what a run is: a simulated market, or a world of a posterior, in the plural
    weight: float
    calendar: Calendar = UNDATED
    base: Mapping[str, dict[str, np.ndarray]] = MappingProxyType(
        {}
    )  # lives of today's customers by motion, of a firm with a past
    arr_today: Mapping[str, np.ndarray] = MappingProxyType({})  # USD, shape (seeds whose run is there,), likewise
    untried: Mapping[str, Sequence[str]] = MappingProxyType({})  # levers by motion, as Config.untried
    published: Mapping[str, Published] = MappingProxyType({})  # by motion, of whose kind a cost is published

    @classmethod
    def read(cls, session, runs, tables: Collection[str], point: int = 0) -> "Comparison":
        """Return the runs of a point, with those of ``tables`` (weeks, lives) that the study keeps; empty where it does not."""
        kept = [name for name in tables if name in session.config.study.keep]
        compared = [m for m in runs.values if m not in session.twins]
        weekly = {m: session.weeks(runs, m, point, NEEDED) for m in compared} if "weeks" in kept else {}
        revenue, before = ("revenue_cents",), 1  # of the last week of the past
        today = {m: session.weeks(runs, m, point, revenue, before) for m in weekly if session.twins}
        lives, base = {}, {}
        if "lives" in kept:
            both = {m: session.lives(runs, m, point, LIFE) for m in compared}
            lives = {m: _those(of, of["adopted"] >= 0) for m, of in both.items()}
            base = {m: _those(of, of["adopted"] < 0) for m, of in both.items() if session.twins}
        metrics = {m: runs.values[m][point] for m in compared}
        return cls(
            weekly,
            lives,
            metrics,
            session.config.weeks,
            most_there(metrics),
            session.config.study.cases,
            session.weight,
            session.config.calendar,
            base,
            {m: arr_usd(of["revenue_cents"][:, 0]) for m, of in today.items()},
            session.config.untried,
            published(session.worlds),
        )

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

    def customers(self, motion: str) -> np.ndarray:
        """Return paying customers at the end of each week, real market, shape (seeds, weeks)."""
        return self.weight * (self.weekly[motion]["customer"] + self.weekly[motion]["expert"])

    def cost_usd(self, motion: str) -> np.ndarray:
        """Return all go-to-market cost a week, USD of the real market, shape (seeds, weeks)."""
        return np.sum([self.weekly[motion][name] for name in GO_TO_MARKET], axis=0) / 100

    def trailing_cac(self, motion: str) -> np.ndarray:
        """Return all go-to-market cost of the trailing half-year per new customer in it, USD, shape (seeds, weeks); NaN from too few."""
        won = trailing(self.adopted(motion), WINDOW_WEEKS)
        return self._per(motion, won, won)

    def trailing_per_new_arr(self, motion: str) -> np.ndarray:
        """Return the same per dollar of new customers' yearly revenue."""
        new = trailing(self.weight * self.weekly[motion]["new_contract_value"] / 100, WINDOW_WEEKS)
        return self._per(motion, new, trailing(self.adopted(motion), WINDOW_WEEKS))

    def _per(self, motion: str, low: np.ndarray, won: np.ndarray) -> np.ndarray:
        cost = trailing(self.cost_usd(motion), WINDOW_WEEKS)
        return np.divide(cost, low, out=np.full(low.shape, np.nan), where=(won >= FEWEST) & (low > 0))

    @property
    def foot(self) -> str:
        """What lines and bands are."""
        return f"{what_is_drawn('Line: median', self.seeds, self.each)} Same market, people and money for all."


def arr_usd(revenue_cents: np.ndarray) -> np.ndarray:
    """Return yearly recurring revenue at the end of weeks with such revenue, same shape."""
    return YEAR_WEEKS * revenue_cents / 100


def _those(lives: Mapping[str, np.ndarray], which: np.ndarray) -> dict[str, np.ndarray]:
    return {name: column[which] for name, column in lives.items()}


def most_there(metrics: Mapping[str, np.ndarray]) -> int:
    """Return how many runs the motion has that has the most; ``metrics`` by motion, shape (seeds, metrics)."""
    return max(int(np.isfinite(of).any(axis=1).sum()) for of in metrics.values())
