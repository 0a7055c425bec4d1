"""The ledger: integers of cents; money in equals money booked.

A lever's purse receives its share each week. Bills (commission, contacts, hosting, platform, seeds, rewards)
are paid from it first; what is left buys capacity. Whatever enters a purse is booked that week as cost. In a
week without any budget what was built runs on, and its bills are paid and booked on top. Staffed support and the handling of
orders that came through no lever's door are no part of the budget; they are booked under their tags.
"""

import numpy as np

from simulation.compiled import jit, part
from simulation.firm.levers import TAG_OF

TAGS = np.array(TAG_OF)


@part
def enter(lever, cents, firm):
    """Book money that enters a lever's purse."""
    firm.purse[lever] += cents
    firm.by_lever[lever] += cents
    firm.paid[lever] += cents
    firm.booked[TAGS[lever]] += cents


@part
def pay_out(planned_cents, firm):
    """Pay this week's budget into the purses; the sum over weeks is exact to the cent, whatever the plan."""
    firm.paid[:] = 0
    if planned_cents <= 0:
        _run_on(firm)
        return
    firm.planned_cents += planned_cents
    total = round(firm.planned_cents) - firm.budget_cents
    firm.budget_cents += total
    last = -1
    for k in range(firm.order.size):
        if firm.order[k] >= 0 and firm.shares[firm.order[k]] > 0.0:
            last = firm.order[k]
    cumulative, edge = 0.0, 0
    for k in range(firm.order.size):
        lever = firm.order[k]
        if lever >= 0:
            cumulative += firm.shares[lever]
            upto = total if lever == last else np.int64(total * cumulative)
            if firm.shares[lever] > 0.0:
                enter(lever, upto - edge, firm)
                edge = upto


@part
def _run_on(firm):
    """Pay what the levers owe, and nothing else."""
    for lever in range(firm.purse.size):
        if firm.shares[lever] > 0.0:
            cents = -min(0, firm.purse[lever])
            enter(lever, cents, firm)
            firm.budget_cents += cents
            firm.planned_cents += cents


@jit
def settle_closed(firm):
    """Pay back what is left in the purses of levers that get no money any more, and what they owe."""
    for lever in range(firm.purse.size):
        if firm.shares[lever] == 0.0:
            cents = -firm.purse[lever]
            enter(lever, cents, firm)
            firm.budget_cents += cents
            firm.planned_cents += cents


@part
def bill(lever, usd, firm):
    """Take a bill out of a lever's purse; it may owe the rest until its next money comes."""
    firm.purse[lever] -= round(100 * usd)


@part
def empty(lever, firm):
    """Empty a lever's purse; return the USD that buy capacity now, 0 while it owes."""
    cents = firm.purse[lever]
    if cents <= 0:
        return 0.0
    firm.purse[lever] = 0
    return cents / 100


@part
def book(tag, usd, firm):
    """Book what is no part of the budget, under its tag."""
    firm.booked[tag] += round(100 * usd)


@part
def close_week(gross_margin, firm):
    """Book a week's revenue; cash is gross margin less all booked cost."""
    booked = np.int64(0)
    for tag in range(firm.booked.size):
        booked += firm.booked[tag]
    cost = booked - firm.closed_cents
    firm.closed_cents += cost
    firm.revenue_cents += firm.week_revenue_cents
    firm.cash_cents += round(firm.week_revenue_cents * gross_margin) - cost


@part
def owed_cents(firm):
    """Return bills that no money has come for yet."""
    owed = np.int64(0)
    for lever in range(firm.purse.size):
        owed -= min(0, firm.purse[lever])
    return owed
