"""Strategies that ask where the model is unsure. Row by row: a score depends on its item alone."""

import numpy as np
from numpy.random import Generator

from selection.core.types import (
    FloatArray,
    NeedsTwoClassesError,
    PoolView,
    Probabilities,
    ScoreError,
)

SMALLEST = np.float32(1e-30)


def margin(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by how close its two likeliest classes are.

    Shapes: view.proba (n, C); returns (n,). Unit: 1 - (p1 - p2), in [0, 1]; multi-label: the
    least sure class counts, 1 - min |2p - 1|. Raises NeedsTwoClassesError when C < 2 and
    ScoreError without probabilities. Source: Scheffer et al. 2001.
    """
    proba = _probabilities(view)
    if view.task == "multi":
        return np.asarray(1 - np.abs(2 * proba - 1).min(axis=1), dtype=np.float64)
    _, second, rest = top_two(proba)
    return np.asarray(second + rest, dtype=np.float64)


def mean_margin(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by how unsure its classes are on average.

    Shapes: view.proba (n, C); returns (n,). Unit: in [0, 1]; multi-label: mean of 1 - |2p - 1|;
    single-label: as `margin`. Raises as `margin`. Source: Scheffer et al. 2001, averaged.
    """
    if view.task == "single":
        return margin(view, rng=rng)
    doubts = 1 - np.abs(2 * _probabilities(view) - 1)
    return np.asarray(doubts.mean(axis=1), dtype=np.float64)


def entropy(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by the entropy of its class probabilities.

    Shapes: view.proba (n, C); returns (n,). Unit: share of the largest possible entropy, in
    [0, 1]; multi-label: mean over classes. Raises as `margin`. Source: Shannon 1948; Settles
    2009. Over-weights unlikely classes when there are many.
    """
    proba = _probabilities(view)
    if view.task == "multi":
        bits = (_plogp(proba) + _plogp(1 - proba)) / np.float32(np.log(2))
        return np.asarray(bits.mean(axis=1), dtype=np.float64)
    return np.asarray(_plogp(proba).sum(axis=1) / np.log(proba.shape[1]), dtype=np.float64)


def least_confidence(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by how unlikely its likeliest answer is.

    Shapes: view.proba (n, C); returns (n,). Unit: 1 - p1, in [0, 1]; multi-label: 1 minus the
    probability of the likeliest set of classes, classes taken as independent. Raises as
    `margin`. Source: Lewis and Gale 1994.
    """
    proba = _probabilities(view)
    if view.task == "multi":
        return np.asarray(1 - np.maximum(proba, 1 - proba).prod(axis=1), dtype=np.float64)
    return np.asarray(top_two(proba)[2], dtype=np.float64)


def top_two(proba: Probabilities) -> tuple[Probabilities, Probabilities, Probabilities]:
    """The largest and second largest probability of each row, and the sum of all but the largest.

    Shapes: proba (n, C), C >= 2; returns three (n,). Unit: probability. Errors: none. Source:
    ours; 1 - p1 is summed from the small ones, so that nearly certain items keep their order.
    """
    first = np.maximum(proba[:, 0], proba[:, 1])
    second = np.minimum(proba[:, 0], proba[:, 1])
    rest, lower = second.copy(), np.empty_like(second)
    for column in proba.T[2:]:
        np.minimum(first, column, out=lower)
        np.maximum(first, column, out=first)
        np.maximum(second, lower, out=second)
        rest += lower
    return first, second, rest


def _probabilities(view: PoolView) -> Probabilities:
    if view.proba is None:
        raise ScoreError("an uncertainty score needs probabilities, and there is no model")
    if view.task == "single" and view.proba.shape[1] < 2:
        raise NeedsTwoClassesError(f"{view.proba.shape[1]} class; uncertainty needs two")
    return view.proba


def _plogp(proba: Probabilities) -> Probabilities:
    """-p log p with 0 log 0 = 0."""
    logs = np.maximum(proba, SMALLEST)
    np.log(logs, out=logs)
    logs *= proba
    return np.negative(logs, out=logs)
