"""Batch functions that take one item from each cluster."""

import numpy as np
from numpy.random import Generator

from selection.core.batches.ranking import top
from selection.core.chunks import rows
from selection.core.clustering import k_means, nearest_each
from selection.core.types import FloatArray, IntArray, PoolView

TINY = 1e-9


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
