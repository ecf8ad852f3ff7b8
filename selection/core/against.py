"""What random labels would have taught: the audit labels are some, so they can be asked.

Models are fitted to parts of them and judged on the rest; the curve through these is carried on
to where random labels would be as good as what selection has reached.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.random import Generator

from selection.core import evaluation
from selection.core.catalog import ESTIMATORS, resolve
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.fitting import lesson_of
from selection.core.forecast import Range, fit_curve
from selection.core.learning.lesson import Choice
from selection.core.learning_curve import resample
from selection.core.streams import stream
from selection.core.types import (
    BoolArray,
    CoreError,
    FloatArray,
    IntArray,
    LearningCurve,
    NeedsTwoClassesError,
    RoundFacts,
)

Verdict = Literal["fewer", "more", "unclear"]
FEWEST, PER_CLASS, TURNS, SIZES = 40, 8, 3, 5
SMALLEST, LARGEST = 0.08, 0.65
# So many labels behind the settings in force that a learner does not choose anew.
SETTLED = 10**9


@dataclass(frozen=True)
class RandomLessons:
    """Models of random labels, judged on audit labels they have not seen.

    sizes (K,) labels each learned from; hits (K, A) how often models of that size were right
    about each audit item, over the models that had not seen it; in the order of the items given.
    """

    sizes: IntArray
    hits: FloatArray


@dataclass(frozen=True)
class Comparison:
    """Selection beside random labels. labels (low, likely, high) random ones for the same value.

    value is what selection has reached with n_train labels, inf stands for never. verdict: fewer
    labels by selection, more, or neither can be told.
    """

    n_train: int
    value: float
    labels: Range
    verdict: Verdict


def labels_needed(n_classes: int) -> int:
    """Audit labels it takes to teach anything by parts of them.

    Shapes: none. Unit: labels. Errors: none. Source: ours; eight a class, so that the largest
    part has about five.
    """
    return max(FEWEST, PER_CLASS * n_classes)


def random_lessons(
    facts: RoundFacts, config: LoopConfig, choice: Choice, *, rng: Generator
) -> RandomLessons | None:
    """Teach the project's learner parts of the audit labels; None while there are too few.

    Shapes: hits (K, A). Unit: share of models. Errors: none; a part of one class only answers
    with that class. Source: ours; nested parts of a random order, begun
    at three places, so that every item is left out by some. choice: the settings in force for the
    project's model, so that both learn alike.
    """
    n = len(facts.audit_positions)
    if n < labels_needed(facts.n_classes) or not choice:
        return None
    order = rng.permutation(n)
    sizes = np.unique(np.geomspace(SMALLEST * n, LARGEST * n, SIZES).astype(np.int64))
    hits = np.array([_of_size(facts, config, choice, order, int(size)) for size in sizes])
    return RandomLessons(sizes, hits)


def compare(
    lessons: RandomLessons, hits: BoolArray, n_train: int, *, rng: Generator
) -> Comparison | None:
    """Find how many random labels would be as good as the current model; None if none can tell.

    Shapes: hits (A,) of the current model on the items of the lessons. Unit: labels. Errors:
    none. Source: ours; items are resampled for both sides together, so that easy and hard ones
    count alike, and a power law is fitted to each resample.
    """
    both = np.vstack([lessons.hits, hits[None].astype(np.float64)])
    samples = resample(both, rng=rng)
    points = LearningCurve(
        labels=lessons.sizes.astype(np.float64),
        values=lessons.hits.mean(axis=1),
        samples=samples[:, :-1],
        n=np.full(len(lessons.sizes), len(hits), np.int64),
    )
    try:
        laws = fit_curve(points)
    except CoreError:
        return None
    value = np.concatenate([[hits.mean()], samples[:, -1]])
    needed = laws.labels_to_each(value)
    return Comparison(n_train, float(hits.mean()), needed, _verdict(needed, n_train))


def _verdict(needed: Range, n_train: int) -> Verdict:
    if needed[0] > n_train:
        return "fewer"
    return "more" if needed[2] < n_train else "unclear"


def _of_size(
    facts: RoundFacts, config: LoopConfig, choice: Choice, order: IntArray, size: int
) -> FloatArray:
    """How often models of that many labels were right about each item they had not seen."""
    n = len(order)
    right, asked = np.zeros(n), np.zeros(n)
    for turn in range(TURNS):
        part = np.roll(order, -(turn * n // TURNS))[:size]
        rest = np.setdiff1d(order, part)
        right[rest] += _right(facts, config, choice, part, rest)
        asked[rest] += 1
    return right / np.maximum(asked, 1)


def _right(
    facts: RoundFacts, config: LoopConfig, choice: Choice, part: IntArray, rest: IntArray
) -> BoolArray:
    """Whether the model of one part is right about the other."""
    positions, targets = facts.audit_positions, facts.audit_targets
    taught = replace(
        facts,
        train_positions=positions[part],
        train_targets=targets[part],
        train_weights=np.ones(len(part)),
        train_answers=None,
    )
    lesson = lesson_of(taught, replace(config, calibrate=False), _kept(facts))
    n_classes = int(np.count_nonzero(lesson.counts()))
    lesson = replace(lesson, last={**choice, "n_labels": SETTLED, "n_classes": n_classes})
    entry = ESTIMATORS[config.estimator]
    params = entry.check_params(config.estimator_params, "estimator_params")
    try:
        learnt = resolve(entry)(lesson, rng=stream(facts, "folds"), **params)
    except NeedsTwoClassesError:
        return _as_most(targets[part], targets[rest], config)
    proba = predict(learnt.model, facts.features, positions[rest])
    return evaluation.correct(evaluation.decide(proba, config.task), targets[rest], config.task)


def _as_most(taught: FloatArray, targets: FloatArray, config: LoopConfig) -> BoolArray:
    """Whether the commonest answer of the part is right: what one class only can teach."""
    common = evaluation.decide(taught.mean(axis=0, keepdims=True), config.task)
    said = np.repeat(common, len(targets), axis=0)
    return evaluation.correct(said, targets, config.task)


def _kept(facts: RoundFacts) -> IntArray:
    return facts.audit_order[: facts.audit_reserved or len(facts.audit_positions)]
