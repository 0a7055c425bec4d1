"""Customers, and by the week in which they bought what they pay for a seat and what all of one week feel alike."""

from enum import IntEnum

import numpy as np

from simulation.compiled import part
from simulation.people.stages import Stage


class Contract(IntEnum):
    """How long a customer is bound."""

    MONTHLY = 0
    YEARLY = 1


N_CONTRACTS = len(Contract)
COHORT = np.dtype(
    [
        # prices of a seat, a month; by contract where they are two
        ("list_usd", np.float64),  # when they bought
        ("base_ratio", np.float64),  # by how much customers' prices had changed until then, since the start
        ("paid_usd", np.float64, (N_CONTRACTS,)),  # now
        ("ln_paid", np.float64, (N_CONTRACTS,)),
        ("year_paid_usd", np.float64, (N_CONTRACTS,)),  # a year before the run's end
        # see flywheel/satisfaction.py
        ("used_to_quality", np.float64),  # log ratio
        ("used_to_price", np.float64, (N_CONTRACTS,)),  # log USD
        ("value", np.float64, (N_CONTRACTS,)),  # for money, logit
        ("common", np.float64, (N_CONTRACTS,)),  # part of satisfaction
    ]
)
MOOD = np.dtype(
    [
        ("common", np.float64),  # mean common part of customers' satisfaction
        ("least_value", np.float64),  # for money, of any customer
        ("most_over_list", np.float64),  # log ratio of a price paid to the list price, of any customer
    ]
)


@part
def cohort_of(row, town):
    """Return the week in which a customer bought."""
    return np.int64(town.counts.lives.adopted[town.people.life[row]])


@part
def pays(row, people):
    """Return whether ``row`` is a customer or an expert."""
    return people.stage[row] == Stage.CUSTOMER or people.stage[row] == Stage.EXPERT
