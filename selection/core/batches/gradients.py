"""Batch functions in the space of the model's gradients, never formed."""

import numpy as np
from numpy.random import Generator

from selection.core.batches.ranking import top
from selection.core.chunks import pieces, predict_piece, rows
from selection.core.clustering import canonical
from selection.core.types import Float32Array, FloatArray, IntArray, PoolView, Task


def badge(scores: FloatArray, view: PoolView, size: int, *, rng: Generator) -> IntArray:
    """Pick items whose gradients are large and differ, each by chance in proportion.

    Shapes: scores (n,) >= 0 multiply the chances; returns indices (min(size, n),). Unit: chance
    proportional to the squared distance of an item's gradient, were its likeliest answer right,
    to that of the nearest pick; the first pick has the largest gradient. Errors: none; highest
    scores without a model. Source: Ash et al. 2020 (BADGE). A gradient is a (x) x with a = p - 1
    at the answer, so |g - h|^2 = |a|^2 |x|^2 + |b|^2 |y|^2 - 2 (a.b)(x.y): memory n x (C + d).
    """
    size = min(size, view.n)
    if view.model is None or size == 0:
        return top(scores, view, size, rng=rng)
    X = rows(view.features, view.candidates)
    order = canonical(X, rng)
    X, weights = X[order], np.maximum(scores[order], 0)
    errors = _errors(view, order)
    norms = np.einsum("ij,ij->i", errors, errors) * np.einsum("ij,ij->i", X, X)
    picked = [int(np.argmax(norms * weights))]
    far = np.full(view.n, np.inf)
    while len(picked) < size:
        newest = picked[-1]
        dots = (errors @ errors[newest]) * (X @ X[newest])
        np.minimum(far, np.maximum(norms + norms[newest] - 2 * dots, 0), out=far)
        far[picked] = 0
        picked.append(_drawn(far * weights, picked, rng))
    return order[np.array(picked, dtype=np.int64)]


def _errors(view: PoolView, order: IntArray) -> Float32Array:
    """(n, C): probability minus the likeliest answer; multi-label: minus each likelier half."""
    assert view.model is not None
    positions = view.candidates
    out = np.empty((view.n, view.model.n_classes), dtype=np.float32)
    for part in pieces(view.n):
        out[part] = error_of(predict_piece(view.model, view.features, positions[part]), view.task)
    return out[order]


def error_of(proba: FloatArray | Float32Array, task: Task) -> Float32Array:
    """What the answer the model expects would correct: (m, C) in [-1, 1].

    Shapes: proba (m, C). Unit: probability. Errors: none. Source: gradient of the log-loss.
    """
    if task == "multi":
        return np.asarray(proba - (proba > 0.5), dtype=np.float32)
    out = np.array(proba, dtype=np.float32)
    out[np.arange(len(out)), out.argmax(axis=1)] -= 1
    return out


def _drawn(chances: FloatArray, picked: list[int], rng: Generator) -> int:
    """One index with these chances; any that is left when all are 0."""
    steps = np.cumsum(chances)
    if steps[-1] <= 0:
        left = np.setdiff1d(np.arange(len(chances)), picked)
        return int(left[rng.integers(len(left))])
    return int(np.searchsorted(steps, rng.random() * steps[-1], side="right"))
