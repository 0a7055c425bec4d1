"""Firms whose knowns are drawn freely, each number from what firms say: whether a simulated firm can have all of them nobody knows."""

import re

import numpy as np
import pytest

from simulation.knowns.carriers import SOURCES, reaches
from simulation.knowns.contradictions import contradictions
from simulation.knowns.firm import motion_of, reference
from simulation.knowns.solved import find, judge
from simulation.scenario.known import Known, Sources

LIKE = ("plg", "slg", "clg", "hybrid", "community_assisted_plg", "sales_assisted_plg")
FIRMS = 12


def free(seed: int) -> Known:
    """Return what a firm knows of itself, every number drawn apart from the others, from within what small firms with software say."""
    rng = np.random.default_rng(seed)

    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(*np.log((low, high)))))

    accounts = int(between(3000, 8000))
    told = {
        "price_usd": round(between(10, 150), 2),
        "accounts": accounts,
        "customers": max(20, int(accounts * between(0.02, 0.15))),
        "new_customers": max(20, int(accounts * between(0.01, 0.06))),
        "budget_usd_per_year": round(accounts * 52 * between(1, 8)),
        "monthly_churn": between(0.005, 0.04),
        "seats": between(1.5, 8),
        "gross_margin": float(rng.uniform(0.6, 0.85)),
        "like": LIKE[seed % len(LIKE)],
    }
    motion = motion_of(Known.model_validate(told))
    able = [name for name in SOURCES if reaches(name, motion)]
    parts = np.round(rng.dirichlet(np.ones(len(able))), 2)
    parts[int(np.argmax(parts))] += 1 - parts.sum()
    told["sources"] = Sources(**dict(zip(able, parts.tolist(), strict=True)))
    if motion.free_tier:
        told["free_to_paid"] = between(0.02, 0.25)
    if motion.shares.get("sales"):
        told["sales_cycle_weeks"] = float(rng.integers(4, 16))
    return Known.model_validate(told)


def said_of(known: Known) -> tuple[list[str], list[tuple[str, str]]]:
    """Return what contradicts the firm before any run, else each known that is not met with its reason."""
    motion = motion_of(known)
    if against := list(contradictions(known, motion, reference())):
        return against, []
    found = find(known, motion)
    return [], [(j.row.name, found.why(j.row)) for j in judge(known, found) if not j.met]


NO_CAUSE = "together with the others the search came no nearer"


@pytest.mark.slow
def test_of_twelve_firms_drawn_freely_each_is_met_or_every_miss_is_named():
    """Numbers that the firm itself contradicts are said before any run, each with its value; what the search does not meet has its reason, and
    where that is a setting at its bound it is named. When this was written three were met, three missed something, of which one for no
    cause that the search could name, and six contradicted themselves. Seeds are fixed: the test has no luck of its own.
    """
    met, against, missed = 0, [], []
    for seed in range(FIRMS):
        before, after = said_of(free(seed))
        for sentence in before:
            name = re.match(r"([a-z_]+)(?:\.[a-z_]+)?=[\d.,]+: \S", sentence)
            assert name and name[1] in Known.model_fields, sentence
        for name, why in after:
            assert name.partition(".")[0] in {*Known.model_fields, "budget"} and len(why.split()) >= 4, (
                seed,
                name,
                why,
            )
            if "at its bound" in why:
                assert re.search(r"\([a-z_.*]+(, [a-z_.*]+)* at its bound\)", why), why
        against += [seed] if before else []
        missed += [after] if after else []
        met += not before and not after
    assert met and against and missed  # each way out is taken
    assert sum(all(why == NO_CAUSE for _, why in of) for of in missed) <= 1
