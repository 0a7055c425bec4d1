"""The firm in simulated markets, from its first customer to today: the week in which it has the customers that it says."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulation.calendar import QUARTER_WEEKS, YEAR_WEEKS
from simulation.engine import Engine, past_of
from simulation.people.draws import Purpose, key_of
from simulation.record import Record
from simulation.scenario.history import Past
from simulation.scenario.schema import World

LONGEST_WEEKS = 10 * YEAR_WEEKS  # of a past


class Today(NamedTuple):
    """How long the firm has been there, and its record in each market."""

    weeks: int
    records: list[Record]


def until(world: World, customers: int, seeds: Sequence[int], clock: int) -> Today:
    """Return the firm in the week when it has ``customers`` in the mean over markets: after a year at least, ten at most.

    ``world`` spends from its first week like its motion; that is week ``clock`` of a year, as accounts grow by the clock.
    """
    told = world.model_copy(update={"weeks": LONGEST_WEEKS, "history": None})
    runs = [Engine(told, key_of(key_of(seed, 0, 0), 0, Purpose.PAST), first_week=clock) for seed in seeds]
    paying, weeks = np.zeros(0), YEAR_WEEKS
    while True:
        for run in runs:
            run.advance(weeks)
        paying = np.mean([_paying(run) for run in runs], axis=0)
        if paying[YEAR_WEEKS - 1 :].max() >= customers or weeks >= LONGEST_WEEKS:
            break
        weeks = min(weeks + QUARTER_WEEKS, LONGEST_WEEKS)
    enough = np.flatnonzero(paying[YEAR_WEEKS - 1 :] >= customers)
    today = int(enough[0]) + YEAR_WEEKS if enough.size else weeks
    return Today(today, [_as_of(run.record, today) for run in runs])


def _paying(run: Engine) -> np.ndarray:
    """Return paying customers of the real market by week."""
    return (run.series("customer") + run.series("expert")) * float(run.firm["weight"])


def _as_of(record: Record, week: int) -> Record:
    """Return a record as it stood after so many weeks, without what comes by quarter or year."""
    lives = record.lives[record.lives["adopted"] < week].copy()
    later = lives["ended"] >= week
    lives["ended"][later], lives["cause"][later] = -1, 0
    return record._replace(weeks=record.weeks[:week], lives=lives)


def lived(world: World, weeks: int, seeds: Sequence[int]) -> list[Record]:
    """Return the record of the firm's past in each market, as a comparison of it begins: what a scenario with this history lives through."""
    told = world.model_copy(update={"history": Past(weeks=weeks, motion=world.motion)})
    return [past_of(told, key_of(seed, 0, 0), 1).record for seed in seeds]
