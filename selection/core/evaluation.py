"""Estimates with intervals from audit items: random items that never trained a model."""

import numpy as np
from scipy.special import betaincinv

from selection.core.types import BoolArray, CoreError, FloatArray, IntArray, Metric, Task


def decide(proba: FloatArray, task: Task) -> IntArray:
    """What the model answers: (m,) likeliest class, or (m, C) 0/1 with probability over 1/2.

    Shapes: proba (m, C). Unit: class number, or 0/1. Errors: none. Ties go to the lower class
    number. Source: definition.
    """
    if task == "multi":
        return np.asarray(proba > 0.5, dtype=np.int64)
    return np.asarray(proba.argmax(axis=1), dtype=np.int64)


def doubts(proba: FloatArray, task: Task) -> FloatArray:
    """How likely each answer is wrong by the model's own account: (m,) in [0, 1].

    Shapes: proba (m, C). Unit: 1 - probability of the answer; multi-label: of its least sure
    class. Errors: none. Source: definition.
    """
    if task == "multi":
        return np.asarray(np.minimum(proba, 1 - proba).max(axis=1), dtype=np.float64)
    return np.asarray(1 - proba.max(axis=1), dtype=np.float64)


def correct(predicted: IntArray, targets: FloatArray, task: Task) -> BoolArray:
    """Which answers match: (m,) bool; multi-label needs every class right.

    Shapes: predicted as from `decide`, targets (m, C). Unit: none. Raises CoreError when the
    lengths differ. Source: definition; a soft target counts as its likeliest answer.
    """
    if len(predicted) != len(targets):
        raise CoreError(f"{len(predicted)} predictions for {len(targets)} audit labels")
    truth = decide(targets, task)
    same = predicted == truth
    return np.asarray(same.all(axis=1) if task == "multi" else same, dtype=np.bool_)


def clopper_pearson(successes: int, n: int, alpha: float) -> tuple[float, float]:
    """Exact bounds (low, high) of a share, each wrong with probability at most alpha.

    Shapes: none. Unit: share in [0, 1]; a two-sided 95 % interval has alpha 0.025. Raises
    CoreError unless 0 <= successes <= n and n > 0. Source: Clopper and Pearson 1934.
    """
    if not (0 <= successes <= n and n > 0):
        raise CoreError(f"{successes} successes of {n} is not a share")
    return exact_bounds(successes, n - successes, alpha)


def exact_bounds(hits: float, misses: float, alpha: float) -> tuple[float, float]:
    """As `clopper_pearson`, of counts that need not be whole.

    Shapes: none. Unit: share in [0, 1]; hits and misses >= 0, not both 0. Errors: none. Source:
    Korn and Graubard 1998; with whole counts Clopper and Pearson 1934.
    """
    low = 0.0 if hits <= 0 else float(betaincinv(hits, misses + 1, alpha))
    high = 1.0 if misses <= 0 else float(betaincinv(hits + 1, misses, 1 - alpha))
    return low, high


def accuracy(hits: BoolArray, *, confidence: float = 0.95) -> Metric:
    """Share of right answers with its exact interval.

    Shapes: hits (n,). Unit: share in [0, 1]. Raises CoreError when n is 0. Source: Clopper and
    Pearson 1934.
    """
    low, high = clopper_pearson(int(hits.sum()), len(hits), (1 - confidence) / 2)
    return Metric("accuracy", float(hits.mean()), low, high, len(hits))


def macro_f1_value(predicted: IntArray, targets: FloatArray, task: Task) -> float:
    """Mean F1 of the classes that occur, without an interval.

    Shapes: predicted as from `decide`, targets (n, C). Unit: in [0, 1]. Raises
    CoreError when n is 0. Source: definition.
    """
    if len(targets) == 0:
        raise CoreError("no labels to measure on")
    yes, truth = _indicators(predicted, decide(targets, task), targets.shape[1], task)
    return float(_mean_f1(np.ones((1, len(targets))), yes, truth)[0])


def scores(
    predicted: IntArray,
    targets: FloatArray,
    task: Task,
    metric: str,
    *,
    draws: IntArray,
    unseen: IntArray,
) -> tuple[float, FloatArray]:
    """The metric on the labels as they are, and (B,) on draws of them.

    Shapes: predicted as from `decide`, targets (n, C), draws (B, n) how often each item is drawn,
    unseen (B, 2) how often one that is right and one that is wrong, which accuracy counts. Unit:
    in [0, 1]. Raises CoreError when n is 0. Source: bootstrap (Efron 1979).
    """
    if len(targets) == 0:
        raise CoreError("no labels to measure on")
    amounts = draws.astype(np.float64)
    if metric == "macro_f1":
        value = macro_f1_value(predicted, targets, task)
        yes, truth = _indicators(predicted, decide(targets, task), targets.shape[1], task)
        return value, _mean_f1(amounts, yes, truth)
    hits = correct(predicted, targets, task).astype(np.float64)
    total = np.maximum(amounts.sum(axis=1) + unseen.sum(axis=1), 1)
    return float(hits.mean()), np.asarray((amounts @ hits + unseen[:, 0]) / total)


def class_counts(targets: FloatArray) -> FloatArray:
    """Labels per class: (C,) summed targets.

    Shapes: targets (n, C). Unit: labels, fractional when soft. Errors: none. Source: definition.
    """
    return np.asarray(targets.sum(axis=0), dtype=np.float64)


def _indicators(
    predicted: IntArray, truth: IntArray, n_classes: int, task: Task
) -> tuple[FloatArray, FloatArray]:
    if task == "multi":
        return predicted.astype(np.float64), truth.astype(np.float64)
    eye = np.eye(n_classes)
    return eye[predicted], eye[truth]


def _mean_f1(draws: FloatArray, yes: FloatArray, truth: FloatArray) -> FloatArray:
    """F1 = 2 TP / (predicted + true), per draw (rows) and class, averaged where it exists."""
    both = draws @ (yes * truth)
    sizes = draws @ (yes + truth)
    exists = sizes > 0
    f1 = np.divide(2 * both, sizes, out=np.zeros_like(both), where=exists)
    return np.asarray(f1.sum(axis=1) / np.maximum(exists.sum(axis=1), 1), dtype=np.float64)
