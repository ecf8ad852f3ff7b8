"""Batch functions that take one item from each cluster."""

import heapq

import numpy as np
from numpy.random import Generator

from selection.core.batches.ranking import top
from selection.core.chunks import rows, sample_indices, squared_distances
from selection.core.clustering import k_means, nearest_each
from selection.core.types import Float32Array, FloatArray, IntArray, PoolView

TINY = 1e-9
SAMPLE, MOST_CLUSTERS = 5000, 500
MOST_MEMBERS = 2000
SMALL, LAST = 5, 1_000_000


def clustered(
    scores: FloatArray, view: PoolView, size: int, *, rng: Generator, shortlist: int = 10
) -> IntArray:
    """Pick one item from each of `size` clusters of the highest scores.

    Shapes: scores (n,) >= 0; returns indices (min(size, n),), best first. Unit: the size x
    shortlist highest scores are clustered by weighted k-means; the item nearest to each centre
    is picked, heaviest cluster first. Errors: none. Source: Zhdanov 2019.
    """
    among = top(scores, view, size * shortlist, rng=rng)
    if len(among) <= size:
        return among
    X = rows(view.features, view.candidates[among])
    weights = np.maximum(scores[among], 0) + TINY
    labels, centres = k_means(X, size, rng=rng, weights=weights)
    heavy = np.bincount(labels, weights, minlength=size)
    return among[nearest_each(X, centres[np.argsort(-heavy, kind="stable")])]


def centres(scores: FloatArray, view: PoolView, size: int, *, rng: Generator) -> IntArray:
    """Pick the item nearest to the centre of each of `size` clusters of all candidates.

    Shapes: scores (n,) >= 0 are weights; returns indices (min(size, n),), best first. Unit:
    weighted k-means, heaviest cluster first. Errors: none. Source: Lloyd 1982; as a strategy
    Nguyen and Smeulders 2004.
    """
    return clustered(scores, view, size, rng=rng, shortlist=max(view.n, 1))


def typical_of_clusters(
    scores: FloatArray,
    view: PoolView,
    size: int,
    *,
    rng: Generator,
    neighbours: int = 20,
    most_clusters: int = 500,
) -> IntArray:
    """Pick the most typical item of the largest clusters that hold fewest covered items.

    Shapes: scores (n,) >= 0; returns indices (min(size, n),), best first. Unit: typicality = 1 /
    mean distance to the nearest neighbours in the cluster, times the score. Errors: none.
    Source: Hacohen et al. 2022 (TypiClust); as many clusters as covered items and places, at most
    500; clusters of five and fewer come last.
    """
    size = min(size, view.n)
    if size == 0:
        return np.empty(0, dtype=np.int64)
    X = rows(view.features, view.candidates)
    everything = np.concatenate([X, rows(view.features, view.covered)])
    k = min(len(view.covered) + size, most_clusters, len(everything))
    labels, _ = k_means(everything, k, rng=rng)
    own, taken = labels[: view.n], np.bincount(labels[view.n :], minlength=k)
    queues = [
        members[np.argsort(-_typicality(X[members], neighbours) * scores[members], kind="stable")]
        for members in (np.flatnonzero(own == number) for number in range(k))
    ]
    return _visited(queues, taken, np.bincount(labels, minlength=k), size)


def cluster_margin(
    scores: FloatArray,
    view: PoolView,
    size: int,
    *,
    rng: Generator,
    shortlist: int = 10,
    items_per_cluster: int = 10,
) -> IntArray:
    """Pick at random from the clusters of the highest scores in turn, smallest cluster first.

    Shapes: scores (n,); returns indices (min(size, n),), best first. Unit: the size x shortlist
    highest scores, by clusters of about ten items of a sample. Errors: none. Source: Citovsky et
    al. 2021 (Cluster-Margin), with k-means for their average linkage.
    """
    among = top(scores, view, size * shortlist, rng=rng)
    if len(among) <= size:
        return among
    X = rows(view.features, view.candidates[among])
    sample = rows(view.features, view.candidates[sample_indices(view.n, SAMPLE, rng)])
    k = max(1, min(len(sample) // items_per_cluster, MOST_CLUSTERS))
    _, found = k_means(sample, k, rng=rng)
    labels = squared_distances(X, found).argmin(axis=1)
    groups = [rng.permutation(np.flatnonzero(labels == number)) for number in np.unique(labels)]
    groups.sort(key=len)
    turns = [(step, place, item) for place, group in enumerate(groups)
             for step, item in enumerate(group.tolist())]  # fmt: skip
    return among[[item for _, _, item in sorted(turns)[:size]]]


def _typicality(X: Float32Array, neighbours: int) -> FloatArray:
    """One over the mean distance to the nearest neighbours, among at most 2,000 others."""
    if len(X) < 2:
        return np.ones(len(X))
    others = X[:MOST_MEMBERS]
    distances = np.sqrt(squared_distances(X, others))
    k = min(neighbours + 1, len(others))
    nearest = np.partition(distances, k - 1, axis=1)[:, :k]  # an item is its own neighbour at 0
    return np.asarray(1 / (nearest.sum(axis=1) / max(k - 1, 1) + TINY), dtype=np.float64)


def _visited(queues: list[IntArray], taken: IntArray, sizes: IntArray, size: int) -> IntArray:
    """One item per visit: fewest taken first, then the larger cluster."""
    heap = [
        (int(taken[number]) + (LAST if sizes[number] <= SMALL else 0), -int(sizes[number]), number)
        for number, queue in enumerate(queues)
        if len(queue)
    ]
    heapq.heapify(heap)
    used = np.zeros(len(queues), dtype=np.int64)
    picked: list[int] = []
    while heap and len(picked) < size:
        count, weight, number = heapq.heappop(heap)
        picked.append(int(queues[number][used[number]]))
        used[number] += 1
        if used[number] < len(queues[number]):
            heapq.heappush(heap, (count + 1, weight, number))
    return np.array(picked, dtype=np.int64)
