"""What leads tell an annotator: answers to look at again, decisions, and what known answers were.

Nothing here tells of an item before it was answered, nor which known answers there are unless the
project shows them afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from alapp.errors import Conflict
from annotation.models import Decision, Gold, Label, LabelClass, Project, Purpose, Returned, User
from annotation.services import corrections, decisions

# What was decided stands here this long; what is to be looked at again stays until it was.
SHOWN = 50


@dataclass(frozen=True)
class Told:
    """One's own answer beside the one that holds; `comment` is the lead's word, if any."""

    label: Label
    said: list[LabelClass]
    holds: list[LabelClass]
    comment: str
    is_right: bool


@dataclass(frozen=True)
class Again:
    """An answer to look at again, and why."""

    returned: Returned
    label: Label
    said: list[LabelClass]

    @property
    def answered(self) -> list[int]:
        return list(self.label.value or ())


def count_waiting(project: Project, annotator: User) -> int:
    """Return how many answers somebody is asked to look at again."""
    return _waiting(project, annotator).count()


def waiting(project: Project, annotator: User) -> list[Again]:
    """Return the answers to look at again, the longest waiting first."""
    rows = _waiting(project, annotator).select_related("label__item__payload").order_by("pk")
    classes = list(project.classes.all())
    return [Again(each, each.label, _named(each.label.value, classes)) for each in rows]


def decided(project: Project, annotator: User) -> list[Told]:
    """Return what a lead decided, with a word, on items this annotator had answered."""
    standing = Decision.objects.standing().exclude(comment="").filter(item=OuterRef("item"))
    labels = _own(project, annotator).annotate(
        at=Subquery(standing.values("decided_at")[:1]),
        holds=Subquery(standing.values("value")[:1]),
        word=Subquery(standing.values("comment")[:1]),
    )
    # A decision before the answer would tell that the item was known when it was asked.
    rows = labels.filter(at__gt=F("created_at")).exclude(purpose=Purpose.GOLD).order_by("-at")
    return _told(project, rows[:SHOWN])


def known(project: Project, annotator: User) -> list[Told]:
    """Return known answers this annotator has met, newest first; [] unless the project tells."""
    if not project.gold_feedback:
        return []
    gold = Gold.objects.filter(item=OuterRef("item"))
    labels = _own(project, annotator).filter(purpose=Purpose.GOLD)
    rows = labels.annotate(holds=Subquery(gold.values("value")[:1])).exclude(holds=None)
    return _told(project, rows.order_by("-pk")[:SHOWN])


@transaction.atomic
def confirm(*, project: Project, returned_id: int, annotator: User, now: datetime) -> None:
    """Let a returned answer stand as it is. Raises Conflict when it waits no more."""
    decisions.settle_returned(_held(project, returned_id, annotator), now=now)


@transaction.atomic
def correct(
    *,
    project: Project,
    returned_id: int,
    annotator: User,
    class_ids: Sequence[int],
    token: UUID,
    now: datetime,
) -> Label:
    """Give another answer in the place of a returned one; the same one again confirms it.

    Raises ValidationError for a wrong answer, Conflict when it waits no more.
    """
    label = _held(project, returned_id, annotator)
    decisions.settle_returned(label, now=now)
    change = corrections.Change(project, label.pk, annotator, token)
    return corrections.put_right(change, class_ids=class_ids)


def _waiting(project: Project, annotator: User) -> QuerySet[Returned]:
    return Returned.objects.waiting().filter(
        Q(label__item__withdrawn_at=None), project=project, annotator=annotator
    )


def _held(project: Project, returned_id: int, annotator: User) -> Label:
    found = _waiting(project, annotator).filter(pk=returned_id).select_related("label").first()
    if found is None:
        raise Conflict(_("This answer does not wait for you any more."))
    return found.label


def _own(project: Project, annotator: User) -> QuerySet[Label]:
    labels = Label.objects.current().filter(project=project, annotator=annotator)
    return labels.filter(item__withdrawn_at=None).select_related("item__payload")


def _told(project: Project, labels: QuerySet[Label]) -> list[Told]:
    classes = list(project.classes.all())
    return [
        Told(
            label=label,
            said=_named(label.value, classes),
            holds=_named(getattr(label, "holds", None), classes),
            comment=getattr(label, "word", ""),
            is_right=label.value == getattr(label, "holds", None),
        )
        for label in labels
    ]


def _named(value: Sequence[int] | None, classes: Sequence[LabelClass]) -> list[LabelClass]:
    return [each for each in classes if each.pk in (value or ())]
