"""One temperature for the model, so that its probabilities mean what they say."""

import numpy as np
from numpy.random import Generator

from selection.core.estimators import fit
from selection.core.linear import LinearModel
from selection.core.types import (
    EstimatorFactory,
    Float32Array,
    FloatArray,
    IntArray,
    NeedsTwoClassesError,
    Params,
)

FOLDS, FEWEST = 4, 8
GRID = np.exp(np.linspace(np.log(0.25), np.log(4.0), 25))


def temperature(
    factory: EstimatorFactory,
    params: Params,
    X: Float32Array,
    targets: FloatArray,
    weights: FloatArray,
    *,
    rng: Generator,
) -> float:
    """The divisor of the linear scores with the least cross-validated log-loss.

    Shapes: X (L, d), targets (L, C) single-label, weights (L,). Unit: in [0.25, 4], 1 = as
    fitted; below 1 the model is bolder than it thinks. Errors: none; 1 below 8 labels. Source:
    Guo et al. 2017, with 4 folds. Labels chosen by a strategy are harder than the pool, so the
    result errs on the side of caution.
    """
    if len(X) < FEWEST:
        return 1.0
    fold = rng.permutation(len(X)) % FOLDS
    losses = np.zeros(len(GRID))
    for number in range(FOLDS):
        inside = fold != number
        try:
            part = fit(
                factory, params, X[inside], targets[inside], weights[inside], task="single"
            ).model
        except NeedsTwoClassesError:
            continue
        losses += _losses(part, X[~inside], targets[~inside], weights[~inside])
    return float(GRID[losses.argmin()]) if losses.any() else 1.0


def cooled(model: LinearModel, divisor: float) -> LinearModel:
    """The model with its linear scores divided: same answers, other probabilities.

    Shapes: as the model. Unit: divisor > 0. Errors: none. Source: Guo et al. 2017.
    """
    return LinearModel(
        model.coef / divisor, model.intercept / divisor, model.classes, model.n_classes, model.task
    )


def tempered(proba: FloatArray, targets: FloatArray) -> FloatArray:
    """Probabilities of items their models did not see, as sure as they are right: (L, C).

    Shapes: proba, targets (L, C), rows sum to 1. Unit: probability. Errors: none. Source: as
    `temperature`, on the predictions themselves; labels with errors make it cautious.
    """
    logs = np.log(np.clip(proba, 1e-12, None))
    losses = [-(targets * _normed(logs / divisor)).sum() for divisor in GRID]
    return np.exp(_normed(logs / GRID[int(np.argmin(losses))]))


def _normed(logs: FloatArray) -> FloatArray:
    shifted = logs - logs.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _losses(
    model: LinearModel, X: Float32Array, targets: FloatArray, weights: FloatArray
) -> FloatArray:
    """Weighted log-loss at each temperature, of items whose class the model knows."""
    known: IntArray = model.classes
    share = targets[:, known]
    amounts = weights[:, None] * share
    scores = model.decision(X).astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    out = np.empty(len(GRID))
    for place, divisor in enumerate(GRID):
        scaled = scores / divisor
        log_proba = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        out[place] = -(amounts * log_proba).sum()
    return out
