"""When another opinion on a labelled item is worth more than a new item."""

import numpy as np
from numpy.random import Generator

from selection.core.committee import held_out
from selection.core.types import (
    FloatArray,
    IntArray,
    PoolView,
)

LEAST_WEIGHT = 1e-3


def active_lab(
    quality: FloatArray,
    answers: FloatArray,
    *,
    annotator: float,
    model: float,
    n_classes: int,
) -> FloatArray:
    """How sure an item's consensus is: (k,) in [0, 1], lowest = ask about it next.

    Shapes: quality (k,) of the consensus, answers (k,) how many it rests on (0: the model's
    likeliest class alone). Unit: annotator and model are weights > 0; an opinion more says a
    class at random with its weight. Errors: none. Source: Goh and Mueller 2023 (ActiveLab),
    all annotators weighing alike.
    """
    trust = answers * annotator + model
    spread = annotator / max(n_classes, 1)
    return np.asarray((quality * trust + spread) / (trust + annotator))


def weights_of(hits: float, agreement: float, answers: float, plain: float) -> tuple[float, float]:
    """What one annotator's answer and the model's count for: both > 0.

    Shapes: none. Unit: hits is the model's accuracy on labels it did not see, agreement the mean
    certainty of consensus, answers the mean number per item, plain the accuracy of always
    saying the commonest class. Errors: none. Source: Goh, Tkachenko and Mueller 2022 (CROWDLAB).
    """
    rest = max(1 - plain, 1e-6)
    annotator = max(1 - (1 - agreement) / rest, LEAST_WEIGHT)
    model = max(1 - (1 - hits) / rest, LEAST_WEIGHT)
    return annotator, model * float(np.sqrt(max(answers, 1.0)))


def doubtful_labels(
    view: PoolView, answers: IntArray | None, new: FloatArray, size: int, *, rng: Generator
) -> tuple[IntArray, FloatArray]:
    """The labelled items whose consensus is less sure than every new item's: indices, scores.

    Shapes: answers (L,) or None = one each; new (k, C) probabilities of the items picked so far,
    best first. Returns indices (at most size,) into view.labelled, least sure first, and their
    scores as `active_lab`. Unit: in [0, 1]. Errors: none. Source: Goh and Mueller 2023; only
    items below the surest new pick.
    """
    if size == 0 or len(view.labelled) == 0:
        return np.empty(0, np.int64), np.empty(0)
    count = np.ones(len(view.labelled)) if answers is None else answers.astype(np.float64)
    proba, certainty = held_out(view, rng=rng), _certainty(view)
    annotator, model = _weights(view, proba, count, certainty)
    trust = count * annotator + model
    quality = (count * annotator * certainty + model * _agreed(view, proba)) / trust
    classes = view.targets.shape[1] if view.task == "single" else 2
    sure = active_lab(quality, count, annotator=annotator, model=model, n_classes=classes)
    likely = new if view.task == "single" else np.maximum(new, 1 - new)
    best = likely.max(axis=1) if view.task == "single" else likely.mean(axis=1)
    bars = active_lab(best, np.zeros(len(new)), annotator=annotator, model=model, n_classes=classes)
    order = np.argsort(sure, kind="stable")[:size]
    order = order[sure[order] < bars.max(initial=0.0)]
    return order.astype(np.int64), sure[order]


def _certainty(view: PoolView) -> FloatArray:
    """How much of an item's answers its consensus has, in [0, 1]."""
    sure = view.targets.max(axis=1)
    if view.task == "multi":
        sure = np.maximum(view.targets, 1 - view.targets).mean(axis=1)
    return np.asarray(sure if view.weights is None else sure * np.minimum(view.weights, 1.0))


def _agreed(view: PoolView, proba: FloatArray) -> FloatArray:
    """The probability that held-out models give to the consensus."""
    if view.task == "multi":
        yes = view.targets >= 0.5
        return np.asarray(np.where(yes, proba, 1 - proba).mean(axis=1))
    return np.asarray(proba[np.arange(len(proba)), view.targets.argmax(axis=1)])


def _weights(
    view: PoolView, proba: FloatArray, count: FloatArray, certainty: FloatArray
) -> tuple[float, float]:
    if view.task == "multi":
        hits = float(((proba >= 0.5) == (view.targets >= 0.5)).mean())
        plain = float(np.maximum(view.targets.mean(axis=0), 1 - view.targets.mean(axis=0)).mean())
    else:
        hits = float((proba.argmax(axis=1) == view.targets.argmax(axis=1)).mean())
        plain = float(view.targets.mean(axis=0).max())
    return weights_of(hits, float(certainty.mean()), float(count.mean()), plain)
