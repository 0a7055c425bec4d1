"""Which question is asked of the runs: one section a study, told apart by ``study.name``."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from simulation.scenario.firm import Lever
from simulation.scenario.quantity import Frozen, count, number, share
from simulation.scenario.switches import SWITCHES

TABLES = ("runs", "weeks", "lives")
Keep = list[Literal[TABLES]]
Value = float | int | bool | str | None


def _percent(value: Any) -> Any:
    """Read ``5%`` as 0.05."""
    if isinstance(value, str) and value.endswith("%"):
        try:
            return float(value[:-1]) / 100
        except ValueError:
            return value
    return value


class Span(Frozen):
    """Values from ``low`` to ``high``; ``n`` of them in a grid. ``log``: even steps of the logarithm."""

    low: number("the setting's unit", -1e9, 1e9)
    high: number("the setting's unit", -1e9, 1e9)
    n: count("values", 1, 1000) = 5
    log: bool = False

    @model_validator(mode="after")
    def in_order(self):
        if not self.low < self.high:
            raise ValueError(f"low={self.low:g} must be below high={self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"low={self.low:g}: even steps of the logarithm need a low above 0")
        return self


Over = dict[str, list[Value] | Span]


class Until(Frozen):
    """Stop adding seeds when the 90 % interval of a metric's mean is narrow enough, under every motion."""

    metric: str
    half_width: Annotated[number("share of the mean", 1e-6, 10), BeforeValidator(_percent)]


class Compare(Frozen):
    """The same market, people, luck and money under several motions."""

    name: Literal["compare"]
    keep: Keep
    until: Until | None


class Sweep(Frozen):
    """Every motion at every point of a design over some settings."""

    name: Literal["sweep"]
    over: Over
    design: Literal["grid", "latin_hypercube", "sobol"]
    points: count("points of a design that is no grid", 2, 1_000_000)
    keep: Keep

    @model_validator(mode="after")
    def designed(self):
        if not self.over:
            raise ValueError(
                "study.over={}: name at least one setting, such as study.over={product.price_usd: [10, 20, 50]}"
            )
        if self.design != "grid":
            for path, values in self.over.items():
                if not isinstance(values, Span):
                    raise ValueError(f"study.over.{path}: a {self.design} design needs low and high, not a list")
        return self


class Regimes(Frozen):
    """Who wins where: a map over two settings."""

    name: Literal["regimes"]
    over: Over
    metrics: list[str]
    keep: Keep

    @model_validator(mode="after")
    def two(self):
        if len(self.over) != 2:
            raise ValueError(f"study.over names {len(self.over)} settings, a map needs 2")
        return self


class Sensitivity(Frozen):
    """Which assumption decides: screening by Morris, then Sobol indices of those that matter."""

    name: Literal["sensitivity"]
    metrics: list[str]
    of: str
    against: str | None
    parameters: list[str]
    trajectories: count("trajectories of the screening", 2, 10_000)
    finalists: count("parameters that go on to Sobol indices", 2, 100)
    samples: count("base samples of the Sobol design, a power of two", 8, 1_048_576)
    keep: Keep

    @model_validator(mode="after")
    def power_of_two(self):
        if self.samples & (self.samples - 1):
            raise ValueError(f"study.samples={self.samples}: a power of two is needed, such as 64 or 128")
        return self


class Uncertainty(Frozen):
    """How sure: comparisons over what is unknown about parameters and over seeds."""

    name: Literal["uncertainty"]
    draws: count("draws from the priors", 8, 1_000_000)
    metrics: list[str]
    posterior: str | None
    keep: Keep


class Attribution(Frozen):
    """Which mechanism makes the difference between two motions: Shapley values."""

    name: Literal["attribution"]
    of: str
    against: str
    metrics: list[str]
    mechanisms: dict[str, list[Literal[tuple(SWITCHES)]]]
    keep: Keep


class Optimise(Frozen):
    """The best mix of a motion's levers, and of ``levers`` besides."""

    name: Literal["optimise"]
    goal: str
    levers: list[Lever]
    subject_to: dict[str, Span]
    rounds: count("rounds of the search", 1, 10_000)
    mixes: count("mixes tried a round", 4, 10_000)
    check_seeds: count("further seeds on which the best mix is judged", 2, 10_000)
    keep: Keep


class Shocks(Frozen):
    """What a shock does, over time: the same seeds with and without it."""

    name: Literal["shocks"]
    experiments: list[Literal["scenario", "inertia", "rival", "criticism", "loyalty"]]
    cut_week: count("week in which all discretionary spending stops", 27, 5200)
    entry_week: count("week in which a rival enters", 1, 5200)
    rival: dict[str, Value]
    storm_week: count("week in which criticism begins", 1, 5200)
    storm_weeks: count("weeks", 1, 520)
    rewards_usd: number("USD a customer and month that our points give back", 0, 1e5)
    rewards_share: share
    discounts_usd: list[number("USD a customer and month that the rival gives back", 0, 1e5)]
    keep: Keep


class Calibrate(Frozen):
    """What a company's own exports say about the parameters."""

    name: Literal["calibrate"]
    data: str | None
    company: str
    parameters: list[str]
    draws: count("draws from the priors", 200, 1_000_000)
    warm_up_months: count("months from the launch to the first month of the data", 0, 600)
    holdout_months: count("final months kept to check the fit", 0, 120)
    sample: count("draws of the posterior that are written", 20, 100_000)
    keep: Keep


EXPERIMENTS = ("adoption", "community", "retention", "encouragement", "impulses", "cost", "cold_start", "rival")


class Validate(Frozen):
    """Is it true: the published patterns against what the simulation does."""

    name: Literal["validate"]
    experiments: list[Literal[EXPERIMENTS]]
    edges: str | None
    adoptions: str | None
    cohorts: str | None
    forum: str | None
    foretold: count("simulated runs of a forecast", 10, 10_000)


Study = Annotated[
    Compare | Sweep | Regimes | Sensitivity | Uncertainty | Attribution | Optimise | Shocks | Calibrate | Validate,
    Field(discriminator="name"),
]
