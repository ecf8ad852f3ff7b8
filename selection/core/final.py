"""After the stop: a model of all labels, one that never saw the audit labels, and their doubts."""

from dataclasses import dataclass, replace

import numpy as np

from selection.core import confidence, evaluation
from selection.core.acceptance import levels
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.crossfit import held_out
from selection.core.fitting import fit_model
from selection.core.measures import expected_correct
from selection.core.offers import Level
from selection.core.streams import stream
from selection.core.types import (
    FloatArray,
    IntArray,
    Model,
    NeedsTwoClassesError,
    Probabilities,
    RoundFacts,
    Task,
)


@dataclass(frozen=True)
class Calibration:
    """The temperature of the final model, and how far confidence and truth lie apart.

    before and after tempering, on n held-out answers: audit items, or all labelled ones where
    there are fewer than 20 audit labels (is_fair False: these were chosen for being hard). None
    where there is too little to tell.
    """

    temperature: float
    before: float | None
    after: float | None
    n: int
    is_fair: bool


@dataclass(frozen=True)
class FinalModels:
    """The model of all labels with its calibration, and the judge, which saw no audit label."""

    model: Model
    judge: Model
    calibration: Calibration


def fit_final(facts: RoundFacts, config: LoopConfig) -> FinalModels:
    """Both models, the final one calibrated on answers held out by cross-fitting.

    Shapes: as in RoundFacts. Unit: none. Raises NeedsTwoClassesError when the labels show fewer
    than two classes. Source: the loop's own fit; audit labels may train once a project stopped.
    """
    reserved = facts.audit_order[: facts.audit_reserved or 0]
    judge, _ = fit_model(facts, config, reserved)
    everything = _with_audit(facts)
    final, _ = fit_model(everything, config, reserved[:0])
    if judge is None or final is None:
        raise NeedsTwoClassesError("the labels show fewer than two classes: nothing can be learnt")
    fresh = held_out(everything, config, reserved[:0], dict(final.choice))
    return FinalModels(final.model, judge.model, _calibrated(facts, everything, config, fresh))


def judged_levels(
    facts: RoundFacts, judge: Model, pool: Probabilities, task: Task, *, alpha: float
) -> tuple[Level, ...]:
    """How often the judge's surest predictions err, by the audit labels.

    Shapes: pool (N,) the judge's confidences of the items without a label. Unit: as in `levels`.
    Errors: none; () without audit labels. Source: `acceptance.levels`.
    """
    if len(facts.audit_positions) == 0:
        return ()
    proba = predict(judge, facts.features, facts.audit_positions)
    hits = evaluation.correct(evaluation.decide(proba, task), facts.audit_targets, task)
    # As the pool's are kept: what is rounded on one side only may fall on the other of a threshold.
    said = expected_correct(proba, task).astype(np.float32).astype(np.float64)
    return levels(pool, said, hits, alpha=alpha)


def _with_audit(facts: RoundFacts) -> RoundFacts:
    """Every label trains, in the order of positions; nothing is measured any more."""
    positions = np.concatenate([facts.train_positions, facts.audit_positions])
    order = np.argsort(positions, kind="stable")
    targets = np.concatenate([facts.train_targets, facts.audit_targets])
    weights = np.concatenate([facts.train_weights, np.ones(len(facts.audit_positions))])
    return replace(
        facts,
        train_positions=positions[order],
        train_targets=targets[order],
        train_weights=weights[order],
        train_answers=None,
        audit_positions=facts.audit_positions[:0],
        audit_targets=facts.audit_targets[:0],
        audit_reserved=0,
    )


def _calibrated(
    facts: RoundFacts, everything: RoundFacts, config: LoopConfig, fresh: FloatArray | None
) -> Calibration:
    """Audit items speak where there are enough: others were chosen, often for being hard."""
    if fresh is None:
        return Calibration(1.0, None, None, 0, False)
    is_audit = np.isin(everything.train_positions, facts.audit_positions)
    is_fair = int(is_audit.sum()) >= confidence.FEWEST
    kept: IntArray = np.flatnonzero(is_audit) if is_fair else np.arange(len(fresh))
    proba, targets = fresh[kept], everything.train_targets[kept]
    rng = stream(facts, "calibration")
    return Calibration(
        confidence.temperature(proba, targets, config.task),
        confidence.calibration_error(proba, targets, config.task),
        confidence.tempered_error(proba, targets, config.task, rng=rng),
        len(kept),
        is_fair,
    )
