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
DOUBT, LUCK = 0.2, 0.03  # of a slope as it was measured; of a known in one evaluation of the last
FARTHEST = 0.3  # from where the last begin to where they end, judgement: against it luck is weighed
LEAST_DAMPED = 0.03  # as LEAST_SLOPE, where steps are damped
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


def refine(
    fs: Iterable[Function], near: Solution, low: np.ndarray, high: np.ndarray, luck: float | np.ndarray = LUCK
) -> np.ndarray:
    """Return x at which the mean of ``fs`` is nearest zero, shape (n,): each is the function of which ``near`` is a solution, on ``luck`` of its own.

    Steps of 1, 1/2, 1/3, ... of Newton's (Robbins & Monro, 1951) are the mean of what each alone would find, where slopes hold; a
    whole one goes before them. Slopes are corrected by what each step did, by recursive least squares: as far as it says more than luck,
    of which ``luck`` is the standard deviation, of each known. Steps are damped as far as luck may be what they follow (Levenberg, 1944).
    """
    x, slopes, n = near.x, near.slopes, near.x.size
    luck, doubt = np.broadcast_to(luck, n), np.tile(DOUBT**2 * np.eye(n), (n, 1, 1))  # of the slopes of each known
    step, before = np.zeros(n), np.zeros(n)
    for k, f in enumerate(fs):
        r = f(x)
        if k:
            moved = doubt @ step
            told = moved / (moved @ step + 2 * luck**2)[:, None]
            slopes = slopes + (r - before - slopes @ step)[:, None] * told
            doubt = doubt - told[:, :, None] * moved[:, None, :]
        step = _step(slopes, x, r, low, high, luck / FARTHEST)
        step = np.clip(step, -LONGEST_LAST, LONGEST_LAST) / max(k, 1)
        x, before = x + step, r
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


def _step(
    slopes: np.ndarray,
    x: np.ndarray,
    r: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    damping: np.ndarray | None = None,
) -> np.ndarray:
    """Return Newton's step, cut to the bounds: what one would pass is held there, and the others move without it.

    One that hardly moves its known goes as if it did, to its bound in the end; it must not be asked to make up for others. ``damping``, of
    each known, is by how much it is to be nearer for a step of one; steps that are damped may make much of little slopes.
    """
    free = slopes.diagonal() > (LEAST_SLOPE if damping is None else LEAST_DAMPED)
    step = np.where(free, 0.0, np.clip(np.clip(-r, -LONGEST, LONGEST), low - x, high - x))
    while free.any():
        goal = -(r + slopes @ np.where(free, 0.0, step))
        told, wanted = slopes[np.ix_(free, free)], goal[free]
        if damping is not None:
            told = np.vstack([told / damping[free, None], np.eye(wanted.size)])
            wanted = np.append(wanted / damping[free], np.zeros(wanted.size))
        step[free] = np.linalg.lstsq(told, wanted, rcond=1e-3)[0]
        step = np.clip(step, -LONGEST, LONGEST)
        passed = free & ((x + step < low) | (x + step > high))
        if not passed.any():
            break
        step[passed] = np.clip(x + step, low, high)[passed] - x[passed]
        free &= ~passed
    return step
