"""Strategies that ask what an answer would tell about other items."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from selection.core import laplace
from selection.core.chunks import rows, sample_indices
from selection.core.linear import LinearModel
from selection.core.types import Float32Array, FloatArray, PoolView, ScoreError

MOST_CLASSES = 16


def epig(view: PoolView, *, rng: Generator, n_draws: int = 20, n_targets: int = 200) -> FloatArray:
    """Score an item by how much its answer would tell about the answers of random other items.

    Shapes: returns (n,). Unit: mean mutual information in nats; multi-label: mean over classes.
    Raises ScoreError where the labels show one class only. Source: Bickford Smith et al. 2023;
    posterior as `laplace.draws`. Beyond 16 classes the unlikely ones count as one.
    """
    models = laplace.draws(view, n_draws, rng=rng)
    if not models:
        raise ScoreError("a posterior needs labels of two classes")
    X = rows(view.features, view.candidates)
    about = X[sample_indices(view.n, n_targets, rng)]
    own, other = _draws(models, X), _draws(models, about)
    if view.task == "single":
        own, other = _lumped(own, other)
        return np.array([expected_gain(each, other) for each in own.transpose(1, 0, 2)])
    gains = np.zeros(view.n)
    for p, q in zip(own.transpose(2, 1, 0), other.transpose(2, 0, 1), strict=True):
        target = np.stack([1 - q, q], axis=-1)
        gains += [expected_gain(np.column_stack([1 - each, each]), target) for each in p]
    return np.asarray(gains / own.shape[2])


def expected_gain(own: FloatArray, other: FloatArray) -> float:
    """Mean mutual information between one item's answer and those of the targets.

    Shapes: own (K, C) and other (K, M, D), probabilities under the same K draws. Unit: nats.
    Errors: none. Source: Bickford Smith et al. 2023: sum p log(p / (p1 p2)) of the joint answer.
    """
    n_draws, n_targets, n_other = other.shape
    joint = (own.T @ other.reshape(n_draws, -1) / n_draws).reshape(-1, n_targets, n_other)
    alone = own.mean(axis=0)[:, None, None] * other.mean(axis=0)[None]
    ratio = np.where(joint > 0, joint / np.maximum(alone, 1e-300), 1.0)
    return float((joint * np.log(ratio)).sum() / n_targets)


def _draws(models: Sequence[LinearModel], X: Float32Array) -> FloatArray:
    """(K, m, C) probabilities."""
    return np.stack([np.asarray(each.predict_proba(X), dtype=np.float64) for each in models])


def _lumped(own: FloatArray, other: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The likeliest classes over the targets, all others added up as one more."""
    if own.shape[2] <= MOST_CLASSES:
        return own, other
    order = np.argsort(-other.mean(axis=(0, 1)), kind="stable")
    kept, rest = order[: MOST_CLASSES - 1], order[MOST_CLASSES - 1 :]
    first, second = (
        np.concatenate([each[:, :, kept], each[:, :, rest].sum(axis=2, keepdims=True)], axis=2)
        for each in (own, other)
    )
    return first, second
