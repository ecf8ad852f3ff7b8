"""Reading a feature matrix in pieces, so that the pool is never copied whole."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from selection.core.executors import map_chunks
from selection.core.outside import OutsideModel
from selection.core.types import (
    AnyArray,
    Executor,
    FeatureMatrix,
    Float32Array,
    FloatArray,
    IntArray,
    Model,
    Probabilities,
)

# What is computed at once: rows, products and scores of so many items stay in the cache.
CHUNK_ROWS = 4_096
# Enough for one call of an executor to be worth sending.
TASK_ROWS = 131_072
# Reading past a few unwanted rows is cheaper than gathering the wanted ones.
SPARSE = 1.25
HALF_BLOCK = 256
_SIGN_AND_DIGITS = np.uint32(0x8FFFE000)
_EXPONENT_SHIFT = np.float32(2.0**112)


def rows(features: FeatureMatrix, positions: IntArray) -> Float32Array:
    """Read the rows at positions: (k, d) float32, a copy.

    Shapes: features (n, d), positions (k,). Unit: as stored. Raises IndexError when a position
    lies outside the matrix. Source: ours; a contiguous run is read as one slice.
    """
    if len(positions) and _spread(positions) == len(positions):
        block = features[int(positions[0]) : int(positions[-1]) + 1]
    else:
        block = features[positions]
    return widened(block) if block.dtype == np.float16 else np.array(block, dtype=np.float32)


def widened(block: AnyArray) -> Float32Array:
    """Half precision rows as float32, exactly, at four times the speed of a cast.

    Shapes: block (k, d) float16; returns (k, d), a copy. Unit: as given. Errors: none; infinity
    and NaN stay what they are. Source: IEEE 754: the exponents differ by 112.
    """
    out = np.empty(block.shape, dtype=np.float32)
    plain = np.asarray(block)  # slices of a memmap are slow to make
    for part in pieces(len(block), HALF_BLOCK):
        half, wide = np.ascontiguousarray(plain[part]), out[part]
        signed, bits = half.view(np.int16), wide.view(np.uint32)
        if _has_special(signed):
            wide[:] = half
            continue
        np.copyto(bits, signed, casting="unsafe")
        np.left_shift(bits, 13, out=bits)
        np.bitwise_and(bits, _SIGN_AND_DIGITS, out=bits)
        np.multiply(wide, _EXPONENT_SHIFT, out=wide)
    return out


def pieces(n: int, size: int = CHUNK_ROWS) -> Iterator[slice]:
    """Cut 0..n-1 into slices of at most size. Shapes, unit: none. Errors: none. Source: ours."""
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def tasks(positions: IntArray) -> list[IntArray]:
    """Cut positions into what one call of an executor works through.

    Shapes: positions (k,); parts of 131,072, the last one shorter. Unit: positions. Errors: none.
    Source: ours; the cuts do not depend on the number of workers, so neither do results.
    """
    return [positions[part] for part in pieces(len(positions), TASK_ROWS)]


def predict(model: Model, features: FeatureMatrix, positions: IntArray) -> FloatArray:
    """Probabilities of the items at positions: (k, C) in [0, 1], read in chunks.

    Shapes: features (n, d), positions (k,). Unit: probability; rows sum to 1 for single-label.
    Raises ValueError when d is not the model's. Source: ours.
    """
    out = np.empty((len(positions), model.n_classes))
    for part in pieces(len(positions)):
        out[part] = predict_piece(model, features, positions[part])
    return out


def predict_piece(model: Model, features: FeatureMatrix, positions: IntArray) -> Probabilities:
    """Probabilities of one piece of the pool in the model's precision and order: (k, C).

    Shapes: features (n, d), positions (k,), few enough for memory. Unit: probability. Raises as
    `predict`. Source: ours; for positions close together the rows between are predicted too.
    """
    if isinstance(model, OutsideModel):
        return model.at(positions)
    X, kept = _read(features, positions)
    proba = model.predict_proba(X)
    return proba if kept is None else proba.T.take(kept, axis=1).T


def map_rows(
    function: Callable[[Float32Array], FloatArray],
    features: FeatureMatrix,
    positions: IntArray,
    executor: Executor | None = None,
) -> FloatArray:
    """One number per item, computed chunk by chunk: (k,) float64.

    Shapes: function takes (m, d) float32, not to be written to, and gives (m,), each number of
    its row alone. Unit: the function's. Errors: the function's. Source: ours.
    """
    done = map_chunks(_mapped, tasks(positions), function, features, executor=executor)
    return np.concatenate([np.empty(0), *done])


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


def _mapped(
    positions: IntArray, function: Callable[[Float32Array], FloatArray], features: FeatureMatrix
) -> FloatArray:
    out = np.empty(len(positions))
    for part in pieces(len(positions)):
        X, kept = _read(features, positions[part])
        numbers = function(X)
        out[part] = numbers if kept is None else numbers[kept]
    return out


def _read(features: FeatureMatrix, positions: IntArray) -> tuple[Float32Array, IntArray | None]:
    """Rows holding those at positions, perhaps a view, and which of them those are, None = all."""
    spread = _spread(positions)
    if not len(positions) <= spread <= SPARSE * len(positions):
        return rows(features, positions), None
    start = int(positions[0])
    block = features[start : start + spread]
    X = widened(block) if block.dtype == np.float16 else np.asarray(block, dtype=np.float32)
    return X, None if spread == len(positions) else positions - start


def _spread(positions: IntArray) -> int:
    """How many rows lie from the first position to the last; 0 unless they rise."""
    if len(positions) == 0 or not bool((positions[1:] > positions[:-1]).all()):
        return 0
    return int(positions[-1] - positions[0]) + 1


def _has_special(half: NDArray[np.int16]) -> bool:
    """Whether half precision numbers, seen as bits, hold infinity or NaN of either sign."""
    return bool(half.max(initial=0) >= 0x7C00 or half.view(np.uint16).max(initial=0) >= 0xFC00)
