"""Items as a lead's page shows them in short, and which of them are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotation.models import Consensus, Item

MAX_ANSWERED = 200_000


@dataclass(frozen=True)
class Card:
    """One item. `class_ids` is the agreed answer; None while there is none."""

    id: int
    key: str
    text: str
    fields: dict[str, Any]
    has_image: bool
    content_hash: str
    class_ids: list[int] | None
    n_labels: int


def cards(project_id: int, item_ids: Sequence[int]) -> list[Card]:
    """Return these items of the project, in this order; what is not in its pool is left out."""
    rows = Item.objects.filter(project=project_id, withdrawn_at=None, pk__in=list(item_ids))
    found = {item.pk: item for item in rows.select_related("payload", "consensus")}
    return [_card(found[item_id]) for item_id in item_ids if item_id in found]


def _card(item: Item) -> Card:
    agreed = getattr(item, "consensus", None)
    return Card(
        id=item.pk,
        key=item.key,
        text=item.payload.text,
        fields=item.payload.fields,
        has_image=bool(item.payload.file),
        content_hash=item.content_hash,
        class_ids=agreed.value if agreed else None,
        n_labels=agreed.n_labels if agreed else 0,
    )


def answered_items(project_id: int) -> list[tuple[int, list[int]]]:
    """Return the agreed answers by item, in item order; at most 200,000 of them."""
    rows = Consensus.objects.filter(project=project_id, item__withdrawn_at=None).order_by("item")
    return list(rows.values_list("item", "value")[:MAX_ANSWERED])
