"""The table of people: one array a column, one place a person. This is the whole truth about everybody."""

from typing import NamedTuple

import numpy as np

from simulation.people.traits import Traits

N_TIES = 8  # community ties a person keeps; the oldest gives way


class People(NamedTuple):
    """All columns, n rows each. Narrow types; every rule widens what it reads to int64 or float64."""

    # fixed traits, see traits.py
    segment: np.ndarray  # uint8
    size: np.ndarray  # float32 potential seats
    need: np.ndarray  # float32
    fit: np.ndarray  # float32
    aptitude: np.ndarray  # float32
    affinity: np.ndarray  # float32
    helpfulness: np.ndarray  # float32
    # where a person stands
    stage: np.ndarray  # uint8, Stage
    variant: np.ndarray  # uint8, which set of agent classes decides for this row
    begun: np.ndarray  # int16, week in which the stage began
    channel: np.ndarray  # uint8, Channel
    door: np.ndarray  # uint8, Door
    referrer: np.ndarray  # int32, row, or -1
    # what a person can do and feels
    skill: np.ndarray  # float32 in [0, 1], as of week `skill_week`; use adds to it, see skill_now
    skill_week: np.ndarray  # int16
    satisfaction: np.ndarray  # float32 in [0, 1]
    belonging: np.ndarray  # float32 in [0, 1]
    # the contract
    seats: np.ndarray  # int32
    contract: np.ndarray  # uint8, 1 = yearly, decides at renewal
    life: np.ndarray  # int32, row of the table of lives, or -1
    # the screen: an upper bound of this week's event, see screen.py
    odds: np.ndarray  # uint8, class of the bound
    level: np.ndarray  # uint8, static part of a customer's bound
    # influence, see influence.py
    heard: np.ndarray  # int64, what contacts say and do, packed
    talk: np.ndarray  # int8, own talk in eighths
    # the community
    member: np.ndarray  # uint8
    place: np.ndarray  # int32, position in the list of members, or -1
    reputation: np.ndarray  # float32, decayed answers
    load: np.ndarray  # float32, answers of late, decayed
    unanswered: np.ndarray  # uint8, 1 = the last question got no answer
    live_ties: np.ndarray  # uint8
    tie_next: np.ndarray  # uint8, slot that the next tie takes
    ties: np.ndarray  # int32 (n, N_TIES), row + 1, or 0
    questions: np.ndarray  # uint16
    answers: np.ndarray  # uint16
    pieces: np.ndarray  # uint16
    last_post: np.ndarray  # int16, week, or -1


FIRST = {"referrer": -1, "life": -1, "place": -1, "last_post": -1, "begun": -1}
DTYPES = {
    "uint8": "stage variant channel door contract odds level member unanswered live_ties tie_next",
    "int8": "talk",
    "int16": "begun skill_week last_post",
    "uint16": "questions answers pieces",
    "int32": "referrer seats life place",
    "int64": "heard",
    "float32": "skill satisfaction belonging reputation load",
}


def new_people(traits: Traits) -> People:
    """Return the columns of people who are all prospects without any contact so far."""
    n = traits.segment.size
    columns = {name: np.zeros(n, kind) for kind, names in DTYPES.items() for name in names.split()}
    for name, value in FIRST.items():
        columns[name][:] = value
    return People(**traits._asdict(), ties=np.zeros((n, N_TIES), np.int32), **columns)
