"""What the desk knows of every item, for files people take away: read a few at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotation.models import Assignment, Consensus, Item, Label, State

CHUNK = 1_000
ASKED = (State.LEASED, State.DONE, State.SKIPPED)


@dataclass(frozen=True)
class ExportedLabel:
    """One standing answer. `classes` are ids."""

    annotator: str
    classes: tuple[int, ...]
    purpose: str
    origin: str
    active_seconds: float
    created_at: datetime


@dataclass(frozen=True)
class ExportedItem:
    """One item with its answers, what was agreed (None: no answer yet), and how it was asked.

    `batch` is None for items that were never handed out; -1 is what was asked outside a round.
    """

    id: int
    key: str
    content: str
    labels: tuple[ExportedLabel, ...]
    agreed: tuple[int, ...] | None
    certainty: float | None
    batch: int | None
    purpose: str
    score: float | None
    reason: str
    model_version: str


def export_items(project_id: int) -> Iterator[ExportedItem]:
    """Yield every item of the project in order of id, a thousand in memory at a time."""
    last = 0
    while True:
        some = Item.objects.filter(project=project_id, withdrawn_at=None, pk__gt=last)
        items = list(some.select_related("payload").order_by("pk")[:CHUNK])
        if not items:
            return
        yield from _told(items)
        last = items[-1].pk


def _told(items: Sequence[Item]) -> Iterator[ExportedItem]:
    ids = [item.pk for item in items]
    labels = _labels(ids)
    agreed = Consensus.objects.in_bulk(ids)
    asked = _asked(ids)
    for item in items:
        found = agreed.get(item.pk)
        first = asked.get(item.pk, {})
        yield ExportedItem(
            id=item.pk,
            key=item.key,
            content=_content(item),
            labels=tuple(labels[item.pk]),
            agreed=None if found is None else tuple(found.value),
            certainty=None if found is None else found.certainty,
            batch=first.get("batch__number"),
            purpose=first.get("purpose", ""),
            score=first.get("score"),
            reason=(first.get("reason") or {}).get("text", ""),
            model_version=first.get("model_version", ""),
        )


def _labels(item_ids: Sequence[int]) -> dict[int, list[ExportedLabel]]:
    found: dict[int, list[ExportedLabel]] = defaultdict(list)
    rows = Label.objects.current().filter(item__in=item_ids).select_related("annotator")
    for row in rows.order_by("pk"):
        found[row.item_id].append(
            ExportedLabel(
                annotator=str(row.annotator),
                classes=tuple(row.value or ()),
                purpose=row.purpose,
                origin=row.origin,
                active_seconds=row.active_ms / 1_000,
                created_at=row.created_at,
            )
        )
    return found


def _asked(item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return how each item was asked first."""
    names = ("item", "batch__number", "purpose", "score", "reason", "model_version")
    rows = Assignment.objects.filter(item__in=item_ids, state__in=ASKED)
    found: dict[int, dict[str, Any]] = {}
    for row in rows.order_by("pk").values(*names):
        found.setdefault(row["item"], row)
    return found


def _content(item: Item) -> str:
    """Return the text, the image's name, or a table row's cells."""
    payload = item.payload
    if payload.text or payload.file:
        return payload.text or payload.file
    return "; ".join(f"{name}: {value}" for name, value in payload.fields.items())
