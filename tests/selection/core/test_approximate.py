"""Approximate neighbours are nearly the exact ones; which are used depends on the pool."""

import numpy as np
import pytest

from selection.core import neighbours

faiss = pytest.importorskip("faiss", reason="the extra alapp[ann] is not installed")

from selection.core import approximate  # noqa: E402


def clusters(n=4000, width=16, seed=0):
    """Forty clouds, as embeddings of real items lie."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((40, width))
    X = centres[rng.integers(0, 40, n)] + 0.3 * rng.standard_normal((n, width))
    return (X / np.linalg.norm(X, axis=1, keepdims=True)).astype(np.float32)


def test_most_neighbours_are_the_exact_ones():
    X = clusters()
    positions = np.arange(0, 4000, 2)

    indices, squared = approximate.knn(X, positions, 10)

    exact, distances = neighbours.knn(X, positions, 10)
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(indices, exact, strict=True)])
    assert recall > 0.97
    # Half precision rows: distances of about 0.1 to three digits.
    np.testing.assert_allclose(np.median(squared), np.median(distances), rtol=0.01)
    assert (np.diff(squared, axis=1) >= 0).all()


def test_same_items_give_the_same_neighbours():
    X = clusters(1000)

    first, again = (approximate.knn(X, np.arange(1000), 5)[0] for _ in range(2))

    np.testing.assert_array_equal(first, again)


def test_no_item_is_its_own_neighbour_among_copies():
    X = np.repeat(clusters(10), 50, axis=0)

    indices, _ = approximate.knn(X, np.arange(500), 7)

    assert indices.shape == (500, 7)
    assert not (indices == np.arange(500)[:, None]).any()
    assert all(len(set(row)) == 7 for row in indices)


def test_more_neighbours_than_the_searched_lists_hold_are_found():
    X = clusters(300)

    indices, _ = approximate.knn(X, np.arange(300), 250)

    assert indices.min() >= 0
    assert approximate.knn(X, np.arange(3), 10)[0].shape == (3, 2)


def test_only_pools_too_large_to_compare_every_pair_are_searched_approximately():
    assert neighbours.finder(200_000) is neighbours.knn
    assert neighbours.finder(200_001) is approximate.knn
