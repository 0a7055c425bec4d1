"""Who knows whom: undirected social networks as compressed rows, built from named draws.

Every builder returns a ``Network``; a row's contacts are ``indices[indptr[i]:indptr[i + 1]]``,
sorted, without itself and without repeats, and each tie stands in both rows.
"""

from typing import NamedTuple

import numpy as np

from simulation.compiled import makes
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


@makes
def _compress(source, target, n):
    """Return (indptr, indices) of undirected ties; repeats and self ties are dropped."""
    count = np.zeros(n + 1, np.int64)
    for e in range(source.size):
        if source[e] != target[e]:
            count[source[e] + 1] += 1
            count[target[e] + 1] += 1
    for i in range(n):
        count[i + 1] += count[i]
    place = count.copy()
    indices = np.empty(count[n], np.int32)
    for e in range(source.size):
        a, b = source[e], target[e]
        if a != b:
            indices[place[a]] = b
            place[a] += 1
            indices[place[b]] = a
            place[b] += 1
    indptr = np.zeros(n + 1, np.int64)
    kept = 0
    for i in range(n):  # sort each row in place and close the gaps that repeats leave
        row = np.sort(indices[count[i] : count[i + 1]])
        for k in range(row.size):
            if k == 0 or row[k] != row[k - 1]:
                indices[kept] = row[k]
                kept += 1
        indptr[i + 1] = kept
    return indptr, indices[:kept].copy()


def from_pairs(source: np.ndarray, target: np.ndarray, n: int) -> Network:
    """Return the network of ``n`` people with these ties (int32 rows, any order, repeats allowed)."""
    return Network(*_compress(np.asarray(source, np.int32), np.asarray(target, np.int32), n))


@makes
def _small_world_targets(rewire, redraw, n, half, p_rewire):
    """Return the far ends of ``half`` ties a row: ring neighbours, some moved to a uniform row."""
    target = np.empty(n * half, np.int32)
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
    return target


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
    target = _small_world_targets(rewire, redraw, n, half, p_rewire)
    return from_pairs(np.repeat(np.arange(n, dtype=np.int32), half), target, n)


@makes
def _preferential_ties(choice, triad, n, half, p_triad):
    """Return (source, target) of Holme and Kim's growing network; ``half`` ties a newcomer."""
    core = half + 1
    n_ties = core * half // 2 + (n - core) * half
    source = np.empty(n_ties, np.int32)
    target = np.empty(n_ties, np.int32)
    m = 0
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
    return source, target


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
    return from_pairs(*_preferential_ties(choice, triad, n, half, p_triad), n)
