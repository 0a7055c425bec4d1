"""What somebody may do to a model in a notebook, at random: write to all that can be reached, decide nonsense, go on running.

``python -m tests.agreement.meddle FIRST SEEDS`` exits with 0 where Python lives and the books are kept whatever was tried.
"""

import sys
import warnings
from collections.abc import Mapping

import numpy as np
from mesa.agent import AgentSet
from pydantic import BaseModel

from simulation.mesa_model import GrowthModel
from simulation.people.agents import STAGE_CLASSES, Person
from simulation.people.columns import COLUMNS
from simulation.people.reading import Reading
from simulation.people.stages import Uses
from tests.property.test_accounting import check
from tests.worlds import lively

WEEKS = 12
JUNK = (-1, 3, 255, 2**31, -(2**40), 1e300, np.nan, -np.inf, 0.5, None, "3", [1, 2], True, np.uint8(7), {}, np.zeros(3))
RUNS = {"step", "run", "run_model", "run_for", "run_until"}


def names(thing):
    """Return the public names of an object, without those by which pydantic knows a class."""
    return [name for name in dir(thing) if not name.startswith(("_", "model_"))]


JOINS = {"retention": 6, "adoption": 3}
USES = {  # nobody gives up a rival that he does not use, or begins to use one that he uses
    *((decision, code, uses) for decision, code in (("attraction", 11), ("come_back", 5)) for uses in (0, 1)),
    *(
        (decision, code + k, Uses.RIVAL_1 + k)
        for decision, code in (("attraction", 9), ("come_back", 3))
        for k in (0, 1)
    ),
}


class Meddler:
    """Tries things; whatever raises an Exception has been refused."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.model = GrowthModel(
            lively(f"weeks={WEEKS}", "market.people=80"), rng=seed, driver=self.one_of(["compiled", "agents"])
        )
        self.tried = self.taken = 0

    def one_of(self, things):
        """Return one of the things."""
        things = list(things)
        return things[self.rng.integers(len(things))]

    def attempt(self, what, *arguments, **more):
        """Try something."""
        self.tried += 1
        try:
            what(*arguments, **more)
            self.taken += 1
        except Exception:  # noqa: BLE001, S110 - refusing is right, whatever the words; other tests have the words
            pass

    def reach(self, thing, depth=0):
        """Go down from ``thing`` by a random path and meddle where it ends."""
        inner = []
        if isinstance(thing, np.ndarray):
            junk = self.one_of(JUNK)
            inner = [thing[name] for name in thing.dtype.names or () if name not in ("need", "fit")]
            for write in (
                lambda: thing.__setitem__(
                    self.one_of([0, slice(None), ..., self.rng.integers(0, max(thing.shape[0], 1), 3)]), junk
                ),
                lambda: thing.fill(junk),
                thing.sort,
                lambda: thing.resize(3),
                lambda: setattr(thing.flags, "writeable", True),
                lambda: np.add(thing, 1, out=thing),
                lambda: np.copyto(thing, 1),
            ):
                self.attempt(write)
        elif isinstance(thing, Mapping | list | tuple | set):
            inner = list(thing.values() if isinstance(thing, Mapping) else thing)
            for name, arguments in (
                ("clear", ()),
                ("pop", ()),
                ("update", ({"a": 1},)),
                ("append", (1,)),
                ("popitem", ()),
            ):
                self.attempt(lambda name=name, arguments=arguments: getattr(thing, name)(*arguments))
            if inner:
                self.attempt(
                    lambda: thing.__setitem__(
                        self.one_of(thing if isinstance(thing, Mapping) else [0]), self.one_of(JUNK)
                    )
                )
        elif isinstance(thing, Reading | BaseModel):
            name = self.one_of(names(thing))
            self.attempt(setattr, thing, name, self.one_of(JUNK))
            self.attempt(delattr, thing, name)
            self.attempt(lambda: inner.append(getattr(thing, name)))
            if inner and callable(inner[0]) and isinstance(thing, Reading):
                self.attempt(inner[0], *[self.one_of(JUNK) for _ in range(self.rng.integers(4))])
        if inner and depth < 5:
            self.reach(self.one_of(inner), depth + 1)

    def meddle_with_model(self):
        """Write to, or down from, an attribute of the model, or call one of its methods."""
        name = self.one_of(name for name in names(type(self.model)) if name not in RUNS)
        self.attempt(setattr, self.model, name, self.one_of(JUNK)) if name in vars(GrowthModel) else None
        self.model.__dict__.pop(name, None)  # a method of one's own in place of the model's is one's own affair
        value = getattr(self.model, name, None)
        if callable(value) and not isinstance(value, AgentSet | type):
            self.attempt(value, *[self.one_of(JUNK) for _ in range(self.rng.integers(3))])
        else:
            self.reach(value)

    def meddle_with_agents(self):
        """Write to agents, one, some or all of them, and call what they have."""
        agents, name, junk = (
            self.model.agents,
            self.one_of((*COLUMNS, "row", "model", "pos", "mood")),
            self.one_of(JUNK),
        )
        agent = agents[int(self.rng.integers(len(agents)))]
        self.attempt(setattr, agent, name, junk)
        self.attempt(agents.set, name, junk)
        self.attempt(agents.select(lambda a: a.row % 7 == 0).set, name, junk)
        self.attempt(
            self.model.people[name].__setitem__ if name in COLUMNS else agents.get, self.one_of([..., [3, 3]]), junk
        )
        self.attempt(
            getattr(agent, self.one_of(n for n in names(type(agent)) if callable(getattr(type(agent), n))), len)
        )
        self.attempt(getattr(agents, self.one_of(n for n in names(type(agents)) if n not in COLUMNS), len), junk)

    def meddle_with_decisions(self):
        """Let some rows decide at random, now and then nonsense, and write to themselves meanwhile."""
        base = self.one_of(dict.fromkeys(STAGE_CLASSES))
        decision = self.one_of(name for name in self.model.decisions if hasattr(base, name))
        odds, rng, attempt = self.rng.random(), self.rng, self.attempt
        n_outcomes = len(self.model.decisions[decision].outcomes)
        one_of = self.one_of

        def decide(agent: Person):
            if rng.random() < 0.05:
                attempt(setattr, agent, one_of(COLUMNS), one_of(JUNK))
            outcome = int(rng.integers(n_outcomes)) if rng.random() < odds else 0
            idle = (decision, outcome) == ("attraction", 12) and not agent.reads
            impossible = (
                idle
                or (decision, outcome, agent.uses) in USES
                or (
                    agent.seats < 2
                    if (decision, outcome) == ("retention", 5)
                    else agent.member and outcome == JOINS.get(decision)
                )
            )
            return 0 if impossible else outcome

        cls = type("Meddling", (base,), {decision: decide})
        self.attempt(self.model.use, cls, self.rng.random(self.model.n) < self.rng.random())

    def run(self):
        """Meddle every week, and see that the books are kept."""
        for _ in range(WEEKS):
            for _ in range(6):
                self.one_of(
                    [
                        self.meddle_with_model,
                        self.meddle_with_model,
                        self.meddle_with_agents,
                        self.meddle_with_decisions,
                    ]
                )()
            self.model.__dict__.pop("step", None)
            GrowthModel.step(self.model)
            check(self.model)


def main(first, seeds):
    """Meddle with so many models, the first of them under seed ``first``."""
    tried = taken = 0
    for seed in range(first, first + seeds):
        meddler = Meddler(seed)
        meddler.run()
        tried, taken = tried + meddler.tried, taken + meddler.taken
    print(seeds, tried, taken)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]), int(sys.argv[2]))
