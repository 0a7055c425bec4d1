"""The bare workload as anybody would write it in Mesa: an object a person, a method a step, a collector."""

import mesa
from mesa.datacollection import DataCollector

from simulation.people.network import Network
from tests.benchmarks.limit import CHURN, RETURN, P, Q

STATES = ("prospect", "customer", "churned")


class Person(mesa.Agent):
    """A prospect (0), customer (1) or churned customer (2)."""

    def __init__(self, model):
        super().__init__(model)
        self.state = self.next = 0
        self.contacts = []

    def decide(self):
        """Choose by what the contacts were at the week's start."""
        u = self.random.random()
        if self.state == 0:
            using = sum(c.state == 1 for c in self.contacts)
            self.next = int(u < 1 - (1 - P) * (1 - Q) ** using)
        elif self.state == 1:
            self.next = 2 if u < CHURN else 1
        else:
            self.next = 0 if u < RETURN else 2

    def advance(self):
        """Become what was chosen."""
        self.state = self.next


def number(state: int):
    """Return a reporter that counts the people in a state."""
    return lambda model: sum(person.state == state for person in model.agents)


class WordOfMouth(mesa.Model):
    """People on a network."""

    def __init__(self, network: Network, rng=None):
        super().__init__(rng=rng)
        people = [Person(self) for _ in range(network.n_people)]
        for i, person in enumerate(people):
            person.contacts = [people[j] for j in network.indices[network.indptr[i] : network.indptr[i + 1]]]
        self.datacollector = DataCollector({name: number(state) for state, name in enumerate(STATES)})

    def step(self):
        """Run one week."""
        self.agents.do("decide")
        self.agents.do("advance")
        self.datacollector.collect(self)
