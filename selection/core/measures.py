"""Everything a page says of the current model's quality, measured on audit labels."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from selection.core import evaluation, per_class
from selection.core.assisted import Reference, assisted_accuracy, reference_of
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.crossfit import held_out
from selection.core.outside import OutsideModel
from selection.core.per_class import ClassScores
from selection.core.types import (
    FloatArray,
    IntArray,
    Metric,
    Model,
    Params,
    RoundFacts,
    Task,
)

# Which estimate speaks is a matter of numbers known before any answer: from so many audit labels
# on, with so many other items to lean on, the assisted one.
ASSISTED_FROM = 50
LEAST_REFERENCE = 200
MOST_REFERENCE = 20_000
# Where more of these items were trained on, too much rests on models of fewer labels.
MOST_TRAINED = 0.2

Speaker = Literal["exact", "assisted"]


@dataclass(frozen=True)
class Measures:
    """The current model on the audit labels; each interval holds for one look with 95 %.

    accuracy is the estimate that `speaks`: the exact one, or the assisted one, which leans on
    what the model expects of n_reference further items. assisted is None where there is none.
    macro_f1 is over the classes the audit items speak of. classes has an entry per class.
    """

    accuracy: Metric
    speaks: Speaker
    exact: Metric
    assisted: Metric | None
    n_reference: int
    macro_f1: Metric
    classes: tuple[ClassScores, ...]

    @property
    def narrower(self) -> float:
        """How much narrower the speaking interval is than the exact one, a share."""
        width = self.exact.high - self.exact.low
        return 1 - (self.accuracy.high - self.accuracy.low) / width if width > 0 else 0.0


def measure(
    facts: RoundFacts,
    config: LoopConfig,
    model: Model | None,
    *,
    reserved: int,
    choice: Params,
    fresh: FloatArray | None = None,
) -> Measures | None:
    """The model of a round on its audit labels; None without a model or without labels.

    Shapes: as in RoundFacts; reserved audit items lead the audit order; choice are the settings the
    fit chose; fresh (L, C) what `crossfit.held_out` gives, where it is made already. Unit: shares
    in [0, 1]. Errors: none. Source: the parts'. What is estimated: how often this model is right on
    an item drawn at random from the project that it was not trained on.
    """
    if model is None or len(facts.audit_positions) == 0:
        return None
    proba = predict(model, facts.features, facts.audit_positions)
    answers = evaluation.decide(proba, config.task)
    hits = evaluation.correct(answers, facts.audit_targets, config.task)
    exact = evaluation.accuracy(hits)
    lean = None
    if not isinstance(model, OutsideModel):  # which items it trained on is not known
        lean = reference(facts, config, model, reserved=reserved, choice=choice, fresh=fresh)
    assisted = None
    if lean is not None:
        assisted = assisted_accuracy(hits, expected_correct(proba, config.task), lean)
    speaks = speaker(len(hits), 0 if lean is None else lean.n)
    return Measures(
        accuracy=assisted if assisted is not None and speaks == "assisted" else exact,
        speaks=speaks,
        exact=exact,
        assisted=assisted,
        n_reference=0 if lean is None else lean.n,
        macro_f1=per_class.macro_f1(answers, facts.audit_targets, config.task),
        classes=per_class.per_class(answers, facts.audit_targets, config.task),
    )


def speaker(n_audit: int, n_reference: int) -> Speaker:
    """Which estimate of accuracy the page gives.

    Shapes: none. Unit: items. Errors: none. Source: ours; by numbers that no answer influences,
    so that choosing costs no coverage ("the narrower of both" would).
    """
    is_enough = n_audit >= ASSISTED_FROM and n_reference >= LEAST_REFERENCE
    return "assisted" if is_enough else "exact"


def expected_correct(proba: FloatArray, task: Task) -> FloatArray:
    """How likely each answer is right by the model's own account: (m,).

    Shapes: proba (m, C). Unit: probability; multi-label: that every class is right. Errors: none.
    Source: definition; classes taken as independent.
    """
    if task == "multi":
        return np.asarray(np.maximum(proba, 1 - proba).prod(axis=1), dtype=np.float64)
    return np.asarray(proba.max(axis=1), dtype=np.float64)


def reference(
    facts: RoundFacts,
    config: LoopConfig,
    model: Model,
    *,
    reserved: int,
    choice: Params,
    fresh: FloatArray | None = None,
) -> Reference | None:
    """What the model expects of the items behind the audit items in their random order.

    Shapes: as in `measure`. Unit: expected correctness. Errors: none; None where there are no
    such items, where more than a fifth of them were trained on, or where these cannot be held
    out. Source: ours. Of items that were trained on, models without them speak: the model itself
    is too sure of what it has learned, and leaving them out would leave out the hard ones.
    """
    others = facts.audit_order[reserved : reserved + MOST_REFERENCE]
    if len(others) == 0:
        return None
    expected = expected_correct(predict(model, facts.features, others), config.task)
    trained = np.isin(others, facts.train_positions)
    if trained.mean() > MOST_TRAINED:
        return None
    if trained.any():
        kept = facts.audit_order[:reserved]
        fresh = held_out(facts, config, kept, choice) if fresh is None else fresh
        if fresh is None:
            return None
        expected[trained] = _by_position(facts, config, fresh, others[trained])
    return reference_of(expected)


def _by_position(
    facts: RoundFacts, config: LoopConfig, fresh: FloatArray, wanted: IntArray
) -> FloatArray:
    order = np.argsort(facts.train_positions, kind="stable")
    places = order[np.searchsorted(facts.train_positions[order], wanted)]
    return expected_correct(fresh[places], config.task)
