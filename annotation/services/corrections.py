"""One's own answers after the fact: another answer in the place of a standing one, or none.

Nothing is edited: a correction supersedes. It costs nothing and keeps the time of the answer it
corrects; consensus, the next round and every figure see it in the place of the old one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alapp.errors import Conflict
from annotation.models import Decision, Label, Project, User
from annotation.services import audit, labels, ledger, quality


@dataclass(frozen=True)
class Change:
    """Which answer is changed, by whom, and the page's token: sent twice, it happens once."""

    project: Project
    label_id: int
    annotator: User
    token: UUID


def why_not(project: Project) -> str:
    """Return why answers of the project cannot be corrected now; empty when they can."""
    if not project.corrections_allowed:
        return _("This project does not allow answers to be corrected.")
    if not project.is_active:
        return _("Answers can be corrected while the project is active.")
    return ""


def revise(change: Change, *, class_ids: Sequence[int]) -> Label:
    """Give another answer in the place of one's own; return what stands then.

    Lease and budget do not matter: the slot is filled and the work was paid. Raises
    PermissionDenied while the project allows no corrections, ValidationError for a wrong answer,
    Conflict when the answer does not stand any more (another tab, an undo), or its item was
    withdrawn or decided by a lead.
    """
    _check_allowed(change.project)
    return put_right(change, class_ids=class_ids)


def put_right(change: Change, *, class_ids: Sequence[int]) -> Label:
    """As `revise`, also where the project allows no corrections: a lead has asked for this one."""
    return _once(change, lambda last: _revise(change, last, class_ids))


def _revise(change: Change, last: Label, class_ids: Sequence[int]) -> Label:
    value = labels.checked(change.project, class_ids)
    if value == last.value:
        return last
    label = _supersede(last, value, change.token)
    quality.update_consensus_of(project=change.project, item_ids=[last.item_id])
    if last.assignment and not last.is_extra:
        ledger.hand_on(assignment=last.assignment, label=label)
    audit.note(
        "label.revise",
        actor=change.annotator,
        project=change.project,
        target=f"item {last.item_id}",
        before=last.value,
        after=value,
    )
    return label


def take_back(change: Change, *, now: datetime) -> Label:
    """Take back one's own answer: its item lies on their desk again.

    What it cost is reserved anew, so that the next answer is within the budget. If none is given
    the lease runs out, the reserve is free, and others are asked. Raises as `revise`.
    """
    _check_allowed(change.project)
    return _once(change, lambda last: _take_back(change, last, now))


def _take_back(change: Change, last: Label, now: datetime) -> Label:
    labels.take_back(last, project=change.project, token=change.token, now=now)
    return Label.objects.get(supersedes=last)


def _check_allowed(project: Project) -> None:
    if reason := why_not(project):
        raise PermissionDenied(reason)


def _once(change: Change, act: Callable[[Label], Label]) -> Label:
    """Change what stands, or return what the same token did before.

    Of two tabs that change an answer at once, the second meets the unique revision.
    """
    try:
        with transaction.atomic():
            return labels.recorded(change.annotator, change.token) or act(_standing(change))
    except IntegrityError:
        if done := labels.recorded(change.annotator, change.token):
            return done
        raise _changed() from None


def _standing(change: Change) -> Label:
    """Return the answer that is to be changed; Conflict when it is not what stands."""
    mine = Label.objects.filter(
        project=change.project, annotator=change.annotator, origin="annotator"
    ).exclude(assignment=None)
    found = mine.current().filter(pk=change.label_id)
    last = found.select_related("item", "assignment", "annotator").first()
    if last is None:
        raise _changed()
    labels.check_untold(last, project=change.project)
    if last.item.withdrawn_at:
        raise Conflict(_("This item was taken out of the project; its answers stay as they are."))
    if decided(project=change.project, answers=[last]):
        raise Conflict(_("Your lead has decided this item; its answers stay as they are."))
    return last


def decided(*, project: Project, answers: Sequence[Label]) -> set[int]:
    """Return the items of these answers that a lead has decided since.

    One decided before may be asked to measure people; that it is refused would tell which it is.
    """
    since = {each.item_id: each.created_at for each in answers}
    found = Decision.objects.standing().filter(project=project, item__in=since)
    return {item for item, at in found.values_list("item", "decided_at") if at >= since[item]}


def _changed() -> Conflict:
    return Conflict(_("You have changed this answer elsewhere since: look at it again."))


def _supersede(last: Label, value: list[int], token: UUID) -> Label:
    return Label.objects.create(
        project_id=last.project_id,
        item_id=last.item_id,
        assignment_id=last.assignment_id,
        annotator_id=last.annotator_id,
        value=value,
        revision=last.revision + 1,
        supersedes=last,
        is_correction=True,
        purpose=last.purpose,
        client_token=token,
        is_extra=last.is_extra,
        active_ms=last.active_ms,
        wall_ms=last.wall_ms,
        prediction=last.prediction,
        model_version=last.model_version,
    )
