"""Predictions for labelled items by models that were not trained on them."""

from dataclasses import replace

import numpy as np

from selection.core.catalog import ESTIMATORS, resolve
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.fitting import lesson_of
from selection.core.learning.lesson import Lesson
from selection.core.streams import stream
from selection.core.types import (
    FloatArray,
    IntArray,
    NeedsTwoClassesError,
    Params,
    RoundFacts,
)

FOLDS = 4
FEWEST = 8


def held_out(
    facts: RoundFacts, config: LoopConfig, kept: IntArray, choice: Params, *, folds: int = FOLDS
) -> FloatArray | None:
    """Probabilities of the training items, each by a model without it: (L, C).

    Shapes: kept: the reserved audit items, which no model sees. Unit: probability. Errors: none;
    None with fewer than 8 labels, or where a part shows one class only. Source: cross-fitting
    (Zrnic and Candes 2024), with the settings the whole fit chose; the folds are a function of
    the seed and the round.
    """
    n = len(facts.train_positions)
    if n < FEWEST:
        return None
    fold = stream(facts, "held out").permutation(n) % folds
    out = np.empty((n, facts.n_classes))
    for number in range(folds):
        outside = fold == number
        found = _by_others(facts, config, kept, choice, outside)
        if found is None:
            return None
        out[outside] = found
    return out


def _by_others(
    facts: RoundFacts,
    config: LoopConfig,
    kept: IntArray,
    choice: Params,
    outside: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> FloatArray | None:
    entry = ESTIMATORS[config.estimator]
    params = entry.check_params(config.estimator_params, "estimator_params")
    answers = facts.train_answers
    part = replace(
        facts,
        train_positions=facts.train_positions[~outside],
        train_targets=facts.train_targets[~outside],
        train_weights=facts.train_weights[~outside],
        train_answers=None if answers is None else answers[~outside],
    )
    lesson = lesson_of(part, config, kept)
    lesson = replace(lesson, last=_settled(choice, lesson))
    try:
        learnt = resolve(entry)(lesson, rng=stream(facts, "folds"), **params)
    except NeedsTwoClassesError:
        return None
    return predict(learnt.model, facts.features, facts.train_positions[outside])


def _settled(choice: Params, lesson: Lesson) -> Params:
    """The choice as made for this lesson: a class missing in a part is no reason to tune anew."""
    if "n_classes" not in choice:
        return choice
    return {**choice, "n_classes": int(np.count_nonzero(lesson.counts()))}
