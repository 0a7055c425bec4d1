"""Everybody as Mesa's AgentSet, without holding an agent for each row: views are made when they are touched."""

import operator
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from mesa.agent import AgentSet

from simulation.people.agents import Person
from simulation.people.columns import COLUMNS
from simulation.people.table import WRITABLE


def _refused(*_, **__) -> Any:
    raise TypeError("model.agents is everybody, in the order of rows; change a copy of it: model.agents.copy()")


class Everybody(AgentSet):
    """All rows as Mesa's AgentSet; what is chosen or ordered of them is an ordinary AgentSet."""

    def __init__(self, model):
        self._model = model

    random = property(lambda self: self._model.random)

    def at(self, row: int) -> Person:
        """Return the view of ``row``, from 0; raises IndexError where there is no such row."""
        row = operator.index(row)
        if not 0 <= row < len(self):
            raise IndexError(f"there is no row {row}: people are rows 0 to {len(self) - 1}")
        return self._model._engine.view(row)

    def where(self, mask: np.ndarray) -> AgentSet:
        """Return the rows where ``mask`` is true."""
        return AgentSet((self.at(r) for r in np.flatnonzero(mask).tolist()), self.random)

    def __len__(self):
        return self._model.n

    def __iter__(self) -> Iterator[Person]:
        return map(self._model._engine.view, range(len(self)))

    def __contains__(self, agent):
        return isinstance(agent, Person) and agent.model is self._model

    def __getitem__(self, item):
        rows = range(len(self))[item]
        return [self.at(row) for row in rows] if isinstance(item, slice) else self.at(rows)

    def get(self, attr_names, *args, **kwargs):
        """Return attributes as Mesa does; a single column is read whole, without making views."""
        if isinstance(attr_names, str) and attr_names in COLUMNS and not (args or kwargs):
            return self._model._engine.people[attr_names].tolist()
        return self.copy().get(attr_names, *args, **kwargs)

    def set(self, attr_name, value):
        """Set an attribute as Mesa does; a trait is written whole."""
        if attr_name in WRITABLE:
            self._model._engine.rewrite(attr_name, slice(None), value)
        else:
            self.copy().set(attr_name, value)
        return self

    def select(self, filter_func=None, at_most=float("inf"), inplace=False, agent_type=None):
        """Choose as Mesa does."""
        return _refused() if inplace else self.copy().select(filter_func, at_most, agent_type=agent_type)

    def shuffle(self, inplace=False):
        """Return everybody in random order."""
        return _refused() if inplace else self.copy().shuffle()

    def sort(self, key, ascending=False, inplace=False):
        """Return everybody in the order of a key."""
        return _refused() if inplace else self.copy().sort(key, ascending)

    def do(self, method, *args, **kwargs):
        """Call a method or function for everybody."""
        self.copy().do(method, *args, **kwargs)
        return self

    def shuffle_do(self, method, *args, **kwargs):
        """Call a method or function for everybody, in random order."""
        self.copy().shuffle_do(method, *args, **kwargs)
        return self

    def map(self, method, *args, **kwargs):
        """Return what a method or function returns for everybody."""
        return self.copy().map(method, *args, **kwargs)

    def groupby(self, by, result_type="agentset"):
        """Group as Mesa does."""
        return self.copy().groupby(by, result_type)

    def to_list(self) -> list[Person]:
        """Return a view of every row."""
        return list(self)

    def copy(self) -> AgentSet:
        """Return an ordinary AgentSet of all views."""
        return AgentSet(self, self.random)

    __copy__ = copy
    add = discard = remove = pop = clear = _refused
    __ior__ = __iand__ = __isub__ = __ixor__ = _refused  # type: ignore[assignment]

    def _from_iterable(self, agents) -> AgentSet:
        """Return what ``&``, ``|``, ``-`` and ``^`` make."""
        return AgentSet(agents, self.random)

    def __reduce__(self):
        return Everybody, (self._model,)


class ByType(Mapping):
    """``agents_by_type`` by exact class, as Mesa's; a set is made when asked for."""

    def __init__(self, model):
        self._model = model

    def __iter__(self):
        return iter(dict.fromkeys(c for classes in self._model._engine.classes for c in classes))

    def __len__(self):
        return sum(1 for _ in self)

    def __getitem__(self, cls):
        engine = self._model._engine
        hit = np.array([[c is cls for c in classes] for classes in engine.classes])
        if not hit.any():
            raise KeyError(cls)
        return self._model.agents.where(hit[engine.people["variant"], engine.people["stage"]])
