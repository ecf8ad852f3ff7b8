"""Several linear models of the same labels: bootstrap committees and held-out predictions."""

import numpy as np
from numpy.random import Generator

from selection.core.chunks import rows
from selection.core.estimators import fit, logistic
from selection.core.linear import LinearModel
from selection.core.types import (
    Float32Array,
    FloatArray,
    NeedsTwoClassesError,
    PoolView,
)

FOLDS = 5


def bootstrap(view: PoolView, size: int, *, rng: Generator) -> list[LinearModel]:
    """Linear models of resampled labels: at most `size`, those that saw two classes.

    Shapes: view.labelled (L,). Unit: none. Errors: none; one model of all labels, or none at
    all, where resamples show one class only. Source: Breiman 1996; every class keeps the weight
    of a hundredth of a label, or a resample without a rare class would forget it.
    """
    X, amounts = rows(view.features, view.labelled), weights_of(view)
    n = len(X)
    drawn = [rng.multinomial(n, np.full(n, 1 / n)) if n else amounts for _ in range(size)]
    found = [_head(view, X, view.targets, amounts * np.maximum(times, 0.01)) for times in drawn]
    return [each for each in found if each is not None]


def held_out(view: PoolView, *, rng: Generator) -> FloatArray:
    """Probabilities of the labelled items by models that did not see them: (L, C).

    Shapes: as the view. Unit: probability. Errors: none; even probabilities where a fold cannot
    be fitted. Source: five-fold cross-validation of the linear head.
    """
    X, amounts = rows(view.features, view.labelled), weights_of(view)
    fold = rng.permutation(len(X)) % FOLDS
    proba = np.full(view.targets.shape, 1 / max(view.targets.shape[1], 1))
    for number in range(FOLDS):
        inside = fold != number
        part = _head(view, X[inside], view.targets[inside], amounts[inside])
        if part is not None:
            proba[~inside] = part.predict_proba(X[~inside])
    return proba


def linear_head(view: PoolView) -> LinearModel | None:
    """The linear model of the labels, None where they show one class only.

    Shapes: as the view. Unit: none. Errors: none. Source: as `fit`; for strategies that need
    its coefficients whatever model the project uses.
    """
    return _head(view, rows(view.features, view.labelled), view.targets, weights_of(view))


def weights_of(view: PoolView) -> FloatArray:
    """What each label counts: (L,) > 0. Shapes, unit: none. Errors: none. Source: ours."""
    return np.ones(len(view.labelled)) if view.weights is None else view.weights


def _head(
    view: PoolView, X: Float32Array, targets: FloatArray, weights: FloatArray
) -> LinearModel | None:
    factory = logistic
    try:
        return fit(factory, {}, X, targets, weights, task=view.task).model
    except NeedsTwoClassesError:
        return None
