"""How many rows a market needs: what starts small, a community from its seed members, must not start by the luck of a few rows."""

import math
from collections.abc import Iterable

from simulation.scenario.firm import Motion
from simulation.scenario.market import Market

SEED_ROWS = 20  # that the seed members of a community are, at least; measured, see docs/model.md
FEWEST = 5000  # rows: with fewer the customers of sellers are a handful


def seeds_of(motion: Motion) -> float:
    """Return the members whom a motion recruits for its launch, 0 where it has no community."""
    return motion.launch.seed_members if motion.community else 0.0


def rows_needed(market: Market, motions: Iterable[Motion]) -> int:
    """Return as few rows as resolve ``market`` under every motion, at most one an account."""
    accounts = market.accounts or market.people or FEWEST
    seeds = [n for motion in motions if (n := seeds_of(motion)) > 0]
    return min(accounts, max(FEWEST, *(math.ceil(accounts * SEED_ROWS / n) for n in seeds), 0))
