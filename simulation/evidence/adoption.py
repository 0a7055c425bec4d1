"""E1 adoption, E8 cold start: diffusion curves, the odds per adopted contact, and the chill of an empty community."""

from typing import Any

import numpy as np

from simulation.calendar import month_of, weeks_of
from simulation.engine import Engine
from simulation.evidence.diffusion import fit_bass
from simulation.evidence.history import NEVER, contacts_in, first_adoptions, run_to, started
from simulation.evidence.logit import person_period
from simulation.evidence.pooling import Statistic
from simulation.scenario.schema import World

MONTHS_A_YEAR = 12
MOST_CONTACTS = 15  # more count as so many
PENETRATION = 0.25  # from which on V02b is read
FIRST_MONTH = 6  # month 7: the launch is over
NO_IMITATION: dict[str, Any] = {
    f"behaviour.{rate}": 0.0
    for rate in (
        "attraction.close_talk_per_week", "attraction.broadcast_talk_per_week", "attraction.invite_per_week",
        "attraction.firm_content", "help.p_answer_becomes_content", "advocacy.write_per_week",
    )
}  # fmt: skip
P_RANGE, Q_RANGE = (0.0015, 0.04), (0.2, 0.9)  # of V01c, a year


def observe_adoption(world: World, seed: int) -> dict[str, Any]:
    """Return cumulative first adoptions by month, and counts of (adopted?, adopted contacts, month) person-periods.

    ``alone``: the same people and luck without word of mouth and content, adoptions by month.
    """
    run = started(world, seed)
    months = int(month_of(world.weeks))
    before = []  # how many lives there are as each month begins
    for month in range(months):
        run_to(run, weeks_of(month))
        before.append(int(run.counts.n_lives[0]))
    run_to(run, world.weeks)
    alone = started(world, seed, **NO_IMITATION)
    run_to(alone, world.weeks)
    return {
        "cumulative": np.cumsum(_by_month(run, months)), "alone": np.cumsum(_by_month(alone, months)),
        "cells": _cells(run, months, before), "people": run.n,
    }  # fmt: skip


def _cells(run: Engine, months: int, before: list[int]) -> np.ndarray:
    """Return counts of person-periods, shape (months, adopted in it?, adopted contacts as it begins)."""
    first = first_adoptions(run)
    when = np.where(first == NEVER, months, month_of(first))
    rows = run.record.lives["row"]
    seen_from = np.full(run.n, months)
    seen_from[rows[::-1]] = np.searchsorted(before, np.arange(rows.size), side="right")[::-1]
    near = np.minimum(contacts_in(run, seen_from, months + 1).cumsum(axis=1), MOST_CONTACTS)
    person, month = np.nonzero(np.arange(months) <= when[:, None])
    place = (month * 2 + (when[person] == month)) * (MOST_CONTACTS + 1) + near[person, month]
    return np.bincount(place, minlength=months * 2 * (MOST_CONTACTS + 1)).reshape(months, 2, MOST_CONTACTS + 1)


def _by_month(run: Engine, months: int) -> np.ndarray:
    first = first_adoptions(run)
    return np.bincount(month_of(first[first != NEVER]), minlength=months)[:months]


def _imitation(parts: list[dict[str, Any]], run: str) -> float:
    """Return the slope of the monthly hazard of adoption on penetration from month 7 on, all seeds in one weighted line."""
    rows = []
    for part in parts:
        after, people = part[run], part["people"]
        before = np.concatenate([[0], after[:-1]])
        at_risk = people - before
        rows.append(np.column_stack([before / people, (after - before) / at_risk, at_risk])[FIRST_MONTH:])
    penetration, hazard, weight = np.vstack(rows).T
    return float(np.polyfit(penetration, hazard, 1, w=np.sqrt(weight))[0])


def _odds_ratio(parts: list[dict[str, Any]]) -> float:
    cells = np.sum([p["cells"] for p in parts], axis=0)  # (months, 2, contacts)
    month, event, k = np.nonzero(cells)
    return person_period(event, k[:, None], month, cells[month, event, k])[0].value


def _without_contact(parts: list[dict[str, Any]]) -> float:
    alone = everybody = 0
    for part in parts:
        if part["cumulative"][-1] < PENETRATION * part["people"]:
            continue  # too early to read
        adopted = part["cells"][:, 1].sum(axis=0)
        alone += adopted[0]
        everybody += adopted.sum()
    return alone / everybody if everybody else np.nan


def conclude_adoption(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V01a to V02b."""
    fits = [fit_bass(p["cumulative"]) for p in parts]
    yearly = np.array([[f.p * MONTHS_A_YEAR, f.q * MONTHS_A_YEAR] for f in fits]).reshape(-1, 2)
    plausible = [float(P_RANGE[0] <= p <= P_RANGE[1] and Q_RANGE[0] <= q <= Q_RANGE[1]) for p, q in yearly]
    return {
        "V01a": Statistic([f.r2 for f in fits], np.median),
        "V01b": Statistic((yearly[:, 1] / yearly[:, 0]).tolist(), np.median),
        "V01c": Statistic(plausible, np.mean),
        "V01.slope": Statistic(parts, lambda ps: _imitation(ps, "cumulative") - _imitation(ps, "alone")),
        "V02a": Statistic(parts, _odds_ratio),
        "V02b": Statistic(parts, _without_contact),
    }


def observe_cold_start(world: World, seed: int) -> dict[str, Any]:
    """Return new customers by week of two runs: as it is, and with a community that is always as lively as it can be."""
    found = {}
    always_lively: dict[str, Any] = {"behaviour.engagement.liveliness_half_posters": 0.0001}
    for name, settings in (("cold", {}), ("constant", always_lively)):
        run = started(world, seed, **settings)
        run_to(run, world.weeks)
        first = first_adoptions(run)
        found[name] = np.bincount(first[first != NEVER], minlength=world.weeks)
    return found


def _weeks_to_a_tenth(weekly: np.ndarray) -> float:
    """Return the time to a tenth of final adopters; NaN if nobody does. Whole months would be coarser than the effect."""
    total = np.cumsum(weekly)
    if total[-1] == 0:
        return np.nan  # nobody ever adopts
    at = int(np.searchsorted(total, 0.1 * total[-1]))
    before = total[at - 1] if at else 0
    return at + float((0.1 * total[-1] - before) / (total[at] - before))


def conclude_cold_start(parts: list[dict[str, Any]]) -> dict[str, Statistic]:
    """Return V18: time to a tenth of final adopters, cold start over constant benefit."""
    return {
        "V18": Statistic([_weeks_to_a_tenth(p["cold"]) / _weeks_to_a_tenth(p["constant"]) for p in parts], np.median)
    }
