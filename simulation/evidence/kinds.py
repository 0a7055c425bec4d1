"""The kind of a community: six numbers, found so that simulated members write, answer and leave as those of a real forum did."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import MONTH_WEEKS
from simulation.evidence.community import everybody, last_posts
from simulation.evidence.concentration import top_share
from simulation.evidence.forum import Forum
from simulation.evidence.history import EXPERT_ANSWERS
from simulation.evidence.survival import hazards
from simulation.scenario.priors import Prior

KIND = (
    "market.traits.helpfulness_sd_log",
    "behaviour.help.offer_per_week",
    "behaviour.help.first_step",
    "behaviour.help.further_answers",
    "behaviour.habits.drops_in",
    "behaviour.habits.follow_up_per_week",
)
CLOSE = 0.05  # of every statistic: as near as is asked for
STEP, SEED, POINTS = 0.2, 1, 8  # of the search, in widths of the bounds


class Statistics(NamedTuple):
    """What tells communities apart, each a share."""

    top_1_percent: float  # of answers
    top_10_percent: float  # of answers
    posted_once: float  # of those who ever posted
    ever_answered: float
    experts: float  # with ten answers and more
    gone_in_first_month: float  # of those whose first month could be watched
    answers_of_posts: float


class Fit(NamedTuple):
    """The numbers of the kind by setting, what they give, and how many points were tried."""

    settings: dict[str, float]
    found: Statistics
    tried: int


def of_forum(forum: Forum) -> Statistics:
    """Return the statistics of a forum's tables."""
    posts, answers = (np.repeat(*forum.histograms[what]) for what in ("posts", "answers"))
    return _statistics(posts, answers, forum.exits.get(0, np.nan))


def of_runs(parts: list[dict[str, Any]]) -> Statistics:
    """Return those of what ``observe_community`` saw; concentration is that of single runs, since it hangs on the number of posters."""
    single = [_statistics(p["posters"].posts, p["posters"].answers, np.nan) for p in parts]
    lasted, ended = last_posts(*everybody(parts))
    exits = hazards(lasted / MONTH_WEEKS, ended, np.array([0.0, 1.0]))
    return Statistics(*np.mean(single, axis=0))._replace(gone_in_first_month=float(exits[0]))


def _statistics(posts: np.ndarray, answers: np.ndarray, exits: float) -> Statistics:
    return Statistics(
        top_share(answers, 0.01),
        top_share(answers, 0.10),
        float((posts == 1).mean()),
        float((answers > 0).mean()),
        float((answers >= EXPERT_ANSWERS).mean()),
        exits,
        float(answers.sum() / posts.sum()),
    )


def fit(
    target: Statistics, observe: Callable[[list[dict[str, float]]], list[Statistics]], known: list[Prior], rounds: int
) -> Iterator[Fit]:
    """Yield the nearest kind so far after each round of a search, least squares by CMA-ES (Hansen 2016); it ends where all is CLOSE.

    ``observe`` runs several settings of the kind and returns what each gives; ``known``: their priors, in the order of KIND.
    """
    from cmaes import CMA

    asked = ~np.isnan(target)
    bounds = np.tile([0.0, 1.0], (len(known), 1))
    cma = CMA(np.full(len(known), 0.5), STEP, bounds=bounds, seed=SEED, population_size=POINTS)
    best, nearest = Fit({}, target, 0), np.inf
    for k in range(rounds):
        places = [cma.ask() for _ in range(POINTS)]
        points = [{p.name: p.at(float(x)) for p, x in zip(known, place, strict=True)} for place in places]
        found = observe(points)
        apart = [float(np.square(np.subtract(f, target)[asked]).sum()) for f in found]
        cma.tell(list(zip(places, apart, strict=True)))
        at = int(np.argmin(apart))
        if apart[at] < nearest:
            best, nearest = Fit(points[at], found[at], 0), apart[at]
        yield best._replace(tried=(k + 1) * POINTS)
        if np.abs(np.subtract(best.found, target)[asked]).max() <= CLOSE:
            return
