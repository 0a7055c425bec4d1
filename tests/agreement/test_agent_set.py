"""``model.agents`` answers as the AgentSet of a plain Mesa model of the same people does, or refuses in a sentence."""

import copy
import operator
import random
from collections.abc import Set as AbstractSet

import mesa
import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.people.agents import Customer, Former
from tests.worlds import lively

TWINS = ("seats", "segment", "stage", "fit", "need")
N = 120


class Twin(mesa.Agent):
    def __init__(self, model, **columns):
        super().__init__(model)
        vars(self).update(columns)

    def double(self, by=2):
        return by * self.seats


class TwinCustomer(Twin):
    pass


class Plain(mesa.Model):
    """The same people as ordinary Mesa agents."""

    def __init__(self, like):
        super().__init__(rng=1)
        for agent in like.agents:
            cls = TwinCustomer if isinstance(agent, Customer) else Twin
            cls(self, row=agent.row, **{name: getattr(agent, name) for name in TWINS})


@pytest.fixture
def pair(monkeypatch):
    """Return everybody of a run, and of a plain Mesa model of the same people, with the same random numbers."""
    model = GrowthModel(lively("weeks=20", f"market.people={N}"), rng=3)
    model.run()
    plain = Plain(model)
    monkeypatch.setattr(Customer.__mro__[1], "double", Twin.double, raising=False)
    model.random, plain.random = random.Random(7), random.Random(7)
    plain.agents.random = plain.random
    return model.agents, plain.agents


def rows_of(found):
    """Return what can be compared of an answer: agents by row, sets and groups as lists of them."""
    if isinstance(found, AbstractSet | list | tuple):
        return [rows_of(x) for x in found]
    if isinstance(found, dict):
        return {key: rows_of(x) for key, x in found.items()}
    return found.row if isinstance(found, mesa.Agent) else found


def listed(agents):
    """Return a list of agents, by Mesa's own method where this Mesa has it."""
    return agents.to_list() if hasattr(agents, "to_list") else list(agents)


def some(agents):
    """Return an ordinary set of some agents."""
    return agents.select(lambda a: a.row % 3 == 0)


def customers(agents):
    """Return the customers among agents by their class."""
    return agents.select(agent_type=(Customer, TwinCustomer), at_most=10)


ANSWERS = {
    "len": len,
    "list": list,
    "to_list": listed,
    "first": lambda s: s[0],
    "last": lambda s: s[-1],
    "numpy index": lambda s: s[np.int64(4)],
    "slice": lambda s: s[3:40:7],
    "backwards": lambda s: s[10:2:-1],
    "reversed": lambda s: list(reversed(listed(s))),
    "iter": lambda s: next(iter(s)),
    "contains": lambda s: (s[3] in s, None in s, 3 in s),
    "get": lambda s: s.get("seats"),
    "get many": lambda s: s.get(["seats", "fit"]),
    "get a default": lambda s: s.get("mood", handle_missing="default", default_value=4),
    "get many with defaults": lambda s: s.get(["mood", "seats"], "default", 4),
    "agg": lambda s: s.agg("seats", max),
    "agg many": lambda s: s.agg("seats", [min, max, sum, np.mean]),
    "select": lambda s: s.select(lambda a: a.seats > 1),
    "select all": lambda s: s.select(),
    "select at most": lambda s: s.select(at_most=7),
    "select a share": lambda s: s.select(at_most=0.25),
    "select a type": customers,
    "select in place of a copy": lambda s: copy.copy(s).select(lambda a: a.seats > 1, inplace=True),
    "sort": lambda s: s.sort("fit"),
    "sort upwards": lambda s: s.sort(lambda a: a.need, ascending=True),
    "sort a copy in place": lambda s: copy.copy(s).sort("need", inplace=True),
    "shuffle": lambda s: s.shuffle(),
    "shuffle a copy in place": lambda s: copy.copy(s).shuffle(inplace=True),
    "do": lambda s: s.do("double").do(lambda a: None),
    "map": lambda s: s.map("double", by=3),
    "map a function": lambda s: s.map(lambda a, x: a.seats + x, 5),
    "set": lambda s: s.set("fit", 0.5).get("fit"),
    "set some": lambda s: (some(s).set("fit", 0.5), s.get("fit")),
    "group": lambda s: dict(s.groupby("segment").groups),
    "group as lists": lambda s: dict(s.groupby(lambda a: a.seats > 1, result_type="list").groups),
    "group and count": lambda s: s.groupby("stage").count(),
    "group and agg": lambda s: s.groupby("stage").agg("seats", sum),
    "group and map": lambda s: s.groupby("stage").map(len),
    "group and map a method": lambda s: s.groupby("stage").map("get", "seats"),
    "copy": lambda s: s.copy() if hasattr(s, "copy") else copy.copy(s),
    "copied": copy.copy,
    "and": lambda s: s & some(s),
    "and of the copy": lambda s: some(s) & s,
    "or": lambda s: some(s) | s,
    "minus": lambda s: s - some(s),
    "xor": lambda s: s ^ some(s),
    "or everybody": lambda s: s | some(s),
    "equals": lambda s: (s == copy.copy(s), s == some(s), s != some(s)),
    "subset": lambda s: (some(s) <= s, s <= some(s), s >= some(s), some(s) < s),
    "disjoint": lambda s: (s.isdisjoint(some(s)), (s - some(s)).isdisjoint(some(s))),
    "add to a copy": lambda s: (c := copy.copy(s).select(at_most=3), c.add(s[9])),
    "remove from a copy": lambda s: (c := copy.copy(s), c.remove(s[9]), c.discard(s[9])),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_that_of_mesa(pair, name):
    ours, plain = pair
    assert rows_of(ANSWERS[name](ours)) == rows_of(ANSWERS[name](plain))
    assert ours.random.random() == plain.random.random()


def test_what_is_done_to_everybody_is_done_in_mesas_order(pair):
    orders = []
    for agents in pair:
        orders.append([])
        assert agents.shuffle_do(lambda a, to: to.append(a.row), orders[-1]) is agents
        assert agents.do(lambda a, to: to.append(a.row), orders[-1]) is agents
    assert orders[0] == orders[1]
    assert orders[0][:N] != orders[0][N:]


ERRORS = {
    "index": (lambda s: s[N], IndexError),
    "remove a stranger": (lambda s: copy.copy(s).remove(None), (KeyError, TypeError)),
    "missing": (lambda s: s.get("mood"), AttributeError),
    "unknown handling": (lambda s: s.get("seats", handle_missing="maybe"), ValueError),
    "no method": (lambda s: s.do("fly"), AttributeError),
    "no key": (lambda s: s.sort("mood"), AttributeError),
    "no group": (lambda s: s.groupby("mood"), AttributeError),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_that_of_mesa(pair, name):
    call, error = ERRORS[name]
    for agents in pair:
        with pytest.raises(error):
            call(agents)


REFUSED = {
    "select": lambda s: s.select(lambda a: True, inplace=True),
    "sort": lambda s: s.sort("fit", inplace=True),
    "shuffle": lambda s: s.shuffle(inplace=True),
    "add": lambda s: s.add(s[0]),
    "discard": lambda s: s.discard(s[0]),
    "remove": lambda s: s.remove(s[0]),
    "pop": lambda s: s.pop(),
    "clear": lambda s: s.clear(),
    "|=": lambda s: operator.ior(s, s),
    "&=": lambda s: operator.iand(s, some(s)),
    "-=": lambda s: operator.isub(s, some(s)),
    "^=": lambda s: operator.ixor(s, s),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_everybody_stays_everybody_in_the_order_of_rows(pair, name):
    ours, _ = pair
    with pytest.raises(
        TypeError, match=r"^model\.agents is everybody, in the order of rows; change a copy of it: model"
    ):
        REFUSED[name](ours)
    assert [a.row for a in ours] == list(range(N))


def test_people_are_not_made_removed_or_stepped():
    model = GrowthModel(lively("weeks=3", "market.people=50"), rng=1)
    agent = model.agents[0]
    stay = "people are rows of the model and stay in it; their number is market.people"
    for call, said in (
        (model.remove_all_agents, stay),
        (lambda: model.register_agent(agent), stay),
        (lambda: model.deregister_agent(agent), stay),
        (agent.remove, "people stay in the model: who is to do nothing gets a decision that returns 0"),
        (lambda: model.agents.do("remove"), "people stay in the model"),
        (agent.step, r"people have no step of their own: model\.step\(\) runs a week and asks for their decisions"),
        (lambda: model.agents.shuffle_do("step"), "people have no step of their own"),
        (agent.advance, "people have no step of their own"),
        (lambda: Customer(model), "not constructed"),
        (lambda: Former.create_agents(model, 3), "not constructed"),
        (lambda: model.reset_rng(5), "people's luck is drawn by name from the model's seed: make a model anew"),
        (lambda: model.reset_randomizer(5), "people's luck is drawn by name"),
        (lambda: copy.copy(model), r"two models cannot share their people: use copy\.deepcopy\(model\)"),
    ):
        with pytest.raises(TypeError, match=f"^.*{said}"):
            call()
    with pytest.raises(AttributeError, match=r"^model\.agents is the model's own account"):
        model.agents = []
    for row in (-1, 50, 10**12):
        with pytest.raises(IndexError, match=f"^there is no row {row}: people are rows 0 to 49$"):
            model.agents.at(row)
    assert len(model.agents) == 50
