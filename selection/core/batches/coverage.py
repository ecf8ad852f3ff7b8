"""Batch functions that cover: every wanted item gets a picked one close by."""

import numpy as np
from numpy.random import Generator

from selection.core.batches.ranking import top
from selection.core.chunks import rows, sample_indices
from selection.core.herding import covered_by, herd, neighbour_width, typical_width
from selection.core.types import FloatArray, IntArray, PoolView

TINY = 1e-9


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
