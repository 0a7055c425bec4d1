"""E12 two brands: whether quality wins over early entry, and whether a follower takes off faster.

Both take customers from the same people. Neither learns from feedback, since a rival of the model does not: so the gap in quality
stays what it is.
"""

from typing import Any

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.evidence.history import started
from simulation.evidence.pooling import Statistic
from simulation.record import Record
from simulation.scenario.compose import one_rival
from simulation.scenario.schema import World

LATER_WEEKS = YEAR_WEEKS  # by which the better product comes
FOURTH_YEAR = slice(3 * YEAR_WEEKS, 4 * YEAR_WEEKS)
QUALITIES = {"equal": 1.0, "little": 1.1, "better": 1.2}  # of the follower; a standard deviation is a fifth, judgement
TAKE_OFF, FOLLOWED = 0.02, 0.10  # of the market: taken off, and what the first has when the follower enters
WIDENS_AFTER_WEEKS = 3 * YEAR_WEEKS
ALONE: dict[str, Any] = {"behaviour.competition.category_talk": 0.0}  # talk helps the product that it is about


def observe_entrants(world: World, seed: int) -> dict[str, Any]:
    """Return who wins the fourth year at each quality of the follower, and take-offs.

    ``won``: by name of ``QUALITIES`` whether the follower has more new customers in the fourth year. ``weeks``: weeks to 2 % of the market of
    the same firm entering at once and when ours has 10 %, with talk about the category and without, NaN where not reached, (2, 2).
    ``gap``: our customers less the follower's three years on over that at its entry.
    """
    won = {
        name: _wins(started(world, seed, **_follower(world, LATER_WEEKS, quality)).run())
        for name, quality in QUALITIES.items()
    }
    first = started(world, seed)
    entry = _first_week(_ours(first.run()), FOLLOWED * first.n)
    weeks, gap = np.full((2, 2), np.nan), np.nan
    for k, talk in enumerate(({}, ALONE)):
        for j, week in enumerate((0, entry)):
            if week is None:
                continue
            record = started(world, seed, **_follower(world, week, 1.0), **talk).run()
            theirs = record.series("rival_1_users")
            taken_off = _first_week(theirs, TAKE_OFF * first.n)
            weeks[k, j] = np.nan if taken_off is None else taken_off - week
            if week and not talk and week + WIDENS_AFTER_WEEKS < world.weeks:
                apart = _ours(record) - theirs
                gap = apart[week + WIDENS_AFTER_WEEKS] / apart[week]
    return {"won": won, "weeks": weeks, "gap": gap}


def _follower(world: World, week: int, quality: float) -> dict[str, Any]:
    return one_rival(world, entry_week=week, quality=quality * world.product.quality)


def _ours(record: Record) -> np.ndarray:
    return record.series("customer") + record.series("expert")


def _first_week(series: np.ndarray, level: float) -> int | None:
    at = np.flatnonzero(series >= level)
    return int(at[0]) if at.size else None


def _wins(record: Record) -> bool:
    """Return whether the rival has more new customers in the fourth year than we have."""
    adopted = record.lives["adopted"]
    ours = ((adopted >= FOURTH_YEAR.start) & (adopted < FOURTH_YEAR.stop)).sum()
    theirs = sum(record.series(f"rival_1_{how}")[FOURTH_YEAR].sum() for how in ("recruited", "won"))
    return bool(theirs > ours)


def conclude_entrants(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V34a and V34b; beside them the first at other qualities, the second without talk about the category."""

    def share(quality: str) -> Statistic:
        return Statistic([p["won"][quality] for p in parts], np.mean)

    def ratio(talk: int) -> Statistic:
        return Statistic([p["weeks"][talk, 1] / p["weeks"][talk, 0] for p in parts], np.median)

    return {
        "V34a": share("better"),
        "V34a.equal": share("equal"),
        "V34a.tenth": share("little"),
        "V34b": ratio(0),
        "V34b.alone": ratio(1),
        "V34b.gap": Statistic([p["gap"] for p in parts], np.median),
    }
