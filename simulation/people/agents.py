"""Mesa agents as views: an agent is a row, its class follows the stage, and all its state stands in the columns.

Override a decision in a subclass of a stage class and call ``model.use(cls)``: those rows then decide in
Python while everybody else stays compiled. A decision returns the code of an outcome, 0 = nothing happens.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import mesa
import numpy as np
from mesa.agent import AgentSet

from simulation.people.columns import COLUMNS
from simulation.people.stages import Channel, Door


class Decision(NamedTuple):
    """One thing people decide: its rule for a row, the loop over rows, and what both are told."""

    name: str
    outcomes: tuple[str, ...]  # by code
    one: Callable[..., int]
    loop: Callable[..., None]
    arguments: Callable[[Any], tuple]  # model -> what one and loop take after the row(s)


def _column(name: str) -> property:
    def read(self):
        value = self.model.people[name][self.row]
        return value.item() if value.ndim == 0 else [int(v) for v in value]

    def write(self, value):
        self.model.people[name][self.row] = value

    return property(read, write, doc=f"Column '{name}' of the people table.")


class Person(mesa.Agent):
    """A view of one row: ``model`` and ``row``, nothing else. Columns read and write as attributes."""

    unique_id = property(lambda self: self.row + 1)
    pos = None

    def __init__(self, *_, **__):
        raise TypeError("people are rows of the model; they are not constructed")

    def __setattr__(self, name, value):
        if name in self.model.decisions:
            raise AttributeError(f"override '{name}' in a subclass and call model.use(...)")
        if name not in COLUMNS:
            raise AttributeError(f"{type(self).__name__} has no column '{name}'; state lives in model.people")
        object.__setattr__(self, name, value)

    def __repr__(self):
        return f"<{type(self).__name__} {self.unique_id}>"

    def _ask(self, name: str) -> int:
        decision = self.model.decisions[name]
        return int(decision.one(np.int32(self.row), *decision.arguments(self.model)))

    @property
    def contacts(self) -> list["Person"]:
        """The person's contacts in the social network."""
        net = self.model.network
        rows = net.indices[net.indptr[self.row] : net.indptr[self.row + 1]]
        return [self.model.agents.at(int(r)) for r in rows]

    @property
    def friends(self) -> list["Person"]:
        """Members this person is tied to."""
        rows = self.model.people["ties"][self.row]
        return [self.model.agents.at(int(r) - 1) for r in rows if r > 0]

    @property
    def came_by(self) -> tuple[str, str]:
        """Channel and door of acquisition, by name."""
        return Channel(self.channel).name.lower(), Door(self.door).name.lower()


for _name in COLUMNS:
    setattr(Person, _name, _column(_name))


class Prospect(Person):
    """Has the problem; does not know the product, or knows it and has not engaged."""

    def attraction(self) -> int:
        """Return the channel (1-8) that attracts this week, or 0."""
        return self._ask("attraction")

    def engagement(self) -> int:
        """Return the door (1-3) taken, 4 = interest fades, or 0."""
        return self._ask("engagement")


class Newcomer(Person):
    """In the community, in a trial or with a seller; has not bought."""

    def asking(self) -> int:
        """Return 1 to ask the community a question, or 0."""
        return self._ask("asking")

    def adoption(self) -> int:
        """Return 1 to buy, 2 to give up, 3 to join the community, or 0."""
        return self._ask("adoption")


class Customer(Person):
    """Pays."""

    def asking(self) -> int:
        """Return 1 to ask the community a question, or 0."""
        return self._ask("asking")

    def advocacy(self) -> int:
        """Return 1 to become an expert, 2 to step back, or 0."""
        return self._ask("advocacy")

    def support(self) -> int:
        """Return 0 without a ticket, else who solves it: 1 peers, 2 self-service, 3 staff, 4 nobody."""
        return self._ask("support")

    def retention(self) -> int:
        """Return 1 to leave, 2 payment fails, 3 to the rival, 4 more seats, 5 fewer, 6 join the community, or 0."""
        return self._ask("retention")


class Expert(Customer):
    """Pays and advocates by deeds; decides as a Customer does."""


class Former(Person):
    """Left, or is at the rival."""

    def come_back(self) -> int:
        """Return 1 to look again, 2 to forget the product, or 0."""
        return self._ask("come_back")


STAGE_CLASSES = (Prospect, Prospect, Newcomer, Customer, Expert, Former, Former)  # by Stage


class Everybody(AgentSet):
    """All rows as Mesa's AgentSet. Views are made when touched and then kept."""

    def __init__(self, model):
        self.model, self.random, self._made = model, model.random, {}

    def at(self, row: int) -> Person:
        """Return the view of ``row``."""
        view = self._made.get(row)
        if view is None:
            view = self._made[row] = object.__new__(self.model.class_of(row))
            object.__setattr__(view, "model", self.model)
            object.__setattr__(view, "row", row)
        return view

    def retype(self) -> None:
        """Let every view that somebody holds follow its row's stage."""
        for row, view in self._made.items():
            object.__setattr__(view, "__class__", self.model.class_of(row))

    def where(self, mask: np.ndarray) -> AgentSet:
        """Return the rows where ``mask`` is true."""
        return AgentSet((self.at(r) for r in np.flatnonzero(mask).tolist()), self.random)

    def __len__(self):
        return self.model.n

    def __iter__(self) -> Iterator[Person]:
        return (self.at(row) for row in range(len(self)))

    def __contains__(self, agent):
        return isinstance(agent, Person) and agent.model is self.model

    def get(self, attr_names, *args, **kwargs):
        """Return attributes as Mesa does; a single column is read whole, without making views."""
        if isinstance(attr_names, str) and attr_names in COLUMNS:
            return self.model.people[attr_names].tolist()
        return self.as_agentset().get(attr_names, *args, **kwargs)

    def to_list(self) -> list[Person]:
        """Return a view of every row."""
        return list(self)

    def as_agentset(self) -> AgentSet:
        """Return an ordinary AgentSet of all views."""
        return AgentSet(self, self.random)

    copy = __copy__ = as_agentset

    def __getstate__(self):
        return {"model": self.model, "random": self.random, "_made": {}}

    def __setstate__(self, state):
        self.__dict__.update(state)


def _delegate(name):
    return lambda self, *args, **kwargs: getattr(self.as_agentset(), name)(*args, **kwargs)


for _name in ("select", "groupby", "shuffle", "sort", "do", "shuffle_do", "map", "set"):
    setattr(Everybody, _name, _delegate(_name))  # Mesa's bodies reach into private fields that a view set has not


class ByType(Mapping):
    """``agents_by_type`` by exact class, as Mesa's; a set is made when asked for."""

    def __init__(self, model):
        self.model = model

    def __iter__(self):
        return iter(dict.fromkeys(c for classes in self.model.classes for c in classes))

    def __len__(self):
        return sum(1 for _ in self)

    def __getitem__(self, cls):
        hit = np.array([[c is cls for c in classes] for classes in self.model.classes])
        if not hit.any():
            raise KeyError(cls)
        people = self.model.people
        return self.model.agents.where(hit[people["variant"], people["stage"]])


def stage_base(cls: type) -> type | None:
    """Return the stage class that ``cls`` refines, or None."""
    return next((c for c in cls.__mro__ if c in STAGE_CLASSES), None)


def refine(classes: list[type], cls: type, base: type) -> list[type]:
    """Return the class of each stage when ``cls`` takes the place of ``base``; stages built on it are refined too."""
    return [
        cls if c is base else type(cls.__name__ + c.__name__, (cls, c), {}) if issubclass(c, base) else c
        for c in classes
    ]
