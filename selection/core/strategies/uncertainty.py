"""Strategies that ask where the model is unsure. Row by row: a score depends on its item alone."""

import numpy as np
from numpy.random import Generator

from selection.core.types import FloatArray, NeedsTwoClassesError, PoolView, ScoreError


def margin(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by how close its two likeliest classes are.

    Shapes: view.proba (n, C); returns (n,). Unit: 1 - (p1 - p2), in [0, 1]; multi-label: the
    least sure class counts, 1 - min |2p - 1|. Raises NeedsTwoClassesError when C < 2 and
    ScoreError without probabilities. Source: Scheffer et al. 2001.
    """
    proba = _probabilities(view)
    if view.task == "multi":
        return np.asarray(1 - np.abs(2 * proba - 1).min(axis=1))
    top = np.partition(proba, -2, axis=1)[:, -2:]
    return np.asarray(1 - (top[:, 1] - top[:, 0]))


def mean_margin(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by how unsure its classes are on average.

    Shapes: view.proba (n, C); returns (n,). Unit: in [0, 1]; multi-label: mean of 1 - |2p - 1|;
    single-label: as `margin`. Raises as `margin`. Source: Scheffer et al. 2001, averaged.
    """
    if view.task == "single":
        return margin(view, rng=rng)
    return np.asarray(1 - np.abs(2 * _probabilities(view) - 1).mean(axis=1))


def entropy(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by the entropy of its class probabilities.

    Shapes: view.proba (n, C); returns (n,). Unit: share of the largest possible entropy, in
    [0, 1]; multi-label: mean over classes. Raises as `margin`. Source: Shannon 1948; Settles
    2009. Over-weights unlikely classes when there are many.
    """
    proba = _probabilities(view)
    if view.task == "multi":
        return np.asarray((_plogp(proba) + _plogp(1 - proba)).mean(axis=1) / np.log(2))
    return np.asarray(_plogp(proba).sum(axis=1) / np.log(proba.shape[1]))


def least_confidence(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by how unlikely its likeliest answer is.

    Shapes: view.proba (n, C); returns (n,). Unit: 1 - p1, in [0, 1]; multi-label: 1 minus the
    probability of the likeliest set of classes, classes taken as independent. Raises as
    `margin`. Source: Lewis and Gale 1994.
    """
    proba = _probabilities(view)
    if view.task == "multi":
        return np.asarray(1 - np.maximum(proba, 1 - proba).prod(axis=1))
    return np.asarray(1 - proba.max(axis=1))


def _probabilities(view: PoolView) -> FloatArray:
    if view.proba is None:
        raise ScoreError("an uncertainty score needs probabilities, and there is no model")
    if view.task == "single" and view.proba.shape[1] < 2:
        raise NeedsTwoClassesError(f"{view.proba.shape[1]} class; uncertainty needs two")
    return view.proba


def _plogp(proba: FloatArray) -> FloatArray:
    """-p log p with 0 log 0 = 0."""
    return np.asarray(-proba * np.log(np.where(proba > 0, proba, 1.0)))
