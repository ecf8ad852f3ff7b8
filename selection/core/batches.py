"""Batch functions: from scores to picks, best first."""

import warnings

import numpy as np
from numpy.random import Generator
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from selection.core.chunks import (
    nearest_squared,
    pieces,
    rows,
    sample_indices,
    squared_distances,
)
from selection.core.herding import covered_by, herd, neighbour_width, typical_width
from selection.core.types import Float32Array, FloatArray, IntArray, PoolView

TINY = 1e-9


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
    seed = int(rng.integers(2**31))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct items than clusters
        found = KMeans(size, n_init=1, max_iter=20, random_state=seed).fit(X, sample_weight=weights)
    heavy = np.bincount(found.labels_, weights, minlength=size)
    centres = found.cluster_centers_[np.argsort(-heavy, kind="stable")].astype(np.float32)
    return among[_nearest_each(squared_distances(X, centres))]


def herding(
    scores: FloatArray,
    view: PoolView,
    size: int,
    *,
    rng: Generator,
    n_candidates: int = 3000,
    n_reference: int = 2000,
    power: float = 2.0,
) -> IntArray:
    """Pick items that together stand for as much of what is still wanted as possible.

    Shapes: scores (n,) >= 0; returns indices (min(size, n),), best first. Unit: coverage of
    reference items weighted by score^power. Errors: none. Source: Bae et al. 2025 (UHerding);
    the kernel's width is the median distance of labelled items to their nearest neighbour,
    power ours. Random samples keep time and memory independent of the pool.
    """
    if view.n == 0:
        return np.empty(0, dtype=np.int64)
    among = sample_indices(view.n, max(n_candidates, 4 * size), rng)
    about = sample_indices(view.n, n_reference, rng)
    reference = rows(view.features, view.candidates[about])
    labelled = rows(view.features, view.labelled)
    width = neighbour_width(labelled, fallback=typical_width(reference))
    coverage = covered_by(reference, rows(view.features, view.covered), width)
    weights = np.maximum(scores[about], 0) ** power + TINY
    X = rows(view.features, view.candidates[among])
    picked, _ = herd(X, reference, weights, coverage, size, width=width)
    return among[picked]


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


def _nearest_each(distances: Float32Array) -> IntArray:
    """For each column the nearest row not taken yet."""
    picked: list[int] = []
    for column in distances.T:
        free = column.copy()
        free[picked] = np.inf
        picked.append(int(np.argmin(free)))
    return np.array(picked, dtype=np.int64)
