"""Batch functions: from scores to picks, best first."""

import numpy as np
from numpy.random import Generator

from selection.core.chunks import nearest_squared, pieces, rows, squared_distances
from selection.core.types import Float32Array, FloatArray, IntArray, PoolView


def top(scores: FloatArray, view: PoolView, size: int, *, rng: Generator) -> IntArray:
    """Pick the highest scores; chance decides between equal ones.

    Shapes: scores (n,); returns indices (min(size, n),), best first. Unit: none. Errors: none.
    Source: none. Time O(n): only the picked scores are sorted.
    """
    size = min(size, len(scores))
    if size == 0:
        return np.empty(0, np.int64)
    bar = np.partition(scores, -size)[-size]
    above, level = np.flatnonzero(scores > bar), np.flatnonzero(scores == bar)
    chosen = np.concatenate([above, rng.permutation(level)[: size - len(above)]])
    chosen = rng.permutation(chosen)
    return chosen[np.argsort(-scores[chosen], kind="stable")].astype(np.int64)


def diverse(
    scores: FloatArray, view: PoolView, size: int, *, rng: Generator, shortlist: int = 10
) -> IntArray:
    """Pick high scores that are far from each other and from covered items.

    Shapes: scores (n,); returns indices (min(size, n),), best first. Unit: each pick has the
    largest score x distance to the nearest covered or picked item, among the size x shortlist
    highest scores. Errors: none. Source: Gonzalez 1985 on a shortlist; the product is ours.
    """
    among = top(scores, view, size * shortlist, rng=rng)
    X = rows(view.features, view.candidates[among])
    wanted = scores[among] - min(0.0, float(scores.min(initial=0.0)))
    far = nearest_squared(X, rows(view.features, view.covered))
    return among[_spread(X, wanted, far, min(size, len(among)))]


def farthest(scores: FloatArray, view: PoolView, size: int, *, rng: Generator) -> IntArray:
    """Pick the item farthest from all picked so far, starting from scores as distances.

    Shapes: scores (n,) distances to what is covered; returns indices (min(size, n),), best
    first. Unit: feature units. Errors: none. Source: Gonzalez 1985; distances are kept and
    updated, so a pick costs one pass over the candidates.
    """
    far = scores.astype(np.float64).copy()
    picked: list[int] = []
    for _ in range(min(size, len(scores))):
        best = int(np.argmax(far))
        picked.append(best)
        _shrink(far, view, best)
        far[picked] = -np.inf
    return np.array(picked, dtype=np.int64)


def _shrink(far: FloatArray, view: PoolView, picked: int) -> None:
    """Lower every candidate's distance to that of the new pick, where it is nearer."""
    centre = rows(view.features, view.candidates[picked : picked + 1])
    for part in pieces(view.n):
        X = rows(view.features, view.candidates[part])
        np.minimum(far[part], np.sqrt(nearest_squared(X, centre)), out=far[part])


def _spread(X: Float32Array, wanted: FloatArray, far: FloatArray, size: int) -> IntArray:
    """Greedy score x distance; squared distances in, inf where nothing is covered yet."""
    far = np.where(np.isfinite(far), far, 1.0)
    picked: list[int] = []
    for _ in range(size):
        gain = wanted * np.sqrt(far)
        gain[picked] = -np.inf
        best = int(np.argmax(gain))
        picked.append(best)
        far = np.minimum(far, squared_distances(X, X[best : best + 1])[:, 0])
    return np.array(picked, dtype=np.int64)
