"""What joining causes, from random invitations to join, each invited person beside itself uninvited; and the naive comparison."""

from typing import NamedTuple

import numpy as np


class Effect(NamedTuple):
    """Differences in the outcome's unit: of invitation (intention to treat), of joining because of it (IV), and naive."""

    first_stage: float  # how many more join when invited, share
    intention_to_treat: float
    instrumental: float
    naive: float  # joined less not joined, of those who look alike to an observer
    base: float  # outcome of those who did not join


def encouragement_effect(invited: np.ndarray, uninvited: np.ndarray, watched: np.ndarray) -> Effect:
    """Return the effects from (joined?, outcome) of the same people with and without an invitation, each (people, 2).

    The IV estimate is the Wald ratio (Angrist, Imbens & Rubin 1996, JASA 91); with twins the difference of means needs no
    other group, so less of it is luck. ``watched`` are those whom an observer compares naively, also (people, 2).
    """
    first, intended = (invited.mean(axis=0) - uninvited.mean(axis=0)).tolist()
    joined, outcome = watched[:, 0] == 1, watched[:, 1]
    base = float(outcome[~joined].mean())
    return Effect(first, intended, intended / first, float(outcome[joined].mean()) - base, base)
