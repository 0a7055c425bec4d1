"""What customers pay for a seat, by the week in which they bought: whom a rise reaches, and when.

A list price is what who buys now is quoted. Customers' own prices follow it, after a notice or at the renewal of a yearly
contract, unless they are grandfathered; ``base_price`` changes customers' prices alone.
"""

import math

from simulation.calendar import YEAR_WEEKS
from simulation.compiled import part, phase
from simulation.people.cohorts import Contract
from simulation.people.decision import Phase

FREE_USD = 1e-9  # in place of zero, so that a price has a logarithm


@phase
def quote(now, town, said, desk):
    """Let this week's list price stand, and find what everybody pays who bought before."""
    week, product, firm, cohorts = now.week, said.world.product, said.firm, town.cohorts
    new = cohorts[week]
    new.list_usd, new.base_ratio = max(product.price_usd, FREE_USD), 1.0
    if week > now.began:
        before = cohorts[week - 1]
        follows = 1.0 if product.grandfather else new.list_usd / before.list_usd
        new.base_ratio = before.base_ratio * follows * product.base_price / firm.base_price
        if new.base_ratio != before.base_ratio:
            firm.repriced = 1
    firm.base_price = product.base_price
    for contract in range(new.paid_usd.size):
        new.paid_usd[contract], new.ln_paid[contract] = new.list_usd, math.log(new.list_usd)
    if firm.repriced:
        for bought in range(now.began, week):
            reprice(bought, week, product.notice_weeks, town)


@part
def reprice(bought, week, notice_weeks, town):
    """Set what those who bought in week ``bought`` pay: the price of their last renewal, or the last one announced in time."""
    cohort, customers = town.cohorts[bought], town.counts.cohort_customers
    for contract in range(cohort.paid_usd.size):
        if customers[bought, contract] > 0:
            agreed = max(bought, week - notice_weeks)
            if contract == Contract.YEARLY:
                agreed = week - (week - bought) % YEAR_WEEKS
            paid = cohort.list_usd * town.cohorts[agreed].base_ratio / cohort.base_ratio
            cohort.paid_usd[contract], cohort.ln_paid[contract] = paid, math.log(paid)


@part
def monthly_usd(bought, town):
    """Return what those who bought in a week pay a month, rows of the market at their segments' level of price."""
    cohort, seats, usd = town.cohorts[bought], town.counts.cohort_seats, 0.0
    for s in range(seats.shape[1]):
        for contract in range(seats.shape[2]):
            usd += seats[bought, s, contract] * town.segments[s].price_level * cohort.paid_usd[contract]
    return usd


QUOTE = Phase("quote", quote)
