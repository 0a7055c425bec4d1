"""Solving as many settings as there are knowns: each has one that it leans on; Gauss-Newton, then Broyden's updates.

Broyden (1965), "A class of methods for solving nonlinear simultaneous equations". The function is noisy but always on the same
luck (common seeds), so that a difference tells a slope; what is left of that luck is averaged away in the end.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

DIFFERENCE = 0.3  # over which a slope is taken: wide enough that single customers do not decide it
TELLS = 0.1  # a step below tells nothing of slopes but luck
LEAST_SLOPE = 0.1  # below it a setting does next to nothing, or luck hides what it does
LONGEST, LONGEST_LAST = 1.5, 0.5  # step: far away, and where luck alone is to be taken out
FIRST, FURTHER = 3, 6  # steps: before slopes are known, and with them
CLOSE = 0.004  # of every known: nothing is gained by coming nearer than luck

Function = Callable[[np.ndarray], np.ndarray]


class Solution(NamedTuple):
    """What was found: where, what is left there, and how much each known moves with each setting."""

    x: np.ndarray
    left: np.ndarray
    slopes: np.ndarray


def solve(f: Function, low: np.ndarray, high: np.ndarray) -> Solution:
    """Return x in ``[low, high]``, shape (n,), at which ``f(x)``, same shape, is nearest zero; the search starts at zero.

    ``f`` must rise with x on its diagonal, by about one per one: so the first steps go, then slopes are taken. A known whose
    setting stands at its bound is left as it is, and the others are solved without it.
    """
    x = np.zeros(low.size)
    r = f(x)
    near = _walk(f, Solution(x, r, np.eye(x.size)), low, high, FIRST, learns=False)
    if _met(near.left):
        return near
    return _walk(f, near._replace(slopes=_slopes(f, near, high)), low, high, FURTHER)


def slopes_of(f: Function, high: np.ndarray) -> np.ndarray:
    """Return how much each known moves with each setting at zero, shape (n, n)."""
    x = np.zeros(high.size)
    return _slopes(f, Solution(x, f(x), np.eye(x.size)), high)


def solve_beside(
    f: Function, start: np.ndarray, slopes: np.ndarray, low: np.ndarray, high: np.ndarray, close: float = CLOSE
) -> Solution:
    """Return a solution near enough for :func:`refine`, or as ``close`` as said, from that of a function much like ``f``, with its ``slopes``."""
    start = np.clip(start, low, high)
    return _walk(f, Solution(start, f(start), slopes), low, high, FIRST, close=close)


def refine(fs: Iterable[Function], near: Solution, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return x at which the mean of ``fs`` is nearest zero, shape (n,): each is the function of which ``near`` is a solution, on luck of its own.

    Steps of 1, 1/2, 1/3, ... of Newton's (Robbins & Monro, 1951) are the mean of what each alone would find, where slopes hold; a
    whole one goes before them.
    """
    x = near.x
    for k, f in enumerate(fs):
        x = x + np.clip(_step(near.slopes, x, f(x), low, high), -LONGEST_LAST, LONGEST_LAST) / max(k, 1)
    return x


def _walk(
    f: Function,
    start: Solution,
    low: np.ndarray,
    high: np.ndarray,
    steps: int,
    *,
    learns: bool = True,
    close: float = CLOSE,
) -> Solution:
    """Return the best of so many steps, fewer where one is ``close``; ``learns``: slopes are corrected by what each step did."""
    (x, r, slopes), best = start, start
    for _ in range(steps):
        step = _step(slopes, x, r, low, high)
        if _met(r, close) or np.abs(step).max(initial=0.0) < CLOSE / 10:
            break
        x, before = x + step, r
        r = f(x)
        if learns and np.abs(step).max() > TELLS:
            slopes = slopes + np.outer(r - before - slopes @ step, step) / (step @ step)
        if _size(r) < _size(best.left):
            best = Solution(x, r, slopes)
    return best._replace(slopes=slopes)


def _met(r: np.ndarray, close: float = CLOSE) -> bool:
    return bool(np.abs(r).max(initial=0.0) < close)


def _size(r: np.ndarray) -> float:
    """Return how far off all knowns are together: in a sum, one that cannot be met does not hide the others."""
    return float(np.abs(r).sum())


def _slopes(f: Function, at: Solution, high: np.ndarray) -> np.ndarray:
    return np.column_stack([_slope(f, at, j, high) for j in range(at.x.size)])


def _slope(f: Function, at: Solution, j: int, high: np.ndarray) -> np.ndarray:
    by = DIFFERENCE if at.x[j] + DIFFERENCE <= high[j] else -DIFFERENCE
    beside = at.x.copy()
    beside[j] += by
    return (f(beside) - at.left) / by


def _step(slopes: np.ndarray, x: np.ndarray, r: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return Newton's step, cut to the bounds: what one would pass is held there, and the others move without it.

    One that hardly moves its known goes as if it did, to its bound in the end; it must not be asked to make up for others.
    """
    free = slopes.diagonal() > LEAST_SLOPE
    step = np.where(free, 0.0, np.clip(np.clip(-r, -LONGEST, LONGEST), low - x, high - x))
    while free.any():
        goal = -(r + slopes @ np.where(free, 0.0, step))
        step[free] = np.linalg.lstsq(slopes[np.ix_(free, free)], goal[free], rcond=1e-3)[0]
        step = np.clip(step, -LONGEST, LONGEST)
        passed = free & ((x + step < low) | (x + step > high))
        if not passed.any():
            break
        step[passed] = np.clip(x + step, low, high)[passed] - x[passed]
        free &= ~passed
    return step
