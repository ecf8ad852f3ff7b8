"""The pool on a plane by its two strongest directions."""

import numpy as np
from numpy.random import Generator
from sklearn.utils.extmath import randomized_svd

from selection.core.chunks import pieces
from selection.core.types import AnyArray, Float32Array

FIT_ROWS = 20_000


def components(X: AnyArray, *, rng: Generator) -> Float32Array:
    """Where each item lies along the two directions in which items differ most.

    Shapes: X (n, d) float32; returns (n, 2). Unit: as the features, centred. Errors: none; with
    fewer than two directions what is missing is 0. Source: Pearson 1901 (principal components);
    Halko, Martinsson and Tropp 2011 (randomised, on at most 20,000 random rows).
    """
    n, width = X.shape
    out = np.zeros((n, 2), dtype=np.float32)
    if n < 2 or width == 0:
        return out
    sample = X if n <= FIT_ROWS else X[np.sort(rng.choice(n, FIT_ROWS, replace=False))]
    mean = sample.mean(axis=0, dtype=np.float64).astype(np.float32)
    wanted = min(2, *sample.shape)
    _, _, axes = randomized_svd(
        sample - mean, n_components=wanted, random_state=int(rng.integers(2**31)), flip_sign=False
    )
    axes = _upright(axes).astype(np.float32)
    for part in pieces(n):
        out[part, :wanted] = (X[part] - mean) @ axes.T
    return out


def _upright(axes: AnyArray) -> AnyArray:
    """Turn each direction so that its largest part is positive: a map must not flip over."""
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return np.where(largest < 0, -axes, axes)
