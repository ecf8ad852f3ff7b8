"""How good the model is at each class, with exact intervals, and their mean."""

from dataclasses import dataclass

import numpy as np

from selection.core.evaluation import clopper_pearson, decide
from selection.core.types import CoreError, FloatArray, IntArray, Metric, Task

# A class that fewer audit items speak of tends to look worse than it is.
THIN = 15


@dataclass(frozen=True)
class ClassScores:
    """One class on the audit items; None where no audit item speaks of it.

    precision: of the items given this class, the share that is of it. recall: of the items of
    this class, the share that was given it. f1 joins both.
    """

    number: int
    n_true: int
    n_predicted: int
    precision: Metric | None
    recall: Metric | None
    f1: Metric | None


def per_class(
    predicted: IntArray, targets: FloatArray, task: Task, *, confidence: float = 0.95
) -> tuple[ClassScores, ...]:
    """Precision, recall and F1 of each class with exact intervals: one entry per class.

    Shapes: predicted as from `decide`, targets (n, C). Unit: shares in [0, 1]. Raises CoreError
    when the lengths differ. Source: Clopper and Pearson 1934 among the items given the class
    (precision), of the class (recall), or either (F1 = 2 J / (1 + J), J the share that is both).
    Each interval holds by itself: of twenty, one may be wrong.
    """
    yes, truth = indicators(predicted, targets, task)
    alpha = (1 - confidence) / 2
    return tuple(_scores(c, yes[:, c], truth[:, c], alpha) for c in range(truth.shape[1]))


def macro_f1(
    predicted: IntArray, targets: FloatArray, task: Task, *, alpha: float = 0.025
) -> Metric:
    """Mean F1 of the classes the audit items speak of; each bound is wrong at most alpha often.

    Shapes: predicted as from `decide`, targets (n, C). Unit: in [0, 1]; from 0 to 1 where no
    class occurs. Raises CoreError when n is 0. Source: exact bounds per class joined by the
    recovered variances (Zou and Donner 2008), correlations from the delta method (Takahashi et
    al. 2022). Few items of a class tend to show too low an F1, so upward such classes add up
    instead of cancelling.
    """
    if len(targets) == 0:
        raise CoreError("no audit labels to measure on")
    yes, truth = indicators(predicted, targets, task)
    found = [_scores(c, yes[:, c], truth[:, c], alpha) for c in range(truth.shape[1])]
    f1 = [each.f1 for each in found if each.f1 is not None]
    if not f1:
        return Metric("macro_f1", 0.0, 0.0, 1.0, len(targets))
    kept = [each.number for each in found if each.f1 is not None]
    value = np.array([each.value for each in f1])
    like = _correlations(yes[:, kept], truth[:, kept], value)
    mean = float(value.mean())
    down = _joined(value - np.array([each.low for each in f1]), like)
    above = np.array([each.high for each in f1]) - value
    thin = np.array([each.n < THIN for each in f1])
    up = _joined(np.where(thin, 0.0, above), like) + float(above[thin].sum()) / len(f1)
    return Metric("macro_f1", mean, max(mean - down, 0.0), min(mean + up, 1.0), len(targets))


def indicators(
    predicted: IntArray, targets: FloatArray, task: Task
) -> tuple[FloatArray, FloatArray]:
    """Which classes were given, and which are true: two (n, C) matrices of 0 and 1.

    Shapes: predicted as from `decide`, targets (n, C). Unit: none. Raises CoreError when the
    lengths differ. Source: definition.
    """
    if len(predicted) != len(targets):
        raise CoreError(f"{len(predicted)} predictions for {len(targets)} audit labels")
    truth = decide(targets, task)
    if task == "multi":
        return predicted.astype(np.float64), truth.astype(np.float64)
    eye = np.eye(targets.shape[1])
    return eye[predicted], eye[truth]


def _scores(number: int, yes: FloatArray, truth: FloatArray, alpha: float) -> ClassScores:
    both, n_yes, n_true = (int(each) for each in (yes @ truth, yes.sum(), truth.sum()))
    shared = _share("f1", both, n_yes + n_true - both, alpha)
    return ClassScores(
        number,
        n_true,
        n_yes,
        _share("precision", both, n_yes, alpha),
        _share("recall", both, n_true, alpha),
        None if shared is None else _as_f1(shared),
    )


def _share(name: str, k: int, n: int, alpha: float) -> Metric | None:
    if n == 0:
        return None
    low, high = clopper_pearson(k, n, alpha)
    return Metric(name, k / n, low, high, n)


def _as_f1(shared: Metric) -> Metric:
    value, low, high = (2 * x / (1 + x) for x in (shared.value, shared.low, shared.high))
    return Metric("f1", value, low, high, shared.n)


def _joined(gaps: FloatArray, like: FloatArray) -> float:
    return float(np.sqrt(max(float(gaps @ like @ gaps), 0.0))) / len(gaps)


def _correlations(yes: FloatArray, truth: FloatArray, f1: FloatArray) -> FloatArray:
    """Of the classes' estimates: (C, C), from what each item moves each of them.

    A class without an error moves with no other as far as one can see; but an error of it would
    have been one of another class too.
    """
    sizes = yes + truth
    moves = (2 * yes * truth - f1 * sizes) / sizes.mean(axis=0)
    scale = np.sqrt((moves**2).sum(axis=0))
    moves = np.divide(moves, scale, out=np.zeros_like(moves), where=scale > 1e-12)
    like = moves.T @ moves
    flat = scale <= 1e-12
    like[flat[:, None] | flat] = 1 / max(len(f1) - 1, 1)
    np.fill_diagonal(like, 1.0)
    return np.asarray(like)
