"""E6 impulses in referrals and in adverts, E7 what new revenue costs each motion and how many come by search."""

from typing import Any

import numpy as np

from simulation.evidence.history import run_to, signed_up, started
from simulation.evidence.pooling import Statistic
from simulation.people.stages import Channel
from simulation.scenario.schema import World

IMPULSE_WEEKS, FOLLOWED_WEEKS = (
    4,
    104,
)  # a month of more; sign-ups are counted for two years, when the response has died out
ESTABLISHED = (130, 156, 182, 208)  # the source's site was not being launched: years 3 to 5
YOUNG = (26, 78)  # beside it, to show how much the answer hangs on the firm's age
# a tenth more would drown in the luck of single people; responses are nearly linear and divided by their impulse
MORE_TALK, MORE_ADVERTS = 0.5, 3.0
TALK = ("close_talk_per_week", "broadcast_talk_per_week", "invite_per_week")  # invitations are what the source counted
FROM_WEEK, TO_WEEK = 52, 156  # months 13 to 36
SEARCH = (Channel.USER_CONTENT, Channel.FIRM_CONTENT)
NO_FIRST_TOUCH = (Channel.NONE, Channel.RETURN, Channel.SEED)
MIDDLE_OF_SEARCH = 0.4  # of the published range: the motion further from it stands for both


def _signups(world: World, seed: int, week: int = ESTABLISHED[-1], more: dict[str, Any] | None = None) -> np.ndarray:
    """Return who came in through a door by week, until ``FOLLOWED_WEEKS`` after ``week``, with ``more`` for a month from it on."""
    events = [{"week": week, "for_weeks": IMPULSE_WEEKS, "set": more}] if more else []
    run = started(world, seed, interventions=events)
    run_to(run, week + FOLLOWED_WEEKS)
    return signed_up(run)


def observe_impulses(world: World, seed: int) -> dict[str, Any]:
    """Return, by week of the impulse, sign-ups of two years without it and what more talk and more adverts add to them."""
    attraction, shares, budget = world.behaviour.attraction, world.motion.shares, world.budget
    share = shares["advertising"]
    total = 1 + MORE_ADVERTS * share
    adverts = {k: v * ((1 + MORE_ADVERTS) if k == "advertising" else 1.0) / total for k, v in shares.items()}
    adverts["advertising"] += 1.0 - sum(adverts.values())
    talk = {f"behaviour.attraction.{name}": (1 + MORE_TALK) * getattr(attraction, name) for name in TALK}
    money = {"budget.usd_per_account_per_week": total * budget.usd_per_account_per_week, "motion.shares": adverts}
    none = _signups(world, seed)
    found: dict[str, Any] = {"share": share}
    for week in (*YOUNG, *ESTABLISHED):
        window = slice(week, week + FOLLOWED_WEEKS)
        base = none[window].sum()
        with_talk, with_adverts = (_signups(world, seed, week, more)[window].sum() for more in (talk, money))
        found[str(week)] = np.array([base, with_talk - base, with_adverts - base], float)
    return found


def conclude_impulses(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V16a: elasticity to talk over that to adverts, and beside it that of a young firm and the share of adverts."""

    def ratio(weeks: tuple[int, ...]):
        def of(ps: list[dict[str, Any]]) -> float:
            _, talk, adverts = np.sum([p[str(week)] for p in ps for week in weeks], axis=0)
            return (talk / MORE_TALK) / (adverts / MORE_ADVERTS) if adverts > 0 else np.nan

        return of

    return {
        "V16a": Statistic(parts, ratio(ESTABLISHED)),
        "V16a.young": Statistic(parts, ratio(YOUNG)),
        "V16a.adverts": Statistic([p["share"] for p in parts], np.mean),
    }


def observe_cost(world: World, seed: int) -> dict[str, Any]:
    """Return acquisition cost and new yearly revenue, in USD, of months 13 to 36; first touches: (by search, all) of the run."""
    record = started(world, seed).run()
    late = slice(FROM_WEEK, TO_WEEK)
    touched = {c: record.series(f"attracted_{c.name.lower()}").sum() for c in Channel if c not in NO_FIRST_TOUCH}
    return {
        "touches": np.array([sum(touched[c] for c in SEARCH), sum(touched.values())]),
        "cost": record.series("acquisition_cents")[late].sum() / 100,
        "revenue": record.series("new_contract_value")[late].sum() / 100 * record.weight,
    }


def conclude_cost(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V17a to V17c, CLG's as a prediction, and V32b; ``parts`` of sellers, of a free tier and of a community, as many of each."""
    n = len(parts) // 3
    seeds = list(zip(parts[:n], parts[n : 2 * n], parts[2 * n :], strict=True))

    def of(side: int):
        return lambda ps: np.median([p[side]["cost"] / p[side]["revenue"] for p in ps])

    def ratio(ps: list[Any]) -> float:
        return of(0)(ps) / of(1)(ps)

    def by_search(side: int):
        def share(ps: list[Any]) -> float:
            searched, touched = np.sum([p[side]["touches"] for p in ps], axis=0)
            return float(searched / touched)

        return share

    def further(ps: list[Any]) -> float:
        return max((by_search(side)(ps) for side in (1, 2)), key=lambda share: abs(share - MIDDLE_OF_SEARCH))

    found = {"V17a": of(0), "V17b": of(1), "V17c": ratio, "V17.clg": of(2)}
    found |= {"V32b": further, "V32b.plg": by_search(1), "V32b.clg": by_search(2)}
    return {name: Statistic(seeds, statistic) for name, statistic in found.items()}
