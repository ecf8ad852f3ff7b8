"""Batch functions that keep their picks apart."""

import numpy as np
from numpy.random import Generator

from selection.core.batches.ranking import top
from selection.core.chunks import nearest_squared, pieces, rows, squared_distances
from selection.core.types import Float32Array, FloatArray, IntArray, PoolView

WORKING_SET = 8192


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
    first. Unit: feature units. Errors: none. Source: Gonzalez 1985, exact. Distances only
    shrink, so old ones are upper bounds: picks come from the farthest 8,192 until one of them
    falls below the bound of the others, and only then is the pool read again.
    """
    far = scores.astype(np.float64).copy()
    picked: list[int] = []
    while len(picked) < min(size, len(scores)):
        new = _pick_while_certain(far, view, size - len(picked))
        picked.extend(new.tolist())
        if len(picked) < size:
            _shrink(far, view, new)
        far[picked] = -np.inf
    return np.array(picked, dtype=np.int64)


def _pick_while_certain(far: FloatArray, view: PoolView, size: int) -> IntArray:
    """Picks that no item outside the working set can beat; at least one."""
    working, bound = _farthest_items(far)
    X, near = rows(view.features, view.candidates[working]), far[working]
    picked: list[int] = []
    while len(picked) < size:
        best = int(np.argmax(near))
        if not np.isfinite(near[best]) or (picked and near[best] < bound):
            break
        picked.append(best)
        np.minimum(near, np.sqrt(squared_distances(X, X[best : best + 1])[:, 0]), out=near)
        near[picked] = -np.inf
    return working[np.array(picked, dtype=np.int64)]


def _farthest_items(far: FloatArray) -> tuple[IntArray, float]:
    """The working set in rising order, and the largest distance outside it."""
    if len(far) <= WORKING_SET:
        return np.arange(len(far), dtype=np.int64), -np.inf
    order = np.argpartition(-far, WORKING_SET)
    return np.sort(order[:WORKING_SET]).astype(np.int64), float(far[order[WORKING_SET]])


def _shrink(far: FloatArray, view: PoolView, picked: IntArray) -> None:
    """Lower every candidate's distance to that of the nearest new pick: one pass."""
    centres = rows(view.features, view.candidates[picked])
    for part in pieces(view.n):
        X = rows(view.features, view.candidates[part])
        np.minimum(far[part], np.sqrt(nearest_squared(X, centres)), out=far[part])


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
