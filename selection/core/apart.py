"""Batches without near repeats: whatever the batch function, no pick copies another or a label."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from selection.core.chunks import rows
from selection.core.types import BoolArray, Float32Array, FloatArray, IntArray, PoolView

OFF = 1.0
ATTEMPTS = 6
Choose = Callable[[FloatArray, PoolView, int], IntArray]


def pick_apart(
    choose: Choose, scores: FloatArray, view: PoolView, size: int, *, limit: float
) -> IntArray:
    """What `choose` picks, without items too like a covered or an earlier picked one.

    Shapes: scores (n,); returns indices (min(size, n),), best first. Unit: limit is a cosine, 1
    = everything is allowed. Errors: those of choose. Source: ours. Refused places are offered
    again, twice as many each time; what is short after six offers is filled with refused items,
    so that a batch is never shorter than it could be.
    """
    if limit >= OFF:
        return choose(scores, view, size)
    taken: list[int] = []
    refused: list[int] = []
    is_free = np.ones(view.n, dtype=np.bool_)
    seen = unit(rows(view.features, view.covered))
    for attempt in range(ATTEMPTS):
        n_free = view.n - len(taken) - len(refused)
        missing = min(size - len(taken), n_free)
        if missing <= 0:
            break
        got = _offered(choose, scores, view, is_free, taken, min(missing << attempt, n_free))
        X = unit(rows(view.features, view.candidates[got]))
        keep = new_to(X, seen, limit)
        taken.extend(got[keep][:missing].tolist())
        refused.extend(got[~keep].tolist())
        seen = np.concatenate([seen, X[keep][:missing]])
        is_free[got] = False
    return np.array((taken + refused)[:size], dtype=np.int64)


def new_to(X: Float32Array, seen: Float32Array, limit: float) -> BoolArray:
    """Which rows are unlike every seen row and every row kept before them: (m,) bool.

    Shapes: X (m, d) and seen (k, d), unit rows or zeros. Unit: limit is a cosine. Errors: none.
    Source: ours; a row of zeros is like nothing.
    """
    known = (X @ seen.T).max(axis=1, initial=-1.0) > limit
    alike = limit < X @ X.T
    keep = np.zeros(len(X), dtype=np.bool_)
    for index in np.flatnonzero(~known):
        keep[index] = not alike[index, keep].any()
    return keep


def unit(X: Float32Array) -> Float32Array:
    """The rows at length 1; rows of zeros stay.

    Shapes: X (m, d). Unit: none. Errors: none. Source: definition.
    """
    norms = np.linalg.norm(X, axis=1, keepdims=True)
    return np.asarray(np.divide(X, norms, out=np.zeros_like(X), where=norms > 0))


def without(view: PoolView, indices: IntArray) -> PoolView:
    """The view once these candidates are picked: no longer candidates, but covered.

    Shapes: indices into view.candidates. Unit: none. Errors: none. Source: ours.
    """
    picked = view.candidates[indices]
    return replace(
        view,
        candidates=np.delete(view.candidates, indices),
        covered=np.union1d(view.covered, picked).astype(np.int64),
        proba=None if view.proba is None else np.delete(view.proba, indices, axis=0),
    )


def _offered(
    choose: Choose,
    scores: FloatArray,
    view: PoolView,
    is_free: BoolArray,
    taken: list[int],
    size: int,
) -> IntArray:
    """What `choose` picks of the free candidates; at first those are all, and nothing is copied."""
    if is_free.all():
        return choose(scores, view, size)
    free = np.flatnonzero(is_free)
    covered = np.union1d(view.covered, view.candidates[taken]).astype(np.int64)
    left = replace(view, candidates=view.candidates[free], covered=covered)
    return free[choose(scores[free], left, size)]
