"""Which question is asked of the runs: one section a study, told apart by ``study.name``."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from simulation.scenario.dates import LastDay
from simulation.scenario.errors import nearest
from simulation.scenario.firm import Lever
from simulation.scenario.market import Rival
from simulation.scenario.switches import SWITCHES
from simulation.scenario.units import Frozen, count, number, share

TABLES = ("runs", "weeks", "lives", "moves")
Keep = list[Literal[TABLES]]
Value = float | int | bool | str | None


def _once(values: list) -> list:
    """Refuse what stands in a list twice: it would be run, counted or drawn twice."""
    if repeated := _repeated(values):
        raise ValueError(f"{repeated} stands there twice, once is enough")
    return values


def _some(values: list) -> list:
    """Refuse a list of nothing."""
    if not values:
        raise ValueError("the list is empty, at least one is needed")
    return _once(values)


def _repeated(values: Iterable[Any]) -> str:
    """Return the first that is there twice, as it is written; empty if none is."""
    twice = next((value for value, n in Counter(values).items() if n > 1), "")
    return str(twice).lower() if isinstance(twice, bool) else "null" if twice is None else str(twice)


def _named(file: str | None) -> str | None:
    """Refuse a file without a name."""
    if file == "":
        raise ValueError("a file or a folder is needed, or null")
    return file


Metrics = Annotated[list[str], AfterValidator(_some)]
Files = Annotated[str | None, AfterValidator(_named)]  # a path from where the command is given
Parameters = Annotated[list[str], AfterValidator(_once)]


def _reads(name: str, keep: list[str], tables: Iterable[str]) -> None:
    """Refuse to keep less than a study reads back."""
    missing = [table for table in tables if table not in keep]
    if missing:
        whole = ",".join(t for t in TABLES if t in {"runs", *keep, *missing})
        raise ValueError(
            f"study.keep=[{','.join(keep)}]: {name} reads {' and '.join(missing)}; write study.keep=[{whole}]"
        )


def _differ(of: str, against: str | None, more: str = "") -> None:
    """Refuse to compare a motion with itself."""
    if of == against:
        raise ValueError(
            f"study.against={against}: it is compared with itself, study.of={of}; name another motion{more}"
        )


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


def _axis(value: Any) -> str:
    return "span" if isinstance(value, dict | Span) else "values"


Values = Annotated[list[Value], AfterValidator(_some)]
Axis = Annotated[Annotated[Values, Tag("values")] | Annotated[Span, Tag("span")], Discriminator(_axis)]


def _apart(over: dict[str, Any]) -> dict[str, Any]:
    """Refuse two axes that reach the same setting: one would have no effect."""
    for a, b in combinations(over, 2):
        if all(x == y or "*" in (x, y) for x, y in zip(_parts(a), _parts(b), strict=False)):
            raise ValueError(f"{a} and {b} reach the same setting, leave one away")
    return over


def _parts(path: str) -> list[str]:
    return re.sub(r"^motion\.", "motions.*.", path).split(".")


Over = Annotated[dict[str, Axis], AfterValidator(_apart)]


class Until(Frozen):
    """Stop adding seeds when the 90 % interval of a metric's mean is narrow enough, under every motion."""

    metric: str
    half_width: number("share of the mean", 1e-6, 10)


class Compare(Frozen):
    """The same market, people, luck and money under several motions."""

    name: Literal["compare"]
    goal: Literal["sales", "awareness", "support", "cash"]
    keep: Keep
    until: Until | None
    posterior: Files

    @property
    def cases(self) -> str:
        """What the motions meet, each once: simulated markets, or worlds of a posterior with a seed each."""
        return "worlds" if self.posterior else "simulated markets"


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
    metrics: Metrics
    keep: Keep

    @model_validator(mode="after")
    def two(self):
        if len(self.over) != 2:
            raise ValueError(f"study.over names {len(self.over)} settings, a map needs 2")
        return self


class Sensitivity(Frozen):
    """Which assumption decides: screening by Morris, then Sobol indices of those that matter."""

    name: Literal["sensitivity"]
    metrics: Metrics
    of: str
    against: str | None
    parameters: Parameters
    trajectories: count("trajectories of the screening", 2, 10_000)
    finalists: count("parameters that go on to Sobol indices", 2, 100)
    samples: count("base samples of the Sobol design, a power of two", 8, 1_048_576)
    keep: Keep

    @model_validator(mode="after")
    def power_of_two(self):
        if self.samples & (self.samples - 1):
            raise ValueError(f"study.samples={self.samples}: a power of two is needed, such as 64 or 128")
        return self

    @model_validator(mode="after")
    def two_motions(self):
        _differ(self.of, self.against, " or null")
        return self


class Uncertainty(Frozen):
    """How sure: comparisons over what is unknown about parameters and over seeds."""

    name: Literal["uncertainty"]
    draws: count("draws from the priors", 8, 1_000_000)
    metrics: Metrics
    posterior: Files
    keep: Keep

    @model_validator(mode="after")
    def kept(self):
        _reads(self.name, self.keep, ("weeks",))
        return self


class Attribution(Frozen):
    """Which mechanism makes the difference between two motions: Shapley values."""

    name: Literal["attribution"]
    of: str
    against: str
    metrics: Metrics
    mechanisms: dict[str, Annotated[list[Literal[tuple(SWITCHES)]], AfterValidator(_some)]]
    keep: Keep

    @model_validator(mode="after")
    def two_motions(self):
        _differ(self.of, self.against)
        return self

    @model_validator(mode="after")
    def apart(self):
        if not self.mechanisms:
            raise ValueError(
                "study.mechanisms={}: name at least one mechanism, such as study.mechanisms={help: [peer_help]}"
            )
        if switch := _repeated(switch for group in self.mechanisms.values() for switch in group):
            names = " and ".join(name for name, group in self.mechanisms.items() if switch in group)
            raise ValueError(f"study.mechanisms: {switch} is in {names}, it can be in one")
        return self


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
    experiments: Annotated[list[Literal["scenario", "inertia", "rival", "criticism", "loyalty"]], AfterValidator(_some)]
    cut_week: count("week in which all discretionary spending stops", 27, 5200)
    entry_week: count("week in which a rival enters", 1, 5200)
    rival: dict[str, Value]
    storm_week: count("week in which criticism begins", 1, 5200)
    storm_weeks: count("weeks", 1, 520)
    rewards_usd: number("USD a customer and month that our points give back", 0, 1e5)
    rewards_share: share
    discounts_usd: Annotated[
        list[number("USD a customer and month that the rival gives back", 0, 1e5)], AfterValidator(_some)
    ]
    keep: Keep

    @model_validator(mode="after")
    def kept(self):
        for name in self.rival:
            if name == "entry_week":
                raise ValueError(f"study.rival.{name}: write study.entry_week=..., from which the study counts")
            if name == "price_usd":
                raise ValueError(f"study.rival.{name}: the rival of this study asks our price; leave it away")
            if name not in Rival.model_fields:
                near = nearest(name, Rival.model_fields).replace("mean ", "mean study.rival.")
                raise ValueError(f"study.rival.{name}: there is no such setting{near}")
        of_customers = {"rival", "loyalty"} & set(self.experiments)
        _reads(self.name, self.keep, ("weeks", "lives") if of_customers else ("weeks",))
        return self


class Wean(Frozen):
    """Adverts cut step by step as the community grows, against never and at once."""

    name: Literal["wean"]
    steps: count("equal cuts, at equal parts of the size that the community reaches with adverts", 2, 52)
    keep: Keep

    @model_validator(mode="after")
    def kept(self):
        _reads(self.name, self.keep, ("weeks",))
        return self


class Price(Frozen):
    """What another price does: for newcomers, for customers, for both."""

    name: Literal["price"]
    week: count("week in which the price changes", 0, 5200)
    sizes: list[number("change of the price, share of it", -0.95, 10)]
    keep: Keep

    @model_validator(mode="after")
    def sized(self):
        _reads(self.name, self.keep, ("weeks",))
        if not self.sizes or 0 in self.sizes or len(set(self.sizes)) < len(self.sizes):
            raise ValueError(
                f"study.sizes={self.sizes}: changes of the price are needed, each once and none of them 0, such as [-0.1, 0.1, 0.2]"
            )
        return self


class Times(Span):
    """Budgets in even steps of the logarithm, times that of the scenario."""

    low: number("times the scenario's budget", 1e-4, 1e4)
    high: number("times the scenario's budget", 1e-4, 1e4)
    n: count("budgets", 3, 100) = 10


class Reach(Frozen):
    """The least budget that reaches an amount of yearly recurring revenue by a day in a share of simulated markets."""

    name: Literal["reach"]
    arr_usd: number("USD a year", 1, 1e12)
    by: LastDay
    chance: number("share of simulated markets", 0.01, 1)
    budgets: Times
    keep: Keep

    @model_validator(mode="after")
    def kept(self):
        _reads(self.name, self.keep, ("weeks",))
        return self


class Members(Frozen):
    """Who is in a community, what it sources and influences, and whether members stay longer than others because of it."""

    name: Literal["members"]
    week: count("week in which half of people are invited, and members are told from others half a year later", 1, 5200)
    keep: Keep


class Wheel(Frozen):
    """Whether the wheel turns by itself after a stop, and which lever wins most for a little more money."""

    name: Literal["wheel"]
    stop_week: count("week in which all discretionary spending stops", 1, 5200)
    more: number("of the budget, for one lever at a time", 1e-3, 10)
    keep: Keep

    @model_validator(mode="after")
    def kept(self):
        _reads(self.name, self.keep, ("weeks", "moves"))
        return self


class Calibrate(Frozen):
    """What a company's own exports say about the parameters."""

    name: Literal["calibrate"]
    data: Files
    company: str
    parameters: Parameters
    draws: count("draws from the priors", 200, 1_000_000)
    warm_up_months: count("months from the launch to the first month of the data", 0, 600)
    holdout_months: count("final months kept to check the fit", 0, 120)
    sample: count("draws of the posterior that are written", 20, 100_000)
    keep: Keep

    @model_validator(mode="after")
    def plain(self):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", self.company):
            raise ValueError(
                f"study.company={self.company}: it names files and a motion; a letter, then letters, digits, _ and - are allowed"
            )
        return self


EXPERIMENTS = (
    "adoption", "community", "retention", "encouragement", "impulses", "cost", "cold_start", "rival", "launch", "welcome", "price",
    "satisfaction", "expansion", "self_service", "core_lost", "search", "season", "entrants",
)  # fmt: skip


class Validate(Frozen):
    """Is it true: the published patterns against what the simulation does."""

    name: Literal["validate"]
    experiments: list[Literal[EXPERIMENTS]]
    edges: Files
    adoptions: Files
    cohorts: Files
    forum: Files
    kind_rounds: count("rounds of a search for the kind of the forum's community; 0: it is not searched", 0, 1000)
    foretold: count("simulated runs of a forecast", 10, 10_000)

    @model_validator(mode="after")
    def something(self):
        if not (self.experiments or self.edges or self.adoptions or self.cohorts or self.forum):
            known = ", ".join(EXPERIMENTS)
            raise ValueError(f"study.experiments=[]: nothing is asked; there are {known}; or give data of your own")
        return self

    @model_validator(mode="after")
    def together(self):
        if self.kind_rounds and not self.forum:
            raise ValueError(
                f"study.kind_rounds={self.kind_rounds}: a kind is found for a forum's tables; give study.forum"
            )
        if bool(self.edges) != bool(self.adoptions):
            raise ValueError("study.edges and study.adoptions belong together: who knows whom, and when each adopted")
        return self


Study = Annotated[
    Compare
    | Sweep
    | Regimes
    | Sensitivity
    | Uncertainty
    | Attribution
    | Optimise
    | Shocks
    | Members
    | Wean
    | Price
    | Reach
    | Wheel
    | Calibrate
    | Validate,
    Field(discriminator="name"),
]
