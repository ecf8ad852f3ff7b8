"""What was pushed from outside, beside the facts of a round. Loads numpy: workers only."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.conf import settings

from selection.core.catalog import STRATEGIES
from selection.core.config import LoopConfig
from selection.core.outside import OutsideModel, measurable
from selection.core.types import CoreError, FloatArray, IntArray, RoundFacts
from selection.facts import Snapshot
from selection.models import OutsideVersion
from selection.outside_rows import PREDICTIONS, SCORES
from selection.outside_use import newest_of


@dataclass(frozen=True)
class Read:
    """Digests of the versions a round reads, "" for none."""

    predictions: str = ""
    scores: str = ""


def chosen(project_id: int, config: LoopConfig) -> Read:
    """Return what the configuration asks for, in its newest version.

    Raises CoreError when nothing was ever pushed under the name it gives.
    """
    scores = config.scores if STRATEGIES[config.strategy].needs_scores else ""
    return Read(
        predictions=_newest(project_id, PREDICTIONS, config.predictions),
        scores=_newest(project_id, SCORES, scores),
    )


def laid_beside(facts: RoundFacts, snapshot: Snapshot) -> RoundFacts:
    """Return the facts with what the snapshot's versions say; as they are where it names none."""
    if snapshot.scores:
        values = _values(snapshot, snapshot.scores)
        facts = replace(facts, outside_scores=values[:, 0])
    if not snapshot.predictions:
        return facts
    return measurable(replace(facts, outside_proba=proba_of(snapshot, snapshot.predictions)))


def proba_of(snapshot: Snapshot, digest: str) -> FloatArray:
    """Return what a version says of each item by the project's classes: NaN rows for nothing.

    A class made since has probability 0; of one that was removed the others take the place.
    """
    version = _version(snapshot, digest)
    said = _values(snapshot, digest)
    numbers = snapshot.class_numbers()
    proba = np.zeros((len(said), len(numbers)))
    for column, class_id in enumerate(version.class_ids):
        if class_id in numbers:
            proba[:, numbers[class_id]] = said[:, column]
    proba[np.isnan(said[:, 0])] = np.nan
    if snapshot.project.is_multi:
        return proba
    total = proba.sum(axis=1, keepdims=True)
    return np.divide(proba, total, out=np.full_like(proba, np.nan), where=total > 0)


def told(snapshot: Snapshot, facts: RoundFacts, n_audit: int) -> dict[str, Any]:
    """Return what the pages say of it, by kind; n_audit labelled audit items were there."""
    found: dict[str, Any] = {}
    for kind, digest in ((PREDICTIONS, snapshot.predictions), (SCORES, snapshot.scores)):
        if digest:
            found[kind] = _told(snapshot, _version(snapshot, digest), _known(facts, kind))
    if PREDICTIONS in found:
        found[PREDICTIONS]["audit"] = [len(facts.audit_positions), n_audit]
    return {"outside": found} if found else {}


def _told(snapshot: Snapshot, version: OutsideVersion, known: IntArray) -> dict[str, Any]:
    return {
        "model": version.model.name,
        "version": version.digest,
        "number": version.number,
        "pushed_at": version.pushed_at.isoformat(),
        "n_known": len(known),
        "n_items": len(snapshot.pool.ids),
        "n_trained": version.n_trained,
    }


def _known(facts: RoundFacts, kind: str) -> IntArray:
    if kind == SCORES:
        assert facts.outside_scores is not None
        return np.flatnonzero(np.isfinite(facts.outside_scores))
    assert facts.outside_proba is not None
    everything = np.arange(facts.n_items)
    return np.flatnonzero(OutsideModel(facts.outside_proba).is_known(everything))


def _values(snapshot: Snapshot, digest: str) -> FloatArray:
    """Return the version's numbers in the pool's order, rows of NaN where it has none."""
    version = _version(snapshot, digest)
    path = settings.DATA_DIR / "models" / version.file
    try:
        with np.load(path, allow_pickle=False) as file:
            ids, values = file["item_ids"], file["values"]
    except FileNotFoundError:
        raise CoreError(
            f"the file of version {version.number} of {version.model} is gone"
        ) from None
    there = np.isin(ids, snapshot.pool.ids)
    out = np.full((len(snapshot.pool.ids), values.shape[1]), np.nan)
    out[snapshot.positions(ids[there])] = values[there]
    return out


def _version(snapshot: Snapshot, digest: str) -> OutsideVersion:
    rows = OutsideVersion.objects.filter(model__project=snapshot.project.id, digest=digest)
    found = rows.select_related("model").order_by("-pk").first()
    if found is None:
        raise CoreError(f"there is no version {digest[:12]} of an outside model")
    return found


def _newest(project_id: int, kind: str, name: str) -> str:
    if not name:
        return ""
    version = newest_of(project_id, kind, name)
    if version is None:
        raise CoreError(f"nothing was pushed for the outside model {name!r} ({kind})")
    return version.digest
