"""Spending: this week's money becomes capacity. First hires come whole for the real market."""

from dataclasses import dataclass, field

from simulation.firm.ledger import Ledger
from simulation.scenario.firm import TASKS
from simulation.scenario.schema import World


def sat(x: float, half: float) -> float:
    """Return x / (x + half): diminishing returns, a half at ``half``."""
    return x / (x + half) if x > 0 else 0.0


def staff(usd: float, usd_per_head: float) -> float:
    """Return how many people the money employs; less than one whole person is nobody."""
    heads = usd / usd_per_head
    return heads if heads >= 1.0 else 0.0


@dataclass(slots=True)
class Capacity:
    """What this week's money can do, for the real market."""

    pods: float = 0.0
    advert_usd: float = 0.0  # per account
    account_managers: float = 0.0
    engineers: float = 0.0
    pieces: float = 0.0
    moderation_hours: float = 0.0
    recognition_usd: float = 0.0
    events: int = 0
    rewards_usd: float = 0.0
    managers: float = 0.0
    hours: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TASKS, 0.0))


def plan_factor(world: World, week: int, weeks: int) -> float:
    """Return this week's spending relative to the average: a launch moves money forward, the total stays."""
    launch = world.motion.launch
    head = min(launch.weeks, weeks)
    if head == 0 or head == weeks:
        return 1.0
    factor = min(launch.factor, weeks / head)
    return factor if week < head else (weeks - head * factor) / (weeks - head)


def spend(world: World, shares: dict[str, float], ledger: Ledger, planned_cents: float, accounts: float) -> Capacity:
    """Pay the budget out and turn what bills leave of it into capacity."""
    ledger.pay_out(planned_cents, shares)
    prices, motion = world.prices, world.motion
    c = Capacity()
    for lever in shares:
        usd = 0.0 if lever == "events" else ledger.spend(lever)
        if usd <= 0.0 and lever != "events":
            continue
        if lever == "sales":
            c.pods = staff(usd, prices.seller_pod_usd_per_week)
        elif lever == "advertising":
            c.advert_usd = usd / accounts
        elif lever == "account_management":
            c.account_managers = staff(usd, prices.account_manager_usd_per_week)
        elif lever == "product_growth":
            c.engineers = staff(usd, prices.engineer_usd_per_week)
        elif lever == "content":
            c.pieces = usd / prices.piece_usd
        elif lever == "moderation":
            c.moderation_hours = usd / prices.moderator_usd_per_hour
        elif lever == "recognition":
            c.recognition_usd = usd
        elif lever == "rewards":
            c.rewards_usd = usd
        elif lever == "community_team":
            c.managers = staff(usd, prices.manager_usd_per_week) if motion.community else 0.0
            worked = c.managers * prices.manager_hours_per_week
            for task, share in motion.team_hours.items():
                c.hours[task] = worked * share
        elif motion.community:
            c.events = max(0, int(ledger.purse["events"] / (100 * prices.event_usd)))
            ledger.bill("events", c.events * prices.event_usd)
    return c
