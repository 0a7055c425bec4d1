"""What joining causes, from a random encouragement to join; and the naive comparison beside it."""

from typing import NamedTuple

import numpy as np


class Effect(NamedTuple):
    """Differences in the outcome's unit: intention to treat, of those who join because encouraged (IV), and naive."""

    first_stage: float  # how many more join when encouraged, share
    intention_to_treat: float
    instrumental: float
    instrumental_error: float  # standard error, delta method
    naive: float  # joined less not joined


def encouragement_effect(encouraged: np.ndarray, joined: np.ndarray, outcome: np.ndarray) -> Effect:
    """Return the effects (Angrist, Imbens & Rubin 1996, JASA 91): the IV estimate is the Wald ratio."""
    e, j, y = encouraged.astype(bool), joined.astype(float), outcome.astype(float)
    first = j[e].mean() - j[~e].mean()
    itt = y[e].mean() - y[~e].mean()
    wald = itt / first
    residual = y - wald * j
    error = np.sqrt(residual[e].var(ddof=1) / e.sum() + residual[~e].var(ddof=1) / (~e).sum()) / abs(first)
    naive = y[j == 1].mean() - y[j == 0].mean()
    return Effect(float(first), float(itt), float(wald), float(error), float(naive))
