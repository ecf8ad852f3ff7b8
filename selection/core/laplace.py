"""Draws from the posterior of the linear head, and what they disagree about."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from selection.core.chunks import rows
from selection.core.committee import linear_head, weights_of
from selection.core.linear import LinearModel
from selection.core.types import Float32Array, FloatArray, Model, PoolView, Probabilities, Task

PRECISION = 0.1


def draws(view: PoolView, n_draws: int, *, rng: Generator) -> list[LinearModel]:
    """Linear models as likely as the labels allow; none where the labels show one class only.

    Shapes: as the view; n_draws models. Unit: none. Errors: none. Source: Laplace approximation,
    MacKay 1992: per class N(w*, (P I + sum p(1 - p) x x')^-1), classes independent, P = 0.1 the
    head's penalty, intercepts fixed. Fewer labels than columns are solved in label space, so
    that a draw costs labels x columns per class.
    """
    head = linear_head(view)
    if head is None:
        return []
    X = rows(view.features, view.labelled)
    proba = head.predict_proba(X)[:, head.classes].astype(np.float64)
    noise = [
        _class_draws(X, weights_of(view) * p * (1 - p), n_draws, rng)
        for p in proba.T
    ]  # fmt: skip
    return [
        LinearModel(
            head.coef + np.stack([each[number] for each in noise]),
            head.intercept, head.classes, head.n_classes, head.task,
        )
        for number in range(n_draws)
    ]  # fmt: skip


def disagreement(models: Sequence[Model], X: Float32Array, task: Task) -> FloatArray:
    """Mutual information between an item's answer and which model is right: (m,).

    Shapes: X (m, d). Unit: nats >= 0; multi-label: mean over classes. Errors: none. Source:
    Houlsby et al. 2011 (BALD): entropy of the mean minus mean of the entropies; the same as the
    mean Kullback-Leibler divergence to the mean (McCallum and Nigam 1998). One model at a time,
    so that memory does not grow with their number.
    """
    mean, inner = np.zeros((len(X), models[0].n_classes)), np.zeros(len(X))
    for model in models:
        proba = model.predict_proba(X)
        mean += proba
        inner += entropies(proba, task)
    mean /= len(models)
    return np.maximum(entropies(mean, task) - inner / len(models), 0)


def entropies(proba: Probabilities | FloatArray, task: Task) -> FloatArray:
    """Entropy of each row in nats: (m,) float64; multi-label: mean over classes.

    Shapes: proba (m, C). Unit: nats. Errors: none. Source: Shannon 1948.
    """
    wide = np.asarray(proba, dtype=np.float64)
    if task == "multi":
        return np.asarray((_plogp(wide) + _plogp(1 - wide)).mean(axis=1))
    return np.asarray(_plogp(wide).sum(axis=1))


def _class_draws(X: Float32Array, amounts: FloatArray, n_draws: int, rng: Generator) -> FloatArray:
    """(n_draws, d) from N(0, (P I + V'V)^-1) with V = root(amounts) X."""
    V: FloatArray = np.sqrt(amounts)[:, None] * X.astype(np.float64)
    if len(V) >= V.shape[1]:
        return _primal(V, n_draws, rng)
    prior = rng.standard_normal((V.shape[1], n_draws)) / np.sqrt(PRECISION)
    seen = rng.standard_normal((len(V), n_draws))
    gram = V @ V.T / PRECISION
    gram[np.diag_indices_from(gram)] += 1
    pulled = cho_solve(cho_factor(gram), seen - V @ prior)
    return np.asarray((prior + V.T @ pulled / PRECISION).T)


def _primal(V: FloatArray, n_draws: int, rng: Generator) -> FloatArray:
    hessian = V.T @ V
    hessian[np.diag_indices_from(hessian)] += PRECISION
    upper = np.linalg.cholesky(hessian).T
    return np.asarray(
        solve_triangular(upper, rng.standard_normal((V.shape[1], n_draws)), lower=False).T
    )


def _plogp(proba: FloatArray) -> FloatArray:
    return np.asarray(-proba * np.log(np.where(proba > 0, proba, 1.0)))
