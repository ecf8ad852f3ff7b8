"""k-means on a sample, whose answer depends on the items and not on the order they stand in."""

import warnings
from typing import Any

import numpy as np
from numpy.random import Generator
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from selection.core.chunks import squared_distances
from selection.core.types import Float32Array, FloatArray, IntArray

MOST_ITERATIONS = 20
# Beyond so many clusters a careful start costs more than it brings.
CAREFUL = 64


def k_means(
    X: Float32Array, k: int, *, rng: Generator, weights: FloatArray | None = None
) -> tuple[IntArray, Float32Array]:
    """The cluster of each row and the centres: labels (m,) below k, centres (k, d).

    Shapes: X (m, d) with m >= k, weights (m,) >= 0. Unit: feature units. Raises ValueError when
    m < k. Source: Lloyd 1982; k-means++ start, Arthur and Vassilvitskii 2007, up to
    64 clusters, random rows and half the iterations beyond.
    """
    order = canonical(X, rng)
    seed = int(rng.integers(2**31))
    heavy = None if weights is None else weights[order]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct items than clusters
        found = _settings(k, seed).fit(X[order], sample_weight=heavy)
    labels = np.empty(len(X), dtype=np.int64)
    labels[order] = found.labels_
    return labels, np.asarray(found.cluster_centers_, dtype=np.float32)


def _settings(k: int, seed: int) -> Any:
    if k <= CAREFUL:
        return KMeans(k, n_init=1, max_iter=MOST_ITERATIONS, random_state=seed)
    few = MOST_ITERATIONS // 2
    return KMeans(k, init="random", n_init=1, max_iter=few, random_state=seed)


def canonical(X: Float32Array, rng: Generator) -> IntArray:
    """An order of the rows that only their values decide: (m,) indices.

    Shapes: X (m, d). Unit: none. Errors: none. Source: ours, a random projection; the draws that
    follow meet the same items whatever their positions.
    """
    along = X @ np.asarray(rng.standard_normal(X.shape[1]), dtype=np.float32)
    return np.asarray(np.argsort(along, kind="stable"), dtype=np.int64)


def nearest_each(X: Float32Array, centres: Float32Array) -> IntArray:
    """For each centre in turn the nearest row not taken yet: (k,) distinct indices into X.

    Shapes: X (m, d), centres (k, d) with k <= m. Unit: none. Errors: none. Source: ours.
    """
    picked: list[int] = []
    for column in squared_distances(X, centres).T:
        free = column.copy()
        free[picked] = np.inf
        picked.append(int(np.argmin(free)))
    return np.array(picked, dtype=np.int64)
