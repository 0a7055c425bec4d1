"""A run in which Python has a say: agents as views of rows, overrides of decisions, traits written by hand."""

from typing import Any

import numpy as np

from simulation.engine import Engine
from simulation.flywheel.desk import Rows
from simulation.model import DECISIONS, WEEK, one_part
from simulation.people import bounds, overrides, rewrite
from simulation.people.agents import STAGE_CLASSES, Person, blank_view
from simulation.people.decision import Decision
from simulation.people.stages import N_STAGES, Stage
from simulation.people.table import WRITABLE, checked
from simulation.scenario.schema import World

SHIPPED = {(name, cls): getattr(cls, name) for name in DECISIONS for cls in STAGE_CLASSES if hasattr(cls, name)}


class EngineWithAgents(Engine):
    """An engine whose rows can be looked at as agents of ``model``, and decide in Python where a class overrides a decision.

    ``by_agents``: ask every agent in Python.
    """

    def __init__(self, config: World, key: np.uint64, *, model: Any, by_agents: bool = False, **more: Any) -> None:
        super().__init__(config, key, **more)
        self.model, self.by_agents = model, by_agents
        self.views: dict[int, Person] = {}
        self.stacks: list[overrides.Stack] = [()]
        self.classes: list[list[type]] = [list(STAGE_CLASSES)]
        self._pairs: list[tuple[str, type]] = []
        self._methods: list = []
        self._methods_changed()
        self._ask_in_python([self._asked(self.classes[0])])
        if self._by_hand:
            bounds.refresh_everybody(self.town)

    def __getstate__(self):
        """Leave out what a copy makes anew, also classes put together of several overrides."""
        return {k: v for k, v in super().__getstate__().items() if k not in {"classes", "_pairs", "_methods"}}

    def __setstate__(self, state):
        super().__setstate__(state)
        self.classes = [overrides.classes_of(stack) for stack in self.stacks]
        self._pairs, self._methods = [], []

    # --- running -------------------------------------------------------------------------------

    def _stretch(self, weeks: int) -> None:
        self.watch_for_overrides()
        if self._by_hand:
            self._week_in_parts()
        else:
            super()._stretch(weeks)
        self.retype()

    def _week_in_parts(self) -> None:
        """Run a week that stops after each decision that somebody takes in Python."""
        self._make_room()
        at = 0
        for stop, phase in enumerate(WEEK):
            if phase.name in self._by_hand:
                self._phases(at, stop + 1)
                self._ask(DECISIONS[phase.name])
                at = stop + 1
        self._phases(at, len(WEEK))

    def _ask(self, decision: Decision) -> None:
        """Let the agents whose class decides in Python have their say, after all rows have decided."""
        by_hand, name = self._by_hand[decision.name], decision.name
        rows = self.members if decision.rows == Rows.MEMBERS else self.desk.rows[decision.rows]
        rows = rows[: self.desk.n[decision.rows]]
        self.retype()
        for j in np.flatnonzero(by_hand[self.people["variant"][rows], self.people["stage"][rows]]).tolist():
            agent = self.view(int(rows[j]))
            method = getattr(agent, name, None)
            if method is not None:
                self.desk.code[j] = overrides.carried_out(decision, method(), agent)

    def one(self, name: str, row: int) -> int:
        """Return the outcome of a decision for ``row`` by the shipped rule; nothing is changed."""
        return int(self._call(one_part, list(DECISIONS).index(name), row))

    # --- agents and users' hands -----------------------------------------------------------------

    def class_of(self, row: int) -> type:
        """Return the class of a row's agent."""
        return self.classes[self.people["variant"][row]][self.people["stage"][row]]

    def view(self, row: int) -> Person:
        """Return the agent of ``row``, made when it is first asked for."""
        view = self.views.get(row)
        if view is None:
            view = self.views[row] = blank_view()
            view.__setstate__({"model": self.model, "row": row, "__class__": self.class_of(row)})
        return view

    def retype(self) -> None:
        """Let every view that somebody holds follow its row's stage."""
        for row, view in self.views.items():
            object.__setattr__(view, "__class__", self.class_of(row))

    def rewrite(self, name: str, rows: Any, values: Any) -> None:
        """Write a column of the people table from outside, with all that hangs on it.

        Raises ReadOnlyColumn where the model keeps it, ValueError for what cannot stand in it.
        """
        given, column = checked(name, values), self.people[name]
        one = isinstance(rows, int | np.integer)  # without looking at everybody
        at = np.array([range(self.n)[rows]]) if one else np.arange(self.n)[rows]
        try:
            values = np.broadcast_to(given, at.shape).reshape(-1).astype(column.dtype)
        except ValueError:
            raise ValueError(f"column '{name}': {given.size} values do not fit {at.size} rows") from None
        at = at.reshape(-1)
        theirs = self._are(WRITABLE[name].of, at)
        strange = at[~theirs & (column[at] != values)]
        if strange.size:
            raise ValueError(f"column '{name}' is for {WRITABLE[name].of}, and row {strange[0]} is none of them")
        at, values = at[theirs], values[theirs]
        if name == "skill":
            rewrite.rewrite_skill(at, values, self.clock, self.people)
        elif name == "satisfaction":
            rewrite.rewrite_satisfaction(at, values, self.town)
        elif name == "belonging":
            column[at] = values
        else:
            once = np.unique(at)
            rewrite.take_out(once, self.town)
            column[at] = values
            self.people["eagerness"][once] = self.people["affinity"][once] * self.boost[once]
            rewrite.put_back(once, self.town)

    def _are(self, who: str, rows: np.ndarray) -> np.ndarray:
        if who == "members":
            return self.people["member"][rows] == 1
        if who == "customers":
            return np.isin(self.people["stage"][rows], (Stage.CUSTOMER, Stage.EXPERT))
        return np.ones(rows.size, bool)

    def take_over(self, cls: type, rows: Any) -> list[str]:
        """Let ``rows`` decide as ``cls``; return its decisions. Overrides of other stages stay in force."""
        own = overrides.overridden(cls, DECISIONS)
        here, variant = np.zeros(self.n, bool), self.people["variant"]
        here[rows] = True
        stacks, classes, asks, becomes = list(self.stacks), list(self.classes), list(self._asks), variant.copy()
        for v in np.unique(variant[here]):
            stack = overrides.on_top(cls, stacks[v])
            if stack not in stacks:
                stacks.append(stack)
                classes.append(overrides.classes_of(stack))
                asks.append(self._asked(classes[-1]))
            becomes[here & (variant == v)] = stacks.index(stack)
        used, places = np.unique(np.append(becomes, 0), return_inverse=True)  # the shipped classes stay known
        self.people["variant"] = places[:-1]
        self.stacks, self.classes = [stacks[v] for v in used], [classes[v] for v in used]
        self._pairs = []
        self._ask_in_python([asks[v] for v in used])
        bounds.refresh_everybody(self.town)
        self.retype()
        return own

    def watch_for_overrides(self) -> None:
        """Notice which decisions Python takes, by subclass or by monkey-patch, and have those rows asked every week."""
        if self._methods_changed():
            self._ask_in_python([self._asked(classes) for classes in self.classes])
            bounds.refresh_everybody(self.town)

    def _methods_changed(self) -> bool:
        if not self._pairs:
            known = dict.fromkeys(c for classes in self.classes for c in classes)
            self._pairs = [(d, c) for c in known for d in DECISIONS if hasattr(c, d)]
        before, self._methods = self._methods, [getattr(cls, name) for name, cls in self._pairs]
        return self._methods != before

    def _asked(self, classes: list[type]) -> np.ndarray:
        """Return which decisions of which stage these classes take in Python, bool (stages, decisions)."""
        asked = np.zeros((N_STAGES, len(DECISIONS)), bool)
        for s, cls in enumerate(classes):
            for d, name in enumerate(DECISIONS):
                shipped = SHIPPED.get((name, STAGE_CLASSES[s]))
                asked[s, d] = shipped is not None and (self.by_agents or getattr(cls, name) is not shipped)
        return asked

    def _ask_in_python(self, asks: list[np.ndarray]) -> None:
        """Enter in the counts who is asked in Python; ``asks`` says it by variant, bool (stages, decisions)."""
        self._asks, asked = asks, np.stack(asks)
        self._by_hand = {name: asked[:, :, d] for d, name in enumerate(DECISIONS) if asked[:, :, d].any()}
        self.town = self.town._replace(counts=self.counts._replace(by_hand=np.any(asked, axis=2).astype(np.uint8)))
