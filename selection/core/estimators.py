"""Estimators: factories of unfitted scikit-learn classifiers, and fitting one to soft labels."""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from selection.core.linear import LinearModel
from selection.core.types import (
    EstimatorFactory,
    Float32Array,
    FloatArray,
    IntArray,
    NeedsTwoClassesError,
    Params,
    Task,
)


@dataclass(frozen=True)
class Fitted:
    """A model and whether its solver converged."""

    model: LinearModel
    converged: bool


def logistic(*, C: float = 10.0, balanced: bool = True, max_iter: int = 500) -> LogisticRegression:
    """An unfitted multinomial logistic regression.

    Shapes: fits (n, d) on (n,) classes. Unit: C is the inverse of the penalty; 10 suits rows of
    length about 1, where sklearn's 1 costs 13-21 accuracy points at 5-10 labels per class.
    Raises what sklearn raises on fit. Source: Cox 1958.
    """
    return LogisticRegression(
        C=C, class_weight="balanced" if balanced else None, max_iter=max_iter, tol=1e-4
    )


def fit(
    factory: EstimatorFactory,
    params: Params,
    X: Float32Array,
    targets: FloatArray,
    weights: FloatArray,
    *,
    task: Task,
) -> Fitted:
    """Fit fresh estimators to soft, weighted labels and return them as one linear model.

    Shapes: X (L, d), targets (L, C) in [0, 1], weights (L,). Unit: a target of 0.3 counts as 0.3
    of a label. Raises NeedsTwoClassesError when nothing can be told apart. Source: soft labels
    by row expansion; multi-label as one-vs-rest.
    """
    if task == "multi":
        return _fit_each_class(factory, params, X, targets, weights)
    items, classes, amounts = expand(targets, weights)
    if len(np.unique(classes)) < 2:
        raise NeedsTwoClassesError(f"{len(np.unique(classes))} class among {len(X)} labels")
    estimator, converged = _fit_quietly(factory(**params), X[items], classes, amounts)
    coef, intercept = _two_rows(estimator.coef_, estimator.intercept_)
    known = np.asarray(estimator.classes_, dtype=np.int64)
    return Fitted(LinearModel(coef, intercept, known, targets.shape[1], "single"), converged)


def expand(targets: FloatArray, weights: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """One row per item and class with a positive target: items (m,), classes (m,), amounts (m,).

    Shapes: targets (L, C), weights (L,). Unit: amount = weight x target. Errors: none.
    Source: the expected log-loss under the soft label.
    """
    items, classes = np.nonzero(targets > 0)
    amounts = targets[items, classes] * weights[items]
    return items.astype(np.int64), classes.astype(np.int64), amounts


def _fit_each_class(
    factory: EstimatorFactory,
    params: Params,
    X: Float32Array,
    targets: FloatArray,
    weights: FloatArray,
) -> Fitted:
    """One-vs-rest. A class answered alike everywhere becomes a constant: its smoothed share."""
    n_classes, width = targets.shape[1], X.shape[1]
    coef, intercept = np.zeros((n_classes, width)), np.zeros(n_classes)
    converged, told_apart = True, 0
    for number in range(n_classes):
        both = np.column_stack([1 - targets[:, number], targets[:, number]])
        items, classes, amounts = expand(both, weights)
        if len(np.unique(classes)) < 2:
            intercept[number] = _constant(classes, amounts)
            continue
        estimator, ok = _fit_quietly(factory(**params), X[items], classes, amounts)
        coef[number], intercept[number] = estimator.coef_[0], estimator.intercept_[0]
        converged, told_apart = converged and ok, told_apart + 1
    if not told_apart:
        raise NeedsTwoClassesError(f"no class has both yes and no among {len(X)} labels")
    known = np.arange(n_classes, dtype=np.int64)
    return Fitted(LinearModel(coef, intercept, known, n_classes, "multi"), converged)


def _fit_quietly(
    estimator: LogisticRegression, X: Float32Array, y: IntArray, amounts: FloatArray
) -> tuple[LogisticRegression, bool]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        estimator.fit(X.astype(np.float64), y, sample_weight=amounts)
    return estimator, not any(issubclass(each.category, ConvergenceWarning) for each in caught)


def _two_rows(coef: FloatArray, intercept: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A binary fit has one row; the softmax of (0, s) is its logistic of s."""
    if len(coef) > 1:
        return np.asarray(coef, np.float64), np.asarray(intercept, np.float64)
    return np.vstack([np.zeros_like(coef), coef]), np.concatenate([[0.0], intercept])


def _constant(classes: IntArray, amounts: FloatArray) -> float:
    yes = float(amounts[classes == 1].sum())
    no = float(amounts[classes == 0].sum())
    return float(np.log((yes + 0.5) / (no + 0.5)))
