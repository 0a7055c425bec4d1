"""Landing and expanding: what an account can use, how much of it a first contract lands, and why contracts grow and shrink."""

import math
from typing import NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.compiled import part
from simulation.firm.spending import managed_share
from simulation.people.draws import uniform
from simulation.people.stages import Door
from simulation.people.traits import normal

LN_100 = math.log(100.0)


class Rates(NamedTuple):
    """Weekly hazards of a customer."""

    by_product: float  # at full skill and satisfaction
    by_managers: float  # as far as account managers look after revenue
    by_belonging: float  # at full belonging
    shrink: float  # at no skill or satisfaction


@part
def rates(town, said, desk):
    """Return this week's rates."""
    r = said.world.behaviour.retention
    return Rates(
        r.expand_per_week,
        r.expand_managed_per_week * managed_share(said, town.segments, desk.totals),
        r.expand_belonging_per_week,
        r.contract_per_week,
    )


@part
def account_seats(row, week, town):
    """Return the seats that an account can use now: it grows by a yearly rate of its own, which wears off, in closed form."""
    terms, size = town.terms, np.float64(town.people.size_seats[row])
    if terms.growth == 0.0 and terms.growth_sd == 0.0:
        return size
    rate = terms.growth + terms.growth_sd * normal(uniform(terms.growth_key, row))
    years = terms.growth_lasts * (1.0 - math.exp(-week / YEAR_WEEKS / terms.growth_lasts))
    return max(1.0, size * math.exp(rate * years))


@part
def landed_seats(row, week, town, d):
    """Return the seats of a first contract: sellers land most of an account, self-service about its root."""
    size = account_seats(row, week, town)
    seats = d.landed_by_seller * size if town.people.door[row] == Door.SALES else size**d.landed_alone_power
    return max(np.int64(1), np.int64(seats + 0.5))


@part
def room(row, week, town):
    """Return the seats that can still be sold to a customer; larger plans and further products count as seats.

    Of these a large account can use more for its size: ``product.further`` holds at 100 seats, nothing at one.
    """
    size = account_seats(row, week, town)
    further = town.terms.further * math.log(size) / LN_100
    return size * (1.0 + further) - np.float64(town.people.seats[row])


@part
def expanding(row, week, skill, satisfaction, town, r):
    """Return the weekly hazard at which a contract grows: product, people and community each have their part."""
    if room(row, week, town) < 1.0:
        return 0.0
    return r.by_product * skill * satisfaction + r.by_managers + r.by_belonging * np.float64(town.people.belonging[row])


@part
def shrinking(row, skill, satisfaction, town, r):
    """Return the weekly hazard at which seats are given back."""
    return r.shrink * (1.0 - skill * satisfaction) if town.people.seats[row] > 1 else 0.0


@part
def at_most(r):
    """Return both hazards together, at most."""
    return r.by_product + r.by_managers + r.by_belonging + r.shrink
