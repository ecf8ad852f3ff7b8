"""What models without an item's label think of it, kept for the next round: it asks where people
differ."""

import io
from dataclasses import dataclass

import numpy as np

from annotation import exchange
from selection.core.chunks import predict
from selection.core.types import FloatArray, IntArray, RoundFacts, RoundResult
from selection.doubting import HeldOut as Cross
from selection.facts import Snapshot
from selection.models import HeldOut, Round

# Probabilities are kept in so many parts: what is next to nothing is nothing, and takes no room.
PARTS = 1_000


@dataclass(frozen=True)
class Kept:
    """The fields of a HeldOut row, made before the short write that publishes a round."""

    class_ids: list[int]
    content: bytes


def describe(
    snapshot: Snapshot, facts: RoundFacts, result: RoundResult, held: Cross | None
) -> Kept:
    """Return what is thought of the items this round trained on, by models without them, and of
    those it picks, which have no label yet. Audit items are neither."""
    positions, proba = _asked_now(facts, result)
    if held is not None:
        positions = np.concatenate([facts.train_positions[held.places], positions])
        proba = np.concatenate([held.proba, proba])
    order = np.argsort(positions, kind="stable")
    items = snapshot.pool.ids[positions[order]]
    file = io.BytesIO()
    parts = np.rint(proba[order] * PARTS).astype(np.uint16)
    np.savez_compressed(file, items=np.diff(items, prepend=0), parts=parts)
    return Kept(list(snapshot.project.class_ids), file.getvalue())


def keep(row: Round, found: Kept) -> None:
    """Keep them in place of those of the round before."""
    values = {"round": row, "class_ids": found.class_ids, "content": found.content}
    HeldOut.objects.update_or_create(project_id=row.project_id, defaults=values)


def standing(project_id: int) -> exchange.Opinions | None:
    """Return what was kept with the newest round; None before the first one."""
    row = HeldOut.objects.filter(project=project_id).first()
    if row is None:
        return None
    with np.load(io.BytesIO(bytes(row.content)), allow_pickle=False) as packed:
        items, parts = np.cumsum(packed["items"], dtype=np.int64), packed["parts"]
    return exchange.Opinions(items, tuple(row.class_ids), parts.astype(np.float64) / PARTS)


def _asked_now(facts: RoundFacts, result: RoundResult) -> tuple[IntArray, FloatArray]:
    if result.model is None:
        return np.empty(0, np.int64), np.empty((0, facts.n_classes))
    new = [pick.position for pick in result.picks if pick.purpose in ("query", "seed")]
    positions = np.array(new, dtype=np.int64)
    return positions, predict(result.model, facts.features, positions)
