"""How many people judge an item: a fixed choice by a keyed hash, the same whenever it is made."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from annotation.models import (
    Assignment,
    Decision,
    Item,
    Label,
    Membership,
    Project,
    Purpose,
    Skip,
    State,
    Trust,
)
from annotation.models.projects import MAX_OVERLAP
from annotation.services import policy

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


def asked() -> QuerySet[Assignment]:
    """Return what was handed out and counts: with annotators, answered, or for the lead.

    An answer that was left out does not count: its item may be asked like one never handed out.
    """
    left_out = Trust.objects.filter(
        project=OuterRef("project"), annotator=OuterRef("annotator"), is_left_out=True
    )
    handed = Assignment.objects.filter(state__in=[State.LEASED, State.DONE, State.SKIPPED])
    return handed.exclude(Q(Exists(left_out)), state=State.DONE)


def slots_by_item(
    project: Project, item_ids: Sequence[int], *, again: set[int]
) -> dict[int, range]:
    """Return the slots of each item: one per person who is to judge it, one more for an item that
    is asked `again`, each after the slots it has."""
    first = next_slots(item_ids)
    return {
        item_id: range(first[item_id], min(first[item_id] + wanted, MAX_OVERLAP))
        for item_id, n in opinions_by_item(project, item_ids).items()
        for wanted in [1 if item_id in again else n]
    }


def next_slots(item_ids: Sequence[int]) -> dict[int, int]:
    """Return the slot after those each item has; MAX_OVERLAP where it has them all."""
    standing = Assignment.objects.filter(item__in=item_ids).exclude(state=State.WITHDRAWN)
    last = dict(standing.order_by().values_list("item").annotate(last=Max("slot")))
    return {item_id: last.get(item_id, -1) + 1 for item_id in item_ids}


def askable_again(project: Project, item_ids: Sequence[int]) -> set[int]:
    """Return those of these labelled items that somebody who has not seen them may be asked about.

    Not while one of them is still asked, skipped or decided, nor beyond the last slot.
    """
    asked = Assignment.objects.filter(item__in=item_ids).exclude(
        state__in=[State.DONE, State.WITHDRAWN]
    )
    decided = Decision.objects.standing().filter(item__in=item_ids)
    full = Assignment.objects.filter(item__in=item_ids, slot=MAX_OVERLAP - 1)
    rows = [asked, decided, full.exclude(state=State.WITHDRAWN)]
    closed = {item for each in rows for item in each.values_list("item", flat=True)}
    people = set(
        Membership.objects.filter(project=project, role__in=policy.further_roles(project))
        .exclude(user__in=Trust.objects.filter(project=project, is_paused=True).values("annotator"))
        .values_list("user", flat=True)
    )
    seen: dict[int, set[int]] = defaultdict(set)
    for table in (Assignment, Label, Skip):
        theirs = table.objects.filter(item__in=item_ids, annotator__in=people)
        for item, who in theirs.values_list("item", "annotator"):
            seen[item].add(who)
    return {item for item in item_ids if item not in closed and people - seen[item]}


def purpose_of(place: int, purpose: str) -> str:
    """Return what a pick's further opinions are for: that alone, unless they measure."""
    return purpose if place == 0 or purpose in MEASURING else Purpose.OVERLAP


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
