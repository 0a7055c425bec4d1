"""Who is in a community, by what they do: readers, silent members, contributors, experts, champions."""

from enum import IntEnum

import numpy as np

from simulation.people.stages import Stage

SILENT_WEEKS = 12  # without a post, as in target V30


class Level(IntEnum):
    """Levels by deeds, each person's highest."""

    NONE = 0  # neither member nor reader
    READER = 1  # reads outside the list of members
    SILENT = 2  # a member who posted nothing for 12 weeks
    CONTRIBUTOR = 3  # a member who posted
    EXPERT = 4
    CHAMPION = 5  # an expert on whose word somebody bought


def levels(people: np.ndarray, lives: np.ndarray, week: int) -> np.ndarray:
    """Return the level of everybody at the start of ``week`` by the clock, int (people,); ``lives``: the run's table of lives."""
    member, expert = people["member"] == 1, people["stage"] == Stage.EXPERT
    found = np.where(people["reads"] == 1, Level.READER, Level.NONE)
    found[member] = np.where(wrote_lately(people, week), Level.CONTRIBUTOR, Level.SILENT)[member]
    found[expert] = Level.EXPERT
    told = lives["referrer"][lives["referrer"] >= 0]
    found[told[expert[told]]] = Level.CHAMPION
    return found


def wrote_lately(people: np.ndarray, week: int) -> np.ndarray:
    """Return who posted in the 12 weeks before ``week``, bool (people,)."""
    return (people["last_post"] >= 0) & (people["last_post"] >= week - SILENT_WEEKS)


def silent_share(people: np.ndarray, week: int) -> tuple[int, int]:
    """Return how many of the audience of 12 weeks or longer posted nothing in the last 12, and how many there are (V30)."""
    there = (people["member"] == 1) & (people["joined"] <= week - SILENT_WEEKS) | (people["reads"] == 1)
    return int((there & ~wrote_lately(people, week)).sum()), int(there.sum())
