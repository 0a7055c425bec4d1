"""Decisions in a user's hands: which classes may decide for rows, and how classes of several users' make are put together."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from simulation.people.agents import STAGE_CLASSES, Person
from simulation.people.columns import COLUMNS
from simulation.people.decision import Decision
from simulation.people.stages import Uses

NEVER_CALLED = {  # name -> what to do instead
    "__init__": "an agent is a view of a row and not constructed; keep what it needs in the class, or in a dict by agent.row",
    "__new__": "an agent is a view of a row and not constructed",
    "__slots__": "an agent is a view of a row; keep what it remembers in a dict by agent.row",
    "step": "the week asks for decisions and calls no step",
    "advance": "the week asks for decisions and calls no advance",
    "remove": "people stay in the model",
}


def stages_of(cls: type) -> list[type]:
    """Return the stage classes that ``cls`` refines, the nearest first, without those that these build on."""
    found = [c for c in cls.__mro__ if c in STAGE_CLASSES]
    return [c for c in found if not any(other is not c and issubclass(other, c) for other in found)]


def overridden(cls: type, decisions: Iterable[str]) -> list[str]:
    """Return the decisions that ``cls`` takes for the stage it refines; raises TypeError where it cannot rule.

    What it defines beside helpers of its own must have an effect, so a decision of another stage, a column or a method
    that is never called is refused.
    """
    if not (isinstance(cls, type) and issubclass(cls, Person)):
        raise TypeError(f"use() takes a subclass of a stage such as Customer, not {cls!r}")
    refined, decisions = stages_of(cls), list(decisions)
    if len(refined) != 1:
        said = " and ".join(c.__name__ for c in refined) or "no stage"
        stages = ", ".join(dict.fromkeys(c.__name__ for c in STAGE_CLASSES))
        raise TypeError(f"{cls.__name__} refines {said}: subclass one of {stages}")
    base = refined[0]
    have = [d for d in decisions if hasattr(base, d)]
    changed = {name for c in cls.__mro__[: cls.__mro__.index(base)] for name in vars(c)}
    for why in _without_effect(base, changed, have, decisions):
        raise TypeError(f"{cls.__name__} overrides {why}")
    own = [d for d in have if getattr(cls, d) is not getattr(base, d)]
    if not own:
        raise TypeError(f"{cls.__name__} overrides no decision; to choose from: {', '.join(have)}")
    if no_method := [d for d in own if not callable(getattr(cls, d))]:
        raise TypeError(f"{cls.__name__}.{no_method[0]} is no method: a decision is a method that returns an outcome")
    return own


def _without_effect(base: type, changed: set[str], have: list[str], decisions: list[str]) -> Iterator[str]:
    """Yield what of the names ``changed`` the week would never look at."""
    for name in decisions:
        if name in changed and name not in have:
            takers = dict.fromkeys(c.__name__ for c in STAGE_CLASSES if name in vars(c))
            yield f"'{name}', which is for {' and '.join(takers)}; a {base.__name__} decides {', '.join(have)}"
    for name, instead in NEVER_CALLED.items():
        if name in changed:
            yield f"{name}, which is never called: {instead}"
    for name in COLUMNS:
        if name in changed:
            yield f"column '{name}', which the model reads in its table of people"


TO_RIVAL = {
    "switches": 0,
    "switches to the second rival": 1,
    "to the first rival": 0,
    "to the second rival": 1,
}  # place of a rival
Stack = tuple[type, ...]  # overrides of a row, the latest first


def on_top(cls: type, stack: Stack) -> Stack:
    """Return ``stack`` with ``cls`` deciding first; what builds on ``cls`` gives way."""
    return (cls, *(c for c in stack if not issubclass(c, cls)))


def classes_of(stack: Stack) -> list[type]:
    """Return the class of each stage where the overrides of ``stack`` are in force."""
    return [_joined(stage, [c for c in stack if issubclass(stage, stages_of(c)[0])]) for stage in STAGE_CLASSES]


def _joined(stage: type, overrides: Sequence[type]) -> type:
    if not overrides:
        return stage
    if len(overrides) == 1 and issubclass(overrides[0], stage):
        return overrides[0]
    return type("".join(c.__name__ for c in overrides) + stage.__name__, (*overrides, stage), {})


def carried_out(decision: Decision, outcome: object, agent: Person) -> int:
    """Return the code of an outcome that an override returned; raises ValueError where it means nothing for the agent."""
    allowed = ", ".join(f"{i} {what}" for i, what in enumerate(decision.outcomes))
    said = f"{decision.name} of {type(agent).__name__} returned {outcome!r}"
    if not (isinstance(outcome, int | np.integer | np.bool_) and 0 <= outcome < len(decision.outcomes)):
        raise ValueError(f"{said}; allowed are {allowed}")
    what = decision.outcomes[int(outcome)]
    if what in TO_RIVAL and TO_RIVAL[what] >= (n := len(agent.model.world.rivals)):
        raise ValueError(f"{said} ({what}), and the scenario has {('no rival', 'one rival')[n]}")
    if decision.name != "retention" and TO_RIVAL.get(what) == agent.uses - Uses.RIVAL_1:
        raise ValueError(f"{said} ({what}) for {agent!r}, who uses it already")
    if what == "gives a rival up" and agent.uses < Uses.RIVAL_1:
        raise ValueError(f"{said} ({what}) for {agent!r}, who uses none")
    if what == "stops reading" and not agent.reads:
        raise ValueError(f"{said} ({what}) for {agent!r}, who reads nothing")
    if what == "joins" and agent.member:
        raise ValueError(f"{said} ({what}) for {agent!r}, who is a member of the community already")
    if what == "shrinks" and agent.seats < 2:
        raise ValueError(f"{said} ({what}) for {agent!r}, who has one seat and can only leave")
    return int(outcome)
