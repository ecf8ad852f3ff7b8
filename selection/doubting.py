"""What models that never saw an item's label think of it: for the list of doubtful labels."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from annotation import exchange
from selection.core import crossfit
from selection.core.loop import audit_size
from selection.core.streams import stream
from selection.core.types import FloatArray, IntArray, RoundFacts, RoundResult
from selection.facts import Snapshot

# Beyond, each round looks at as many others by lot: its time must not grow without bound.
MOST = 20_000


@dataclass(frozen=True)
class HeldOut:
    """Probabilities (k, C) of training items at these places (k,) of the facts' rows."""

    places: IntArray
    proba: FloatArray


def held_out_of(snapshot: Snapshot, facts: RoundFacts, result: RoundResult) -> HeldOut | None:
    """Return predictions by models without the items, refitted with the settings the round chose.

    None without a model, with fewer than 8 labels, or where a part shows one class only. Audit
    items and known answers are no training items: nothing is said of them.
    """
    if result.model is None:
        return None
    n = len(facts.train_positions)
    places = np.arange(n)
    if n > MOST:
        places = np.sort(stream(facts, "doubts").choice(n, MOST, replace=False))
    reserved = facts.audit_reserved
    reserved = audit_size(facts.n_items, snapshot.config) if reserved is None else reserved
    kept = facts.audit_order[:reserved]
    proba = crossfit.held_out(_of(facts, places), snapshot.config, kept, dict(result.past.choice))
    return None if proba is None else HeldOut(places, proba)


def whole(found: HeldOut | None, facts: RoundFacts) -> FloatArray | None:
    """Return the predictions where they are of all training items."""
    if found is None or len(found.places) < len(facts.train_positions):
        return None
    return found.proba


def write(snapshot: Snapshot, facts: RoundFacts, found: HeldOut | None, *, now: datetime) -> int:
    """Store the labels these models doubt, and return how many; without models none is doubted."""
    rows = np.empty(0, np.int64) if found is None else facts.train_positions[found.places]
    proba = np.empty((0, facts.n_classes)) if found is None else found.proba
    return exchange.doubt_labels(
        snapshot.project.id,
        item_ids=snapshot.pool.ids[rows].tolist(),
        class_ids=snapshot.project.class_ids,
        proba=proba,
        now=now,
    )


def _of(facts: RoundFacts, places: IntArray) -> RoundFacts:
    if len(places) == len(facts.train_positions):
        return facts
    answers, settled, sure = facts.train_answers, facts.train_settled, facts.train_sure
    return replace(
        facts,
        train_positions=facts.train_positions[places],
        train_targets=facts.train_targets[places],
        train_weights=facts.train_weights[places],
        train_answers=None if answers is None else answers[places],
        train_settled=None if settled is None else settled[places],
        train_sure=None if sure is None else sure[places],
    )
