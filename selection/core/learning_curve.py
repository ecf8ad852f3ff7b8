"""Every model so far on today's audit labels, and what other audit items might have said."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from selection.core import evaluation
from selection.core.types import FloatArray, IntArray, LearningCurve, PastRound, Task

RESAMPLES = 400
UNSEEN = 0.5


def measure(
    rounds: Sequence[PastRound],
    positions: IntArray,
    targets: FloatArray,
    *,
    task: Task,
    metric: str,
    rng: Generator,
) -> LearningCurve | None:
    """Measure every round's model on the audit labels given now; None without any.

    Shapes: positions (A,) with targets (A, C). Unit: share in [0, 1]. Errors: none; models
    without labels, or without a prediction for any of the items, are left out. Source: bootstrap
    of the items, paired over the models, as in `resample`.
    """
    if len(positions) == 0:
        return None
    shown = [(each, *_shown(each, positions)) for each in rounds if each.has_model]
    shown = [each for each in shown if each[0].n_labels > 0 and len(each[1])]
    if not shown:
        return None
    draws = _drawn(len(positions), rng)
    scores = [
        evaluation.scores(
            answers, targets[places], task, metric, draws=draws[:, places], unseen=draws[:, -2:]
        )
        for _, places, answers in shown
    ]
    return LearningCurve(
        labels=np.array([each.n_labels for each, _, _ in shown], np.float64),
        values=np.array([value for value, _ in scores], np.float64),
        samples=np.column_stack([samples for _, samples in scores]),
        n=np.array([len(places) for _, places, _ in shown], np.int64),
    )


def resample(hits: FloatArray, *, rng: Generator) -> FloatArray:
    """The mean of each row (k, n) of hits on resamples of the items: (B, k).

    Shapes: as said. Unit: share in [0, 1]. Errors: none. Source: bootstrap (Efron 1979) with half
    an item that all got right and half one that all got wrong (Jeffreys): where every item seen
    is right, others may still be wrong.
    """
    draws = _drawn(hits.shape[1], rng)
    total = draws.sum(axis=1, keepdims=True)
    return np.asarray((draws[:, :-2] @ hits.T + draws[:, -2:-1]) / total, dtype=np.float64)


def _drawn(n: int, rng: Generator) -> IntArray:
    """How often each of n items, an unseen right one and an unseen wrong one are drawn."""
    chances = np.append(np.ones(n), [UNSEEN, UNSEEN])
    return np.asarray(rng.multinomial(n + 1, chances / chances.sum(), RESAMPLES), dtype=np.int64)


def _shown(each: PastRound, positions: IntArray) -> tuple[IntArray, IntArray]:
    """Which of the items the model was asked about, as places in positions, and its answers."""
    _, places, found = np.intersect1d(positions, each.audit_positions, return_indices=True)
    return places.astype(np.int64), each.audit_predictions[found]
