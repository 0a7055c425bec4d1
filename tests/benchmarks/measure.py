"""What a measure is, and how jobs are timed against each other: in turn, round by round, in one run."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

ROUNDS = 5

Job = Callable[[], object]
Makers = dict[str, Callable[[int], Job]]


class Measure(NamedTuple):
    """One line of the table. ``before``: as it was before a run was one compiled call; ``less`` is better, or more."""

    what: str
    value: float
    aim: float | None = None
    before: float | None = None
    less: bool = True
    rounds: int = ROUNDS

    @property
    def gain(self) -> str:
        """Return how many times as good as before this is, empty where nothing is left; seconds of before are of the machine of then."""
        if not self.before or not self.value:
            return ""
        return f"{self.before / self.value if self.less else self.value / self.before:,.1f}"

    @property
    def verdict(self) -> str:
        """Return whether the aim is met, and by how much it is missed."""
        if self.aim is None:
            return ""
        met = self.value <= self.aim if self.less else self.value >= self.aim
        return "met" if met else f"missed by {100 * abs(self.value / self.aim - 1):.0f} %"


def seconds(rounds: int, clock: Callable[[], float], makers: Makers) -> dict[str, list[float]]:
    """Return each maker's seconds by round; ``make(round)`` itself is not timed, and who comes first changes."""
    took: dict[str, list[float]] = {name: [] for name in makers}
    for k in range(rounds):
        for name in sorted(makers, reverse=k % 2 == 1):
            job = makers[name](k + 1)
            start = clock()
            job()
            took[name].append(clock() - start)
    return took


def cpu(rounds: int = ROUNDS, **makers: Callable[[int], Job]) -> dict[str, list[float]]:
    """Return CPU seconds by round, of jobs that run in one thread of this process."""
    return seconds(rounds, time.process_time, makers)


def wall(rounds: int = ROUNDS, **makers: Callable[[int], Job]) -> dict[str, list[float]]:
    """Return seconds of the wall by round."""
    return seconds(rounds, time.perf_counter, makers)


def ratio(over: list[float], under: list[float]) -> float:
    """Return the median of the ratios, round by round: what slows one slows the other."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))
