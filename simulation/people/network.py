"""Who knows whom: undirected social networks as compressed rows, built from named draws.

Every builder returns a ``Network``; a row's contacts are ``indices[indptr[i]:indptr[i + 1]]``,
sorted, without itself and without repeats, and each tie stands in both rows.
"""

from typing import NamedTuple

import numpy as np

from simulation.compiled import jit
from simulation.people.draws import Purpose, key_of, uniform


class Network(NamedTuple):
    """Compressed rows: ``indptr`` (n + 1, int64) and ``indices`` (2 * ties, int32)."""

    indptr: np.ndarray
    indices: np.ndarray

    @property
    def n_people(self) -> int:
        return self.indptr.size - 1

    @property
    def n_ties(self) -> int:
        return self.indices.size // 2


@jit
def _compress(source, target, first, place, unsorted, indices):
    """Fill ``indices`` with the contacts of all rows; repeats and self ties are dropped; return how many there are.

    Each tie is written to both its rows, then again from all rows in turn: that leaves the contacts of a row sorted.
    ``first`` is all zeros; ``place`` becomes where each row starts.
    """
    n = first.size - 1
    for e in range(source.size):
        if source[e] != target[e]:
            first[source[e] + 1] += 1
            first[target[e] + 1] += 1
    for i in range(n):
        first[i + 1] += first[i]
        place[i] = first[i]
    for e in range(source.size):
        a, b = source[e], target[e]
        if a != b:
            unsorted[place[a]] = b
            place[a] += 1
            unsorted[place[b]] = a
            place[b] += 1
    for i in range(n):
        place[i] = first[i]
    for i in range(n):
        for e in range(first[i], first[i + 1]):
            a = unsorted[e]
            indices[place[a]] = i
            place[a] += 1
    kept = 0
    for i in range(n):  # close the gaps that repeats leave
        place[i] = kept
        for e in range(first[i], first[i + 1]):
            if e == first[i] or indices[e] != indices[kept - 1]:
                indices[kept] = indices[e]
                kept += 1
    place[n] = kept
    return kept


def from_pairs(source: np.ndarray, target: np.ndarray, n: int) -> Network:
    """Return the network of ``n`` people with these ties (int32 rows, any order, repeats allowed)."""
    source, target = np.ascontiguousarray(source, np.int32), np.ascontiguousarray(target, np.int32)
    first, indptr = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    unsorted, indices = np.empty(2 * source.size, np.int32), np.empty(2 * source.size, np.int32)
    kept = _compress(source, target, first, indptr, unsorted, indices)
    del unsorted  # before the copy, where most memory is held
    return Network(indptr, indices[:kept].copy())


@jit
def _fill_small_world(rewire, redraw, n, half, p_rewire, target):
    """Fill in the far ends of ``half`` ties a row: ring neighbours, some moved to a uniform row."""
    for i in range(n):
        for k in range(half):
            e = i * half + k
            far = (i + k + 1) % n
            if uniform(rewire, e) < p_rewire:
                far = i
                tries = 0
                while tries < 16:  # not itself, and not one it already has
                    far = np.int64(uniform(redraw, e * 16 + tries) * n)
                    near = min((far - i) % n, (i - far) % n)
                    repeated = near <= half
                    for j in range(k):
                        repeated = repeated or target[i * half + j] == far
                    if not repeated:
                        break
                    tries += 1
            target[e] = far


def small_world(n: int, degree: int, p_rewire: float, key: int | np.uint64) -> Network:
    """Return a Watts-Strogatz small world (Nature 393, 1998): ``n`` people, even mean ``degree``.

    Rows next to each other are contacts; the far end of a tie moves to a uniform row with
    probability ``p_rewire``.
    """
    half = min(degree // 2, max(n - 1, 0) // 2)
    if half == 0:
        return from_pairs(np.empty(0, np.int32), np.empty(0, np.int32), n)
    rewire = key_of(key, 0, Purpose.TIE_MOVES)
    redraw = key_of(key, 0, Purpose.TIE_TARGET)
    target = np.empty(n * half, np.int32)
    _fill_small_world(rewire, redraw, n, half, p_rewire, target)
    return from_pairs(np.repeat(np.arange(n, dtype=np.int32), half), target, n)


@jit
def _fill_preferential(choice, triad, n, half, p_triad, source, target):
    """Fill in both ends of the ties of Holme and Kim's growing network; ``half`` ties a newcomer."""
    core, m = half + 1, 0
    for i in range(core):
        for j in range(i):
            source[m], target[m] = i, j
            m += 1
    for i in range(core, n):
        first = m
        for k in range(half):
            e = np.int64(i) * half + k
            far = np.int64(-1)
            for tries in range(16):
                friend = np.int64(target[m - 1])
                chosen = k > 0 and friend != i  # none was left to choose: its own ties are not written yet
                if chosen and tries < 4 and uniform(triad, e * 16 + tries) < p_triad:
                    # a contact of the one just chosen: with many tries, its own first ties
                    pick = np.int64(uniform(choice, e * 16 + tries) * half)
                    at = friend * half + pick - core * half + core * half // 2
                    guess = np.int64(target[at]) if friend >= core else pick
                else:
                    end = np.int64(uniform(choice, e * 16 + tries) * 2 * first)
                    guess = np.int64(source[end >> 1] if end & 1 else target[end >> 1])
                repeated = guess == i
                for j in range(first, m):
                    repeated = repeated or target[j] == guess
                if not repeated:
                    far = guess
                    break
            source[m], target[m] = i, far if far >= 0 else i  # a self tie is dropped later
            m += 1


def heavy_tailed(n: int, degree: int, p_triad: float, key: int | np.uint64) -> Network:
    """Return a network with power-law degrees and clustering (Holme & Kim, Phys. Rev. E 65, 2002).

    Each arriving row ties to ``degree / 2`` others in proportion to their degree, and with
    probability ``p_triad`` to a contact of the one just chosen, which closes a triangle.
    """
    half = degree // 2
    if n <= half + 1:
        return small_world(n, degree, 0.0, key)
    choice = key_of(key, 0, Purpose.TIE_TARGET)
    triad = key_of(key, 0, Purpose.TIE_MOVES)
    n_ties = (half + 1) * half // 2 + (n - half - 1) * half
    source, target = np.empty(n_ties, np.int32), np.empty(n_ties, np.int32)
    _fill_preferential(choice, triad, n, half, p_triad, source, target)
    return from_pairs(source, target, n)
