"""From logits and log-hazards to chances and hazards that stay numbers, whatever the settings."""

import math

from simulation.compiled import part

HIGHEST_LOG_HAZARD = 300.0  # certain within the week, and far from where a sum of hazards is no number any more


@part
def logistic(x):
    """Return 1 / (1 + exp(-x)); compiled, exp beyond the largest number is infinite and this is 0."""
    return 1.0 / (1.0 + math.exp(-x))


@part
def hazard(log):
    """Return exp(log). Competing events split a draw in proportion to their hazards, which infinite ones cannot."""
    return math.exp(min(log, HIGHEST_LOG_HAZARD))


@part
def happens(u, rate):
    """Return whether an event of this weekly hazard comes about under draw ``u``; most draws need no exponential."""
    return u < rate and u < 1.0 - math.exp(-rate)
