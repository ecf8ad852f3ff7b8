"""Strategies that look at the items only, and the random yardstick."""

import numpy as np
from numpy.random import Generator

from selection.core.chunks import map_rows, nearest_squared, pieces, rows
from selection.core.types import Float32Array, FloatArray, PoolView


def farthest_first(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by its distance to the nearest covered item.

    Shapes: view.features (n_items, d), view.covered (k,); returns (n,). Unit: feature units,
    >= 0; with nothing covered the distance to the mean of the candidates. Errors: none.
    Source: Gonzalez 1985; Sener and Savarese 2018.
    """
    anchors = rows(view.features, view.covered) if len(view.covered) else _mean_row(view)
    return map_rows(
        lambda X: np.sqrt(nearest_squared(X, anchors)),
        view.features,
        view.candidates,
        view.executor,
    )


def uniform(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score every item by chance, so that each is equally likely to be picked.

    Shapes: returns (n,). Unit: uniform in [0, 1). Errors: none. Source: none.
    """
    return rng.random(view.n)


def even(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score all items alike: the batch function alone decides.

    Shapes: returns (n,). Unit: 1. Errors: none. Source: none.
    """
    return np.ones(view.n)


def _mean_row(view: PoolView) -> Float32Array:
    """(1, d) mean of the candidates' rows, read in chunks; zeros for an empty pool."""
    total = np.zeros(view.features.shape[1])
    for part in pieces(view.n):
        total += rows(view.features, view.candidates[part]).sum(axis=0, dtype=np.float64)
    return np.asarray(total / max(view.n, 1), dtype=np.float32)[None, :]
