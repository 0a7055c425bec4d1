"""What of a comparison survives what nobody knows, in the words of a board: over worlds drawn from the priors, or from a posterior."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.scenario.settings import motion_called
from simulation.studies.tables import with_interval

SURVIVES, EVEN = 0.8, 0.5  # beyond which the whole interval of the share lies
CLAIMS = {  # metric -> the claim, with the better of two motions and the other
    "cost_per_new_arr": "a new yearly dollar costs {0} less than {1}",
    "retention_12_months": "{0} keeps more customers for a year than {1}",
    "cash_usd": "{0} has more cash at the end than {1}",
}


class Share(NamedTuple):
    """In which share of worlds ``first`` is better than ``second`` on a metric, with its interval."""

    metric: str
    first: str
    second: str
    share: float
    low: float
    high: float


def sentences(found: Iterable[Share], cash_usd: dict[str, np.ndarray], weeks: int) -> list[str]:
    """Say what survives, what is likely, what does not, and in how many worlds each motion earns its cost.

    ``cash_usd`` by motion, shape (worlds, seeds), at the end of ``weeks``; a world earns where its median seed does.
    """
    holds: list[str] = []
    likely: list[str] = []
    open_: list[str] = []
    for of in found:
        if of.metric not in CLAIMS or not np.isfinite((of.share, of.low, of.high)).all():
            continue
        better = (
            of
            if of.share >= 0.5
            else of._replace(first=of.second, second=of.first, share=1 - of.share, low=1 - of.high, high=1 - of.low)
        )
        claim = CLAIMS[of.metric].format(motion_called(better.first), motion_called(better.second))
        text = f"{claim} in {_percent(better)} of worlds"
        (holds if better.low >= SURVIVES else likely if better.low > EVEN else open_).append(text)
    said = []
    if holds:
        said.append(f"What survives: {'; '.join(holds)}.")
    if likely:
        said.append(f"What is likely, not sure: {'; '.join(likely)}.")
    if open_:
        said.append(
            f"What does not survive, since the numbers that decide it are not known well enough: {'; '.join(open_)}."
        )
    if earns := [
        f"{motion_called(motion)} in {_of(cash)}" for motion, cash in cash_usd.items() if np.isfinite(cash).any()
    ]:
        said.append(f"Within {_years(weeks)} more has come in than was spent under {', '.join(earns)} worlds.")
    return said


def _percent(of: Share) -> str:
    return with_interval(f"{100 * of.share:.0f} %", 100 * of.low, 100 * of.high, "{:.0f}".format)


def _of(cash: np.ndarray) -> str:
    known = [np.median(row[np.isfinite(row)]) > 0 for row in cash if np.isfinite(row).any()]
    return f"{sum(known)} of {len(known)}"


def _years(weeks: int) -> str:
    years = weeks / YEAR_WEEKS
    return f"{years:g} years" if years == int(years) and years > 1 else f"{weeks} weeks"
