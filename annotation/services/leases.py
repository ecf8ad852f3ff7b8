"""Who holds what, for how long; and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from annotation.models import Assignment, Item, ItemPayload, Project, State, User
from annotation.services import audit, queue


@dataclass(frozen=True)
class Lease:
    """One item with one person. `left` is below zero for one that ran out and nobody else took."""

    assignment_id: int
    item: Item
    payload: ItemPayload
    age: timedelta
    left: timedelta

    @property
    def is_over(self) -> bool:
        return self.left <= timedelta()


@dataclass(frozen=True)
class Holder:
    """A person with all they hold, oldest first."""

    person: User
    leases: list[Lease]

    @property
    def oldest(self) -> timedelta:
        return self.leases[0].age


def holders(project: Project, *, now: datetime, limit: int = 1_000) -> list[Holder]:
    """Return who holds items of the project, whoever holds one for longest first.

    Of many leases, the oldest `limit`.
    """
    held = (
        Assignment.objects.filter(project=project, state=State.LEASED)
        .select_related("annotator", "item__payload")
        .order_by("leased_at", "pk")[:limit]
    )
    found: dict[int, Holder] = {}
    for each in held:
        person = each.annotator
        assert person is not None  # a constraint: leased means held by somebody
        found.setdefault(person.pk, Holder(person, [])).leases.append(_lease(each, now))
    return list(found.values())


def count(project: Project) -> tuple[int, int]:
    """Return how many items are out, and with how many people."""
    held = Assignment.objects.filter(project=project, state=State.LEASED)
    found = held.aggregate(items=Count("pk"), people=Count("annotator", distinct=True))
    return found["items"], found["people"]


def _lease(each: Assignment, now: datetime) -> Lease:
    return Lease(
        assignment_id=each.pk,
        item=each.item,
        payload=each.item.payload,
        age=max(now - (each.leased_at or now), timedelta()),
        left=(each.leased_until or now) - now,
    )


@transaction.atomic
def take_back(*, project: Project, assignment_ids: Sequence[int], actor: User) -> int:
    """Return these items to the queue, with what they reserved; return how many were still out.

    An answer already under way is kept: it fills the slot if that is still free.
    """
    held = Assignment.objects.filter(project=project, state=State.LEASED, pk__in=assignment_ids)
    rows = list(held.select_for_update(of=("self",)).select_related("annotator").order_by("pk"))
    queue.reopen([each.pk for each in rows])
    for each in rows:
        audit.note(
            "lease.release",
            actor=actor,
            project=project,
            target=f"item {each.item_id}",
            before=each.annotator.username if each.annotator else None,
        )
    return len(rows)


def take_back_all(*, project: Project, annotator_id: int, actor: User) -> int:
    """Return everything a person holds to the queue."""
    held = Assignment.objects.filter(
        project=project, state=State.LEASED, annotator=annotator_id
    ).values_list("pk", flat=True)
    return take_back(project=project, assignment_ids=list(held), actor=actor)
