"""What a lead decides about items that too many skipped; every decision in the audit log."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation.models import Assignment, Batch, Item, Label, Project, Skip, State, User
from annotation.services import audit, budgets, labels, ledger, skipped


@transaction.atomic
def put_back(*, project: Project, item_ids: Sequence[int], actor: User, now: datetime) -> int:
    """Offer these items to everybody again, among the next of the newest batch; return how many.

    Those who skipped one may be asked again: the lead has said more, or added a class. Their
    skips stay on record and no longer count.
    """
    held = _lock(project, item_ids)
    ids = sorted({each.item_id for each in held})
    Skip.objects.standing().filter(item__in=ids).update(put_back_at=now)
    newest = Batch.objects.filter(project=project, number__gte=0).order_by("-number").first()
    for each in held:
        Assignment.objects.filter(pk=each.pk).update(
            state=State.OPEN,
            closed_at=None,
            batch=newest or each.batch_id,
            position=0,
            in_reserve=False,
        )
    _note("skip.put_back", project, actor, ids)
    return len(ids)


@transaction.atomic
def withdraw(*, project: Project, item_id: int, actor: User, now: datetime) -> None:
    """Take an item out of the project: nobody is asked about it again; its labels stay on record.

    Raises ValidationError when somebody else decided it first.
    """
    if not _lock(project, [item_id]):
        raise _decided()
    _close(item_id, now)
    Item.objects.filter(pk=item_id).update(withdrawn_at=now)
    _note("item.withdraw", project, actor, [item_id])


@transaction.atomic
def bring_back(*, project: Project, item_id: int, actor: User, now: datetime) -> bool:
    """Put a withdrawn item back into the pool, with its labels; False when it is there already.

    Nobody is asked about it at once: it may be chosen again like any other item.
    """
    withdrawn = skipped.withdrawn_items(project).filter(pk=item_id)
    if not withdrawn.update(withdrawn_at=None):
        return False
    Skip.objects.standing().filter(item=item_id).update(put_back_at=now)
    _note("item.bring_back", project, actor, [item_id])
    return True


@transaction.atomic
def answer(
    *, project: Project, item_id: int, actor: User, answer: labels.Answer, now: datetime
) -> Label:
    """Record the lead's own answer, within the budget; nobody else is asked about the item.

    Sent twice, it is recorded once. Raises ValidationError for a wrong answer, without budget, for
    a lead who judged the item before, and when somebody else decided it first.
    """
    if sent := Label.objects.filter(annotator=actor, client_token=answer.client_token).first():
        return sent
    held = _lock(project, [item_id])
    if not held:
        raise _decided()
    # A lead's page holds no lease: when it was opened, only the page knows.
    opened = now - timedelta(milliseconds=answer.wall_ms)
    _take(held[0], project, actor, now, since=opened)
    label = labels.record(
        project=project, assignment_id=held[0].pk, annotator=actor, answer=answer, now=now
    )
    _close(item_id, now)
    audit.note(
        "skip.answer", actor=actor, project=project, target=f"item {item_id}", after=label.value
    )
    return label


def _take(
    assignment: Assignment, project: Project, actor: User, now: datetime, *, since: datetime
) -> None:
    """Lease the assignment to the lead, who answers it in the same breath."""
    if Assignment.objects.filter(item=assignment.item_id, annotator=actor).exists():
        raise ValidationError("You have judged this item already: somebody else has to answer it.")
    Assignment.objects.filter(pk=assignment.pk).update(
        state=State.LEASED,
        annotator=actor,
        leased_at=since,
        leased_until=now + timedelta(seconds=project.lease_seconds),
        closed_at=None,
    )
    try:
        ledger.reserve(assignment=assignment, annotator=actor, now=now)
    except budgets.BudgetExhausted as error:
        raise ValidationError(f"{error} Raise the budget, or withdraw the item.") from None


def _lock(project: Project, item_ids: Sequence[int]) -> list[Assignment]:
    held = Assignment.objects.filter(project=project, state=State.SKIPPED, item__in=item_ids)
    return list(held.select_for_update().order_by("pk"))


def _close(item_id: int, now: datetime) -> None:
    """End what is still wanted of the item, but for what somebody holds."""
    unheld = Assignment.objects.filter(item=item_id, state__in=[State.SKIPPED, State.OPEN])
    unheld.update(state=State.WITHDRAWN, closed_at=now)


def _note(action: str, project: Project, actor: User, item_ids: Sequence[int]) -> None:
    for item_id in item_ids:
        audit.note(action, actor=actor, project=project, target=f"item {item_id}")


def _decided() -> ValidationError:
    return ValidationError("This item does not wait for you any more: somebody decided it.")
