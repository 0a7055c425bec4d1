"""The two kinds of entries of a week: a phase, and a decision that people take, each in the same form everywhere.

Every function takes ``(now, town, said, desk)``. A compiled run walks ``run``; threads share the rows of ``loop`` once
``ready`` has said how many there are; Python's own decisions come between ``decide`` and ``apply``.
"""

from collections.abc import Callable
from typing import NamedTuple


class Phase(NamedTuple):
    """One entry of the week."""

    name: str
    run: Callable[..., None]
    ready: Callable[..., int] | None = None  # makes ready, returns the number of rows
    loop: Callable[..., None] | None = None  # takes (lo, hi) before the rest; rows do not touch each other


class Decision(NamedTuple):
    """One thing people decide."""

    name: str
    outcomes: tuple[str, ...]  # by code
    rows: int  # which list of rows is asked, see flywheel.desk
    one: Callable[..., int]  # takes the row before the rest; changes nothing
    decide: Phase  # fills ``desk.code``, changes nothing else
    apply: Phase  # carries the codes out
