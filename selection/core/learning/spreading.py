"""Labels that run along a graph of near neighbours, as teacher of the head."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from selection.core.chunks import squared_distances
from selection.core.learning.lesson import Lesson
from selection.core.types import Float32Array, FloatArray, IntArray

NEIGHBOURS, STAY, STEPS = 15, 0.2, 15
MOST_NODES, MOST_TAUGHT = 2000, 400
TINY = 1e-12


@dataclass(frozen=True)
class Graph:
    """matrix (L + m, L + m): symmetrically normalised affinities of L labelled nodes, then pool."""

    matrix: sp.csr_matrix
    pool: Float32Array


@dataclass(frozen=True)
class PseudoLabels:
    """Pool rows (m, d) with the classes that labels along the graph give them.

    weights (m,) sum to 1 and are small where the graph is unsure.
    """

    X: Float32Array
    targets: FloatArray
    weights: FloatArray


def build(labelled: Float32Array, pool: Float32Array) -> Graph:
    """Join every node with its 15 nearest, closer ones more strongly.

    Shapes: labelled (L, d), pool (m, d). Unit: affinity exp(-|x - y|^2 / s^2), s the median
    distance to the 15th neighbour. Errors: none. Source: Zhou et al. 2004. At most 2,000 pool
    rows, so that cost does not grow with the pool.
    """
    part = pool[:MOST_NODES]
    X = np.vstack([labelled, part])
    squared = squared_distances(X, X)
    np.fill_diagonal(squared, np.inf)
    k = min(NEIGHBOURS, len(X) - 1)
    near = np.argpartition(squared, k - 1, axis=1)[:, :k]
    found = np.take_along_axis(squared, near, axis=1)
    middle = max(float(np.median(found.max(axis=1))), TINY)
    return Graph(_normalised(near, np.exp(-found / middle)), part)


def pseudo_labels(graph: Graph, lesson: Lesson, places: IntArray, known: IntArray) -> PseudoLabels:
    """Let the labels run along the graph and read off what they say of the pool.

    Shapes: places (L,) nodes of the lesson's labels, known (K,) class numbers. Unit: shares that
    sum to 1. Errors: none. Source: Zhou et al. 2004; every class starts with the same amount, so
    that frequent ones do not flood. At most 400 rows of the pool teach.
    """
    n_first = graph.matrix.shape[0] - len(graph.pool)
    start = np.zeros((graph.matrix.shape[0], len(known)))
    counts = np.maximum(lesson.counts()[known], TINY)
    start[places] = lesson.targets[:, known] / counts
    found = start.copy()
    for _ in range(STEPS):
        found = (1 - STAY) * (graph.matrix @ found) + STAY * start
    shares = found[n_first : n_first + MOST_TAUGHT]
    total = shares.sum(axis=1, keepdims=True)
    shares = np.where(total > TINY, shares / np.maximum(total, TINY), 1 / len(known))
    sure = np.maximum(shares.max(axis=1) - 1 / len(known), 0) ** 2
    return PseudoLabels(graph.pool[: len(shares)], shares, sure / max(float(sure.sum()), TINY))


def _normalised(near: IntArray, affinity: FloatArray) -> sp.csr_matrix:
    n, k = near.shape
    rows = np.repeat(np.arange(n), k)
    half = sp.csr_matrix((affinity.ravel(), (rows, near.ravel())), shape=(n, n))
    joined = half.maximum(half.T)
    root = 1 / np.sqrt(np.maximum(np.asarray(joined.sum(axis=1)).ravel(), TINY))
    return (sp.diags(root) @ joined @ sp.diags(root)).tocsr()
