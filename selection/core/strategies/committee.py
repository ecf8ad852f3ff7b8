"""Strategies that let several models vote; they fit these models themselves."""

import numpy as np
from numpy.random import Generator

from selection.core import laplace
from selection.core.chunks import map_rows
from selection.core.committee import bootstrap
from selection.core.linear import LinearModel
from selection.core.types import Float32Array, FloatArray, PoolView, ScoreError, Task


def vote_entropy(view: PoolView, *, rng: Generator, n_models: int = 8) -> FloatArray:
    """Score an item by how evenly a committee's votes are spread.

    Shapes: view.labelled (L,); returns (n,). Unit: entropy of the votes in nats; multi-label:
    mean over classes. Raises ScoreError where the labels show one class only. Source: Dagan and
    Engelson 1995; committee of bootstrapped linear models, Breiman 1996.
    """
    models = _committee(bootstrap(view, n_models, rng=rng))
    return map_rows(lambda X: _votes(models, X, view.task), view.features, view.candidates)


def committee_kl(view: PoolView, *, rng: Generator, n_models: int = 8) -> FloatArray:
    """Score an item by how far a committee's members are from their mean.

    Shapes: view.labelled (L,); returns (n,). Unit: mean Kullback-Leibler divergence in nats.
    Raises ScoreError where the labels show one class only. Source: McCallum and Nigam 1998.
    """
    models = _committee(bootstrap(view, n_models, rng=rng))
    return map_rows(
        lambda X: laplace.disagreement(models, X, view.task), view.features, view.candidates
    )


def bald(view: PoolView, *, rng: Generator, n_draws: int = 20) -> FloatArray:
    """Score an item by how much its answer would tell about the model.

    Shapes: view.labelled (L,); returns (n,). Unit: mutual information in nats. Raises ScoreError
    where the labels show one class only. Source: Houlsby et al. 2011; posterior as
    `laplace.draws`.
    """
    models = _committee(laplace.draws(view, n_draws, rng=rng))
    return map_rows(
        lambda X: laplace.disagreement(models, X, view.task), view.features, view.candidates
    )


def _votes(models: list[LinearModel], X: Float32Array, task: Task) -> FloatArray:
    shares = np.zeros((len(X), models[0].n_classes))
    every = np.arange(len(X))
    for model in models:
        proba = model.predict_proba(X)
        if task == "multi":
            shares += proba > 0.5
        else:
            shares[every, proba.argmax(axis=1)] += 1
    return laplace.entropies(shares / len(models), task)


def _committee(models: list[LinearModel]) -> list[LinearModel]:
    if not models:
        raise ScoreError("a committee needs labels of two classes")
    return models
