"""The whole scenario: everything a command is told, checked once and then read-only."""

import copy
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

from pydantic import field_validator, model_validator

from simulation.calendar import WEEK_DAYS, Calendar
from simulation.scenario.behaviour import Behaviour
from simulation.scenario.currency import USD, Currency
from simulation.scenario.dates import Day, weeks_for_dates
from simulation.scenario.errors import nearest
from simulation.scenario.figures import Figures
from simulation.scenario.firm import Budget, Lever, Loyalty, Motion, Platform, Prices, Product
from simulation.scenario.history import AS_BEFORE, STOP, TWINS, History, Past
from simulation.scenario.intervention import NO_MONEY, Intervention
from simulation.scenario.known import Known
from simulation.scenario.market import Market, Outside, Rivals
from simulation.scenario.resolution import rows_needed
from simulation.scenario.rivals import of_the_rival
from simulation.scenario.season import Season
from simulation.scenario.study import Study
from simulation.scenario.switches import SWITCHES, set_path, turn_off
from simulation.scenario.units import Frozen, count

# studies of a few runs; the others take as few rows as resolve the market
FULL_SIZE = ("compare", "members", "validate")
FIXED = (  # from the start
    "weeks", "start", "history", "switches", "interventions", "market.people", "market.network", "market.traits",
    "market.accounts", "market.topics", "market.homophily", "motion.plan",
    "behaviour.attraction.outbound_size_power", "behaviour.attraction.outbound_need",
    "behaviour.competition.yield_at_first", "behaviour.competition.seen_at_first",
)  # fmt: skip


class World(Frozen):
    """What one run depends on, besides its seed: a scenario with exactly one motion."""

    weeks: count("weeks", 1, 5200)
    start: Day = None  # the first day of week 0, which is today; null: weeks have no dates
    market: Market
    season: Season
    product: Product
    prices: Prices
    budget: Budget
    platform: Platform
    rivals: Rivals
    loyalty: Loyalty
    outside: Outside
    behaviour: Behaviour
    switches: dict[Literal[tuple(SWITCHES)], bool]
    interventions: list[Intervention]
    motion: Motion
    history: Past | None = None

    @model_validator(mode="before")
    @classmethod
    def dates_are_weeks(cls, given: Any):
        return _in_weeks(given, {"interventions": 0, "motion.plan": 0})

    @property
    def weeks_in_all(self) -> int:
        """Weeks with those of the past."""
        return self.weeks + (self.history.weeks if self.history else 0)

    def past(self) -> "World":
        """Return the world of the past, a run of its own: its motion and interventions, and no named rival."""
        assert self.history is not None
        told = {name: getattr(self.history, name) for name in Past.model_fields}
        if self.start:
            told["start"] = str(date.fromisoformat(self.start) - timedelta(days=WEEK_DAYS * self.history.weeks))
        return self.model_copy(update={**told, "rivals": {}, "history": None})

    def first_change(self, of: Callable[["World"], Any]) -> int | None:
        """Return the first week in which what ``of`` reads is another than it is told here, None where it stays."""
        return next((week for week, later in self.timeline().items() if of(later) != of(self)), None)

    def timeline(self) -> dict[int, "World"]:
        """Return the settings in force from each week at which they change, from today on; week 0 is always there.

        Switches are applied here, so an intervention cannot bring a switched-off mechanism back.
        """
        starts = {0}
        changes = [*self.interventions, *self.motion.planned()]
        for i in changes:
            starts |= {i.week} | ({i.week + i.for_weeks} if i.for_weeks else set())
        worlds = {}
        for start in sorted(starts):
            tree = self.model_dump()
            for i in changes:
                if i.week <= start and (i.for_weeks is None or start < i.week + i.for_weeks):
                    for path, value in i.set.items():
                        if path == "rivals" or any(f"{path}.".startswith(f"{name}.") for name in FIXED):
                            raise ValueError(
                                f"interventions: week {i.week} sets '{path}', which cannot change during a run"
                            )
                        try:
                            set_path(tree, of_the_rival(path, self.rivals), value)
                        except (KeyError, TypeError):
                            known = leaves(World) + [p.replace("*", "smaller") for ps in SWITCHES.values() for p in ps]
                            raise ValueError(
                                f"interventions: week {i.week} sets '{path}', which does not exist{nearest(path, known)}"
                            ) from None
            turn_off(tree, self.switches)
            worlds[start] = World.model_validate(
                tree | {"interventions": [], "motion": tree["motion"] | {"plan": []}, "history": None}
            )
        _seeds_are_needed(changes, worlds)
        return worlds


def _in_weeks(given: Any, places: dict[str, int | None]) -> Any:
    """Return a tree in which changes that name a date have the week; ``places``: lists of changes, and the weeks of a past before them."""
    if not isinstance(given, dict):
        return given
    for path, before in places.items():
        *heads, last = path.split(".")
        at = given
        for head in heads:
            at = at.get(head) if isinstance(at, dict) else None
        if isinstance(at, dict) and _dated(at.get(last)):
            tree = copy.deepcopy(given)
            changes = weeks_for_dates(at[last], path, given.get("start"), before)
            set_path(tree, path, changes)
            given = tree
    return given


def _dated(changes: Any) -> bool:
    return isinstance(changes, list) and any(isinstance(of, dict) and "date" in of for of in changes)


def _seeds_are_needed(changes: list[Intervention], worlds: dict[int, World]) -> None:
    """Raise ValueError where seeds are set for an opening that never comes."""
    weeks = sorted(worlds)
    opens = [b for a, b in pairwise(weeks) if worlds[b].motion.community and not worlds[a].motion.community]
    for i in changes:
        for path in i.set:
            if path.startswith("motion.launch.seed_") and i.week > 0 and not any(week >= i.week for week in opens):
                raise ValueError(f"interventions: week {i.week} sets '{path}', but no community opens then or later")


class Config(Frozen):
    """A whole command: the world, the motions to compare and how to run them."""

    weeks: count("weeks", 1, 5200)
    start: Day = None  # the first day of week 0, which is today; null: weeks have no dates
    fiscal_year_starts: count("month", 1, 12) = 1
    currency: Currency = USD
    seeds: count("runs per motion", 1, 100_000)
    rows: count("people simulated of the same market", 1, 20_000_000) | None
    jobs: count("processes", 1, 1024) | None
    out: str | None
    cluster: str | None
    fresh: bool
    market: Market
    season: Season
    product: Product
    prices: Prices
    budget: Budget
    platform: Platform
    rivals: Rivals
    loyalty: Loyalty
    outside: Outside
    behaviour: Behaviour
    switches: dict[Literal[tuple(SWITCHES)], bool]
    interventions: list[Intervention]
    motions: dict[str, Motion]
    history: History | None = None
    known: Known | None = None  # what the firm knows of itself: its settings were solved for it
    figures: Figures = Figures()
    study: Study

    @model_validator(mode="before")
    @classmethod
    def dates_are_weeks(cls, given: Any):
        if not isinstance(given, dict):
            return given
        motions, history = given.get("motions"), given.get("history")
        past = history.get("weeks") if isinstance(history, dict) else None
        before = past if isinstance(past, int) else None
        plans = {f"motions.{name}.plan": 0 for name in motions} if isinstance(motions, dict) else {}
        return _in_weeks(
            given, {"interventions": 0, **plans, "history.interventions": before, "history.spending.plan": before}
        )

    @field_validator("cluster")
    @classmethod
    def with_a_port(cls, address: str | None):
        if address is not None and not re.fullmatch(r"((tcp|tls)://)?(\[[^]]+\]|[^:/\s]+):\d+/?", address):
            raise ValueError(f"cluster={address}: write it as tls://host:port or tcp://host:port")
        return address

    @model_validator(mode="after")
    def twins_have_their_names(self):
        if self.history and (taken := next((name for name in TWINS if name in self.motions), None)):
            raise ValueError(
                f"motions: '{taken}' is the name of a twin of a firm with a past; name the motion otherwise"
            )
        return self

    @model_validator(mode="after")
    def interventions_fit(self):
        for name in (*self.motions, *self.twins):
            self.world(name).timeline()
        if self.past:
            self.world(AS_BEFORE).past().timeline()
        return self

    @model_validator(mode="after")
    def study_fits(self):
        together = f"motions=[{','.join(self.motions)}]"
        for setting in ("of", "against"):
            name = getattr(self.study, setting, None)
            if name is not None and name not in self.motions:
                raise ValueError(f"study.{setting}={name}: it is not among {together}; add it there")
        if self.study.name in ("regimes", "uncertainty") and len(self.motions) < 2:
            raise ValueError(f"{together}: this study compares, at least two motions are needed")
        return self

    @property
    def calendar(self) -> Calendar:
        """When weeks are."""
        return Calendar.of(self.start, self.fiscal_year_starts)

    @property
    def past(self) -> Past | None:
        """The firm's past as a run is told it; None where there is none, or where its length is not known yet."""
        return self.history.past if self.history else None

    @property
    def twins(self) -> tuple[str, ...]:
        """What a firm with a past is held against: it goes on as before, or stops to spend."""
        return TWINS if self.past else ()

    @property
    def untried(self) -> dict[str, list[Lever]]:
        """Levers by motion that a firm which knows something of itself has never paid for: of these its own numbers say nothing."""
        if self.known is None or self.past is None:
            return {}
        paid = self.past.motion.shares
        untried = {
            m: [lever for lever, part in of.shares.items() if part and not paid.get(lever)]
            for m, of in self.motions.items()
        }
        return {motion: levers for motion, levers in untried.items() if levers}

    def world(self, motion: str) -> World:
        """Return what a run of ``motion``, or of a twin, is told."""
        fields = {name: getattr(self, name) for name in World.model_fields if name not in ("motion", "history")}
        if motion == STOP:
            fields["interventions"] = [*self.interventions, Intervention(week=0, set=NO_MONEY)]
        market = self.market
        if market.people:
            chosen = market.people if self.study.name in FULL_SIZE else rows_needed(market, self.motions.values())
            rows = min(market.people, self.rows or chosen)
            if rows < market.people:
                accounts = market.accounts or market.people
                fields["market"] = market.model_copy(update={"people": rows, "accounts": accounts})
        past = self.past
        spends = past.goes_on if past and motion in self.twins else self.motions[motion]
        return World.model_construct(**fields, history=past, motion=spends)


def leaves(model: type[Frozen], head: str = "") -> list[str]:
    """Return every dotted path the schema knows; the keys of a dict are the user's and end a path."""
    found = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        section = isinstance(kind, type) and issubclass(kind, Frozen)
        found += leaves(kind, f"{head}{name}.") if section else [head + name]
    return found


def tree(settings: dict[str, float]) -> dict[str, Any]:
    """Return settings by section, as they stand in a scenario file."""
    found: dict[str, Any] = {}
    for path, value in settings.items():
        *sections, leaf = path.split(".")
        at = found
        for section in sections:
            at = at.setdefault(section, {})
        at[leaf] = value
    return found
