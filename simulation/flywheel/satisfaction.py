"""Satisfaction: an own part, which tickets and answers move, and a part that all who bought in the same week feel alike.

The common part is value for money, as newcomers weigh it; surprise, quality against what one has got used to; and a price
that is dearer than the one that one has got used to, which weighs more than a cheaper one and fades. It is a number a week
of adoption and contract, added where satisfaction is read: nobody is visited, and no bound of the screen depends on it.
"""

import math

import numpy as np

from simulation.compiled import part, phase
from simulation.people.cohorts import cohort_of
from simulation.people.decision import Phase
from simulation.people.influence import FULL_TALK, talk_of, users_of


@part
def value_for_money(ln_quality, ln_price, said):
    """Return what quality and price are worth together, logit: 0 for quality 1 at the price that the market is used to."""
    d = said.world.behaviour.adoption
    return d.quality * ln_quality - d.price * (ln_price - math.log(said.world.product.reference_price_usd))


@part
def lived_quality(said):
    """Return the log of quality as customers live it, to which work on ease adds."""
    more_ease = said.firm.ease - said.world.product.ease
    return math.log(max(said.firm.quality, 1e-9)) + said.world.behaviour.satisfaction.ease * more_ease


@phase
def feel(now, town, said, desk):
    """Let those who bought in each week feel quality and price as they are now, and get used to them a little."""
    b, mood, week, lived = said.world.behaviour.satisfaction, town.mood, now.week, lived_quality(said)
    n, total, least, most = np.int64(0), 0.0, 1e300, -1e300
    ln_list = town.cohorts[week].ln_paid[0]
    for bought in range(now.began, week + 1):
        cohort, customers = town.cohorts[bought], town.counts.cohort_customers
        if bought == week:
            cohort.used_to_quality = lived
        elif customers[bought].sum() == 0:
            continue
        surprise = b.surprise * (lived - cohort.used_to_quality)
        for contract in range(cohort.common.size):
            here = customers[bought, contract]
            price = cohort.ln_paid[contract]
            if bought == week:
                cohort.used_to_price[contract] = price
            elif here == 0:
                continue
            dearer = price - cohort.used_to_price[contract]
            pain = b.dearer * dearer * (1.0 if dearer > 0.0 else b.cheaper)
            value = value_for_money(lived, price, said)
            cohort.value[contract] = value
            cohort.common[contract] = b.level * value + surprise - pain
            cohort.used_to_price[contract] += b.used_to_price_per_week * dearer
            n += here
            total += here * cohort.common[contract]
            least, most = min(least, value), max(most, price - ln_list)
        cohort.used_to_quality += b.used_to_quality_per_week * (lived - cohort.used_to_quality)
    mood.common, mood.least_value, mood.most_over_list = total / max(n, 1), least, most


@part
def felt(row, town):
    """Return the satisfaction of a customer, own and common part, in [0, 1]."""
    own = np.float64(town.people.satisfaction[row])
    return min(1.0, max(0.0, own + town.cohorts[cohort_of(row, town)].common[town.people.contract[row]]))


def felt_by(town, rows):
    """Return the satisfaction of customers, own and common part, float (rows,); ``rows``: row numbers or a mask."""
    people, lives = town.people[rows], town.counts.lives
    common = town.cohorts["common"][lives["adopted"][people["life"]], people["contract"]]
    return np.clip(people["satisfaction"] + common, 0.0, 1.0)


@part
def common_talk(town):
    """Return the talk that the common part adds for each customer, in eighths of full talk."""
    return 2.0 * FULL_TALK * town.mood.common


@part
def talk_heard(heard, town):
    """Return the sum of contacts' talk, in eighths of full talk, own and common part; may be negative."""
    return np.float64(talk_of(heard)) + common_talk(town) * users_of(heard)


FEEL = Phase("feel", feel)
