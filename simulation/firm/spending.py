"""Spending: this week's money becomes hours of work, content, adverts and open doors, for the real market."""

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.compiled import part, phase
from simulation.firm import levers
from simulation.firm.ledger import bill, empty, pay_out
from simulation.people.counts import Total
from simulation.people.decision import Phase
from simulation.people.stages import Stage
from simulation.scenario.firm import KINDS, TASKS

ANSWERS = TASKS.index("answers")
HOW_TO, NEWS, SESSIONS, CONTESTS = (KINDS.index(kind) for kind in ("how_to", "news", "question_sessions", "contests"))


@part
def sat(x, half):
    """Return x / (x + half): diminishing returns, a half at ``half``."""
    return x / (x + half) if x > 0 else 0.0


@part
def staff(usd, usd_per_head, prices):
    """Return how many heads of work the money buys; less than one is bought by the hour, at the contractors' premium."""
    heads = usd / usd_per_head
    return heads if heads >= 1.0 else heads / (prices.contractor_premium - (prices.contractor_premium - 1.0) * heads)


@part
def door_of(open_now, staffed, needed, decay):
    """Return how far a door is open, 0 to 1: in proportion to who works on it at once, shut by and by where nobody does."""
    target = min(1.0, staffed / needed) if needed > 0.0 else 1.0
    return max(target, open_now - decay * (open_now - target))


@part
def plan_factor(launch, week, weeks):
    """Return this week's spending relative to the average: a launch moves money forward, the total stays."""
    head = min(launch.weeks, weeks)
    if head == 0 or head == weeks:
        return 1.0
    factor = min(launch.factor, weeks / head)
    return factor if week < head else (weeks - head * factor) / (weeks - head)


@part
def take_money(said):
    """Pay bills first; fill ``usd``, what is left by lever, events apart: these are bought whole, the rest waits."""
    firm, prices, motion = said.firm, said.world.prices, said.world.motion
    firm.usd[:] = 0.0
    for k in range(firm.order.size):
        lever = firm.order[k]
        if lever >= 0 and lever != levers.EVENTS:
            firm.usd[lever] = empty(lever, firm)
    firm.events = 0
    if motion.community:
        firm.events = max(0, np.int64(firm.purse[levers.EVENTS] / (100 * prices.event_usd)))
    bill(levers.EVENTS, firm.events * prices.event_usd, firm)


@part
def build_capacity(said):
    """Turn this week's money into people, hours, content and adverts."""
    firm, prices, c = said.firm, said.world.prices, said.firm
    usd, mix = firm.usd, said.tables.content_mix
    c.managers = (
        staff(usd[levers.COMMUNITY_TEAM], prices.manager_usd_per_week, prices) if said.world.motion.community else 0.0
    )
    worked = c.managers * prices.manager_hours_per_week
    for task in range(firm.hours.size):
        firm.hours[task] = worked * said.tables.team_hours[task]
    content = usd[levers.CONTENT]
    firm.hours[ANSWERS] += content * mix[SESSIONS] * prices.manager_hours_per_week / prices.manager_usd_per_week
    c.pods = staff(usd[levers.SALES], prices.seller_pod_usd_per_week, prices)
    c.advert_usd = usd[levers.ADVERTISING] / c.accounts
    c.news_usd = content * mix[NEWS] / c.accounts
    c.account_managers = staff(usd[levers.ACCOUNT_MANAGEMENT], prices.account_manager_usd_per_week, prices)
    c.engineers = staff(usd[levers.PRODUCT_GROWTH], prices.engineer_usd_per_week, prices)
    c.pieces = content * mix[HOW_TO] / prices.piece_usd
    c.contest_usd = content * mix[CONTESTS]
    c.moderation_hours = usd[levers.MODERATION] / prices.moderator_usd_per_hour
    c.recognition_usd = usd[levers.RECOGNITION]
    c.rewards_usd = usd[levers.REWARDS]


@part
def keep_doors(said):
    """Bill those who keep a free plan and a community up in a week without money."""
    prices, motion = said.world.prices, said.world.motion
    if motion.free_tier:
        bill(levers.PRODUCT_GROWTH, prices.engineers_for_free_tier * prices.engineer_usd_per_week, said.firm)
    if motion.community:
        bill(levers.COMMUNITY_TEAM, prices.managers_for_community * prices.manager_usd_per_week, said.firm)


@part
def open_doors(upkeep, said):
    """Let the free plan and the community be open as far as they are worked on; ``upkeep``: they are kept up without money."""
    prices, motion, firm = said.world.prices, said.world.motion, said.firm
    engineers = prices.engineers_for_free_tier if upkeep else firm.engineers
    managers = prices.managers_for_community if upkeep else firm.managers
    decay = prices.door_decay_per_week
    firm.free_tier = (
        door_of(firm.free_tier, engineers, prices.engineers_for_free_tier, decay) if motion.free_tier else 0.0
    )
    firm.community = (
        door_of(firm.community, managers, prices.managers_for_community, decay) if motion.community else 0.0
    )


@phase
def spend(now, town, said, desk):
    """Pay out the budget, build this week's capacity and move the stocks that money feeds."""
    world, firm = said.world, said.firm
    budget, prices = world.budget, world.prices
    planned = 100 * budget.usd_per_account_per_week * firm.accounts
    if firm.launched >= now.today:  # what a launch of the past spent beforehand was saved before today
        planned *= plan_factor(world.motion.launch, now.week - firm.launched, now.weeks - firm.launched)
    planned += budget.share_of_revenue * firm.week_revenue_cents
    upkeep = planned <= 0 and budget.keeps_doors
    if upkeep:
        keep_doors(said)
    pay_out(planned, said.firm)
    take_money(said)
    build_capacity(said)
    target = world.product.ease + (1.0 - world.product.ease) * sat(firm.engineers, prices.engineers_for_ease)
    firm.ease += prices.ease_decay_per_week * (target - firm.ease)
    open_doors(upkeep, said)
    firm.brand += firm.advert_usd + firm.news_usd - prices.brand_decay_per_week * firm.brand


# --- what capacity can do this week, given the counts of its start --------------------------------------


@part
def deal_slots_of(said):
    """Return how many open deals the sellers can hold."""
    return said.firm.pods * said.world.prices.open_deals_per_pod


@part
def free_slots(said, totals):
    """Return the share of the sellers' deal slots that is free."""
    deals, slots = np.int64(0), deal_slots_of(said)
    for s in range(totals.shape[0]):
        deals += totals[s, Total.DEALS]
    return max(0.0, 1.0 - deals / 16.0 * said.firm.weight / slots) if slots > 0 else 0.0


@part
def call_chance(said, totals):
    """Return the weekly hazard of a call per sixteenth of call weight: calls go first, leads fill the rest."""
    weight, firm = np.int64(0), said.firm
    for s in range(totals.shape[0]):
        weight += totals[s, Total.CALL_WEIGHT]
    meetings = (
        firm.pods
        * said.world.prices.meetings_per_pod_per_week
        * min(1.0, free_slots(said, totals) / said.world.prices.free_slots_for_meetings)
    )
    callable_weight = weight * firm.weight
    return min(meetings / callable_weight, 1.0) if callable_weight > 0 else 0.0


@part
def n_customers(totals):
    """Return paying customers, in rows."""
    n = np.int64(0)
    for s in range(totals.shape[0]):
        n += totals[s, Stage.CUSTOMER] + totals[s, Stage.EXPERT]
    return n


@part
def managed_share(said, segments, totals):
    """Return the share of revenue that account managers look after."""
    firm, seats = said.firm, 0.0
    for s in range(totals.shape[0]):
        seats += totals[s, Total.SEATS] * segments[s].price_level
    revenue_usd = 12.0 * said.world.product.price_usd * seats * firm.weight
    if revenue_usd <= 0:
        return 0.0
    return min(1.0, firm.account_managers * said.world.prices.managed_usd_per_year / revenue_usd)


@part
def reward_months(said, totals):
    """Return the rewards that money keeps, in months of the price of a seat."""
    promised_usd = said.world.loyalty.rewards_usd
    promised = promised_usd * n_customers(totals) * said.firm.weight * 12.0 / YEAR_WEEKS
    kept = min(1.0, said.firm.rewards_usd / promised) if promised > 0 else 0.0
    return kept * promised_usd / max(said.world.product.price_usd, 1e-9)


SPEND = Phase("spending", spend)
