"""Batch functions that cover: every wanted item gets a picked one close by."""

import numpy as np
from numpy.random import Generator

from selection.core.batches.ranking import top
from selection.core.chunks import nearest_squared, pieces, rows, sample_indices, squared_distances
from selection.core.clustering import k_means
from selection.core.herding import covered_by, herd, neighbour_width, typical_width
from selection.core.types import BoolArray, Float32Array, FloatArray, IntArray, PoolView

TINY = 1e-9
NOTHING_LEFT = 1e-6


def herding(
    scores: FloatArray,
    view: PoolView,
    size: int,
    *,
    rng: Generator,
    n_candidates: int = 3000,
    n_reference: int = 2000,
    power: float = 2.0,
    uncertain: float = 0.5,
    scale: float = 1.0,
) -> IntArray:
    """Pick items that together stand for as much of what is still wanted as possible.

    Shapes: scores (n,) >= 0; returns indices (min(size, n),), best first. Unit: coverage of
    reference items weighted by score^power, per unit of cost where costs are known. Errors:
    none. Source: Bae et al. 2025 (UHerding); the kernel's width is `scale` times the median
    distance of labelled items to their nearest neighbour; power ours. Candidates are the
    highest scores (`uncertain` of them) and random items, so that time and memory are
    independent of the pool.
    """
    if view.n == 0:
        return np.empty(0, dtype=np.int64)
    among = _candidates(scores, view, max(n_candidates, 4 * size), uncertain, rng)
    about = sample_indices(view.n, n_reference, rng)
    reference = rows(view.features, view.candidates[about])
    labelled = rows(view.features, view.labelled)
    width = scale * neighbour_width(labelled, fallback=typical_width(reference))
    coverage = covered_by(reference, rows(view.features, view.covered), width)
    weights = np.maximum(scores[about], 0) ** power + TINY
    X, costs = rows(view.features, view.candidates[among]), view.costs_of(among)
    picked, _ = herd(X, reference, weights, coverage, size, width=width, costs=costs)
    return among[picked]


def _candidates(
    scores: FloatArray, view: PoolView, size: int, uncertain: float, rng: Generator
) -> IntArray:
    """Half the highest scores, half by chance: chance alone would miss what is rare."""
    if size >= view.n:
        return np.arange(view.n, dtype=np.int64)
    best = top(scores, view, round(uncertain * size), rng=rng)
    rest = np.setdiff1d(np.arange(view.n, dtype=np.int64), best)
    some = rest[sample_indices(len(rest), size - len(best), rng)]
    return np.sort(np.concatenate([best, some]))


def prob_cover(
    scores: FloatArray,
    view: PoolView,
    size: int,
    *,
    rng: Generator,
    purity: float = 0.95,
) -> IntArray:
    """Pick items whose balls hold most of what no ball holds yet.

    Shapes: scores (n,) >= 0 are weights; returns indices (min(size, n),), best first. Unit: the
    radius is the largest at which `purity` of the balls keep to one cluster, as many clusters as
    classes; once all is covered the highest scores follow. Errors: none. Source: Yehuda et al.
    2022 (ProbCover). Holds n x n truth values, so the catalog samples.
    """
    size = min(size, view.n)
    if size == 0:
        return np.empty(0, dtype=np.int64)
    X = rows(view.features, view.candidates)
    radius = pure_radius(X, view.targets.shape[1], purity, rng)
    alike = np.concatenate([squared_distances(X[part], X) <= radius**2 for part in pieces(view.n)])
    covered = nearest_squared(X, rows(view.features, view.covered)) <= radius**2
    weights = np.where(covered, 0, scores + TINY)
    picked = _cover(alike, weights, scores, size)
    rest = np.setdiff1d(np.argsort(-scores, kind="stable"), picked, assume_unique=True)
    return np.concatenate([picked, rest[: size - len(picked)]]).astype(np.int64)


def _cover(alike: BoolArray, weights: FloatArray, scores: FloatArray, size: int) -> IntArray:
    """Greedy picks while a ball still holds something uncovered; weights are used up.

    Balls often hold the same last items: the score decides between them.
    """
    gains = np.array([weights[row].sum() for row in alike])
    enough = NOTHING_LEFT * max(float(gains.max(initial=0.0)), TINY)
    picked: list[int] = []
    while len(picked) < size and float(gains.max(initial=0.0)) > enough:
        level = np.flatnonzero(gains >= gains.max() - enough)
        best = int(level[scores[level].argmax()])
        picked.append(best)
        for item in np.flatnonzero(alike[best] & (weights > 0)):
            gains[alike[item]] -= weights[item]
            weights[item] = 0
        gains[best] = 0
    return np.array(picked, dtype=np.int64)


def pure_radius(X: Float32Array, n_classes: int, purity: float, rng: Generator) -> float:
    """The largest radius at which that share of balls holds items of one cluster only.

    Shapes: X (m, d). Unit: feature units. Errors: none; 0 for a single item or cluster, and
    nothing but copies is alike. Source: Yehuda et al. 2022; a ball is pure up to the nearest
    item of another cluster, so the radius is a quantile of these distances.
    """
    k = min(max(n_classes, 2), len(X))
    labels, _ = k_means(X, k, rng=rng)
    nearest = np.full(len(X), np.inf)
    for number in np.unique(labels):
        own = labels == number
        nearest[own] = nearest_squared(X[own], X[~own])
    if not np.isfinite(nearest).all():
        return 0.0
    return float(np.sqrt(np.quantile(nearest, 1 - purity)))
