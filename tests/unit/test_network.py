"""Networks: the shapes they promise, and the same bytes for the same key."""

import numpy as np
import pytest

from simulation.people.network import _fill_preferential, from_pairs, heavy_tailed, small_world


def clustering(network, rows):
    """Return the mean share of a row's contact pairs that know each other."""
    found = []
    for i in rows:
        mine = network.indices[network.indptr[i] : network.indptr[i + 1]]
        if mine.size > 1:
            ties = sum(np.isin(network.indices[network.indptr[j] : network.indptr[j + 1]], mine).sum() for j in mine)
            found.append(ties / (mine.size * (mine.size - 1)))
    return np.mean(found)


@pytest.mark.parametrize("build", [small_world, heavy_tailed])
def test_ties_stand_in_both_rows_without_self_or_repeat(build):
    network = build(500, 10, 0.3, key=4)
    rows = np.repeat(np.arange(500), np.diff(network.indptr))
    pairs = set(zip(rows.tolist(), network.indices.tolist(), strict=True))
    assert len(pairs) == network.indices.size
    assert all((b, a) in pairs and a != b for a, b in pairs)


@pytest.mark.parametrize("build", [small_world, heavy_tailed])
def test_same_key_same_bytes(build):
    one, two, other = build(400, 8, 0.2, key=1), build(400, 8, 0.2, key=1), build(400, 8, 0.2, key=2)
    assert one.indices.tobytes() == two.indices.tobytes()
    assert one.indices.tobytes() != other.indices.tobytes()


def test_no_tie_is_read_before_it_is_written():
    """More ties a newcomer than it can place: what memory held must not become a contact."""
    n, half = 30, 25
    for key in range(30):
        source, target = np.full((2, half * (half + 1) // 2 + (n - half - 1) * half), 10**6, np.int32)
        _fill_preferential.py_func(np.uint64(key), np.uint64(key + 99), n, half, 1.0, source, target)
        assert source.max() < n and target.max() < n


def test_small_world_without_rewiring_is_the_ring():
    network = small_world(10, 4, 0.0, key=0)
    assert network.indices[:4].tolist() == [1, 2, 8, 9]
    assert clustering(network, range(10)) == pytest.approx(0.5)


def test_small_world_keeps_nearly_all_ties_and_its_clustering_falls_with_rewiring():
    low, high = small_world(4000, 10, 0.1, key=3), small_world(4000, 10, 1.0, key=3)
    assert low.n_ties > 0.999 * 20_000
    assert clustering(low, range(300)) > 0.45 > 0.02 > clustering(high, range(300))


def test_heavy_tailed_degrees_have_hubs_and_triangles():
    network = heavy_tailed(5000, 10, 0.8, key=3)
    degree = np.diff(network.indptr)
    assert degree.mean() == pytest.approx(10, abs=0.3)
    assert degree.max() > 10 * degree.mean()
    assert clustering(network, range(1000, 1300)) > 0.2


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_tiny_populations_have_no_ties_rather_than_an_error(n):
    assert small_world(n, 10, 0.1, key=0).n_people == n


def test_repeats_are_folded_and_self_ties_dropped():
    network = from_pairs(np.array([0, 1, 2, 2]), np.array([1, 0, 2, 0]), 4)
    assert network.indices.tolist() == [1, 2, 0, 0]
    assert network.indptr.tolist() == [0, 2, 3, 4, 4]
