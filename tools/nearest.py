"""The way to the point nearest a start at which every statistic lies in its range: Gauss-Newton on what is outside, Broyden's slopes.

Statistics stand in half-widths of their ranges, zero in the middle, so that -1 to 1 is inside; in the logarithm where a range
lies above zero. What is made small is what lies outside, squared, and a little of the way from the start, squared: of all points
at which the ranges hold the nearest is meant, so that other starts come to other points.
"""

import math
from collections.abc import Sequence

import numpy as np

from simulation.evidence.ends import BOUNDS
from simulation.evidence.targets import Target

AIM, SAFE = 0.8, 0.9  # of a half-width is aimed at, and is enough: what lies at the very end holds on some seeds only
FARTHEST = 6.0  # half-widths: farther away slopes tell nothing
UNDEFINED = 3.0  # half-widths that a statistic counts as missed by where it is not defined
PENALTY = 0.02  # of a width from the start, squared
LEARNS = 0.5  # of what a step did that its slopes did not foretell: the rest is taken for luck


def half_widths(targets: Sequence[Target], found: Sequence[float]) -> np.ndarray:
    """Return where statistics lie in their ranges, shape (rows,): 0 in the middle, -1 and 1 at the ends; 0 near an end that nothing passes."""
    z = [_half_widths(t, v) for t, v in zip(targets, found, strict=True)]
    return np.array(
        [0.0 if (t.id, "high" if x > 0 else "low") in BOUNDS else x for t, x in zip(targets, z, strict=True)]
    )


def _half_widths(target: Target, value: float) -> float:
    if not math.isfinite(value):
        return UNDEFINED
    if target.low <= 0:
        low, at, high = target.low, value, target.high
    elif value > 0:
        low, at, high = math.log(target.low), math.log(value), math.log(target.high)
    else:
        return -FARTHEST
    half = (high - low) / 2
    return min(max((at - low) / half - 1, -FARTHEST), FARTHEST)


def outside(z: np.ndarray, safe: float = SAFE) -> np.ndarray:
    """Return how far statistics lie outside the safe part of their ranges, with their sign, in half-widths."""
    return np.sign(z) * np.maximum(np.abs(z) - safe, 0.0)


def step(z: np.ndarray, slopes: np.ndarray, place: np.ndarray, start: np.ndarray, radius: float) -> np.ndarray:
    """Return the step, shape (numbers,), that by ``slopes``, shape (rows, numbers), makes least what is to be made small.

    No number goes farther than ``radius`` widths, none out of its prior.
    """
    from scipy.optimize import minimize

    def small(by: np.ndarray) -> tuple[float, np.ndarray]:
        left, way = outside(z + slopes @ by, AIM), place + by - start
        return left @ left + PENALTY * way @ way, 2 * (slopes.T @ left + PENALTY * way)

    bounds = list(zip(np.maximum(-radius, -place), np.minimum(radius, 1 - place), strict=True))
    return minimize(small, np.zeros_like(place), jac=True, bounds=bounds, method="L-BFGS-B").x


def learnt(slopes: np.ndarray, by: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return slopes after a step ``by`` that changed the statistics by ``change``; Broyden (1965), damped for luck."""
    return slopes + LEARNS * np.outer(change - slopes @ by, by) / max(float(by @ by), 1e-3)
