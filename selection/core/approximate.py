"""Approximate nearest neighbours for very large pools. The only file that imports the extra."""

import faiss
import numpy as np

from selection.core.chunks import pieces, rows
from selection.core.types import FeatureMatrix, Float32Array, IntArray

BLOCK_ROWS = 16_384
# Items a list's centre is learned from, and lists a search looks into.
TRAINED_ON, PROBED = 64, 16


def knn(features: FeatureMatrix, positions: IntArray, k: int) -> tuple[IntArray, Float32Array]:
    """Nearly the k items nearest to each of these items among the others of them, nearest first.

    Shapes, unit: as `neighbours.knn`. Errors: none; k >= 1. Source: inverted lists with half
    precision rows (Johnson et al. 2019, faiss): about sqrt(m) lists, 16 of them searched. Memory:
    2 d bytes an item. Where the lists searched hold too few items, all are searched.
    """
    m = len(positions)
    k = max(min(k, m - 1), 0)
    indices, squared = np.empty((m, k), np.int64), np.empty((m, k), np.float32)
    if k:
        index = _built(features, positions)
        for part in pieces(m, BLOCK_ROWS):
            found = _search(index, rows(features, positions[part]), part.start, k)
            indices[part], squared[part] = found
    return indices, squared


def _built(features: FeatureMatrix, positions: IntArray) -> "faiss.IndexIVF":
    width, m = int(features.shape[1]), len(positions)
    n_lists = max(int(m**0.5), 1)
    half = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatL2(width), width, n_lists, half)
    step = max(m // (TRAINED_ON * n_lists), 1)
    index.train(rows(features, positions[::step]))
    for part in pieces(m, BLOCK_ROWS):
        index.add(rows(features, positions[part]))
    return index


def _search(
    index: "faiss.IndexIVF", X: Float32Array, start: int, k: int
) -> tuple[IntArray, Float32Array]:
    """One neighbour more than wanted: the item itself, or, among copies of it, the last one."""
    index.nprobe = PROBED
    squared, found = index.search(X, k + 1)
    short = np.flatnonzero(found[:, -1] < 0)
    if len(short):
        index.nprobe = index.nlist
        squared[short], found[short] = index.search(X[short], k + 1)
    is_other = found != np.arange(start, start + len(X))[:, None]
    is_other[is_other.all(axis=1), -1] = False
    return found[is_other].reshape(-1, k), squared[is_other].reshape(-1, k)
