"""The strategies of other libraries on the same sets, model and schedule.

Run by the python of an environment of its own that has scikit-activeml 1.0.1, small-text 1.4.1,
modAL-python 0.4.2.1 and cleanlab 2.9.0: `python -m benchmarks.selection.peers --data ...`. Lines
go to the same file as those of `strategies`. What needs a model starts with 10 random labels.
"""

import os
import time
import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cleanlab.multiannotator import get_active_learning_scores
from modAL.batch import uncertainty_batch_sampling
from modAL.models import ActiveLearner
from modAL.uncertainty import margin_sampling
from skactiveml import pool as skal
from skactiveml.classifier import SklearnClassifier
from sklearn.linear_model import LogisticRegression
from small_text.query_strategies import BreakingTies

from benchmarks.selection import replay, table
from benchmarks.selection.sets import Arrays, load
from selection.core.estimators import fit, logistic
from selection.core.types import IntArray


@dataclass(frozen=True)
class Look:
    """What a library may see: the pool, labels (NaN = unknown), model, and what is still free."""

    X: Any
    y: Any
    model: LogisticRegression
    labelled: IntArray
    free: IntArray
    size: int
    seed: int


Query = Callable[[Look], IntArray]


def head() -> LogisticRegression:
    """The model of the benchmark."""
    return logistic(**replay.FIXED["estimator_params"])


def of_skactiveml(strategy: Any, model_name: str = "") -> Query:
    """A scikit-activeml strategy; model_name is how it calls its model, "" = it has none."""

    def query(look: Look) -> IntArray:
        given: dict[str, Any] = {}
        if model_name:
            classes = np.unique(look.y[~np.isnan(look.y)])
            given[model_name] = SklearnClassifier(head(), classes=classes, random_state=look.seed)
        found = strategy(random_state=look.seed).query(
            look.X, look.y, batch_size=look.size, **given
        )
        return np.asarray(found, dtype=np.int64)

    return query


def breaking_ties(look: Look) -> IntArray:
    """small-text's breaking ties."""
    y = look.y[look.labelled].astype(int)
    found = BreakingTies().query(look.model, look.X, look.free, look.labelled, y, n=look.size)
    return np.asarray(found, dtype=np.int64)


def modal_margin(look: Look) -> IntArray:
    """modAL's margin sampling."""
    return _first(margin_sampling(_learner(look), look.X[look.free], n_instances=look.size), look)


def modal_ranked_batch(look: Look) -> IntArray:
    """modAL's ranked batch mode."""
    learner, pool = _learner(look), look.X[look.free]
    return _first(uncertainty_batch_sampling(learner, pool, n_instances=look.size), look)


def active_lab(look: Look) -> IntArray:
    """cleanlab's ActiveLab among unlabelled items: the lowest scores."""
    seen = look.model.predict_proba(look.X[look.labelled])
    answers = np.searchsorted(look.model.classes_, look.y[look.labelled])[:, None]
    _, scores = get_active_learning_scores(
        answers, seen, look.model.predict_proba(look.X[look.free])
    )
    return look.free[np.argsort(scores, kind="stable")[: look.size]]


def _first(found: Any, look: Look) -> IntArray:
    """modAL answers with indices and scores."""
    indices = found[0] if isinstance(found, tuple) else found
    return look.free[np.asarray(indices, dtype=np.int64).ravel()[: look.size]]


def _learner(look: Look) -> ActiveLearner:
    X, y = look.X[look.labelled], look.y[look.labelled].astype(int)
    return ActiveLearner(head(), X_training=X, y_training=y)


COLD: dict[str, Query] = {
    "skactiveml MaxHerding": of_skactiveml(skal.MaxHerding),
    "skactiveml TypiClust": of_skactiveml(skal.TypiClust),
}
WARM: dict[str, Query] = {
    "skactiveml DropQuery": of_skactiveml(skal.DropQuery, "clf"),
    "skactiveml Falcun": of_skactiveml(skal.Falcun, "clf"),
    "skactiveml CLUE": of_skactiveml(skal.Clue, "estimator"),
    "skactiveml BADGE": of_skactiveml(skal.Badge, "clf"),
    "small-text breaking ties": breaking_ties,
    "modAL margin": modal_margin,
    "modAL ranked batch": modal_ranked_batch,
    "cleanlab ActiveLab": active_lab,
}


def play(data: Arrays, name: str, *, seed: int, budget: int) -> replay.Curve:
    """The same schedule as `replay.play`, the library choosing."""
    query = {**COLD, **WARM}[name]
    X, classes = data.X.astype(np.float64), data.targets.argmax(axis=1)
    known = np.empty(0, dtype=np.int64)
    labels: list[int] = []
    scores: list[float] = []
    seconds = 0.0
    for size in replay.steps(budget):
        look = _look(X, classes, known, size, seed)
        start = time.process_time()
        cold = name not in COLD and len(np.unique(classes[known])) < 2
        chance = np.random.default_rng([seed, len(known)]).permutation(look.free)[:size]
        known = np.concatenate([known, chance if cold else query(look)])
        seconds += time.process_time() - start
        labels.append(len(known))
        scores.append(_score(data, known))
    return replay.Curve(tuple(labels), tuple(scores), seconds)


def _look(X: Any, classes: IntArray, known: IntArray, size: int, seed: int) -> Look:
    y = np.full(len(X), np.nan)
    y[known] = classes[known]
    free = np.setdiff1d(np.arange(len(X)), known)
    model = head()
    if len(np.unique(classes[known])) > 1:
        model.fit(X[known], classes[known])
    return Look(X, y, model, known, free, size, seed + len(known))


def _score(data: Arrays, known: IntArray) -> float:
    targets = data.targets[known]
    if len(np.unique(targets.argmax(axis=1))) < 2:
        return 0.0
    params = replay.FIXED["estimator_params"]
    weights = np.ones(len(known))
    model = fit(logistic, params, data.X[known], targets, weights, task="single").model
    return replay.score(model, data)


def main() -> None:
    options = _options()
    done = {(line["set"], line["strategy"], line["seed"]) for line in table.read(options.out)}
    warnings.simplefilter("ignore")
    print(f"load {os.getloadavg()}", flush=True)
    for seed in range(options.seeds):
        for name in options.sets.split(","):
            data = load(name, data=options.data, cache=options.cache, seed=seed)
            for peer in options.peers.split(","):
                if (name, peer, seed) not in done:
                    curve = play(data, peer, seed=seed, budget=options.budget)
                    table.append(options.out, data, peer, seed, curve)


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with a folder per data set")
    add("--cache", type=Path, required=True, help="folder for encoded features")
    add("--out", type=Path, required=True, help="JSON lines, appended to")
    add("--sets", default="ag_news,trec6,sms_spam,sign_digits")
    add("--peers", default=",".join([*COLD, *WARM]))
    add("--seeds", type=int, default=3)
    add("--budget", type=int, default=replay.BUDGET)
    return parser.parse_args()


if __name__ == "__main__":
    main()
