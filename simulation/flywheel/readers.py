"""Readers: who stands outside the list of members and reads what is written: learns, looks again, stops.

They tie to nobody and post nothing, so they cost a run no visit; what they learnt is worked out when they look again.
"""

import math

import numpy as np

from simulation.compiled import part
from simulation.people.draws import uniform
from simulation.people.stages import Channel
from simulation.people.transitions import set_reads, set_skill


@part
def found(library, said):
    """Return the share of topics that somebody outside the community finds something useful about."""
    users = library.users * (1.0 - library.noise) * said.world.platform.searchability
    return (users + library.firm - users * library.firm / library.topics) / library.topics


@part
def library_of(row, town, said):
    """Return what is written in the language of ``row``."""
    return said.libraries[town.segments[town.people.segment[row]].language]


@part
def came_by_content(row, p):
    """Return whether something written brought ``row`` here."""
    return p.channel[row] == Channel.USER_CONTENT or p.channel[row] == Channel.FIRM_CONTENT


@part
def may_read_on(row, week, key, town, said):
    """Let a prospect whose interest is gone go on reading, by chance, as far as there is something to read."""
    if uniform(key, row) < said.world.behaviour.reading.reads_on * found(library_of(row, town, said), said):
        set_skill(row, np.float64(town.people.skill[row]), week, town.people)
        set_reads(row, 1, town)


@part
def looking_again(row, town, said):
    """Return the weekly hazards at which what users and what the firm wrote makes a reader look at the product again."""
    if town.people.reads[row] == 0:
        return 0.0, 0.0
    library, hazard = library_of(row, town, said), said.world.behaviour.reading.look_again_per_week
    users = library.users * said.world.platform.searchability
    by_users = users / (users + library.firm) if users > 0.0 else 0.0
    return hazard * by_users, hazard * (1.0 - by_users)


@part
def stopping(row, town, said):
    """Return the weekly hazard at which a prospect stops reading."""
    return said.world.behaviour.reading.stop_per_week * town.people.reads[row]


@part
def most(said):
    """Return both hazards together, at most, for the screen."""
    return said.world.behaviour.reading.look_again_per_week + said.world.behaviour.reading.stop_per_week


@part
def learn(row, week, town, said):
    """Let a reader have learnt since skill was last written, from what is found now."""
    p = town.people
    if p.reads[row] == 1:
        rate = said.world.behaviour.reading.learn_per_week / said.world.product.complexity
        rate *= np.float64(p.aptitude[row]) * found(library_of(row, town, said), said)
        missing = (1.0 - np.float64(p.skill[row])) * math.exp(-rate * (week - np.int64(p.skill_week[row])))
        set_skill(row, 1.0 - missing, week, p)
