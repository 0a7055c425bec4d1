"""E13 launch: which new communities live, by people, by a team, by content; and whether a welcome brings newcomers back."""

from itertools import product
from typing import Any

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.engine import Engine
from simulation.evidence.history import FIRST_TIES_WEEKS, NEVER, run_to, started
from simulation.evidence.logit import slopes
from simulation.evidence.pooling import Statistic
from simulation.scenario.schema import World

SIZES = (500, 2000, 20_000)  # accounts of the markets, a row each
ALONE, COMMITTED = 20.0, 100.0  # seed members of those left alone, and of those with a team of one
PEOPLE, PIECES = (
    (5.0, 20.0, 60.0, 150.0),
    (0.0, 0.02, 0.05),
)  # seed members and pieces a topic of the launches that vary
VARIED = 2000  # accounts of their market
EARLY_WEEKS = 8
SILENT_WEEKS = 4


def observe_launches(world: World, seed: int) -> dict[str, Any]:
    """Return which communities are silent a year after their launch, and what those had that vary in seeds.

    ``alone`` and ``staffed``: bool by size of the market. ``varied``: (who wrote early, topics covered early, alive?) by launch.
    """
    wage = world.prices.manager_usd_per_week
    alone = [_silent(_launched(world, seed, accounts, ALONE, 0.0, 0.0)) for accounts in SIZES]
    staffed = [_silent(_launched(world, seed, accounts, COMMITTED, 0.0, wage)) for accounts in SIZES]
    varied = [_varied(_launched(world, seed, VARIED, *seeds, 0.0)) for seeds in product(PEOPLE, PIECES)]
    return {"alone": alone, "staffed": staffed, "varied": varied}


def _launched(
    world: World, seed: int, accounts: int, members: float, pieces: float, team_usd_per_week: float
) -> Engine:
    """Return a community at its start, in a market of a row an account."""
    return started(
        world, seed,
        **{
            "market.people": accounts, "market.accounts": accounts, "motion.launch.seed_members": members,
            "motion.launch.seed_pieces": pieces, "budget.usd_per_account_per_week": team_usd_per_week / accounts,
        },
    )  # fmt: skip


def _silent(run: Engine) -> bool:
    """Return whether no member posts in the last four weeks of the first year."""
    run_to(run, YEAR_WEEKS)
    return not run.series("posts")[-SILENT_WEEKS:].any()


def _varied(run: Engine) -> tuple[int, float, bool]:
    run_to(run, EARLY_WEEKS)
    wrote = int((run.people["last_post"] != NEVER).sum())
    topics = float(run.series("user_topics")[-1] + run.series("firm_topics")[-1])
    return wrote, topics, not _silent(run)


def _people_less_pieces(parts: list[dict[str, Any]]) -> float:
    """V28c: standardised logit coefficients of being alive on the logs of early people and early pieces, their difference."""
    people, pieces, alive = np.array([launch for p in parts for launch in p["varied"]], float).T
    columns = np.log1p(np.column_stack([people, pieces]))
    by_people, by_pieces = slopes(alive, (columns - columns.mean(axis=0)) / columns.std(axis=0))
    return by_people.value - by_pieces.value


def conclude_launches(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V28a to V28c."""
    return {
        "V28a": Statistic([np.mean(p["alone"]) for p in parts], np.mean),
        "V28b": Statistic([np.mean(p["staffed"]) for p in parts], np.mean),
        "V28c": Statistic(parts, _people_less_pieces),
    }


def observe_welcome(world: World, seed: int) -> dict[str, Any]:
    """Welcome a random half of the newcomers after their first contribution, as the team would; return how often each half contributes again.

    ``welcomed`` and ``others``: (newcomers, of these who contributed again within 60 days).
    """
    run = started(world, seed)
    half, gain = run.encouraged(), np.float32(world.behaviour.engagement.welcome_belonging)
    first, again = np.full(run.n, NEVER), np.zeros(run.n, bool)
    while run.week < world.weeks:
        week = run.week
        run_to(run, week + 1)
        people = run.people
        posted = people["last_post"] == week
        again |= posted & (first != NEVER) & (week - first <= FIRST_TIES_WEEKS)
        new = posted & (first == NEVER)
        first[new] = week
        welcome = new & half & (people["member"] == 1)
        people["belonging"][welcome] = np.minimum(np.float32(1.0), people["belonging"][welcome] + gain)
    seen = (first > 0) & (  # who posts in the very first week was recruited for it
        first < world.weeks - FIRST_TIES_WEEKS
    )
    return {
        name: (int((seen & who).sum()), int((again & seen & who).sum()))
        for name, who in (("welcomed", half), ("others", ~half))
    }


def _relative_risk(parts: list[dict[str, Any]]) -> float:
    (n, again), (n_others, again_others) = (np.sum([p[name] for p in parts], axis=0) for name in ("welcomed", "others"))
    return (again / n) / (again_others / n_others)


def conclude_welcome(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V29."""
    return {"V29": Statistic(parts, _relative_risk)}
