"""Labels that are probably wrong, as leads read them, and what they say to each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, QuerySet

from alapp.errors import Conflict
from annotation.models import (
    Assignment,
    Batch,
    Decision,
    Item,
    Label,
    LabelClass,
    Project,
    Purpose,
    State,
    Suspect,
    User,
)
from annotation.services import audit, overlap

PER_PAGE = 25
ASKED_AGAIN = {"code": "asked_again"}
ASKED_BY_LEAD = "asked_by_lead"


@dataclass(frozen=True)
class Said:
    """One standing answer to an item, and whether it is the label."""

    annotator: User
    classes: list[LabelClass]
    is_label: bool


@dataclass(frozen=True)
class Doubt:
    """One label that is probably wrong: what it is, what the model says, who answered what."""

    suspect: Suspect
    label: list[LabelClass]
    predicted: list[LabelClass]
    said: list[Said]
    is_asked: bool

    @property
    def item(self) -> Item:
        return self.suspect.item


def page_of(project: Project, number: str) -> tuple[Page[Suspect], list[Doubt]]:
    """Return one page of the list, the least believed first: six statements at most."""
    page = Paginator(_open(project), PER_PAGE).get_page(number)
    shown = list(page.object_list)
    classes = {each.pk: each for each in project.classes.all()}
    said = _said([each.item_id for each in shown], classes)
    return page, [
        Doubt(
            suspect=each,
            label=_named(each.value, classes),
            predicted=_named(each.predicted, classes),
            said=said.get(each.item_id, []),
            is_asked=getattr(each, ASKED_BY_LEAD),
        )
        for each in shown
    ]


def count(project: Project) -> int:
    return _open(project).count()


@transaction.atomic
def dismiss(*, project: Project, item_id: int, actor: User, now: datetime) -> None:
    """Keep that a label is right: it is doubted no more unless it changes.

    Raises Conflict when it is not doubted any more.
    """
    doubted = _doubted(project, item_id)
    changes = {"dismissed_by": actor, "dismissed_at": now}
    Suspect.objects.filter(pk=doubted.pk).update(**changes)
    audit.note(
        "label.found_right",
        actor=actor,
        project=project,
        target=f"item {item_id}",
        after={"value": doubted.value, "model": doubted.predicted},
    )


@transaction.atomic
def ask_again(*, project: Project, item_id: int, actor: User) -> Assignment:
    """Ask somebody who has not seen the item, first of all in the newest batch.

    Raises Conflict when it is not doubted any more, when it is being asked, or when nobody who
    may be asked is left.
    """
    # A round that is being published would withdraw what is laid beside it: one after the other.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    doubted = _doubted(project, item_id)
    batch = Batch.objects.filter(project=project, number__gte=0).order_by("-number").first()
    if batch is None or not overlap.askable_again(project, [item_id]):
        raise Conflict("Nobody is left to ask: it is with somebody, or everybody has seen it.")
    first = batch.assignments.aggregate(first=Min("position"))["first"] or 0
    slot = overlap.slots_by_item(project, [item_id], again={item_id})[item_id]
    asked = Assignment.objects.create(
        project=project,
        batch=batch,
        item_id=item_id,
        slot=slot.start,
        position=first,
        in_reserve=False,
        purpose=Purpose.RELABEL,
        reason=ASKED_AGAIN,
    )
    audit.note(
        "item.ask_again",
        actor=actor,
        project=project,
        target=f"item {item_id}",
        after={"value": doubted.value, "model": doubted.predicted},
    )
    return asked


def _open(project: Project) -> QuerySet[Suspect]:
    """Return what is doubted still: the label is what it was, and nobody decided the item."""
    decided = Decision.objects.standing().filter(item=OuterRef("item"))
    asked = Assignment.objects.filter(
        item=OuterRef("item"), state__in=[State.OPEN, State.LEASED], reason=ASKED_AGAIN
    )
    rows = Suspect.objects.filter(project=project, dismissed_at=None, item__withdrawn_at=None)
    rows = rows.filter(item__consensus__value=F("value")).exclude(Exists(decided))
    return (
        rows.annotate(**{ASKED_BY_LEAD: Exists(asked)})
        .select_related("item__payload")
        .order_by("belief", "item")
    )


def _doubted(project: Project, item_id: int) -> Suspect:
    found = _open(project).filter(item=item_id).first()
    if found is None:
        raise Conflict("This label is not doubted any more.")
    return found


def _said(item_ids: Sequence[int], classes: Mapping[int, LabelClass]) -> dict[int, list[Said]]:
    labels = Label.objects.current().filter(item__in=item_ids).order_by("pk")
    rows = labels.select_related("annotator", "item__suspect")
    found: dict[int, list[Said]] = {}
    for each in rows:
        is_label = (each.value or []) == each.item.suspect.value
        said = Said(each.annotator, _named(each.value or [], classes), is_label)
        found.setdefault(each.item_id, []).append(said)
    return found


def _named(value: Sequence[int], classes: Mapping[int, LabelClass]) -> list[LabelClass]:
    return [classes[each] for each in value if each in classes]
