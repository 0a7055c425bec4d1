"""Runs that are watched: watching changes nothing, and what compiled code sees is what a plain look at agents sees."""

from collections import Counter
from itertools import pairwise

import numpy as np

from simulation.calendar import begins_month, month_of
from simulation.evidence.adoption import MOST_CONTACTS, observe_adoption
from simulation.evidence.customers import observe_retention
from simulation.evidence.history import FIRST_TIES_WEEKS, NEVER, watch_posts
from simulation.mesa_model import GrowthModel
from simulation.people.agents import Customer
from simulation.people.influence import left_of
from tests.worlds import differing, lively

STARTS = {
    "first_post": NEVER, "began_by_asking": False, "first_question": NEVER, "first_answered": False, "next_post": NEVER,
    "early_partners": 0, "early_posts": 0, "partners": 0, "answers": 0, "posts": 0,
}  # fmt: skip


def test_watching_changes_nothing_and_counts_what_is_recorded():
    config = lively("weeks=60")
    watched, who = watch_posts(config, 5)
    alone = GrowthModel(config, rng=5)
    alone.run()
    assert differing(watched, alone) == []
    assert who.answers.sum() == alone.series("answered").sum()
    assert (
        who.posts.sum()
        == (alone.people["questions"].astype(int) + alone.people["answers"] + alone.people["pieces"]).sum()
    )
    asked = who.first_question != NEVER
    assert (who.first_post[asked] <= who.first_question[asked]).all()
    later = asked & (who.next_post != NEVER)
    assert later.any() and (who.next_post[later] > who.first_question[later]).all()
    assert ((who.first_post == NEVER) == (who.posts == 0)).all()
    assert (who.early_partners <= who.partners).all() and who.partners.sum() > 0
    assert (who.partners <= who.posts).all()  # a reply each, given or got: events and introductions make none


def test_posts_and_partners_are_those_that_a_plain_look_at_agents_counts():
    """The compiled observer against agents read one by one in Python, in a small world where ties come and go."""
    config = lively("weeks=40")
    _, who = watch_posts(config, 5)
    model = GrowthModel(config, rng=5)
    plain = {row: Plain(row, model) for row in range(model.n)}
    while model.week < config.weeks:
        model.step()
        for row, person in plain.items():
            person.look(model.agents.at(row), model.week - 1)
    for name in (*STARTS, "last_post"):
        assert getattr(who, name).tolist() == [getattr(person, name) for person in plain.values()], name
    assert who.partners.sum() > 0 and (who.next_post != NEVER).any() and who.first_answered.any()


class Plain:
    """A person as somebody would note it on paper, week by week."""

    def __init__(self, row, model):
        vars(self).update(STARTS)
        self.ties, self.last_post = set(), NEVER
        self.before = dict.fromkeys(("questions", "answers", "pieces"), 0)
        self.look(model.agents.at(row), NEVER)

    def look(self, agent, week):
        new = {name: int(getattr(agent, name)) - was for name, was in self.before.items()}
        self.before = {name: was + new[name] for name, was in self.before.items()}
        self.answers, self.posts = self.before["answers"], sum(self.before.values())
        ties = {int(other) for other in agent.ties if other > 0}
        met, self.ties, self.last_post = ties - self.ties, ties, int(agent.last_post)
        if week == NEVER:
            return
        posts, answered = sum(new.values()), not agent.unanswered
        partners = min(len(met), new["answers"] + (new["questions"] if answered else 0))
        if posts and self.first_post == NEVER:
            self.first_post, self.began_by_asking = week, new["questions"] > 0
        if posts and self.first_question != NEVER and self.next_post == NEVER:
            self.next_post = week
        if new["questions"] and self.first_question == NEVER:
            self.first_question, self.first_answered = week, answered
        self.partners += partners
        if self.first_post != NEVER and week - self.first_post < FIRST_TIES_WEEKS:
            self.early_partners, self.early_posts = self.early_partners + partners, self.early_posts + posts


def test_person_months_of_adoption_and_of_leaving_are_those_that_a_plain_look_counts():
    """What is derived after a run, or read between stretches, against agents and their contacts read every month in Python."""
    config = lively("weeks=60")
    model = GrowthModel(config, rng=5)
    near, left, pays, life = [], [], [], []
    for week in range(60):
        if begins_month(week):
            adopted = {int(one["row"]) for one in model.record.lives}
            contacts = [model.network.indices[a:b].tolist() for a, b in pairwise(model.network.indptr)]
            near.append([len(adopted.intersection(of)) for of in contacts])
            left.append([left_of(int(heard)) for heard in model.net.heard])
            pays.append([isinstance(agent, Customer) for agent in model.agents])
            life.append(model.people["life"].tolist())
        model.step()
    first = {}
    for one in model.record.lives:
        first.setdefault(int(one["row"]), int(month_of(int(one["adopted"]))))
    adoption = Counter(
        (month, first.get(row) == month, min(near[month][row], MOST_CONTACTS))
        for month in range(int(month_of(60)))
        for row in range(model.n)
        if first.get(row, 99) >= month
    )
    cells = observe_adoption(config, 5)["cells"]
    assert {place: cells[place] for place in zip(*(x.tolist() for x in np.nonzero(cells)), strict=True)} == adoption
    leaving = Counter(
        (life[month + 1][row] != life[month][row], min(left[month][row], 3), past(left, month, row))
        for month in range(len(left) - 1)
        for row in np.flatnonzero(pays[month])
    )
    found = observe_retention(config, 5)
    seen = Counter()
    for row, count in zip(found["months"].tolist(), found["counts"].tolist(), strict=True):
        seen[tuple(row[:3])] += count
    assert seen == leaving
    assert max(k for _, _, k in adoption) > 1 and sum(n for (gone, *_), n in leaving.items() if gone) > 5


def past(left, month, row):
    """Contacts who left before the last month: the most of two looks."""
    return min(max(left[month - 3][row], left[month - 2][row]), 3) if month >= 3 else 0
