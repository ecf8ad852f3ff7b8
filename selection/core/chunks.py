"""Reading a feature matrix in pieces, so that the pool is never copied whole."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator

from selection.core.types import (
    FeatureMatrix,
    Float32Array,
    FloatArray,
    IntArray,
    Model,
)

CHUNK_ROWS = 16_384


def rows(features: FeatureMatrix, positions: IntArray) -> Float32Array:
    """Read the rows at positions: (k, d) float32, a copy.

    Shapes: features (n, d), positions (k,). Unit: as stored. Raises IndexError when a position
    lies outside the matrix. Source: ours; a contiguous run is read as one slice.
    """
    if len(positions) and positions[-1] - positions[0] + 1 == len(positions) and _rises(positions):
        return np.array(features[int(positions[0]) : int(positions[-1]) + 1], dtype=np.float32)
    return np.asarray(features[positions], dtype=np.float32)


def pieces(n: int, size: int = CHUNK_ROWS) -> Iterator[slice]:
    """Cut 0..n-1 into slices of at most size. Shapes, unit: none. Errors: none. Source: ours."""
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def predict(model: Model, features: FeatureMatrix, positions: IntArray) -> FloatArray:
    """Probabilities of the items at positions: (k, C) in [0, 1], read in chunks.

    Shapes: features (n, d), positions (k,). Unit: probability; rows sum to 1 for single-label.
    Raises ValueError when d is not the model's. Source: ours.
    """
    out = np.empty((len(positions), model.n_classes))
    for part in pieces(len(positions)):
        out[part] = model.predict_proba(rows(features, positions[part]))
    return out


def map_rows(
    function: Callable[[Float32Array], FloatArray], features: FeatureMatrix, positions: IntArray
) -> FloatArray:
    """One number per item, computed chunk by chunk: (k,) float64.

    Shapes: function takes (m, d) float32 and gives (m,). Unit: the function's. Errors: the
    function's. Source: ours.
    """
    out = np.empty(len(positions))
    for part in pieces(len(positions)):
        out[part] = function(rows(features, positions[part]))
    return out


def sample_indices(n: int, size: int, rng: Generator) -> IntArray:
    """Distinct indices below n in rising order, all of them when size reaches n.

    Shapes: (min(n, size),). Unit: none. Errors: none. Source: ours; reads of a memory-mapped
    file go forward.
    """
    if size >= n:
        return np.arange(n, dtype=np.int64)
    return np.sort(rng.choice(n, size, replace=False)).astype(np.int64)


def squared_distances(A: Float32Array, B: Float32Array) -> Float32Array:
    """Squared Euclidean distances between rows: (a, b), never negative.

    Shapes: A (a, d), B (b, d). Unit: squared feature units. Raises ValueError when the widths
    differ. Source: |x - y|^2 = |x|^2 + |y|^2 - 2xy, cut at 0 against rounding.
    """
    gram = A @ B.T
    gram *= -2
    gram += np.einsum("ij,ij->i", A, A)[:, None]
    gram += np.einsum("ij,ij->i", B, B)[None, :]
    np.maximum(gram, 0, out=gram)
    return gram


def nearest_squared(X: Float32Array, targets: Float32Array) -> FloatArray:
    """Squared distance of each row of X to its nearest target: (m,); inf without targets.

    Shapes: X (m, d), targets (k, d). Unit: squared feature units. Errors: none. Source: ours;
    targets are taken 1,024 at a time, so memory stays m x 1,024.
    """
    best = np.full(len(X), np.inf)
    for part in pieces(len(targets), 1024):
        np.minimum(best, squared_distances(X, targets[part]).min(axis=1), out=best)
    return best


def _rises(positions: IntArray) -> bool:
    return len(positions) == 1 or bool((np.diff(positions) == 1).all())
