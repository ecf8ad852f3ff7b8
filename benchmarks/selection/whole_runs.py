"""One run of the whole-system benchmark: a way of labelling one set with one seed."""

import json
import os
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from selection.core import datasets, evaluation
from selection.core.config import LoopConfig
from selection.core.oracles import Recipe, build_oracle
from selection.core.simulation import Oracle, simulate

TEXTS = ("ag_news", "trec6", "rotten_tomatoes", "banking77", "sms_spam")
BUDGETS = {
    "ag_news": 160, "trec6": 300, "rotten_tomatoes": 360, "banking77": 700, "sms_spam": 120,
    "sign_digits": 500, "pendigits": 100,
}  # fmt: skip
BATCHES = {"banking77": 20, "sign_digits": 20}
LONGEST = {"banking77": 3000, "rotten_tomatoes": 3000, "trec6": 2000, "ag_news": 1000}
RANDOM_LABELS, STEP = 1000, 1.15


@dataclass(frozen=True)
class Task:
    """One run: a way on a set with a seed. way: alapp, alapp without texts' help, or random."""

    name: str
    way: str
    seed: int


def run(task: Task, data: Path, classes: Path, out: Path) -> None:
    """Add the run's curve to the file."""
    start = time.process_time()
    oracle = oracle_of(task.name, task.way == "random", data, classes)
    points = _random(oracle, task) if task.way == "random" else _alapp(oracle, task)
    line = {
        "set": task.name,
        "way": task.way,
        "seed": task.seed,
        "metric": "macro_f1" if task.name == "sms_spam" else "accuracy",
        "points": points,
        "full": _full(oracle, task),
        "cpu_seconds": round(time.process_time() - start, 1),
        "load": os.getloadavg()[0],
    }
    with out.open("a") as file:
        file.write(json.dumps(line) + "\n")


@lru_cache(maxsize=2)
def oracle_of(name: str, is_anchor: bool, data: Path, classes: Path) -> Oracle:
    """Vectors alone for the anchor, words beside them and descriptions for alapp."""
    suffix = "csv" if name == "sign_digits" else "csv.gz"
    folder = data / name
    train, test = (datasets.read_dataset(folder / f"{part}.{suffix}") for part in ("train", "test"))
    if name not in TEXTS:
        return build_oracle(train, test)
    given = tuple(np.load(folder / f"{part}.minilm.npy") for part in ("train", "test"))
    if is_anchor:
        return build_oracle(train, test, Recipe(given=(given[0], given[1])))
    vectors = np.load(classes / f"{name}.cv.npy")
    features = ("given", "text_tfidf")
    return build_oracle(
        train, test, Recipe(features, given=(given[0], given[1]), class_vectors=vectors)
    )


def _alapp(oracle: Oracle, task: Task) -> list[tuple[int, float]]:
    """The loop with its defaults, but for the audit items, which the anchor has none of."""
    share = 0.2 if task.way == "alapp-audit" else 0.0
    params = {"descriptions": task.way != "alapp-undescribed"}
    config = LoopConfig(
        batch_size=BATCHES.get(task.name, 10), audit_share=share, estimator_params=params
    )
    points = simulate(oracle, config, budget=BUDGETS[task.name], seed=task.seed)
    is_f1 = task.name == "sms_spam"
    found = [(p.labels, p.test_f1 if is_f1 else p.test_accuracy) for p in points]
    return [(labels, score or 0.0) for labels, score in found]


def _random(oracle: Oracle, task: Task) -> list[tuple[int, float]]:
    """Random labels and plain logistic regression, measured at ever wider steps."""
    order = np.random.default_rng([task.seed, 3]).permutation(len(oracle.targets))
    points, n = [], 10
    while n <= min(LONGEST.get(task.name, RANDOM_LABELS), len(order)):
        points.append((n, _score(oracle, order[:n], task)))
        n = max(n + 5, round(n * STEP))
    return points


def _full(oracle: Oracle, task: Task) -> float | None:
    """The anchor's score with every label."""
    if task.way != "random" or task.seed:
        return None
    return _score(oracle, np.arange(len(oracle.targets)), task)


def _score(oracle: Oracle, labelled: Any, task: Task) -> float:
    y = oracle.targets[labelled].argmax(axis=1)
    if len(np.unique(y)) < 2:
        return 0.0
    X = np.asarray(oracle.features[labelled], np.float64)
    model = LogisticRegression(C=10.0, max_iter=2000).fit(X, y)
    answers = model.predict(np.asarray(oracle.test_features[:], np.float64)).astype(np.int64)
    if task.name == "sms_spam":
        return float(evaluation.macro_f1_value(answers, oracle.test_targets, "single"))
    return float(evaluation.correct(answers, oracle.test_targets, "single").mean())
