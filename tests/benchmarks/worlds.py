"""The two workloads that are timed."""

from simulation.scenario.compose import compose
from simulation.scenario.schema import World
from tests.benchmarks import limit


def world(motion: str, people: int, weeks: int, *overrides: str) -> World:
    """Return the world of one motion."""
    return compose(f"motions=[{motion}]", f"market.people={people}", *overrides, f"weeks={weeks}").world(motion)


RIVALS = "rival=[cheaper,better_but_empty]", "rivals.cheaper.entry_week=0", "rivals.better_but_empty.entry_week=0"


def bare(people: int, weeks: int = limit.WEEKS) -> World:
    """Return the bare word-of-mouth workload."""
    return world("bare", people, weeks, "company=bare")
