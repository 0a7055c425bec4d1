"""Mesa's face: a run as a Mesa model, what a notebook reads of it is read-only, what it writes is checked."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from types import MappingProxyType, SimpleNamespace
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet
from mesa.datacollection import DataCollector

from simulation.by_hand import EngineWithAgents
from simulation.model import DECISIONS
from simulation.people.agent_set import ByType, Everybody
from simulation.people.decision import Decision
from simulation.people.draws import key_of
from simulation.people.reading import INSTEAD, readable
from simulation.people.table import Table, handed_out
from simulation.record import PLACE, Record
from simulation.scenario.compose import as_world
from simulation.scenario.schema import World

DRIVERS = ("compiled", "agents")


def to_read(read: Callable[[Any], Any]) -> Any:
    """Make a property that says what to do instead where it is set."""

    def refuse(_self, _value):
        raise AttributeError(f"model.{read.__name__} is the model's own account and only to be read: {INSTEAD}")

    return property(read, refuse)


def _reading(name: str, doc: str) -> Any:
    """Return a property that hands out what the engine holds under ``name``, to be read."""

    def read(self):
        return readable(getattr(self._engine, name))

    read.__name__, read.__doc__ = name, doc
    return to_read(read)


class GrowthModel(mesa.Model):
    """People, a firm and a market, week by week.

    ``config``: a World (one scenario with one motion), or None for the reference scenario under ``motion``.
    ``rng``: the seed, of any kind that Mesa takes; two models with the same settings and seed are the same to the byte.
    ``threads``: rows are shared among so many threads; the result does not depend on it.
    ``driver``: "compiled", or "agents" to ask every Mesa agent in Python. ``bound_one``: ask everybody.
    ``collect``: call a DataCollector of your own every week; the one that is there needs no calling.
    ``settings``: dotted paths and values on top of the scenario, such as ``**{"product.price_usd": 20}`` (a price change: the
    market stays used to ``product.reference_price_usd``; ``compose("product.price_usd=20")`` is a firm of that price).
    """

    config = _reading("config", "What the run was told.")
    world = _reading("world", "The settings in force this week.")
    week = _reading("week", "Weeks run so far, from today on.")
    today = _reading(
        "today", "Today by the clock, which began with the past; 0 without one. Weeks in columns are written in it."
    )
    n = _reading("n", "Number of people, which are rows 0 to n - 1.")
    ids = _reading("ids", "Names of the rows in the network's file, or None.")
    notes = _reading("notes", "What the readers of files set aside.")
    network = _reading("network", "Who knows whom, as compressed rows.")
    net = _reading("net", "The network with what contacts say and do.")
    counts = _reading("counts", "Totals by segment, this week's events, customer lives.")
    cohorts = _reading(
        "cohorts", "Customers by the week in which they bought: prices paid, what all of one week feel alike."
    )
    firm = _reading("firm", "The firm as it stands: money in cents, this week's capacity, stocks.")
    libraries = _reading("libraries", "What is written, by language.")
    desk = _reading("desk", "Buffers of the week.")
    keys = _reading("keys", "The keys of this week's draws, by purpose.")
    n_members = _reading("n_members", "Members of the community now.")

    def __init__(
        self,
        config: World | None = None,
        *,
        rng: Any = None,
        motion: str = "clg",
        threads: int = 1,
        driver: str = "compiled",
        bound_one: bool = False,
        collect: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(rng=int(rng) if isinstance(rng, np.integer) else rng)
        self._mesa_step, self.step = self.step, self._step_of_mesa  # type: ignore[method-assign]
        if driver not in DRIVERS:
            raise ValueError(f"driver={driver!r}: {' or '.join(DRIVERS)} is allowed")
        if not (isinstance(threads, int) and threads >= 1):
            raise ValueError(f"threads={threads!r}: a whole number from 1 is needed")
        whole = isinstance(rng, int | np.integer) and int(rng) < 2**63
        seed = int(rng) if whole else int(self.rng.integers(2**63))
        key = key_of(seed, 0, 0)
        self.collect = collect
        self._engine = EngineWithAgents(
            as_world(config, motion, settings).model_copy(deep=True),  # others share it, and its lists can be written
            key,
            model=self,
            threads=threads,
            by_agents=driver == "agents",
            bound_one=bound_one,
        )
        self._everybody = Everybody(self)
        self._collector: DataCollector = WeeklyCollector()

    # --- running -------------------------------------------------------------------------------

    def step(self) -> None:
        """Run one week; ``WEEK`` in model.py says what happens in it, in order."""
        engine = self._engine
        if engine.week < engine.config.weeks:
            engine.advance(engine.week + 1)
            if self.collect:
                self.datacollector.collect(self)
        self.running = engine.week < engine.config.weeks

    def _step_of_mesa(self) -> None:
        self._engine.refuse_half_weeks()  # Mesa 3.5 would go on without a step
        self._mesa_step()

    def run(self) -> Record:
        """Run all weeks that are left and return the record."""
        if self.collect:
            while self._engine.week < self._engine.config.weeks:
                self.step()
        self._engine.advance(self._engine.config.weeks)
        self.running = False
        return self.record

    @to_read
    def record(self) -> Record:
        """What has been recorded so far."""
        return self._engine.record

    def series(self, name: str) -> np.ndarray:
        """Return one weekly series so far, from today on, shape (weeks,)."""
        return self.desk.weeks[self.today : self._engine.clock, PLACE[name]]

    # --- people --------------------------------------------------------------------------------

    @to_read
    def people(self) -> Table:
        """The table of people, to read; ``people["fit"][rows] = -1.0`` writes a trait."""
        return handed_out(self._engine.people, self._engine.rewrite)

    @to_read
    def members(self) -> np.ndarray:
        """The rows of the community's members, in the first ``n_members`` places."""
        return readable(self._engine.members)

    def adopt(self, rows: Any, seats: int = 1) -> None:
        """Let prospects buy ``seats`` seats each now, 1 to 1,000,000; raises ValueError where somebody is none."""
        self._engine.adopt(rows, seats)
        self._engine.retype()

    def join(self, rows: Any) -> None:
        """Let newcomers and customers join the community now; raises ValueError where somebody is a member, or neither."""
        self._engine.join(rows)

    def leave(self, rows: Any) -> None:
        """Let customers leave now; their contacts hear it. Raises ValueError where somebody is none."""
        self._engine.leave(rows)
        self._engine.retype()

    def encouraged(self) -> np.ndarray:
        """Return who is randomly encouraged, bool (people,)."""
        return self._engine.encouraged()

    @to_read
    def agents(self) -> Everybody:
        """Everybody, as Mesa agents."""
        return self._everybody

    @to_read
    def agents_by_type(self) -> ByType:
        """Agents by their exact class."""
        return ByType(self)

    @to_read
    def agent_types(self) -> list[type]:
        """The classes that agents may have now."""
        return list(self.agents_by_type)

    @to_read
    def decisions(self) -> Mapping[str, Decision]:
        """All that people decide, by name, with the codes of its outcomes."""
        return MappingProxyType(DECISIONS)

    def use(self, cls: type, rows: Any = slice(None)) -> list[str]:
        """Let ``rows`` decide as ``cls`` in the stage that it refines and those built on it; return its decisions.

        ``rows``: a mask, row numbers or an AgentSet. Raises TypeError where ``cls`` refines no stage, overrides no decision
        of it, or defines what would have no effect.
        """
        if isinstance(rows, AgentSet):
            rows = [agent.row for agent in rows]
        if not isinstance(rows, slice) and not np.size(rows):
            rows = np.zeros(0, int)
        return self._engine.take_over(cls, rows)

    # --- the rest of Mesa's face -----------------------------------------------------------------

    @property
    def datacollector(self) -> DataCollector:
        """Mesa's DataCollector with every weekly series so far, or one of your own."""
        if isinstance(self._collector, WeeklyCollector):
            self._collector.collect(self)
        return self._collector

    @datacollector.setter
    def datacollector(self, collector: DataCollector) -> None:
        self._collector = collector

    def _refuse(self, *_, **__) -> Any:
        raise TypeError("people are rows of the model and stay in it; their number is market.people")

    register_agent = deregister_agent = remove_all_agents = _refuse

    def reset_rng(self, *_, **__) -> None:
        """Refuse: luck is named draws."""
        raise TypeError(
            "people's luck is drawn by name from the model's seed: make a model anew, GrowthModel(..., rng=seed)"
        )

    reset_randomizer = reset_rng

    def __copy__(self):
        raise TypeError("two models cannot share their people: use copy.deepcopy(model)")

    def __getstate__(self):
        return {name: value for name, value in vars(self).items() if name != "_everybody"}

    def __setstate__(self, state):
        vars(self).update(state)
        self._everybody = Everybody(self)
        self._engine.retype()


def _guarded(run: Callable) -> Callable:
    """Return Mesa's way to run, which refuses to go on after a week that stopped half way."""

    @wraps(run)
    def guarded(self, *args, **more):
        self._engine.refuse_half_weeks()
        return run(self, *args, **more)

    return guarded


for _name in ("run_for", "run_until"):  # of Mesa 3.5: after an error they would let time pass without a step
    if hasattr(mesa.Model, _name):
        setattr(GrowthModel, _name, _guarded(getattr(mesa.Model, _name)))


class WeeklyCollector(DataCollector):
    """Mesa's DataCollector over the weekly record: filled when it is asked for, each week once."""

    def __init__(self) -> None:
        super().__init__(model_reporters={name: partial(_recorded, at=at) for name, at in PLACE.items()})
        self._weeks = 0

    def collect(self, model: GrowthModel) -> None:
        """Collect the weeks that have been run since the last call."""
        for steps in range(self._weeks + 1, model.week + 1):
            super().collect(SimpleNamespace(weeks=model.desk.weeks[model.today :], steps=steps, time=float(steps)))
            self._weeks = steps


def _recorded(then, at: int) -> float:
    return float(then.weeks[then.steps - 1, at])
