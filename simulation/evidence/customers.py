"""E3 retention, E4 channels, E5 random encouragement, E9 a rival's entry: who stays and why."""

from collections.abc import Callable
from typing import Any

import numpy as np

from simulation.calendar import YEAR_WEEKS, month_of, weeks_of
from simulation.compiled import jit
from simulation.evidence.encouragement import Effect, encouragement_effect
from simulation.evidence.history import customers, run_to, started
from simulation.evidence.logit import person_period
from simulation.evidence.pooling import Statistic
from simulation.evidence.survival import fit_geometric, fit_sbg, hazard_ratio, retention_rates
from simulation.people.counts import NEVER_JOINED
from simulation.people.influence import left_of
from simulation.people.stages import Cause, Channel
from simulation.scenario.compose import one_rival
from simulation.scenario.schema import World

YEARS = 7
INVITED_WEEK, JOIN_WEEKS = 78, 26
ENTRY_WEEK = 104
BETTER = {"quality": 1.5, "price": 0.75}  # ratios to ours, and to the price people are used to
EAGER = {
    "reach_per_week": 0.2,
    "switching_per_week": 0.02,
}  # everybody hears of it within a quarter; it goes after our customers
DISCOUNTS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


def observe_retention(world: World, seed: int) -> dict[str, Any]:
    """Return customer lives, and person-months of customers: left?, contacts who left lately and before, controls."""
    run = started(world, seed)
    people, rows, degree = run.people, [], np.minimum(np.diff(run.network.indptr), 20)
    earlier: list[np.ndarray] = []
    before: tuple[np.ndarray, ...] | None = None
    for month in range(int(month_of(world.weeks - 1)) + 1):
        run_to(run, weeks_of(month))
        pays, life = customers(run), people["life"].copy()
        if before is not None:
            paid, was, columns = before
            rows.append(np.column_stack([(life != was)[paid], columns]))
        left = np.zeros(run.n, int)
        _left(run.net.heard, left)
        lived = run.week - run.counts.lives["adopted"][life[pays]].astype(int)
        past = np.maximum(*earlier[-3:-1])[pays] if len(earlier) >= 3 else np.zeros(pays.sum(), int)
        columns = np.column_stack(
            [
                np.minimum(left[pays], 3), np.minimum(past, 3), degree[pays],
                np.digitize(lived, (13, 26, 52, 104)), np.digitize(people["affinity"][pays], (0.5, 1.0, 2.0)),
                np.full(pays.sum(), run.week // 26),
            ]
        )  # fmt: skip
        before = (pays, life, columns)
        earlier.append(left)
    run_to(run, world.weeks)
    months, counts = _counted(np.vstack(rows).astype(int))
    return {"lives": run.record.lives, "months": months, "counts": counts, "weeks": world.weeks}


def _counted(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that differ, in order, and how many are like each; as single numbers they are sorted in no time."""
    spans = tuple((rows.max(axis=0) + 1).tolist())
    found, counts = np.unique(np.ravel_multi_index(tuple(rows.T), spans), return_counts=True)
    return np.column_stack(np.unravel_index(found, spans)).astype(np.int16), counts


@jit
def _left(heard, found):
    """Fill in how many contacts of each person left in the last four weeks."""
    for row in range(heard.size):
        found[row] = left_of(heard[row])


def survival_of(lives: np.ndarray, weeks: int, years: int) -> np.ndarray:
    """Return Kaplan-Meier survival after 1, 2, ... ``years`` of customer lives watched for ``weeks``."""
    return survival_at(lives, weeks, np.arange(1, years + 1) * YEAR_WEEKS)


def survival_at(lives: np.ndarray, weeks: int, at: np.ndarray) -> np.ndarray:
    """Return Kaplan-Meier survival at the tenures ``at``, in weeks, of customer lives watched for ``weeks``."""
    from scipy.stats import CensoredData, ecdf

    gone = lives["ended"] >= 0
    lasted = np.where(gone, lives["ended"], weeks) - lives["adopted"]
    curve = ecdf(CensoredData.right_censored(lasted.astype(float), ~gone)).sf
    return curve.evaluate(at.astype(float))


def _survival(parts: list[dict[str, Any]]) -> np.ndarray:
    return survival_of(np.concatenate([p["lives"] for p in parts]), parts[0]["weeks"], YEARS)


def _rise(parts: list[dict[str, Any]]) -> float:
    rates = retention_rates(_survival(parts))
    return 100 * (rates[-1] - rates[0])


def _sbg_error(parts: list[dict[str, Any]]) -> float:
    """V10b; where a geometric curve describes the cohort better by AIC, the target is missed whatever the error."""
    survival = _survival(parts)
    fit = fit_sbg(survival)
    return float(np.abs(fit.survival - survival).mean()) if fit.aic < fit_geometric(survival).aic else np.inf


def _aic_gain(parts: list[dict[str, Any]]) -> float:
    survival = _survival(parts)
    return fit_geometric(survival).aic - fit_sbg(survival).aic


def _contagion(parts: list[dict[str, Any]]) -> tuple[float, float]:
    months = np.vstack([p["months"] for p in parts])
    counts = np.concatenate([p["counts"] for p in parts])
    lately, before = person_period(months[:, 0], months[:, 1:6], months[:, 6], counts, hazard=True)[:2]
    return lately.value, before.value


def conclude_retention(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V10a to V13b, and V11 from the same lives."""
    known: dict[tuple[int, ...], tuple[float, float]] = {}

    def contagion(ps: list[dict[str, Any]]) -> tuple[float, float]:
        """Fit once for both that ask: the same seeds are drawn again for each."""
        drawn = tuple(map(id, ps))
        if drawn not in known:
            known[drawn] = _contagion(ps)
        return known[drawn]

    def fading(ps: list[dict[str, Any]]) -> float:
        lately, before = contagion(ps)
        return (before - 1) / (lately - 1)

    return {
        "V10.aic": Statistic(parts, _aic_gain),
        "V10a": Statistic(parts, _rise),
        "V10b": Statistic(parts, _sbg_error),
        "V11": Statistic(parts, _referred),
        "V13a": Statistic(parts, lambda ps: contagion(ps)[0]),
        "V13b": Statistic(parts, fading),
    }


def _referred(parts: list[dict[str, Any]]) -> float:
    """V11: hazard of referred customers over that of others, among those who joined in the same month (Cox)."""
    rows = []
    for part in parts:
        lives = part["lives"][part["lives"]["channel"] != Channel.SEED]
        gone = lives["ended"] >= 0
        lasted = np.where(gone, lives["ended"], part["weeks"]) - lives["adopted"]
        rows.append(np.column_stack([lasted, gone, lives["channel"] == Channel.CLOSE_TALK, month_of(lives["adopted"])]))
    lasted, gone, referred, month = np.vstack(rows).astype(int).T
    return hazard_ratio(lasted, gone, referred, month)


def observe_encouragement(world: World, seed: int, week: int = INVITED_WEEK) -> dict[str, Any]:
    """Return of customers who are no members in ``week``, when half of people are invited: joined? and stayed a year?, (people, 2).

    ``invited`` against ``twin``, the same people and luck in a run without invitations; ``encouraged`` says who was invited.
    ``naive``: the twin's customers half a year later, member or not then, and whether they stayed the year from then on: a look
    from that day on, so that nobody counts as a joiner for having stayed long enough to join.
    """
    found = {}
    for name in ("invited", "twin"):
        e = world.behaviour.engagement
        share = e.encouraged if name == "invited" else 0.0
        invitations = {"week": week, "set": {"behaviour.engagement.encouraged": share}}
        changes = [*(change.model_dump() for change in world.interventions), invitations]
        settings: dict[str, Any] = {"interventions": changes, "behaviour.engagement.encouraged": 0.0}
        run = started(world, seed, **settings)
        run_to(run, week)
        there, life = customers(run) & (run.people["member"] == 0), run.people["life"].copy()
        run_to(run, week + JOIN_WEEKS)
        joined = run.counts.lives["joined"][life] < NEVER_JOINED
        still = there & customers(run) & (run.people["life"] == life)
        member = run.people["member"] == 1
        run_to(run, week + YEAR_WEEKS)
        stayed = (run.people["life"] == life) & customers(run)
        found[name] = np.column_stack([joined[there], stayed[there]])
        if name == "invited":
            found["encouraged"] = run.encouraged()[there]
        else:
            run_to(run, week + JOIN_WEEKS + YEAR_WEEKS)
            stayed = (run.people["life"] == life) & customers(run)
            found["naive"] = np.column_stack([member[still], stayed[still]])
    return found


def effect_of_joining(parts: list[dict[str, Any]]) -> Effect:
    """Return what joining does to the share that stays a year, and what a look at members and others says."""
    who = np.concatenate([p["encouraged"] for p in parts])
    invited, twin, naive = (np.vstack([p[name] for p in parts]).astype(float) for name in ("invited", "twin", "naive"))
    return encouragement_effect(invited[who], twin[who], naive)


def conclude_encouragement(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V15a and V15b; beside them the naive gap and the intention to treat, in points."""

    def of(statistic: Callable[[Effect], float]) -> Statistic:
        return Statistic(parts, lambda ps: statistic(effect_of_joining(ps)))

    return {
        "V15a": of(lambda e: e.instrumental / e.naive),
        "V15b": of(lambda e: 100 * e.instrumental / e.base),
        "V15.naive": of(lambda e: 100 * e.naive),
        "V15.itt": of(lambda e: 100 * e.intention_to_treat),
    }


def observe_rival(world: World, seed: int) -> dict[str, Any]:
    """Return who goes to a better rival by community ties at its entry, and the share lost at each discount of a like one."""
    price, known = world.product.price_usd, {"entry_week": ENTRY_WEEK, **EAGER}
    cheaper = BETTER["price"] * world.product.reference_price_usd
    run = started(world, seed, **one_rival(world, quality=BETTER["quality"], price_usd=cheaper, **known))
    run_to(run, ENTRY_WEEK)
    there = customers(run)
    ties, life = run.people["live_ties"][there].astype(int), run.people["life"][there].copy()
    run_to(run, world.weeks)
    lost = []
    for discount in DISCOUNTS:
        settings = one_rival(world, price_usd=price * (1 - discount), **known)
        lives = started(world, seed, **settings).run().lives
        here = (lives["adopted"] < ENTRY_WEEK) & ((lives["ended"] < 0) | (lives["ended"] >= ENTRY_WEEK))
        lost.append(((lives["cause"] == Cause.SWITCHED) & here).sum() / max(here.sum(), 1))
    return {"ties": ties, "switched": run.counts.lives["cause"][life] == Cause.SWITCHED, "lost": np.array(lost)}


def _tie_protection(parts: list[dict[str, Any]]) -> float:
    ties = np.concatenate([p["ties"] for p in parts])
    gone = np.concatenate([p["switched"] for p in parts])
    many, few = gone[ties >= 5].mean(), gone[ties <= 1].mean()
    return np.log1p(-many) / np.log1p(-few)


def _tipping(parts: list[dict[str, Any]]) -> float:
    slopes = np.diff(np.mean([p["lost"] for p in parts], axis=0)) / np.diff(DISCOUNTS)
    return slopes.max() / slopes.mean()


def conclude_rival(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V20a and V20b."""
    return {"V20a": Statistic(parts, _tie_protection), "V20b": Statistic(parts, _tipping)}
