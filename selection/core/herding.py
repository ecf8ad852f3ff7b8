"""Greedy coverage: pick items so that every item of a reference sample has one close by."""

import heapq

import numpy as np

from selection.core.chunks import pieces, squared_distances
from selection.core.types import Float32Array, FloatArray, IntArray

NARROWEST = 0.05


def herd(
    candidates: Float32Array,
    reference: Float32Array,
    weights: FloatArray,
    coverage: FloatArray,
    size: int,
    *,
    width: float,
    costs: FloatArray | None = None,
) -> tuple[IntArray, FloatArray]:
    """Pick the candidates that add most weighted coverage per cost, one after another.

    Shapes: candidates (m, d), reference (r, d), weights (r,) >= 0, coverage (r,) in [0, 1] as
    from `covered_by`, costs (m,) > 0 or None = all 1; returns indices (size,) into candidates,
    best first, and what each added per cost (size,), a share of the weights, never rising.
    Unit: kernel exp(-|x - y|^2 / width^2). Errors: none; size is cut to m. Source: Bae et al.
    2024 (MaxHerding); lazy greedy, Minoux 1978. Memory m x r floats, time independent of the
    pool.
    """
    kernel = similarity(candidates, reference, width)
    covered: Float32Array = coverage.astype(np.float32)
    shares: Float32Array = (weights / max(float(weights.sum()), 1e-12)).astype(np.float32)
    worth = np.ones(len(candidates)) if costs is None else 1 / costs
    heap = [(-_gain(kernel, i, covered, shares, worth), i) for i in range(len(kernel))]
    heapq.heapify(heap)
    picked: list[int] = []
    gains: list[float] = []
    while heap and len(picked) < size:
        index, gain = _best(heap, kernel, covered, shares, worth)
        picked.append(index)
        gains.append(gain)
        np.maximum(covered, kernel[index], out=covered)
    return np.array(picked, dtype=np.int64), np.array(gains, dtype=np.float64)


def similarity(A: Float32Array, B: Float32Array, width: float) -> Float32Array:
    """The kernel exp(-|x - y|^2 / width^2): (a, b) in (0, 1].

    Shapes: A (a, d), B (b, d). Unit: none. Raises ValueError when the widths differ. Source:
    Gaussian kernel.
    """
    squared = squared_distances(A, B)
    squared *= np.float32(-1 / width**2)
    return np.exp(squared, out=squared)


def covered_by(reference: Float32Array, centres: Float32Array, width: float) -> FloatArray:
    """How well each reference item is covered: (r,) largest kernel value, 0 without centres.

    Shapes: reference (r, d), centres (k, d). Unit: in [0, 1]. Errors: none. Source: Bae et al.
    2024; centres are taken 1,024 at a time.
    """
    best = np.zeros(len(reference))
    for part in pieces(len(centres), 1024):
        np.maximum(best, similarity(reference, centres[part], width).max(axis=1), out=best)
    return best


def typical_width(X: Float32Array) -> float:
    """The width for `herd` before any label: the root of the total variance of X.

    Shapes: X (r, d). Unit: feature units; 1 for centred rows of length 1, as in the paper.
    Errors: none; 1 for constant rows. Source: ours.
    """
    variance = float(X.var(axis=0, dtype=np.float64).sum())
    return variance**0.5 if variance > 1e-12 else 1.0


def neighbour_width(labelled: Float32Array, *, fallback: float) -> float:
    """The width for `herd` once there are labels: it shrinks as they grow denser.

    Shapes: labelled (L, d). Unit: feature units, median distance to the nearest neighbour, between
    0.05 and 1 times the fallback. Errors: none; the fallback below 3 labels. Source: Bae
    et al. 2025 take the minimum; the median does not collapse on duplicates.
    """
    if len(labelled) < 3:
        return fallback
    squared = squared_distances(labelled, labelled)
    np.fill_diagonal(squared, np.inf)
    median = float(np.median(np.sqrt(squared.min(axis=1))))
    return min(max(median, NARROWEST * fallback), fallback)


def _gain(
    kernel: Float32Array,
    index: int,
    coverage: Float32Array,
    shares: Float32Array,
    worth: FloatArray,
) -> float:
    return float(np.maximum(kernel[index] - coverage, 0) @ shares) * float(worth[index])


def _best(
    heap: list[tuple[float, int]],
    kernel: Float32Array,
    coverage: Float32Array,
    shares: Float32Array,
    worth: FloatArray,
) -> tuple[int, float]:
    """Coverage only grows, so old gains are upper bounds: refresh the top until it stays."""
    while True:
        _, index = heapq.heappop(heap)
        gain = _gain(kernel, index, coverage, shares, worth)
        if not heap or (-gain, index) <= heap[0]:
            return index, gain
        heapq.heappush(heap, (-gain, index))
