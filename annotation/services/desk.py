"""What lies before one annotator, ready to be drawn. Reads only; `queue` does the leasing.

Nothing here tells why an item was asked: purposes stay on the server.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, OuterRef, Q, Subquery

from annotation import tickets
from annotation.models import (
    Assignment,
    Batch,
    Budget,
    Item,
    ItemPayload,
    Label,
    Project,
    Run,
    State,
    User,
)

STILL_OUT = (State.OPEN, State.LEASED)


@dataclass(frozen=True)
class Card:
    """One item as an annotator sees it. The ticket proves it was theirs; the token names the
    answer, so that sending it twice records it once."""

    assignment_id: int
    item: Item
    payload: ItemPayload
    ticket: str
    token: UUID = field(default_factory=uuid4)
    # What they answered before taking it back.
    answered: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Counts:
    """How far the batch and the budget are. `batch_size` is 0 before the first batch."""

    batch_done: int
    batch_size: int
    spent: int
    limit: int | None


def cards(
    assignments: Sequence[Assignment], *, annotator: User, have: Collection[int] = ()
) -> list[Card]:
    """Return the cards of these assignments, but for those the page has already."""
    wanted = [each for each in assignments if each.pk not in have]
    if not wanted:
        return []
    payloads = _payloads([each.item_id for each in wanted], annotator)
    return [
        Card(
            assignment_id=each.pk,
            item=payloads[each.item_id].item,
            payload=payloads[each.item_id],
            ticket=tickets.issue(assignment_id=each.pk, user_id=annotator.pk),
            answered=frozenset(payloads[each.item_id].taken_back or ()),
        )
        for each in wanted
    ]


def _payloads(item_ids: Sequence[int], annotator: User) -> dict[int, Any]:
    """Return what is shown of the items, with what the annotator answered and took back."""
    retractions = Label.objects.filter(
        item=OuterRef("pk"), annotator=annotator, value__isnull=True, superseded_by=None
    )
    taken_back = Subquery(retractions.values("supersedes__value")[:1])
    shown = ItemPayload.objects.select_related("item").annotate(taken_back=taken_back)
    return shown.in_bulk(item_ids)


def counts(project: Project) -> Counts:
    """Return where the newest batch and the project's budget stand, in two statements."""
    newest = Batch.objects.filter(project=project, number__gte=0).order_by("-number")
    wanted = Assignment.objects.filter(batch=Subquery(newest.values("pk")[:1]), in_reserve=False)
    batch = wanted.exclude(state=State.WITHDRAWN).aggregate(
        size=Count("pk"), done=Count("pk", filter=~Q(state__in=STILL_OUT))
    )
    budget = Budget.objects.filter(
        project=project, scope=Budget.Scope.PROJECT, unit=Budget.Unit.LABELS
    )
    limit, spent = budget.values_list("limit", "accounts__spent").first() or (None, 0)
    return Counts(batch_done=batch["done"], batch_size=batch["size"], spent=spent or 0, limit=limit)


def is_round_running(project: Project) -> bool:
    return project.runs.filter(kind="round", state__in=Run.OPEN_STATES).exists()
