"""Which class of the screen's bound a person is in: by stage, by what contacts do, and of customers by what only protects."""

import math

import numpy as np

from simulation.compiled import jit, part
from simulation.people.cohorts import pays
from simulation.people.hazards import hazard
from simulation.people.screen import (
    ALWAYS,
    BESIDE_RIVALS,
    FIRST_LEVEL,
    FORMER,
    KEEN,
    KEENEST,
    N_OUTSIDE,
    READER,
    READIEST,
    READY,
    RIVAL_USER,
    churn_level,
    refresh,
    size_class,
)
from simulation.people.stages import Stage, Uses
from simulation.people.traits import AS_OTHERS


@part
def set_odds(row, odds, town):
    """Set the class of the bound; rows that Python decides for are asked every week."""
    by_hand = town.counts.by_hand[town.people.variant[row], town.people.stage[row]]
    town.net.odds[row] = ALWAYS if by_hand else odds
    refresh(row, town.net, town.terms, np.bool_(True))


@part
def static_hazard(row, town):
    """Return the part of a customer's hazard that only the screen's levels hold; the rest only protects."""
    p, r = town.people, town.terms
    static = 0.0
    affinity = np.float64(p.affinity[row])
    if p.contract[row] == 0:
        saved = r.fit * np.float64(p.fit[row]) + r.need * np.float64(p.need[row]) + r.ln_affinity * math.log(affinity)
        static = town.segments[p.segment[row]].churn_per_week * hazard(-saved)
    if p.member[row] == 0:
        static += r.join * np.float64(p.eagerness[row])
    return static


@part
def set_level(row, town):
    """Compute the static bound of a customer anew."""
    town.net.level[row] = churn_level(static_hazard(row, town))
    set_odds(row, FIRST_LEVEL, town)


@part
def outside_class(row, town):
    """Return the class of the bound of a prospect or former customer; where there are rivals contacts count for both."""
    p = town.people
    if p.stage[row] == Stage.LAPSED:  # who comes back does so whatever the readiness
        return BESIDE_RIVALS if town.net.there.size > 0 else FORMER
    if p.readiness[row] > READIEST * AS_OTHERS:
        return KEEN if p.readiness[row] <= KEENEST * AS_OTHERS and p.reads[row] == 0 else ALWAYS
    ready = p.readiness[row] > AS_OTHERS
    if p.reads[row] == 1:
        return READER + ready * N_OUTSIDE
    if p.uses[row] >= Uses.RIVAL_1:
        return RIVAL_USER + ready * N_OUTSIDE
    return size_class(p.call_weight[row]) + ready * READY


@part
def set_bound(row, town):
    """Compute the bound of ``row`` anew from its stage and columns."""
    p = town.people
    stage = p.stage[row]
    if stage == Stage.ATTRACTED or stage == Stage.NEWCOMER:
        town.net.odds[row] = ALWAYS
    elif pays(row, p):
        set_level(row, town)
    else:
        set_odds(row, outside_class(row, town), town)


@jit
def refresh_everybody(town):
    """Compute every bound anew, after settings or classes have changed."""
    for row in range(town.people.shape[0]):
        set_bound(row, town)
