"""The next batch from other libraries, each called as its documentation says, model fitted before.

Run by the python of an environment of its own (see README.md); imports nothing of alapp.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cleanlab.multiannotator import get_active_learning_scores
from modAL.batch import uncertainty_batch_sampling
from modAL.models import ActiveLearner
from modAL.uncertainty import entropy_sampling, margin_sampling
from skactiveml import pool as skal
from skactiveml.classifier import SklearnClassifier
from sklearn.linear_model import LogisticRegression
from small_text.query_strategies import BreakingTies
from small_text.query_strategies.coresets import greedy_coreset

from benchmarks.selection import speed_data


@dataclass(frozen=True)
class Pool:
    """X of all items; y with NaN where unknown; a fitted model; what is labelled and free."""

    X: Any
    y: Any
    model: LogisticRegression
    labelled: Any
    free: Any
    batch: int


Query = Callable[[Pool], Any]


def prepare(spec: dict[str, Any], folder: Path) -> Callable[[], Any]:
    """Return the library's query on the pool, model and labels in place."""
    rows, classes, order = speed_data.read(folder, spec, "f4")
    labelled = np.sort(order[300 : 300 + speed_data.LABELLED])
    y = np.full(spec["n"], np.nan)
    y[labelled] = classes[labelled]
    model = LogisticRegression(C=10, max_iter=500).fit(rows[labelled], classes[labelled])
    free = np.setdiff1d(np.arange(spec["n"]), labelled)
    pool = Pool(np.asarray(rows), y, model, labelled, free, spec["batch"])
    return lambda: QUERIES[spec["name"]](pool)


def of_skactiveml(strategy: Any, model_name: str = "") -> Query:
    """A scikit-activeml strategy; model_name is how it calls its model, "" = it has none."""

    def query(pool: Pool) -> Any:
        given: dict[str, Any] = {}
        if model_name:
            fitted = SklearnClassifier(pool.model, classes=pool.model.classes_)
            known = pool.labelled
            given = {model_name: fitted.fit(pool.X[known], pool.y[known])}
        return strategy.query(pool.X, pool.y, batch_size=pool.batch, **given)

    return query


def breaking_ties(pool: Pool) -> Any:
    """small-text's breaking ties; the model is asked for the probabilities of X[free]."""
    y = pool.y[pool.labelled].astype(int)
    strategy = BreakingTies()
    return strategy.query(pool.model, pool.X, pool.free, pool.labelled, y, n=pool.batch)


def coreset(pool: Pool) -> Any:
    """small-text's greedy core-set."""
    return greedy_coreset(pool.X, pool.free, pool.labelled, pool.batch)


def of_modal(strategy: Any) -> Query:
    """A query function of modAL on the unlabelled rows, as its interface asks."""

    def query(pool: Pool) -> Any:
        known = pool.labelled
        learner = ActiveLearner(pool.model, X_training=pool.X[known], y_training=pool.y[known])
        return strategy(learner, pool.X[pool.free], n_instances=pool.batch)[0]

    return query


def active_lab(pool: Pool) -> Any:
    """cleanlab's ActiveLab: the unlabelled items of the lowest score."""
    seen = pool.model.predict_proba(pool.X[pool.labelled])
    answers = np.searchsorted(pool.model.classes_, pool.y[pool.labelled])[:, None]
    proba = pool.model.predict_proba(pool.X[pool.free])
    _, scores = get_active_learning_scores(answers, seen, proba)
    return pool.free[np.argpartition(scores, pool.batch)[: pool.batch]]


QUERIES: dict[str, Query] = {
    "skactiveml margin": of_skactiveml(skal.UncertaintySampling(method="margin_sampling"), "clf"),
    "skactiveml entropy": of_skactiveml(skal.UncertaintySampling(method="entropy"), "clf"),
    "skactiveml BADGE": of_skactiveml(skal.Badge(), "clf"),
    "skactiveml MaxHerding": of_skactiveml(skal.MaxHerding()),
    "skactiveml TypiClust": of_skactiveml(skal.TypiClust()),
    "skactiveml CoreSet": of_skactiveml(skal.CoreSet()),
    "skactiveml ProbCover": of_skactiveml(skal.ProbCover()),
    "skactiveml DropQuery": of_skactiveml(skal.DropQuery(), "clf"),
    "skactiveml Falcun": of_skactiveml(skal.Falcun(), "clf"),
    "small-text breaking ties": breaking_ties,
    "small-text greedy coreset": coreset,
    "modAL margin": of_modal(margin_sampling),
    "modAL entropy": of_modal(entropy_sampling),
    "modAL ranked batch": of_modal(uncertainty_batch_sampling),
    "cleanlab ActiveLab": active_lab,
}
