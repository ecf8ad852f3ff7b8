"""What annotators may read of each item a round asks about, and of those drawn if it runs dry."""

from typing import Any

import numpy as np

from selection.core import telling
from selection.core.streams import stream
from selection.core.telling import Told
from selection.core.types import IntArray, RoundFacts, RoundResult
from selection.facts import Snapshot

# The queue draws twenty at a time when it has run dry: five times before a round.
N_SPARE = 100


def tell(
    snapshot: Snapshot, facts: RoundFacts, result: RoundResult
) -> tuple[list[dict[str, Any]], dict[int, dict[str, Any]]]:
    """Return what is told of each pick, in order, and of the spare items, by id."""
    picked = np.array([pick.position for pick in result.picks], dtype=np.int64)
    # Known answers are asked among the picks, and look like them.
    gold = np.flatnonzero(snapshot.pool.is_gold)
    spare = np.concatenate([_spare(facts, result, picked), gold])
    is_drawn = np.array([pick.purpose == "audit" for pick in result.picks], dtype=np.bool_)
    told = telling.tell(
        facts,
        result.model,
        snapshot.config.task,
        np.concatenate([picked, spare]),
        is_drawn=np.concatenate([is_drawn, np.ones(len(spare), dtype=np.bool_)]),
        sample=result.past.audit_positions,
        rng=stream(facts, "telling"),
    )
    said = [_said(snapshot, each) for each in told]
    ids = snapshot.pool.ids[spare].tolist()
    return said[: len(picked)], dict(zip(ids, said[len(picked) :], strict=True))


def _spare(facts: RoundFacts, result: RoundResult, picked: IntArray) -> IntArray:
    """Return what the queue draws first when it has run dry: from the far end of the audit
    order, nobody asked yet."""
    is_free = ~facts.unavailable
    is_free[picked] = False
    is_free[result.past.audit_positions] = False
    backwards = facts.audit_order[::-1]
    return np.asarray(backwards[is_free[backwards]][:N_SPARE], dtype=np.int64)


def _said(snapshot: Snapshot, told: Told) -> dict[str, Any]:
    """Return what is stored: the same keys for every item."""
    ids = snapshot.project.class_ids
    return {
        "code": told.code,
        "class_ids": [ids[number] for number in told.classes],
        "expected": None if told.expected is None else ids[told.expected],
    }
