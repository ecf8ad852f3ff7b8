"""Nearest neighbours among items of the pool: exact, read in blocks, memory flat."""

from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

import numpy as np

from selection.core.chunks import pieces, rows, squared_distances
from selection.core.types import CoreError, FeatureMatrix, Float32Array, IntArray

QUERY_ROWS = 1024
REFERENCE_ROWS = 4096
# Where the search starts: so few that sorting them whole is cheap.
FIRST_ROWS = 256
# Above this, comparing every pair takes longer than people wait: 200,000 items ten minutes.
EXACT_ROWS = 200_000


class Neighbours(Protocol):
    """find(features, positions, k) -> as `knn`, exactly or nearly."""

    def __call__(
        self, features: FeatureMatrix, positions: IntArray, k: int
    ) -> tuple[IntArray, Float32Array]: ...


def finder(n_items: int) -> Neighbours:
    """How to find neighbours among so many items: exactly, or nearly where that takes too long.

    Shapes: none. Unit: items. Errors: none. Source: ours; above 200,000 items the index of the
    extra alapp[ann] where it is installed, else exactly all the same.
    """
    if n_items <= EXACT_ROWS or find_spec("faiss") is None:
        return knn
    approximate: Neighbours = import_module("selection.core.approximate").knn
    return approximate


def knn(features: FeatureMatrix, positions: IntArray, k: int) -> tuple[IntArray, Float32Array]:
    """The k items nearest to each of these items among the others of them, nearest first.

    Shapes: features (n, d), positions (m,) distinct; returns indices into positions (m, k) and
    squared distances (m, k), k cut to m - 1. Unit: squared feature units, float32. Raises
    CoreError when k < 1. Source: exact brute force, 2 m^2 d operations; of equally near items
    the one that comes first. Memory: blocks of 1,024 x 4,096 distances, whatever m is.
    """
    if k < 1:
        raise CoreError(f"{k} neighbours; at least 1 is needed")
    m = len(positions)
    k = max(min(k, m - 1), 0)
    indices, squared = np.empty((m, k), np.int64), np.empty((m, k), np.float32)
    if k:
        for part in pieces(m, QUERY_ROWS):
            found = _nearest(features, positions, part, k)
            indices[part], squared[part] = found
    return indices, squared


def _nearest(
    features: FeatureMatrix, positions: IntArray, queries: slice, k: int
) -> tuple[IntArray, Float32Array]:
    """Neighbours of one block of items, the others going by block after block."""
    X = rows(features, positions[queries])
    first = slice(0, min(max(FIRST_ROWS, 2 * k + 1), len(positions)))
    squared = _distances(X, features, positions, queries, first)
    near = np.argsort(squared, axis=1, kind="stable")[:, :k]
    best = near.astype(np.int64), np.take_along_axis(squared, near, axis=1)
    for part in pieces(len(positions) - first.stop, REFERENCE_ROWS):
        others = slice(first.stop + part.start, first.stop + part.stop)
        squared = _distances(X, features, positions, queries, others)
        best = _merged(best, squared, others.start)
    return best


def _distances(
    X: Float32Array, features: FeatureMatrix, positions: IntArray, queries: slice, others: slice
) -> Float32Array:
    """From the queries to the others; an item is infinitely far from itself."""
    squared = squared_distances(X, rows(features, positions[others]))
    itself = np.arange(max(queries.start, others.start), min(queries.stop, others.stop))
    squared[itself - queries.start, itself - others.start] = np.inf
    return squared


def _merged(
    best: tuple[IntArray, Float32Array], squared: Float32Array, start: int
) -> tuple[IntArray, Float32Array]:
    """The k nearest of those known and of a further block; only rows that improve are sorted."""
    indices, known = best
    row, column = np.nonzero(squared < known[:, -1:])
    if len(row) == 0:
        return best
    changed, counts = np.unique(row, return_counts=True)
    k, width = known.shape[1], int(counts.max())
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    line = np.repeat(np.arange(len(changed)), counts)
    wide = np.full((len(changed), k + width), np.inf, np.float32)
    names = np.zeros((len(changed), k + width), np.int64)
    wide[:, :k], names[:, :k] = known[changed], indices[changed]
    wide[line, k + place], names[line, k + place] = squared[row, column], start + column
    order = np.argsort(wide, axis=1, kind="stable")[:, :k]
    indices[changed] = np.take_along_axis(names, order, axis=1)
    known[changed] = np.take_along_axis(wide, order, axis=1)
    return indices, known
