"""What leads decide about an item's answer: final, logged, and undone only by saying so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from alapp.errors import Conflict
from annotation import schema
from annotation.models import Assignment, Decision, Item, Label, Project, Returned, State, User
from annotation.services import audit, labels, quality, remarks


@transaction.atomic
def decide(
    *,
    project: Project,
    item_id: int,
    class_ids: Sequence[int],
    actor: User,
    now: datetime,
    comment: str = "",
) -> Decision:
    """Decide an item for good: further answers change nothing, and nobody is asked about it.

    What people said is held against the decision; flags and comments are ticked off with it.
    Raises ValidationError for a wrong answer or an item of another project, Conflict when somebody
    decided it first.
    """
    item = _locked(project, item_id)
    try:
        value = schema.check(labels.question_of(project), class_ids)
    except schema.AnswerError as error:
        raise ValidationError(f"The decision was not recorded: {error}") from None
    if Decision.objects.standing().filter(item=item).exists():
        raise Conflict("Somebody has decided this item already.")
    decision = Decision(project=project, item=item, value=value, comment=comment.strip())
    decision.decided_by, decision.decided_at = actor, now
    decision.full_clean(exclude=["value"])
    decision.save()
    waiting = Assignment.objects.filter(item=item, state__in=[State.OPEN, State.SKIPPED])
    waiting.update(state=State.WITHDRAWN, closed_at=now)
    Returned.objects.waiting().filter(label__item=item).update(settled_at=now)
    remarks.settle(project=project, item_id=item.pk, actor=actor, now=now)
    quality.update_consensus_of(project=project, item_ids=[item.pk])
    _note("item.decide", project, actor, item.pk, after={"value": value, "comment": comment})
    return decision


@transaction.atomic
def undo(*, project: Project, item_id: int, actor: User, now: datetime) -> None:
    """Take a decision back: the item's answers count again as they did before.

    Raises Conflict when there is none.
    """
    item = _locked(project, item_id)
    standing = Decision.objects.standing().filter(item=item)
    before = standing.values_list("value", flat=True).first()
    if not standing.update(undone_at=now, undone_by=actor):
        raise Conflict("There is no decision to take back.")
    quality.update_consensus_of(project=project, item_ids=[item.pk])
    _note("item.undo_decision", project, actor, item.pk, before=before)


@transaction.atomic
def send_back(
    *, project: Project, label_id: int, comment: str, actor: User, now: datetime
) -> Returned:
    """Return an answer to who gave it, with a comment; it counts as it is until they change it.

    Raises ValidationError without a comment, Conflict when the answer no longer stands or is with
    them already.
    """
    label = Label.objects.current().filter(project=project, pk=label_id).first()
    if label is None:
        raise Conflict("That answer has been corrected or taken back meanwhile.")
    if not comment.strip():
        raise ValidationError("Say what they should look at again.")
    if Returned.objects.waiting().filter(label=label).exists():
        raise Conflict("That answer has been returned already.")
    returned = Returned(project=project, label=label, annotator=label.annotator, returned_by=actor)
    returned.comment, returned.returned_at = comment.strip(), now
    returned.full_clean()
    returned.save()
    _note("label.return", project, actor, label.item_id, after={"comment": comment})
    return returned


def settle_returned(label: Label, *, now: datetime) -> bool:
    """Note that whoever gave this answer confirmed or corrected it; False if nobody asked."""
    return bool(Returned.objects.waiting().filter(label=label).update(settled_at=now))


def _locked(project: Project, item_id: int) -> Item:
    """Hold the item, so that of two decisions one is first."""
    item = Item.objects.select_for_update().filter(project=project, pk=item_id).first()
    if item is None:
        raise ValidationError("This item is not part of this project.")
    return item


def _note(action: str, project: Project, actor: User, item_id: int, **values: Any) -> None:
    audit.note(action, actor=actor, project=project, target=f"item {item_id}", **values)
