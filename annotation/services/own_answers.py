"""What one person answered in a project, as they look at it again. Reads only.

Neither purpose nor what others said is read here: the page cannot tell them.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from annotation.models import Label, LabelClass, Project, Remark, User
from annotation.services import corrections, people
from annotation.services.people import PER_PAGE, Wanted


@dataclass(frozen=True)
class Own:
    """One's own last word on an item, or the answer it took back. `then` is the item before it."""

    label: Label
    classes: list[LabelClass]
    remarks: list[Remark]
    is_decided: bool
    then: int | None = None

    @property
    def is_taken_back(self) -> bool:
        return self.label.value is None

    @property
    def answered(self) -> frozenset[int]:
        return frozenset(each.pk for each in self.classes)

    @property
    def can_change(self) -> bool:
        return not self.is_taken_back and not self.is_decided


def of(project: Project, person: User, wanted: Wanted) -> tuple[list[Own], int | None]:
    """Return a page of them, the newest first, and where the next page begins."""
    labels = people.matching(_last_words(project, person), wanted, words=_words(wanted.search))
    found = list(labels.order_by("-pk")[: PER_PAGE + 1])
    more = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return _told(project, person, found)[:PER_PAGE], more


def one(project: Project, person: User, item_id: int) -> Own | None:
    """Return their last word on an item; None where they said nothing, or it was taken out."""
    labels = _last_words(project, person).filter(item=item_id, item__withdrawn_at=None)
    return next(iter(_told(project, person, list(labels[:1]))), None)


def _last_words(project: Project, person: User) -> QuerySet[Label]:
    labels = Label.objects.filter(project=project, annotator=person, superseded_by=None)
    labels = labels.filter(origin=Label.Origin.ANNOTATOR).exclude(assignment=None)
    return labels.select_related("item__payload", "supersedes").annotate(
        row=Cast("item__payload__fields", TextField())
    )


def _words(search: str) -> Q:
    """Look in texts and rows. SQLite keeps what is not ASCII in rows by its number."""
    escaped = json.dumps(search)[1:-1]
    return (
        Q(item__payload__text__icontains=search)
        | Q(row__icontains=search)
        | Q(row__icontains=escaped)
    )


def _told(project: Project, person: User, labels: Sequence[Label]) -> list[Own]:
    classes = {each.pk: each for each in project.classes.all()}
    decided = corrections.decided(project=project, answers=labels)
    remarks = _remarks(person, labels)
    older: list[int | None] = [*(each.item_id for each in labels), None][1:]
    return [
        Own(
            label=label,
            classes=people.named(_said(label), classes),
            remarks=remarks[label.item_id],
            is_decided=label.item_id in decided,
            then=then,
        )
        for label, then in zip(labels, older, strict=True)
    ]


def _said(label: Label) -> list[int] | None:
    before = label.supersedes.value if label.supersedes else None
    said: list[int] | None = before if label.value is None else label.value
    return said


def _remarks(person: User, labels: Sequence[Label]) -> dict[int, list[Remark]]:
    found = defaultdict(list)
    items = [each.item_id for each in labels]
    for each in Remark.objects.filter(annotator=person, item__in=items).order_by("pk"):
        found[each.item_id].append(each)
    return found
