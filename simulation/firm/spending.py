"""Spending: this week's money becomes capacity. First hires come whole for the real market."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulation.firm.ledger import Ledger
from simulation.scenario.firm import TASKS
from simulation.scenario.schema import World


def sat(x: float, half: float) -> float:
    """Return x / (x + half): diminishing returns, a half at ``half``."""
    return x / (x + half) if x > 0 else 0.0


def added(values: Iterable[float]) -> float:
    """Return the sum of ``values``, added in their order: ``sum`` compensates since Python 3.12, arrays are added in blocks."""
    total = 0.0
    for value in values:
        total += value
    return total


def staff(usd: float, usd_per_head: float) -> float:
    """Return how many people the money employs; less than one whole person is nobody."""
    heads = usd / usd_per_head
    return heads if heads >= 1.0 else 0.0


@dataclass(slots=True)
class Capacity:
    """What this week's money can do, for the real market."""

    pods: float = 0.0
    advert_usd: float = 0.0  # per account
    news_usd: float = 0.0  # per account
    account_managers: float = 0.0
    engineers: float = 0.0
    pieces: float = 0.0  # how-tos
    contest_usd: float = 0.0
    moderation_hours: float = 0.0
    recognition_usd: float = 0.0
    events: int = 0  # whole events
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
    usd = dict.fromkeys(shares, 0.0) | {lever: ledger.spend(lever) for lever in shares if lever != "events"}
    managers = staff(usd.get("community_team", 0.0), prices.manager_usd_per_week) if motion.community else 0.0
    worked = managers * prices.manager_hours_per_week
    events = max(0, int(ledger.purse["events"] / (100 * prices.event_usd))) if motion.community else 0
    ledger.bill("events", events * prices.event_usd)  # an event is paid for whole; the rest waits for the next
    content = {kind: usd.get("content", 0.0) * share for kind, share in motion.content_mix.items()}
    hours = {task: worked * motion.team_hours.get(task, 0.0) for task in TASKS}
    hours["answers"] += (
        content.get("question_sessions", 0.0) * prices.manager_hours_per_week / prices.manager_usd_per_week
    )
    return Capacity(
        pods=staff(usd.get("sales", 0.0), prices.seller_pod_usd_per_week),
        advert_usd=usd.get("advertising", 0.0) / accounts,
        news_usd=content.get("news", 0.0) / accounts,
        account_managers=staff(usd.get("account_management", 0.0), prices.account_manager_usd_per_week),
        engineers=staff(usd.get("product_growth", 0.0), prices.engineer_usd_per_week),
        pieces=content.get("how_to", 0.0) / prices.piece_usd,
        contest_usd=content.get("contests", 0.0),
        moderation_hours=usd.get("moderation", 0.0) / prices.moderator_usd_per_hour,
        recognition_usd=usd.get("recognition", 0.0),
        events=events,
        rewards_usd=usd.get("rewards", 0.0),
        managers=managers,
        hours=hours,
    )
