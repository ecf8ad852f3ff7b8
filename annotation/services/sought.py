"""A lead's own answer to an item of the pool, given where they found it.

It goes the way of every answer: a slot, a lease, the budget, a label; its purpose says that a lead
sought the item out, so that nobody takes it for a random one (docs/decisions/0025).
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation.models import (
    Assignment,
    Batch,
    Item,
    Label,
    Project,
    Purpose,
    State,
    Status,
    User,
)
from annotation.services import budgets, labels, ledger, seeds

# The batch that collects what leads answered outside any round.
SOUGHT_BATCH = -2
TAKEN = {
    State.OPEN: "This item waits in the queue already: it comes up under Label.",
    State.LEASED: "Somebody has this item at the moment.",
    State.SKIPPED: "Too many skipped this item: decide it on the queue page.",
    State.DONE: "This item has an answer already.",
}


@transaction.atomic
def answer(
    *, project: Project, item_id: int, actor: User, answer: labels.Answer, now: datetime
) -> Label:
    """Record a lead's answer to an item nobody is asked about, within the budget.

    Sent twice, it is recorded once. Whether an item can be answered depends on what everybody
    sees of it, never on the audit order. Raises ValidationError for a wrong answer, without
    budget, after the project's end, and for an item that is out, waits or is answered.
    """
    if sent := Label.objects.filter(annotator=actor, client_token=answer.client_token).first():
        return sent
    # Rounds and fallbacks lay items on the desk under the same lock: one after the other.
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if locked.status == Status.STOPPED:
        raise ValidationError("This project is finished: no more labels are given.")
    item = _find_free(project, item_id)
    if not seeds.is_picked(item.pk):
        seeds.add(project=project, item_ids=[item.pk], actor=actor, now=now)
    # No lease was held while they looked: when their page was opened, only the page knows.
    looked = timedelta(milliseconds=max(answer.wall_ms, answer.active_ms, 0))
    assignment = _take(project, item, actor, now, since=now - min(looked, timedelta(days=1)))
    return labels.record(
        project=project, assignment_id=assignment.pk, annotator=actor, answer=answer, now=now
    )


def _find_free(project: Project, item_id: int) -> Item:
    item = Item.objects.filter(project=project, pk=item_id, withdrawn_at=None).first()
    if item is None:
        raise ValidationError("This item is not in the pool any more.")
    standing = Assignment.objects.filter(item=item).exclude(state=State.WITHDRAWN)
    states = set(standing.values_list("state", flat=True))
    for state, words in TAKEN.items():
        if state in states:
            raise ValidationError(words)
    if Label.objects.filter(item=item).exists():
        raise ValidationError(TAKEN[State.DONE])
    return item


def _take(
    project: Project, item: Item, actor: User, now: datetime, *, since: datetime
) -> Assignment:
    """Lease the item to the lead, who answers it in the same breath."""
    batch, _ = Batch.objects.get_or_create(project=project, number=SOUGHT_BATCH)
    assignment = Assignment.objects.create(
        project=project,
        batch=batch,
        item=item,
        position=0,
        in_reserve=True,
        purpose=Purpose.SEED,
        state=State.LEASED,
        annotator=actor,
        leased_at=since,
        leased_until=now + timedelta(seconds=project.lease_seconds),
        reason={"code": "sought"},
    )
    try:
        ledger.reserve(assignment=assignment, annotator=actor, now=now)
    except budgets.BudgetExhausted as error:
        raise ValidationError(f"{error} Raise the budget first.") from None
    return assignment
