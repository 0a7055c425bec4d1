"""What contacts hear: a person's own talk, and for four weeks that somebody has left."""

import math

import numpy as np

from simulation.compiled import part
from simulation.people.cohorts import pays
from simulation.people.counts import Total
from simulation.people.influence import FULL_TALK, LEFT_WEEKS, TALK
from simulation.people.memory import tell
from simulation.people.screen import refresh
from simulation.people.stages import Stage


@part
def talk_units(satisfaction, stage, terms):
    """Return talk in eighths: 2 satisfaction - 1, stronger for experts."""
    strength = terms.expert_talk if stage == Stage.EXPERT else 1.0
    return np.int64(math.floor(FULL_TALK * (2.0 * satisfaction - 1.0) * strength + 0.5))


@part
def set_talk(row, talk, extra, town):
    """Change own talk to ``talk`` eighths and tell the contacts, with a change ``extra`` of the packed counts."""
    change = talk - np.int64(town.net.talk[row])
    if change != 0 or extra != 0:
        town.net.talk[row] = talk
        town.counts.totals[town.people.segment[row], Total.TALK] += change
        tell(row, change * TALK + extra, town)


@part
def note_leavers(town):
    """Close the week's list of leavers; those of four weeks ago are not heard any more, nor what they said about it."""
    leaving, kept = town.leaving, town.leaving.rows.shape[0]
    slot = leaving.marks.noted % kept
    if town.terms.left != 0:
        leaving.marks.left[slot] = town.terms.left
        leaving.marks.noted += 1
        if leaving.marks.noted - leaving.marks.forgotten > LEFT_WEEKS:
            be_forgotten(leaving.marks.forgotten % kept, town)
            leaving.marks.forgotten += 1
        slot = leaving.marks.noted % kept
    leaving.marks.n_rows[slot] = 0
    leaving.marks.n_heard[slot] = 0


@part
def be_forgotten(slot, town):
    """Let those who left in a week, and what their contacts heard of it, count no more."""
    leaving, left = town.leaving, town.leaving.marks.left[slot]
    for j in range(leaving.marks.n_rows[slot]):
        row = np.int64(leaving.rows[slot, j])
        set_talk(row, np.int64(town.net.talk[row]) if pays(row, town.people) else 0, -left, town)
    for j in range(leaving.marks.n_heard[slot]):
        other = np.int64(leaving.heard[slot, j])
        town.net.heard[other] -= left
        refresh(other, town.net, town.terms, np.bool_(True))
