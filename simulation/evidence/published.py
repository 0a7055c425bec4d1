"""What firms report that they spend on acquisition for a new yearly dollar, by how they sell: outside is no mistake, but whoever reads it should know."""

from collections.abc import Mapping
from typing import NamedTuple

from simulation.evidence.targets import targets
from simulation.scenario.firm import Motion
from simulation.scenario.schema import World

SALES_LED, SELF_SERVE = "V17a", "V17b"  # no trustworthy figure is published of community-led firms
MOSTLY = 0.5  # of the budget


class Published(NamedTuple):
    """The range in which firms report it, USD of sales and marketing a USD of new yearly revenue, and what these are."""

    firms: str
    low: float
    high: float


def published(worlds: Mapping[str, World]) -> dict[str, Published]:
    """Return what is published of firms that sell as each motion does; nothing is of community-led ones and of mixed ones."""
    found = {motion: _of(world.motion) for motion, world in worlds.items()}
    return {motion: of for motion, of in found.items() if of}


def _of(motion: Motion) -> Published | None:
    """Return what is published of firms without a community whose money goes to sellers above all, or that have a free plan and no seller."""
    sellers = motion.shares.get("sales", 0.0)
    if motion.community:
        return None
    if sellers > MOSTLY:
        return _range(SALES_LED, "sales-led")
    if motion.free_tier and not sellers:
        return _range(SELF_SERVE, "self-serve")
    return None


def _range(row: str, firms: str) -> Published:
    target = next(t for t in targets() if t.id == row)
    return Published(firms, target.low, target.high)
