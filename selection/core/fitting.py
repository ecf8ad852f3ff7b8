"""From the labels of a round to its model."""

import numpy as np

from selection.core import health
from selection.core.catalog import ESTIMATORS, resolve
from selection.core.chunks import rows
from selection.core.config import LoopConfig
from selection.core.learning.lesson import Learnt, Lesson
from selection.core.streams import stream
from selection.core.types import Badge, FloatArray, IntArray, NeedsTwoClassesError, RoundFacts

POOL_SAMPLE = 2500


def fit_model(
    facts: RoundFacts, config: LoopConfig, kept: IntArray
) -> tuple[Learnt | None, list[Badge]]:
    """What was learnt, None where the labels cannot teach a model; kept: reserved audit items."""
    entry = ESTIMATORS[config.estimator]
    params = entry.check_params(config.estimator_params, "estimator_params")
    try:
        learnt: Learnt = resolve(entry)(
            lesson_of(facts, config, kept), rng=stream(facts, "folds"), **params
        )
    except NeedsTwoClassesError:
        return None, []
    return learnt, [] if learnt.converged else [health.not_converged()]


def _leading(facts: RoundFacts) -> FloatArray | None:
    """The descriptions as the first encoder that reads them does: words alone would dilute it."""
    vectors = facts.class_vectors
    if vectors is None or not facts.blocks:
        return vectors
    ends = np.cumsum(facts.blocks)
    parts = [slice(end - width, end) for width, end in zip(facts.blocks, ends, strict=True)]
    first = next((part for part in parts if vectors[:, part].any()), None)
    if first is None:
        return None
    kept = np.zeros_like(vectors)
    kept[:, first] = vectors[:, first]
    return kept


def lesson_of(facts: RoundFacts, config: LoopConfig, kept: IntArray) -> Lesson:
    """The labels, and a fixed random sample of the pool that holds no reserved audit item."""
    first = max(len(kept), facts.n_items - POOL_SAMPLE)
    sample = facts.audit_order[first:]
    last = facts.history[-1].choice if facts.history else {}
    return Lesson(
        X=rows(facts.features, facts.train_positions),
        targets=facts.train_targets,
        weights=facts.train_weights,
        pool=rows(facts.features, sample),
        task=config.task,
        class_vectors=_leading(facts),
        blocks=facts.blocks,
        last=last,
        calibrate=config.calibrate,
    )
