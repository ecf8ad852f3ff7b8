"""Nearest neighbours: the same as by comparing every pair, in memory that does not grow."""

import tracemalloc

import numpy as np
import pytest

from selection.core import neighbours
from selection.core.neighbours import finder, knn
from selection.core.types import CoreError


def cloud(n, width=8, seed=0):
    """Whole numbers: distances are exact, and many are equal."""
    return np.random.default_rng(seed).integers(-9, 10, (n, width)).astype(np.float32)


def brute(X, k):
    """Every pair in float64; of equally near items the one that comes first."""
    squared = ((X[:, None, :].astype(np.float64) - X[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    order = np.argsort(squared, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(squared, order, axis=1)


def test_neighbours_on_a_line():
    X = np.array([[0.0], [1.0], [3.0], [3.5]], dtype=np.float32)

    indices, squared = knn(X, np.arange(4), 2)

    # From 0: 1 and 9 away. From 1: 1 and 4. From 3: 0.25 and 4. From 3.5: 0.25 and 6.25.
    assert indices.tolist() == [[1, 2], [0, 2], [3, 1], [2, 1]]
    assert squared.tolist() == [[1, 9], [1, 4], [0.25, 4], [0.25, 6.25]]


@pytest.mark.parametrize("k", [1, 7, 200])
def test_blocks_give_what_comparing_every_pair_gives(monkeypatch, k):
    monkeypatch.setattr(neighbours, "QUERY_ROWS", 50)
    monkeypatch.setattr(neighbours, "REFERENCE_ROWS", 64)
    monkeypatch.setattr(neighbours, "FIRST_ROWS", 16)
    X = cloud(501)

    indices, squared = knn(X, np.arange(501), k)

    expected, distances = brute(X, k)
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_array_equal(squared, distances)


def test_indices_point_into_positions():
    X = cloud(300)
    positions = np.sort(np.random.default_rng(1).choice(300, 90, replace=False))

    indices, _ = knn(X, positions, 5)

    np.testing.assert_array_equal(indices, brute(X[positions], 5)[0])


def test_half_precision_rows_are_compared_as_they_are_stored():
    X = cloud(400).astype(np.float16)

    indices, _ = knn(X, np.arange(400), 3)

    np.testing.assert_array_equal(indices, brute(X.astype(np.float32), 3)[0])


def test_no_item_is_its_own_neighbour_among_duplicates():
    X = np.repeat(cloud(3), 300, axis=0)

    indices, squared = knn(X, np.arange(900), 4)

    # 300 equal items: the first of them that is not the item itself.
    assert indices[0].tolist() == [1, 2, 3, 4]
    assert indices[2].tolist() == [0, 1, 3, 4]
    assert indices[899].tolist() == [600, 601, 602, 603]
    assert squared.max() == 0


def test_fewer_items_than_neighbours_give_all_others():
    indices, squared = knn(cloud(3), np.arange(3), 10)

    assert indices.shape == squared.shape == (3, 2)
    assert knn(cloud(3), np.arange(1), 10)[0].shape == (1, 0)
    assert knn(cloud(3), np.arange(0), 10)[0].shape == (0, 0)


def test_no_neighbours_are_refused():
    with pytest.raises(CoreError, match="0 neighbours"):
        knn(cloud(3), np.arange(3), 0)


def test_pools_small_enough_to_compare_every_pair_are_searched_exactly():
    assert finder(200_000) is knn


def test_memory_does_not_grow_with_the_square_of_the_items():
    X = cloud(12_000, width=4)
    tracemalloc.start()

    knn(X, np.arange(len(X)), 5)

    # All pairs would take 0.6 GB; a block of distances takes 17 MB and is masked and merged.
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80e6
