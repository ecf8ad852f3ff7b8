"""One strategy on one set with one seed: the loop itself, answered by the truth."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.selection.sets import Arrays
from selection.core import evaluation
from selection.core.config import LoopConfig
from selection.core.loop import run_round
from selection.core.types import FloatArray, IntArray, RoundFacts

FIRST, THEN, BUDGET = [10] * 10, 25, 500
KNEE = 100
# One model for all: what tunes or helps the model is off. The temperature is part of UHerding.
TEMPERED = ("auto", "uherding")
FIXED: dict[str, Any] = {
    "audit_share": 0.0,
    "reserve_size": 0,
    "estimator": "logistic",
    "estimator_params": {"C": 10.0, "balanced": True},
    "stopping": {},
}


@dataclass(frozen=True)
class Curve:
    """Test score after each number of labels, 0 where no model could be fitted."""

    labels: tuple[int, ...]
    scores: tuple[float, ...]
    pick_seconds: float

    def area(self, most: int) -> float:
        """Mean score from the first batch to `most` labels, by trapezoids."""
        kept = np.array(self.labels) <= most
        at, score = np.array(self.labels)[kept], np.array(self.scores)[kept]
        return float(np.trapezoid(score, at) / (at[-1] - at[0]))


def steps(budget: int) -> Iterator[int]:
    """Batch sizes: ten of 10, then 25 each, the last cut to the budget."""
    left = budget
    sizes = iter(FIRST)
    while left > 0:
        size = min(next(sizes, THEN), left)
        left -= size
        yield size


def settings(name: str, changes: dict[str, Any], data: Arrays) -> LoopConfig:
    """The configuration of a run; the random strategy also starts at random."""
    start = "random" if name == "random" else "typical"
    given = {"strategy": name, "cold_start": start, "calibrate": name in TEMPERED, **changes}
    return LoopConfig.from_dict({**FIXED, "task": data.task, **given})


def play(data: Arrays, config: LoopConfig, *, seed: int, budget: int = BUDGET) -> Curve:
    """Label `budget` items as the loop asks for them."""
    facts = _nothing_known(data, seed)
    labels: list[int] = []
    scores: list[float] = []
    seconds = 0.0
    for size in [*steps(budget), 1]:
        start = time.process_time()
        result = run_round(facts, replace(config, batch_size=size))
        seconds += time.process_time() - start
        if facts.number:
            labels.append(len(facts.train_positions))
            scores.append(0.0 if result.model is None else score(result.model, data))
        got = np.array([pick.position for pick in result.batch], dtype=np.int64)
        facts = _answered(facts, got, data)
    return Curve(tuple(labels), tuple(scores), seconds)


def score(model: Any, data: Arrays) -> float:
    """Accuracy, or macro-F1 where a class is rare, on the test set."""
    answers = evaluation.decide(model.predict_proba(data.X_test), data.task)
    if data.metric == "macro_f1":
        return float(evaluation.macro_f1_value(answers, data.test_targets, data.task))
    return float(evaluation.correct(answers, data.test_targets, data.task).mean())


def _nothing_known(data: Arrays, seed: int) -> RoundFacts:
    n, n_classes = data.targets.shape
    none: IntArray = np.empty(0, np.int64)
    no_targets: FloatArray = np.empty((0, n_classes))
    return RoundFacts(
        features=data.X,
        n_classes=n_classes,
        train_positions=none,
        train_targets=no_targets,
        train_weights=np.empty(0),
        audit_order=np.arange(n, dtype=np.int64),
        audit_positions=none,
        audit_targets=no_targets,
        unavailable=np.zeros(n, dtype=np.bool_),
        pending=none,
        number=0,
        seed=seed,
    )


def _answered(facts: RoundFacts, got: IntArray, data: Arrays) -> RoundFacts:
    train = np.concatenate([facts.train_positions, got])
    unavailable = facts.unavailable.copy()
    unavailable[got] = True
    return replace(
        facts,
        train_positions=train,
        train_targets=data.targets[train],
        train_weights=np.ones(len(train)),
        unavailable=unavailable,
        number=facts.number + 1,
    )
