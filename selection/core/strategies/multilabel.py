"""Strategies for items that may have several classes."""

import numpy as np
from numpy.random import Generator

from selection.core.chunks import pieces
from selection.core.strategies.uncertainty import margin
from selection.core.types import FloatArray, PoolView, ScoreError

PIECE = 256


def still_uncertain(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by how unsure the model is of it: what the default strategy covers.

    Shapes: view.proba (n, C), view.targets (L, C); returns (n,). Unit: single-label: `margin`;
    multi-label: `scarce_doubt`. Raises as these. Source: ours.
    """
    score = margin if view.task == "single" else scarce_doubt
    return score(view, rng=rng)


def scarce_doubt(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by its doubts about all classes, those with few labels counting most.

    Shapes: view.proba (n, C), view.targets (L, C); returns (n,). Unit: mean of 1 - |2p - 1|, class
    c weighing 1 / (1 + its labels), weights summing to 1; in [0, 1]. Raises ScoreError without
    probabilities. Source: ours. The doubt about the least sure class alone asks about frequent
    classes only.
    """
    if view.proba is None:
        raise ScoreError("multi-label scores need probabilities, and there is no model")
    weights = 1 / (1 + view.targets.sum(axis=0))
    doubts = 1 - np.abs(2 * np.asarray(view.proba, dtype=np.float64) - 1)
    return np.asarray(doubts @ (weights / weights.sum()))


def cvirs(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by its rank in doubt, class by class, times how unusual its classes are.

    Shapes: view.proba (n, C), view.targets (L, C); returns (n,). Unit: in [0, 1], product of the
    mean rank of |2p - 1| (1 = most in doubt) and the mean distance of the predicted classes to
    those of labelled items. Raises ScoreError without probabilities. Source: Reyes, Morell and
    Ventura 2018 (category vector inconsistency and ranking of scores).
    """
    if view.proba is None:
        raise ScoreError("multi-label scores need probabilities, and there is no model")
    sure = np.abs(2 * np.asarray(view.proba, dtype=np.float64) - 1)
    places = np.column_stack([_ranks(column) for column in sure.T])
    doubt = 1 - places.mean(axis=1) / max(view.n - 1, 1)
    predicted = (np.asarray(view.proba) > 0.5).astype(np.float64)
    known = (view.targets >= 0.5).astype(np.float64)
    unusual = [inconsistency(predicted[part], known) for part in pieces(view.n, PIECE)]
    return np.asarray(doubt * np.concatenate(unusual))


def inconsistency(predicted: FloatArray, labelled: FloatArray) -> FloatArray:
    """Mean distance of each set of classes to the labelled ones: (n,) in [0, 1].

    Shapes: predicted (n, C) and labelled (L, C), 0/1. Unit: 1 = nothing in common; else the
    entropy distance (2H(a, b) - H(a) - H(b)) / H(a, b). Errors: none. Source: Reyes, Morell and
    Ventura 2018.
    """
    n_classes = predicted.shape[1]
    both = predicted @ labelled.T
    only_one = predicted.sum(axis=1)[:, None] - both
    only_two = labelled.sum(axis=1)[None] - both
    cells = np.stack([both, only_one, only_two, n_classes - both - only_one - only_two])
    together = _entropy(cells / n_classes)
    alone = _entropy(_pair(predicted.mean(axis=1)))[:, None]
    alone = alone + _entropy(_pair(labelled.mean(axis=1)))[None]
    apart = (2 * together - alone) / np.where(together > 0, together, 1.0)
    opposite = (only_one + only_two) >= n_classes
    return np.asarray(np.where(opposite, 1.0, np.clip(apart, 0, 1)).mean(axis=1))


def _ranks(column: FloatArray) -> FloatArray:
    """Mean places in rising order, 0 = smallest; equal values share their mean place."""
    _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts + 1) / 2)[inverse])


def _pair(share: FloatArray) -> FloatArray:
    return np.stack([share, 1 - share])


def _entropy(shares: FloatArray) -> FloatArray:
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return np.asarray(-(shares * logs).sum(axis=0))
