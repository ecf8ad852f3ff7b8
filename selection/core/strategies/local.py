"""Strategies that weigh a doubt by what is around it."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from selection.core.apart import unit
from selection.core.chunks import map_rows, rows, sample_indices, squared_distances
from selection.core.strategies.uncertainty import margin
from selection.core.types import (
    Float32Array,
    FloatArray,
    IntArray,
    Model,
    PoolView,
    Probabilities,
    ScoreError,
    Task,
)

REFERENCE = 2000
SMALLEST = 1e-12


def density_weighted(view: PoolView, *, rng: Generator, beta: float = 1.0) -> FloatArray:
    """Score an item by its margin times how much it is like the others.

    Shapes: returns (n,). Unit: margin in [0, 1] times similarity in [0, 1] to
    the power of beta; similarity = (1 + mean cosine to 2,000 random candidates) / 2. Raises
    ScoreError without a model. Source: Settles and Craven 2008 (information density).
    """
    model = _model(view)
    about = sample_indices(view.n, REFERENCE, rng)
    centre = unit(rows(view.features, view.candidates[about])).mean(axis=0)

    def score(X: Float32Array) -> FloatArray:
        alike = np.clip((1 + unit(X) @ centre) / 2, 0, 1).astype(np.float64)
        doubt = margin(replace(view, proba=model.predict_proba(X)), rng=rng)
        return np.asarray(doubt * alike**beta)

    return map_rows(score, view.features, view.candidates)


def contrastive(view: PoolView, *, rng: Generator, neighbours: int = 10) -> FloatArray:
    """Score an item by how unlike its prediction is to those of its labelled neighbours.

    Shapes: view.proba (n, C), view.labelled (L,); returns (n,). Unit: mean Kullback-Leibler
    divergence in nats from the nearest labelled items' predictions, >= 0; multi-label: mean over
    classes. Raises ScoreError without probabilities. Source: Margatina et al. 2021 (CAL).
    """
    if view.proba is None or view.model is None:
        raise ScoreError("contrastive scores need probabilities, and there is no model")
    known = rows(view.features, view.labelled)
    theirs = np.asarray(view.model.predict_proba(known), dtype=np.float64)
    nearest = _nearest(rows(view.features, view.candidates), known, neighbours)
    own = np.asarray(view.proba, dtype=np.float64)
    total = np.zeros(view.n)
    for column in nearest.T:
        total += _divergence(theirs[column], own)
        if view.task == "multi":
            total += _divergence(1 - theirs[column], 1 - own)
    return np.asarray(total / nearest.shape[1] / (own.shape[1] if view.task == "multi" else 1))


def dropout(
    view: PoolView, *, rng: Generator, n_passes: int = 3, share: float = 0.75
) -> FloatArray:
    """Score an item by how often its answer changes when most of its features are hidden.

    Shapes: returns (n,). Unit: share of passes with another answer, in [0, 1]; multi-label: mean
    over classes. Raises ScoreError without a model. Source: Gupte et al.
    2024 (DropQuery), with the same features hidden for all items of a pass.
    """
    model, width = _model(view), int(view.features.shape[1])
    masks = [_mask(width, share, rng) for _ in range(n_passes)]

    def score(X: Float32Array) -> FloatArray:
        before = model.predict_proba(X)
        changed = [_changed(before, model.predict_proba(X * mask), view.task) for mask in masks]
        return np.asarray(np.mean(changed, axis=0))

    return map_rows(score, view.features, view.candidates)


def _model(view: PoolView) -> Model:
    if view.model is None:
        raise ScoreError("this score asks the model, and there is none")
    return view.model


def _mask(width: int, share: float, rng: Generator) -> Float32Array:
    """Zeros for hidden columns, the others raised to keep the sum; at least one is shown."""
    shown = rng.random(width) >= share
    shown[rng.integers(width)] = True
    return np.asarray(shown * (1 / max(1 - share, 1e-6)), dtype=np.float32)


def _changed(before: Probabilities, after: Probabilities, task: Task) -> FloatArray:
    if task == "multi":
        return np.asarray(((before > 0.5) != (after > 0.5)).mean(axis=1), dtype=np.float64)
    return np.asarray(before.argmax(axis=1) != after.argmax(axis=1), dtype=np.float64)


def _nearest(X: Float32Array, known: Float32Array, k: int) -> IntArray:
    squared = squared_distances(X, known)
    k = min(k, len(known))
    return np.argpartition(squared, k - 1, axis=1)[:, :k].astype(np.int64)


def _divergence(p: FloatArray, q: Probabilities | FloatArray) -> FloatArray:
    ratio = np.log(np.maximum(p, SMALLEST)) - np.log(np.maximum(q, SMALLEST))
    return np.asarray((p * ratio).sum(axis=1))
