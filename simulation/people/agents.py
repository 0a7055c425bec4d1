"""Mesa agents as views: an agent is a row, its class follows the stage, and all its state stands in the columns.

Override a decision in a subclass of a stage class and call ``model.use(cls)``: those rows then decide in
Python while everybody else stays compiled. A decision returns the code of an outcome, 0 = nothing happens.
"""

import mesa

from simulation.people.columns import COLUMNS
from simulation.people.stages import Channel, Door


def _column(name: str) -> property:
    def read(self):
        value = self.model._engine.people[name][self.row]
        return value.item() if value.ndim == 0 else [int(v) for v in value]

    def write(self, value):
        self.model._engine.rewrite(name, self.row, value)

    return property(read, write, doc=f"Column '{name}' of the people table.")


def blank_view() -> "Person":
    """Return a view that is not yet told of which row; copies are made so."""
    return object.__new__(Person)


class Person(mesa.Agent):
    """A view of one row: ``model`` and ``row``, nothing else. Columns read as attributes, traits may be written."""

    unique_id = property(lambda self: self.row + 1)
    pos = None

    def __init__(self, *_, **__):
        raise TypeError("people are rows of the model; they are not constructed")

    def remove(self) -> None:
        """Refuse: people are rows."""
        raise TypeError(
            "people stay in the model: who is to do nothing gets a decision that returns 0, model.use(cls, rows)"
        )

    def step(self) -> None:
        """Refuse: a week is the model's."""
        raise TypeError("people have no step of their own: model.step() runs a week and asks for their decisions")

    advance = step

    def __reduce__(self):
        return blank_view, (), {"model": self.model, "row": self.row}

    def __setstate__(self, state):
        for name, value in state.items():
            object.__setattr__(self, name, value)

    def __copy__(self):
        return self

    def __setattr__(self, name, value):
        if name in self.model.decisions:
            raise AttributeError(f"override '{name}' in a subclass and call model.use(...)")
        if name not in COLUMNS:
            raise AttributeError(f"{type(self).__name__} has no column '{name}'; state lives in model.people")
        object.__setattr__(self, name, value)

    def __repr__(self):
        return f"<{type(self).__name__} {self.unique_id}>"

    def _ask(self, name: str) -> int:
        return self.model._engine.one(name, self.row)

    @property
    def contacts(self) -> list["Person"]:
        """The person's contacts in the social network."""
        net = self.model._engine.network
        rows = net.indices[net.indptr[self.row] : net.indptr[self.row + 1]]
        return [self.model.agents.at(r) for r in rows.tolist()]

    @property
    def friends(self) -> list["Person"]:
        """Members this person is tied to."""
        return [self.model.agents.at(r - 1) for r in self.ties if r > 0]

    @property
    def came_by(self) -> tuple[str, str]:
        """Channel and door of acquisition, by name."""
        return Channel(self.channel).name.lower(), Door(self.door).name.lower()


for _name in COLUMNS:
    setattr(Person, _name, _column(_name))


class Prospect(Person):
    """Has the problem; does not know the product, or knows it and has not engaged."""

    def attraction(self) -> int:
        """Return the channel (1-8) that attracts this week, 9 or 10 to use the first or second rival, 11 to give one up, 12 to read no more, or 0."""
        return self._ask("attraction")

    def engagement(self) -> int:
        """Return the door (1-4) taken, 5 = interest fades, or 0."""
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
        """Return 1 to become an expert, 2 to step back, 3 to go quiet and leave the community, or 0."""
        return self._ask("advocacy")

    def support(self) -> int:
        """Return 0 without a ticket, else who solves it: 1 peers, 2 self-service, 3 staff, 4 nobody, 5 account manager."""
        return self._ask("support")

    def retention(self) -> int:
        """Return 1 to leave, 2 payment fails, 3 or 7 to the first or second rival, 4 more seats, 5 fewer, 6 join the community, or 0."""
        return self._ask("retention")


class Expert(Customer):
    """Pays and advocates by deeds; decides as a Customer does."""


class Former(Person):
    """Left; may use a rival."""

    def come_back(self) -> int:
        """Return 1 to look again, 2 to forget the product, 3 or 4 to use the first or second rival, 5 to give one up, or 0."""
        return self._ask("come_back")


STAGE_CLASSES = (Prospect, Prospect, Newcomer, Customer, Expert, Former)  # by Stage
