"""Flags and comments: recorded once beside the answers, shown to leads until ticked off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, Prefetch, QuerySet
from django.utils.translation import gettext

from annotation.models import Item, ItemPayload, Label, Project, Remark, User
from annotation.models.remarks import MAX_COMMENT
from annotation.services import audit


@dataclass(frozen=True)
class Said:
    """What the page sends: a kind, the words of a comment, and its own token."""

    kind: str
    text: str
    client_token: UUID


@dataclass(frozen=True)
class Remarked:
    """One item of the lead's list: what was said about it, oldest first, and its answers."""

    item: Item
    payload: ItemPayload
    remarks: list[Remark]
    answers: list[Label]


def make(*, project: Project, assignment_id: int, annotator: User, said: Said) -> Remark:
    """Record a remark about an item once, however often it is sent. Nothing waits for it.

    The caller has checked that the assignment was handed to this annotator; it need not be theirs
    any more. Raises ValidationError for an unknown kind or a comment without words.
    """
    item = Item.objects.filter(assignments=assignment_id, assignments__project=project).first()
    if item is None:
        raise ValidationError(gettext("This item is not part of this project."))
    remark, _ = Remark.objects.get_or_create(
        annotator=annotator,
        client_token=said.client_token,
        defaults={"project": project, "item": item, "kind": said.kind, "text": _checked(said)},
    )
    return remark


def _checked(said: Said) -> str:
    if said.kind not in Remark.Kind.values:
        raise ValidationError(gettext("%(kind)r is not a kind of remark.") % {"kind": said.kind})
    text = said.text.strip()
    if said.kind == Remark.Kind.COMMENT and not text:
        raise ValidationError(gettext("A comment needs words."))
    if len(text) > MAX_COMMENT:
        raise ValidationError(
            gettext("The comment has %(n)d characters; %(most)d is the limit.")
            % {"n": len(text), "most": MAX_COMMENT}
        )
    return text


def of_item(item_id: int) -> list[Remark]:
    """Return everything said about an item, oldest first, ticked off or not."""
    return list(Remark.objects.filter(item=item_id).select_related("annotator").order_by("pk"))


def count_waiting(project: Project) -> int:
    """Return about how many items something was said that waits for a lead."""
    return _items(project).count()


def waiting(project: Project, *, limit: int) -> list[Remarked]:
    """Return the items with remarks that wait for a lead, the longest first, at most `limit`."""
    items = _items(project).annotate(first=Min("remarks__pk")).order_by("first")[:limit]
    said = Remark.objects.waiting().select_related("annotator").order_by("pk")
    given = Label.objects.current().select_related("annotator").order_by("pk")
    found = items.select_related("payload").prefetch_related(
        Prefetch("remarks", queryset=said, to_attr="said"),
        Prefetch("labels", queryset=given, to_attr="given"),
    )
    return [_remarked(item, item.said, item.given) for item in found]


def _remarked(item: Item, said: Sequence[Remark], given: Sequence[Label]) -> Remarked:
    return Remarked(item=item, payload=item.payload, remarks=list(said), answers=list(given))


def _items(project: Project) -> QuerySet[Item]:
    said = Remark.objects.waiting().filter(project=project)
    return Item.objects.filter(pk__in=said.values("item"))


@transaction.atomic
def settle(*, project: Project, item_id: int, actor: User, now: datetime) -> int:
    """Tick off what was said about an item; return how many remarks that were."""
    waiting_ = Remark.objects.waiting().filter(project=project, item=item_id)
    n = waiting_.update(settled_at=now, settled_by=actor)
    if n:
        audit.note("remark.settle", actor=actor, project=project, target=f"item {item_id}")
    return n
