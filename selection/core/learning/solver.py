"""Logistic regression shrunk toward a prior: the one optimisation behind every head."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from selection.core.types import FloatArray, Task

MAX_ITER, GRADIENT = 300, 1e-3
# Relative gain of a step below which it ends: of the model itself, and of fits that only compare.
FINE, ROUGH = 1e-8, 1e-5


@dataclass(frozen=True)
class Weights:
    """coef (K, r) and intercept (K,) on top of the prior's scores, and whether they settled."""

    coef: FloatArray
    intercept: FloatArray
    converged: bool


def regress(
    Z: FloatArray,
    targets: FloatArray,
    weights: FloatArray,
    offset: FloatArray,
    *,
    C: float,
    task: Task,
    tolerance: float = FINE,
) -> Weights:
    """Fit what the rows add to the offset, no more than the labels warrant.

    Shapes: Z (n, r), targets (n, K) in [0, 1], weights (n,) >= 0, offset (n, K) scores of the
    prior. Unit: minimises the weighted log-loss + |coef, intercept|^2 / (2 C): with C near 0 the
    prior stands alone. Softmax over the classes, or one logistic function each (multi). Errors:
    none; see `converged`. Source: MAP estimate under a Gaussian prior, by L-BFGS (Liu and
    Nocedal 1989). The intercept is penalised too, so that a few labels of some classes do not
    drown the classes without any.
    """
    n, width = Z.shape
    n_classes = targets.shape[1]
    rows = np.hstack([Z, np.ones((n, 1))])
    loss = _softmax_loss if task == "single" else _logistic_loss

    def objective(flat: FloatArray) -> tuple[float, FloatArray]:
        V = flat.reshape(n_classes, width + 1)
        scores = rows @ V.T
        scores += offset
        value, residual = loss(scores, targets, weights)
        gradient = residual.T @ rows
        gradient += V / C
        return value + 0.5 / C * float(flat @ flat), gradient.ravel()

    first = np.zeros(n_classes * (width + 1))
    limits = {"maxiter": MAX_ITER, "gtol": GRADIENT, "ftol": tolerance}
    found = minimize(objective, first, jac=True, method="L-BFGS-B", options=limits)
    V = found.x.reshape(n_classes, width + 1)
    return Weights(V[:, :-1], V[:, -1], found.nit < MAX_ITER)


def _softmax_loss(
    scores: FloatArray, targets: FloatArray, weights: FloatArray
) -> tuple[float, FloatArray]:
    """Value and the gradient by score; overwrites the scores."""
    scores -= scores.max(axis=1, keepdims=True)
    chosen = float(weights @ np.einsum("ij,ij->i", targets, scores))
    np.exp(scores, out=scores)
    total = scores.sum(axis=1)
    value = float(weights @ np.log(total)) - chosen
    scores *= (weights / total)[:, None]
    scores -= targets * weights[:, None]
    return value, scores


def _logistic_loss(
    scores: FloatArray, targets: FloatArray, weights: FloatArray
) -> tuple[float, FloatArray]:
    """As `_softmax_loss`, one yes or no per class."""
    value = float(weights @ (np.logaddexp(0, scores) - targets * scores).sum(axis=1))
    residual = 0.5 * (1 + np.tanh(0.5 * scores)) - targets
    return value, residual * weights[:, None]
