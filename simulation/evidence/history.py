"""A run watched person by person: what the weekly record leaves out. Watching changes nothing (the model is only read)."""

from typing import NamedTuple

import numpy as np

from simulation.mesa_model import GrowthModel
from simulation.people.stages import Stage
from simulation.scenario.schema import World

NEVER = -1
FIRST_TIES_WEEKS = 9  # about 60 days


class Posters(NamedTuple):
    """One row a person; weeks are ``NEVER`` where it did not happen."""

    first_post: np.ndarray  # week
    last_post: np.ndarray  # week
    began_by_asking: np.ndarray  # bool: the first post was a question
    first_question: np.ndarray  # week
    first_answered: np.ndarray  # bool: it got an answer within the week
    next_post: np.ndarray  # week of the first post after the week of the first question
    early_partners: np.ndarray  # partners made in the 60 days after the first post
    early_posts: np.ndarray  # posts in these days
    partners: (
        np.ndarray
    )  # new ties, at most one a reply given or got in its week; one forgotten and met again counts twice
    answers: np.ndarray
    posts: np.ndarray  # questions, answers and pieces


def customers(model: GrowthModel) -> np.ndarray:
    """Return who pays now, bool (people,)."""
    stage = model.people["stage"]
    return (stage == Stage.CUSTOMER) | (stage == Stage.EXPERT)


def run_to(model: GrowthModel, week: int) -> None:
    """Run until ``week``, or to the end of the run where that comes first."""
    while model.week < min(week, model.config.weeks):
        model.step()


def watch_posts(world: World, seed: int) -> tuple[GrowthModel, Posters]:
    """Run a model to its end, noting every week who asked, answered and wrote."""
    model = GrowthModel(world, rng=seed)
    n, people = model.n, model.people
    first, question, after = (np.full(n, NEVER) for _ in range(3))
    asked_first, answered = np.zeros(n, bool), np.zeros(n, bool)
    early_partners, early, partners = (np.zeros(n, int) for _ in range(3))
    tied = people["ties"].copy()
    before = {name: people[name].astype(int) for name in ("questions", "answers", "pieces")}
    while model.week < world.weeks:
        model.step()
        week = model.week - 1
        new = {name: people[name].astype(int) - before[name] for name in before}
        before = {name: people[name].astype(int) for name in before}
        posts = np.sum(list(new.values()), axis=0)
        posted, asked = posts > 0, new["questions"] > 0
        starts = posted & (first == NEVER)
        first[starts], asked_first[starts] = week, asked[starts]
        returns = posted & (question != NEVER) & (after == NEVER)
        after[returns] = week
        asks = asked & (question == NEVER)
        question[asks], answered[asks] = week, people["unanswered"][asks] == 0
        young = (first != NEVER) & (week - first < FIRST_TIES_WEEKS)
        changed = np.flatnonzero((people["ties"] != tied).any(axis=1))
        now, then = people["ties"][changed], tied[changed]
        met = ((now > 0) & ~(now[:, :, None] == then[:, None, :]).any(axis=2)).sum(axis=1)
        replies = new["answers"] + np.where(people["unanswered"] == 0, new["questions"], 0)
        by_reply = np.zeros(n, int)
        by_reply[changed] = np.minimum(met, replies[changed])  # events and introductions tie people, too
        partners += by_reply
        early_partners[young] += by_reply[young]
        tied[changed] = now
        early[young] += posts[young]
    last = people["last_post"].astype(int)
    total = np.sum(list(before.values()), axis=0)
    return model, Posters(
        first, last, asked_first, question, answered, after, early_partners, early, partners, before["answers"], total
    )


def first_adoptions(model: GrowthModel) -> np.ndarray:
    """Return the week in which each person first became a customer, ``NEVER`` where it did not."""
    lives = model.record.lives
    first = np.full(model.n, NEVER)
    first[lives["row"][::-1]] = lives["adopted"][::-1]  # lives stand in the order of adoption
    return first


def contacts_with(model: GrowthModel, flag: np.ndarray) -> np.ndarray:
    """Return how many contacts of each person have ``flag``, int (people,)."""
    owner = np.repeat(np.arange(model.n), np.diff(model.network.indptr))
    return np.bincount(owner, flag[model.network.indices], model.n).astype(int)
