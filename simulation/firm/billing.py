"""The week's money: revenue, support, and the bills that usage sends to the levers."""

import numpy as np

from simulation.calendar import MONTHS_A_WEEK
from simulation.compiled import part, phase
from simulation.firm import ledger, levers, policy, pricing
from simulation.firm.levers import Tag
from simulation.people.counts import ADOPTED_DOOR, Event, Total
from simulation.people.decision import Phase
from simulation.people.stages import Door


@part
def contact_cost_usd(town):
    """Return the mean cost of a contact over the prospects that sellers call."""
    totals, cost, weights = town.counts.totals, 0.0, 0
    for s in range(totals.shape[0]):
        cost += totals[s, Total.CALL_WEIGHT] * town.segments[s].contact_cost_usd
        weights += totals[s, Total.CALL_WEIGHT]
    return cost / max(weights, 1)


@part
def platform_usd(members, said):
    """Return a week's bill of the community platform."""
    p = said.world.platform
    return p.licence_usd_per_week + p.usd_per_member_per_week * members if said.world.motion.community else 0.0


@phase
def book_money(now, town, said, desk):
    """Book the week; let the policy see what it brought."""
    firm, prices, tally, totals = said.firm, said.world.prices, town.counts.tally, town.counts.totals
    monthly, trials, members = 0.0, 0, 0
    for s in range(totals.shape[0]):
        trials += totals[s, Total.TRIALS]
        members += totals[s, Total.MEMBERS]
    for bought in range(now.began, now.week + 1):
        monthly += pricing.monthly_usd(bought, town)
    firm.week_revenue_cents = round(100.0 * MONTHS_A_WEEK * firm.weight * monthly)
    per_trial = prices.hosting_usd_per_trial_week + prices.trial_support_usd_per_week
    commission = prices.commission * tally[Event.SALES_CONTRACT_VALUE] / 100 * firm.weight
    ledger.bill(levers.SALES, commission, firm)
    ledger.bill(levers.SALES, contact_cost_usd(town) * tally[Event.CALLED] * firm.weight, firm)
    unused = tally[Event.DROPPED_OUT] * prices.hosting_usd_per_trial_week  # hosted for a week, and nobody asks for help
    ledger.bill(levers.PRODUCT_GROWTH, (trials * per_trial + unused) * firm.weight, firm)
    ledger.bill(levers.COMMUNITY_TEAM, platform_usd(members * firm.weight, said), firm)
    ledger.book(np.int64(Tag.SUPPORT), tally[Event.STAFF_TICKETS] * firm.weight * prices.ticket_usd, firm)
    orders = tally[ADOPTED_DOOR + Door.DIRECT] * firm.weight
    ledger.book(np.int64(Tag.ACQUISITION), orders * prices.order_usd, firm)
    ledger.close_week(said.world.product.gross_margin, firm)
    adaptive = said.world.motion.adaptive
    if adaptive.weeks:
        policy.watch(tally, adaptive.weeks, adaptive.step, firm)


BOOK_MONEY = Phase("book_money", book_money)
