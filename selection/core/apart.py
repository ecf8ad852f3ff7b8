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
    free = np.arange(view.n, dtype=np.int64)
    seen = unit(rows(view.features, view.covered))
    for attempt in range(ATTEMPTS):
        missing = min(size - len(taken), len(free))
        if missing <= 0:
            break
        got = free[choose(*_left(scores, view, free, taken), min(missing << attempt, len(free)))]
        X = unit(rows(view.features, view.candidates[got]))
        keep = new_to(X, seen, limit)
        taken.extend(got[keep][:missing].tolist())
        refused.extend(got[~keep].tolist())
        seen = np.concatenate([seen, X[keep][:missing]])
        free = np.setdiff1d(free, got)
    short = min(size, view.n) - len(taken)
    return np.array(taken + (refused + free.tolist())[:short], dtype=np.int64)


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


def _left(
    scores: FloatArray, view: PoolView, free: IntArray, taken: list[int]
) -> tuple[FloatArray, PoolView]:
    if len(free) == view.n:
        return scores, view
    covered = np.union1d(view.covered, view.candidates[taken]).astype(np.int64)
    return scores[free], replace(view, candidates=view.candidates[free], covered=covered)
