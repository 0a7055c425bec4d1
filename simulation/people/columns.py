"""The table of people: one record a person, one named column a trait. This is the whole truth about everybody.

A record keeps a person's columns side by side in memory: rules read many columns of few people (measured:
2.4 times the speed of separate arrays, half the compile time). The few columns that the sweeps and pushes
touch for many people stand apart, in influence.py.
"""

import numpy as np

from simulation.people.traits import Traits
from simulation.scenario.records import records

N_TIES = 8  # community ties a person keeps; the oldest gives way

_FIELDS = np.dtype(
    [
        # what the loops over members read, in one cache line
        ("affinity", np.float32),
        ("helpfulness", np.float32),
        ("aptitude", np.float32),
        ("skill", np.float32),  # in [0, 1], as of week `skill_week`; use adds to it, see moves.skill_now
        ("belonging", np.float32),  # in [0, 1]
        ("reputation", np.float32),  # answers, decayed
        ("load", np.float32),  # answers of late, decayed fast
        ("skill_week", np.int16),
        ("last_post", np.int16),  # week, or -1
        ("answers", np.uint16),
        ("stage", np.uint8),  # Stage
        ("segment", np.uint8),  # index into market.segments
        ("live_ties", np.uint8),
        ("member", np.uint8),
        ("unanswered", np.uint8),  # 1 = the last question got no answer
        ("tie_next", np.uint8),  # slot that the next tie takes
        # further traits, see traits.py
        ("size_seats", np.float32),
        ("need", np.float32),
        ("fit", np.float32),
        ("eagerness", np.float32),  # to join: affinity, more where randomly encouraged, 0 for who never does
        # where a person stands
        ("satisfaction", np.float32),  # in [0, 1]
        ("referrer", np.int32),  # row, or -1
        ("seats", np.int32),
        ("life", np.int32),  # row of the table of lives, or -1
        ("place", np.int32),  # position in the list of members, or -1
        ("begun", np.int16),  # week in which the stage began
        ("joined", np.int16),  # week in which a member joined the community, or who is none left it; -1 before
        ("brought", np.int16),  # week in which somebody whom this one had told last bought; -1 before
        ("readiness", np.uint16),  # to come to know the product, in 2,048ths of the mean
        ("questions", np.uint16),
        ("pieces", np.uint16),
        ("call_weight", np.uint8),  # how much sellers look for this account, in sixteenths
        ("reads", np.uint8),  # 1 = outside the list of members, reads what is written
        ("variant", np.int16),  # which set of agent classes decides for this row
        ("channel", np.uint8),  # Channel
        ("door", np.uint8),  # Door
        ("contract", np.uint8),  # 1 = yearly, decides at renewal
        ("uses", np.uint8),  # Uses
        ("ties", np.int32, (N_TIES,)),  # community ties: row + 1, or 0
    ],
    align=True,
)
COLUMNS: tuple[str, ...] = _FIELDS.names or ()
_PLACES = dict(_FIELDS.fields or {})
PERSON = np.dtype(  # two cache lines a person
    {
        "names": list(COLUMNS),
        "formats": [_PLACES[name][0] for name in COLUMNS],
        "offsets": [_PLACES[name][1] for name in COLUMNS],
        "itemsize": 128,
    }
)
FIRST = {"referrer": -1, "life": -1, "place": -1, "last_post": -1, "begun": -1, "joined": -1, "brought": -1}


def new_people(traits: Traits) -> np.ndarray:
    """Return the table, shape (n,), of people who are all prospects without any contact so far."""
    people = records(traits.segment.size, PERSON)
    for name, column in traits._asdict().items():
        people[name] = column
    people["eagerness"] = people["affinity"]
    for name, value in FIRST.items():
        people[name] = value
    return people
