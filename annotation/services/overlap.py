"""How many people judge an item: a fixed choice by a keyed hash, the same whenever it is made."""

from collections.abc import Sequence
from hashlib import blake2b

from annotation.models import Assignment, Item, Project, Purpose

# These measure somebody: their further opinions stay what they are, so that the measure is whole.
MEASURING = (Purpose.AUDIT, Purpose.GOLD)


def opinions_wanted(project: Project, content_hash: str) -> int:
    """Return how many distinct people are to judge the item of this content.

    The share of items with several opinions is the project's `overlap_percent`. Items chosen stay
    chosen when it is raised. The choice is independent of the audit order and of the strategy.
    """
    if project.overlap == 1 or project.overlap_percent == 100:
        return project.overlap
    return project.overlap if _place(project, content_hash) < project.overlap_percent else 1


def _place(project: Project, content_hash: str) -> float:
    """Return the item's fixed place in [0, 100)."""
    key = str(project.seed).encode()
    digest = blake2b(content_hash.encode(), key=key, digest_size=7, person=b"overlap").digest()
    return 100 * int.from_bytes(digest) / 2**56


def opinions_by_item(project: Project, item_ids: Sequence[int]) -> dict[int, int]:
    """Return how many people are to judge each of these items."""
    if project.overlap == 1 or project.overlap_percent == 100:
        return dict.fromkeys(item_ids, project.overlap)
    rows = Item.objects.filter(pk__in=item_ids).values_list("pk", "content_hash")
    return {pk: opinions_wanted(project, content_hash) for pk, content_hash in rows}


def purpose_of(slot: int, purpose: str) -> str:
    """Return what an item's further slots are for: a further opinion, unless they measure."""
    return purpose if slot == 0 or purpose in MEASURING else Purpose.OVERLAP


def ask_others(first: Assignment, project: Project, item: Item) -> None:
    """Lay the further opinions of an item on the desk, beside its first."""
    Assignment.objects.bulk_create(
        Assignment(
            project=project,
            batch_id=first.batch_id,
            item=item,
            slot=slot,
            position=first.position,
            in_reserve=first.in_reserve,
            purpose=purpose_of(slot, first.purpose),
            reason=first.reason,
            said=first.said,
        )
        for slot in range(1, opinions_wanted(project, item.content_hash))
    )
