"""How long a past has to be for the customers that a firm has today: found by a pilot, one number for all markets."""

from collections.abc import Callable

import numpy as np

from simulation.model import past_of
from simulation.people.draws import key_of
from simulation.people.stages import Stage
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import Config

MARKETS = 10  # simulated for the pilot: the first of those that are compared
FIRST_WEEKS = 26


def with_weeks(config: Config) -> Config:
    """Return ``config`` with a past as long as it takes to win ``history.customers``, in the mean over markets.

    Raises BadInput where the firm does not win so many in ``history.at_most_weeks``.
    """
    history = config.history
    if history is None or history.customers is None:
        return config
    most, wanted = history.at_most_weeks, history.customers

    def told(weeks: int) -> Config:
        return config.model_copy(update={"history": history.model_copy(update={"customers": None, "weeks": weeks})})

    def customers(weeks: int) -> float:
        return customers_today(told(weeks))

    low, high, won = 0, min(FIRST_WEEKS, most), {0: 0.0}
    while won.setdefault(high, customers(high)) < wanted:
        if high == most:
            best = max(won, key=won.__getitem__)
            raise BadInput(
                f"history.customers={wanted}: a firm that spends its money like {history.motion} has {won[best]:,.0f} "
                f"after {best} weeks, and no more in history.at_most_weeks={most}; give it more weeks, more money or a larger market"
            )
        low, high = high, min(2 * high, most)
    return told(_nearest(low, high, wanted, won, customers))


def _nearest(low: int, high: int, wanted: float, won: dict[int, float], customers: Callable[[int], float]) -> int:
    """Return the weeks in which ``wanted`` is passed, or the week before where that is nearer."""
    while high - low > 1:
        middle = (low + high) // 2
        won[middle] = customers(middle)
        low, high = (low, middle) if won[middle] >= wanted else (middle, high)
    return low if low and wanted - won[low] < won[high] - wanted else high


def customers_today(config: Config) -> float:
    """Return paying customers of the real market today, the mean over the first simulated markets."""
    world, found = config.world(config.twins[0]), []
    for seed in range(1, min(MARKETS, config.seeds) + 1):
        run = past_of(world, key_of(seed, 0, 0), 1)
        pays = run.counts.totals[:, [Stage.CUSTOMER, Stage.EXPERT]].sum()
        found.append(float(pays) * float(run.firm["weight"]))
    return float(np.mean(found))
