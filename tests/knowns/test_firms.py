"""Firms whose knowns the model has made itself, from settings drawn at random: the search finds a firm that has them."""

import numpy as np
import pytest

from simulation.knowns.carriers import CARRIERS, SALES_CYCLE, SOURCES, members, new_customers, share_by
from simulation.knowns.contradictions import contradictions
from simulation.knowns.firm import direct, motion_of, reference
from simulation.knowns.markets import lived
from simulation.knowns.solved import find, judge, world_of
from simulation.metrics.company import (
    monthly_churn,
    revenue_per_customer_usd,
    sales_cycle_weeks,
    seats_at_landing,
    trial_to_paid_share,
)
from simulation.metrics.firm import customers_end
from simulation.scenario.known import Known, Sources

LIKE = ("plg", "slg", "clg", "hybrid", "community_assisted_plg", "sales_assisted_plg")
FEWEST, LEAST_SHARE = 150, 0.04  # customers a year, and by a source: a firm that says less says its luck
MADE_ON = range(5001, 5021)  # seeds


def drawn(seed: int) -> Known:
    """Return what a firm knows whose settings are drawn: each number of a carrier within a factor of 2, price, market, budget, age."""
    rng = np.random.default_rng(seed)
    while True:
        accounts = int(np.exp(rng.uniform(*np.log((5000, 8000)))))
        told = {
            "price_usd": float(round(np.exp(rng.uniform(*np.log((15, 120)))))),
            "accounts": accounts,
            "budget_usd_per_year": float(round(accounts * 52 * rng.uniform(3, 8))),
            "like": LIKE[seed % len(LIKE)],
        }
        known = _known(told, rng)
        shares = [share for name in SOURCES if (share := getattr(known.sources, name)) > 0]
        if known.new_customers >= FEWEST and min(shares) >= LEAST_SHARE:
            return known


def _known(told: dict, rng: np.random.Generator) -> Known:
    base = Known.model_validate({**told, "customers": told["accounts"], "new_customers": 1})
    motion, tree = motion_of(base), reference().model_dump()
    cycle = int(rng.integers(4, 12))
    settings = direct(base, motion) | {SALES_CYCLE: cycle, "behaviour.adoption.seller_patience_weeks": cycle + 9}
    for carrier in CARRIERS.values():
        by = rng.uniform(-0.7, 0.7) / carrier.power
        for path in (*carrier.paths, *carrier.against):
            for segment in tree["market"]["segments"] if "*" in path else [""]:
                at, value = path.replace("*", segment), tree
                for name in at.split("."):
                    value = value[name]
                settings[at] = carrier.moved(path, value, by)
    records = lived(world_of(reference(), settings, motion), int(rng.integers(80, 200)), MADE_ON)

    def mean(measure) -> float:
        return float(np.mean([measure(record) for record in records]))

    shares = [round(mean(share_by(name)), 3) for name in SOURCES]
    shares[int(np.argmax(shares))] += 1 - sum(shares)
    made = {
        "customers": round(mean(customers_end)), "new_customers": round(mean(new_customers)), "monthly_churn": mean(monthly_churn),
        "seats": mean(seats_at_landing), "arpa_usd": mean(revenue_per_customer_usd), "sources": Sources(**dict(zip(SOURCES, shares, strict=True))),
        "free_to_paid": mean(trial_to_paid_share) if motion.free_tier else None,
        "members": round(mean(members)) if motion.community else None,
        "sales_cycle_weeks": mean(sales_cycle_weeks) if motion.shares.get("sales") else None,
    }  # fmt: skip
    return Known.model_validate({**told, **made})


def missed(known: Known) -> list[str]:
    """Return what of a firm's knowns is not met, each with its reason."""
    motion = motion_of(known)
    assert not list(contradictions(known, motion, reference()))
    found = find(known, motion)
    return [
        f"{j.row.name}: {j.row.said:.4g}, simulated {j.mean:.4g}: {found.why(j.row)}"
        for j in judge(known, found)
        if not j.met
    ]


@pytest.mark.slow
def test_of_twelve_firms_that_the_model_has_made_eleven_are_met():
    """Of these twelve all were met when this was written, of twelve others ten; both misses were 5 % off, of a community's numbers. A known that is
    met is said to be missed by luck of the markets that judge in at most 5 % of firms. Seeds are fixed: the test has no luck of its own.
    """
    assert sum(not missed(drawn(seed)) for seed in range(12)) >= 11


if __name__ == "__main__":
    import sys
    import time

    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        known = drawn(seed)
        began = time.process_time()
        print(seed, known.like, known.accounts, known.customers, known.new_customers, flush=True)
        print("   ", missed(known), round(time.process_time() - began, 1), flush=True)
