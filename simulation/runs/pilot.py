"""How long a past has to be for the customers that a firm has today: found by a pilot, one number for all markets."""

import numpy as np

from simulation.engine import past_of
from simulation.people.draws import key_of
from simulation.people.stages import Stage
from simulation.scenario.errors import BadInput
from simulation.scenario.history import History
from simulation.scenario.schema import Config
from simulation.scenario.settings import motion_called

MARKETS = 10  # simulated for the pilot: the first of those that are compared
FIRST_WEEKS = 26


def with_weeks(config: Config, history: History) -> tuple[Config, str]:
    """Return ``config`` with a past as long as it takes to win ``history.customers``, in the mean over markets; and a sentence.

    Raises BadInput where the firm does not win so many in ``history.at_most_weeks``.
    """
    most, wanted = history.at_most_weeks, history.customers or 0

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
    while high - low > 1:
        middle = (low + high) // 2
        won[middle] = customers(middle)
        low, high = (low, middle) if won[middle] >= wanted else (middle, high)
    weeks = low if low and wanted - won[low] < won[high] - wanted else high
    return told(weeks), (
        f"the past: {weeks} weeks of {motion_called(history.motion)}, after which the firm has {won[weeks]:,.0f} customers in the mean over "
        f"simulated markets; {wanted:,} were asked for"
    )


def customers_today(config: Config) -> float:
    """Return paying customers of the real market today, the mean over the first simulated markets."""
    world, found = config.world(config.twins[0]), []
    for seed in range(1, min(MARKETS, config.seeds) + 1):
        run = past_of(world, key_of(seed, 0, 0), 1)
        pays = run.counts.totals[:, [Stage.CUSTOMER, Stage.EXPERT]].sum()
        found.append(float(pays) * float(run.firm["weight"]))
    return float(np.mean(found))
