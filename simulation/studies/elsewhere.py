"""What a comparison is elsewhere in the set: at other numbers at which the same published patterns hold."""

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from simulation.evidence.fitted import fitted
from simulation.evidence.solutions import settings_of, solutions
from simulation.metrics import METRICS
from simulation.runs.paired import ran, rows_of, versus
from simulation.runs.session import Session
from simulation.scenario.compose import compose
from simulation.scenario.priors import choose
from simulation.scenario.settings import motion_called
from simulation.studies.firm import as_known
from simulation.studies.goals import NEW_DOLLAR
from simulation.studies.survives import CLAIMS


class Elsewhere(NamedTuple):
    """How two motions compare on a metric over the set: medians of simulated markets at each of ``solutions``.

    ``first_better`` is at how many of them the first is better; ``ratio`` the first over the second, as shipped and from the least to
    the most, NaN for a metric that may change sign.
    """

    metric: str
    first: str
    second: str
    solutions: int
    first_better: int
    ratio_shipped: float
    ratio_low: float
    ratio_high: float


def elsewhere(session: Session, metrics: Sequence[str], motions: Sequence[str]) -> list[Elsewhere]:
    """Run ``motions`` at every solution of the set on the study's seeds; write and return how they compare."""
    known = choose(next(iter(session.worlds.values())), [])
    points = [settings_of(solution, known) for solution in solutions()]
    if again := as_known(session, points, "are left out of the set"):
        points = list(again.points)
    runs = session.run(points)
    there = ran(runs.values) & (again.met if again else np.ones(len(points), bool))[:, None]
    found = []
    for metric in metrics:
        of = {m: _medians(np.where(there, runs.metric(m, metric), np.nan)) for m in motions}
        found += [_compared(metric, first, second, of) for first, second in combinations(motions, 2)]
    session.store.csv("set.csv", rows_of(found))
    return found


def _medians(values: np.ndarray) -> np.ndarray:
    return np.array([np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in values])


def _compared(metric: str, first: str, second: str, of: dict[str, np.ndarray]) -> Elsewhere:
    a, b = of[first], of[second]
    known = np.isfinite(a) & np.isfinite(b)
    ahead = int((versus(metric, a[known], b[known]) > 0).sum())
    ratio = a[known] / b[known] if METRICS[metric].log and known.any() and min(a[known].min(), b[known].min()) > 0 else None  # fmt: skip
    shipped = float(a[0] / b[0]) if ratio is not None and known[0] else np.nan
    three = (np.nan,) * 3 if ratio is None else (shipped, float(ratio.min()), float(ratio.max()))
    return Elsewhere(metric, first, second, int(known.sum()), ahead, *three)


def sentences(found: Sequence[Elsewhere]) -> list[str]:
    """Say in one sentence what of the board's claims holds all over the set, and what turns round in it."""
    parts = []
    for of in found:
        if of.metric not in CLAIMS or of.solutions < 2:
            continue
        first_leads = 2 * of.first_better >= of.solutions
        pair = (of.first, of.second) if first_leads else (of.second, of.first)
        n = of.first_better if first_leads else of.solutions - of.first_better
        parts.append(f"{CLAIMS[of.metric].format(*(motion_called(m) for m in pair))} at {n} of {of.solutions}")
    if not parts:
        return []
    return [f"Over the set of numbers at which the same published patterns hold: {'; '.join(parts)}."]


def corner(session: Session) -> str:
    """Say that one comparison is one corner of what is known, with the interval over the set where that was computed: for the reference."""
    ratios = over_the_set(_as_shipped(session))
    if not ratios:
        return "One set of numbers is one corner of what is known: the same settings with study=uncertainty look at others."
    return f"One set of numbers, each motion at its best mix for a new yearly dollar, is one corner of what is known: {ratios}; study=uncertainty looks at more."


def over_the_set(motions: Collection[str]) -> str:
    """Return what a new yearly dollar costs one of ``motions`` against another over the set on the reference, empty where that is not stored."""
    the_set = solutions()
    parts: list[str] = []
    for name in the_set[0].advice:
        metric, _, pair = name.partition(" ")
        first, second = pair.split("/")
        if metric == NEW_DOLLAR and {first, second} <= set(motions):
            every = [solution.advice[name] for solution in the_set]
            ratio = f"{min(every):.2g} to {max(every):.2g} times"
            parts.append(f"{'' if parts else f'{motion_called(first)} '}{ratio} what it costs {motion_called(second)}")
    if not parts:
        return ""
    return (
        f"at the {len(the_set)} at which the same {len(fitted())} published patterns hold, a new yearly dollar costs "
        f"{' and '.join(parts)}"
    )


def _as_shipped(session: Session) -> set[str]:
    """Return the motions compared here in the very world in which the set's advice was computed."""
    stored = {motion for name in solutions()[0].advice for motion in name.partition(" ")[2].split("/")}
    if not (here := sorted(stored & {*session.worlds})):
        return set()
    shipped = compose(f"motions=[{','.join(here)}]")
    return {motion for motion in here if session.worlds[motion] == shipped.world(motion)}
