"""Selection beside random labels, as a round keeps it. The lessons are taught now and then only.

Teaching costs some fits; it is done again when the audit labels have grown by half, so that over
a project it stays a small part of what rounds cost. Comparing costs nothing, every round.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.core.against import RandomLessons, compare, labels_needed, random_lessons
from selection.core.outlook import Pace
from selection.core.streams import stream
from selection.core.types import BoolArray, IntArray, RoundFacts, RoundResult
from selection.facts import Snapshot
from selection.models import Round
from selection.plainly import plain

GROWTH = 1.5


@dataclass(frozen=True)
class Taught:
    """Lessons and the items they were judged on."""

    item_ids: IntArray
    lessons: RandomLessons


def against_random(
    snapshot: Snapshot, facts: RoundFacts, result: RoundResult, pace: Pace
) -> dict[str, Any]:
    """Return `against_random` for the page and, where they were taught anew, the `lessons`."""
    n, needed = len(facts.audit_positions), labels_needed(facts.n_classes)
    early = {"against_random": {"state": "early", "audit": n, "audit_needed": needed}}
    last = _last(snapshot.project.id)
    taught = _teach(snapshot, facts, result) if _is_due(last, facts) else None
    current = taught or last
    kept = {"lessons": _written(taught)} if taught else {}
    if current is None or result.model is None:
        return early
    positions, lessons = _still_there(snapshot, current)
    hits, asked = _hits(facts, result, positions)
    lessons = RandomLessons(lessons.sizes, lessons.hits[:, asked])
    rng = stream(facts, "against")
    found = compare(lessons, hits, result.past.n_labels, rng=rng) if len(hits) else None
    if found is None:
        return kept | early
    told = {
        "state": found.verdict,
        "value": found.value,
        "n_train": found.n_train,
        "labels": plain(found.labels),
        "audit": len(hits),
        "opinions": pace.opinions,
        "sizes": lessons.sizes.tolist(),
        "values": [float(each) for each in lessons.hits.mean(axis=1)],
    }
    return kept | {"against_random": told}


def _is_due(last: Taught | None, facts: RoundFacts) -> bool:
    n, seen = len(facts.audit_positions), 0 if last is None else len(last.item_ids)
    is_whole = n >= (facts.audit_reserved or 0) and n > seen
    return n >= labels_needed(facts.n_classes) and (n >= GROWTH * seen or is_whole)


def _last(project_id: int) -> Taught | None:
    rounds = Round.objects.filter(project=project_id, facts__has_key="lessons")
    newest = rounds.order_by("-number").first()
    if newest is None:
        return None
    written = newest.facts["lessons"]
    lessons = RandomLessons(np.array(written["sizes"]), np.array(written["hits"], np.float64))
    return Taught(np.array(written["items"], np.int64), lessons)


def _teach(snapshot: Snapshot, facts: RoundFacts, result: RoundResult) -> Taught | None:
    choice = result.past.choice
    lessons = random_lessons(facts, snapshot.config, choice, rng=stream(facts, "lessons"))
    if lessons is None:
        return None
    return Taught(snapshot.pool.ids[facts.audit_positions], lessons)


def _written(taught: Taught) -> dict[str, Any]:
    return {
        "items": taught.item_ids.tolist(),
        "sizes": taught.lessons.sizes.tolist(),
        "hits": np.round(taught.lessons.hits, 2).tolist(),
    }


def _still_there(snapshot: Snapshot, taught: Taught) -> tuple[IntArray, RandomLessons]:
    """Return where the items stand now; those that were withdrawn are left out."""
    there = np.isin(taught.item_ids, snapshot.pool.ids)
    lessons = RandomLessons(taught.lessons.sizes, taught.lessons.hits[:, there])
    return snapshot.positions(taught.item_ids[there]), lessons


def _hits(
    facts: RoundFacts, result: RoundResult, positions: IntArray
) -> tuple[BoolArray, IntArray]:
    """Return whether the current model is right, and about which of these items."""
    past = result.past
    places = {int(position): place for place, position in enumerate(past.audit_positions)}
    labelled = {int(position): place for place, position in enumerate(facts.audit_positions)}
    asked = [
        k
        for k, position in enumerate(positions)
        if int(position) in places and int(position) in labelled
    ]
    truth = facts.audit_targets[[labelled[int(positions[k])] for k in asked]]
    said = past.audit_predictions[[places[int(positions[k])] for k in asked]]
    is_right = said == (truth > 0.5) if said.ndim == 2 else said == truth.argmax(axis=1)
    hits = is_right.all(axis=1) if said.ndim == 2 else is_right
    return np.asarray(hits, dtype=np.bool_), np.array(asked, dtype=np.int64)
