"""E2 community: who posts, who answers, who comes back, who stays."""

from typing import Any

import numpy as np

from simulation.calendar import MONTH_WEEKS, YEAR_WEEKS
from simulation.evidence.concentration import power_law_exponent, top_share
from simulation.evidence.history import EXPERT_ANSWERS, NEVER, Posters, watch_posts
from simulation.evidence.logit import slopes
from simulation.evidence.pooling import Statistic
from simulation.evidence.survival import hazards
from simulation.people.audience import silent_share
from simulation.scenario.schema import World

HALF_YEAR_WEEKS = 26  # 180 days
MATURE_WEEKS = 52  # at the end of a run, over which first questions are counted


def observe_community(world: World, seed: int) -> dict[str, Any]:
    """Return the posting history of everybody who ever posted, and how many of how large an audience are silent at the end."""
    run, posters = watch_posts(world, seed)
    wrote = posters.posts > 0
    silent = silent_share(run.people, run.clock)
    return {"posters": Posters(*(column[wrote] for column in posters)), "silent": silent, "weeks": world.weeks}


def everybody(parts: list[dict[str, Any]]) -> tuple[Posters, int]:
    """Return the posters of all runs together, and the weeks of a run."""
    return Posters(*(np.concatenate(columns) for columns in zip(*(p["posters"] for p in parts), strict=True))), parts[
        0
    ]["weeks"]


def _first_answered(parts: list[dict[str, Any]]) -> float:
    """V05: of people's first questions in the run's last year, the share that got an answer within the week."""
    who, weeks = everybody(parts)
    return who.first_answered[who.first_question >= weeks - MATURE_WEEKS].mean()


def _came_back(parts: list[dict[str, Any]]) -> float:
    """V07, in points: of first askers who could be followed for 180 days, who posted again, answered less not answered."""
    who, weeks = everybody(parts)
    seen = (who.first_question != NEVER) & (who.first_question < weeks - HALF_YEAR_WEEKS)
    back = (who.next_post != NEVER) & (who.next_post - who.first_question <= HALF_YEAR_WEEKS)
    yes, no = seen & who.first_answered, seen & ~who.first_answered
    return 100 * (back[yes].mean() - back[no].mean())


def _stay(parts: list[dict[str, Any]]) -> tuple[Posters, np.ndarray, np.ndarray]:
    who, weeks = everybody(parts)
    seen = who.first_post < weeks - 2 * HALF_YEAR_WEEKS
    return who, seen, who.last_post - who.first_post >= HALF_YEAR_WEEKS


def _tie_ratio(parts: list[dict[str, Any]]) -> float:
    who, seen, stays = _stay(parts)
    many = seen & (who.early_partners >= 5) & (who.early_partners <= 9)
    return stays[many].mean() / stays[seen & (who.early_partners == 1)].mean()


def _tie_slope(parts: list[dict[str, Any]]) -> float:
    """Return the logit slope of ln(1 + early partners), own posts held fixed: the source found 0.62, 0.2 to 0.9 is aimed at."""
    who, seen, stays = _stay(parts)
    columns = np.log1p(np.column_stack([who.early_partners, who.early_posts])[seen])
    return slopes(stays[seen], columns)[0].value


def last_posts(who: Posters, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the weeks from first to last post, and who has been silent for so long that it was the last."""
    return who.last_post - who.first_post, who.last_post < weeks - HALF_YEAR_WEEKS


def _exit_ratio(parts: list[dict[str, Any]]) -> float:
    lasted, ended = last_posts(*everybody(parts))
    found = hazards(lasted / MONTH_WEEKS, ended, np.array([0.0, 1.0, 12.0, 13.0]))
    return found[0] / found[2]


def _silent(parts: list[dict[str, Any]]) -> float:
    """V30: of who was in the audience for 12 weeks or longer, the share without a post in the last 12."""
    silent, everyone = np.sum([p["silent"] for p in parts], axis=0)
    return silent / everyone


def _experts_stay(parts: list[dict[str, Any]]) -> float:
    """V31a: of those whose tenth answer was a year ago or longer, the share that posted 12 months after it or later."""
    who, weeks = everybody(parts)
    seen = (who.expert_since != NEVER) & (who.expert_since < weeks - YEAR_WEEKS)
    return (who.last_post - who.expert_since >= YEAR_WEEKS)[seen].mean()


def _ofeverybody(statistic):
    return lambda parts: statistic(everybody(parts)[0])


def conclude_community(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V03a to V09, V19a, V19c, V30 and V31a; concentration is that of single runs, since it hangs on the number of posters."""
    single = [p["posters"] for p in parts]
    return {
        "V03a": Statistic([top_share(w.answers, 0.01) for w in single], np.median),
        "V03b": Statistic([top_share(w.answers, 0.10) for w in single], np.median),
        "V03.posters": Statistic([w.posts.size for w in single], np.median),
        "V04a": Statistic([power_law_exponent(w.posts, 10) for w in single], np.median),
        "V04b": Statistic(parts, _ofeverybody(lambda w: (w.posts == 1).mean())),
        "V05": Statistic(parts, _first_answered),
        "V07": Statistic(parts, _came_back),
        "V08": Statistic(parts, _tie_ratio),
        "V08.slope": Statistic(parts, _tie_slope),
        "V09": Statistic(parts, _exit_ratio),
        "V19a": Statistic(parts, _ofeverybody(lambda w: w.began_by_asking[w.answers >= EXPERT_ANSWERS].mean())),
        "V19c": Statistic(parts, _ofeverybody(lambda w: (w.answers >= EXPERT_ANSWERS).mean())),
        "V30": Statistic(parts, _silent),
        "V31a": Statistic(parts, _experts_stay),
    }
