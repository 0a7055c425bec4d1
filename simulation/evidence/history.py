"""A run watched person by person: what the weekly record leaves out. Watching changes nothing (the engine is only read)."""

from typing import Any, NamedTuple

import numpy as np

from simulation.compiled import jit
from simulation.engine import Engine
from simulation.people.columns import N_TIES
from simulation.people.draws import key_of
from simulation.people.stages import Stage
from simulation.record import Record
from simulation.scenario.compose import as_world
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
    expert_since: np.ndarray  # week of the tenth answer
    posts: np.ndarray  # questions, answers and pieces


EXPERT_ANSWERS = 10  # the line of the source's forum
WEEKS = ("first_post", "first_question", "next_post", "expert_since")
SEEN = np.dtype(  # of a person, while a run is watched; names are those of Posters
    [
        *((name, np.int32) for name in WEEKS),
        *((name, np.int32) for name in ("early_partners", "early_posts", "partners")),
        *((name, np.int32) for name in ("questions", "answers", "pieces")),  # as of the week before
        ("began_by_asking", np.bool_),
        ("first_answered", np.bool_),
        ("ties", np.int32, (N_TIES,)),  # as of the week before
    ]
)


def started(world: World, seed: int, **settings: Any) -> Engine:
    """Return a run at its start, the same as ``GrowthModel(world, rng=seed, **settings)``; Python stops it only to look."""
    return Engine(as_world(world, "", settings), key_of(seed, 0, 0))


def run_to(run: Engine, week: int) -> None:
    """Run until ``week``, or to the end of the run where that comes first."""
    run.advance(min(week, run.config.weeks))


def signed_up(run: Engine | Record) -> np.ndarray:
    """Return who came in through a door that leads on by week, in rows."""
    return np.sum([run.series(f"engaged_{door}") for door in ("community", "trial", "sales")], axis=0)


def customers(run: Engine) -> np.ndarray:
    """Return who pays now, bool (people,)."""
    stage = run.people["stage"]
    return (stage == Stage.CUSTOMER) | (stage == Stage.EXPERT)


def watch_posts(world: World, seed: int) -> tuple[Engine, Posters]:
    """Run to the end, noting every week who asked, answered and wrote."""
    run = started(world, seed)
    seen = np.zeros(run.n, SEEN)
    for name in WEEKS:
        seen[name] = NEVER
    for name in ("questions", "answers", "pieces", "ties"):
        seen[name] = run.people[name]
    while run.week < world.weeks:
        run.advance(run.week + 1)
        _note_posts(run.week - 1, run.people, seen)
    found = {name: seen[name] for name in Posters._fields if name not in {"last_post", "posts"}}
    posts = seen["questions"] + seen["answers"] + seen["pieces"]
    return run, Posters(**found, last_post=run.people["last_post"].astype(int), posts=posts)


@jit
def _note_posts(week, people, seen):
    """Note what each person wrote in ``week``, which is just over, and whom it met."""
    for row in range(people.shape[0]):
        p, was = people[row], seen[row]
        asked = np.int64(p.questions) - was.questions
        answered = np.int64(p.answers) - was.answers
        posts = asked + answered + np.int64(p.pieces) - was.pieces
        replies = answered + (asked if p.unanswered == 0 else 0)
        if was.expert_since == NEVER and np.int64(p.answers) >= EXPERT_ANSWERS:
            was.expert_since = week
        was.questions, was.answers, was.pieces = p.questions, p.answers, p.pieces
        if posts > 0:
            if was.first_post == NEVER:
                was.first_post, was.began_by_asking = week, asked > 0
            if was.first_question != NEVER and was.next_post == NEVER:
                was.next_post = week
            if asked > 0 and was.first_question == NEVER:
                was.first_question, was.first_answered = week, p.unanswered == 0
        met = min(_met(row, people, seen), replies)  # events and introductions tie people, too
        was.partners += met
        if was.first_post != NEVER and week - was.first_post < FIRST_TIES_WEEKS:
            was.early_partners += met
            was.early_posts += posts


@jit
def _met(row, people, seen):
    """Return how many ties of a row are new since the week before, and note them."""
    new = 0
    for k in range(N_TIES):
        other = people.ties[row, k]
        known = other <= 0
        for j in range(N_TIES):
            known |= seen.ties[row, j] == other
        new += not known
    for k in range(N_TIES):
        seen.ties[row, k] = people.ties[row, k]
    return new


def first_adoptions(run: Engine) -> np.ndarray:
    """Return the week in which each person first became a customer, ``NEVER`` where it did not."""
    lives = run.record.lives
    first = np.full(run.n, NEVER)
    first[lives["row"][::-1]] = lives["adopted"][::-1]  # lives stand in the order of adoption
    return first


def contacts_in(run: Engine, group: np.ndarray, groups: int) -> np.ndarray:
    """Return how many contacts of each person are in each of so many groups, int (people, groups); ``group``: (people,)."""
    owner = np.repeat(np.arange(run.n), np.diff(run.network.indptr))
    return np.bincount(owner * groups + group[run.network.indices], minlength=run.n * groups).reshape(run.n, groups)
