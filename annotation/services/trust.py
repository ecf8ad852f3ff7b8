"""Whose answers count and who is handed items: decided by leads, or by rule, and undone as easily.

Nothing is deleted: answers that are left out stay on record and count again when that is undone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet

from annotation.models import (
    Assignment,
    Batch,
    Consensus,
    Label,
    Project,
    Purpose,
    Reliability,
    State,
    Trust,
    User,
)
from annotation.models.projects import MAX_OVERLAP
from annotation.quality import gold
from annotation.services import audit, overlap, quality

CHUNK = 500
# By itself the program leaves nobody out if more than this part of the answers would go with them.
MOST_LEFT_OUT = 0.2
ASKED_ANEW = {"code": "asked_anew"}


def people(project: Project) -> QuerySet[User]:
    """Return whoever labels here or has labelled."""
    members = User.objects.filter(memberships__project=project)
    return (members | User.objects.filter(labels__project=project)).distinct()


@transaction.atomic
def set_left_out(
    *,
    project: Project,
    annotator: User,
    is_left_out: bool,
    reason: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Let an annotator's answers count for nothing, or count again; ask their items anew.

    Items nobody else answered lose their consensus and are asked again behind the batch. Raises
    ValidationError without a reason when a person leaves somebody out.
    """
    if is_left_out and actor is not None and not reason.strip():
        raise ValidationError("Say why these answers are to count for nothing.")
    _set(project, annotator, actor, now, is_left_out=is_left_out, reason=reason)
    items = _items_of(project, annotator)
    for start in range(0, len(items), CHUNK):
        quality.update_consensus_of(project=project, item_ids=items[start : start + CHUNK])
    if is_left_out:
        _ask_anew(project, items)
    else:
        _stop_asking(items)


@transaction.atomic
def set_paused(
    *,
    project: Project,
    annotator: User,
    is_paused: bool,
    reason: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Hand an annotator nothing more for now, or again; what they hold they may finish."""
    _set(project, annotator, actor, now, is_paused=is_paused, reason=reason)


def judge(project: Project, *, now: datetime) -> None:
    """Apply the rules: pause by known answers, leave out who answers at random.

    Nobody a lead has decided about is touched; see MOST_LEFT_OUT for when nobody is left out.
    """
    decided = set(Trust.objects.filter(project=project).values_list("annotator", flat=True))
    people = Reliability.objects.filter(project=project).exclude(annotator__in=decided)
    people = people.select_related("annotator").order_by("annotator")
    if project.gold_pauses:
        _pause_by_gold(project, people, now)
    guessing = [each for each in people if each.looks_random]
    if guessing and _may_leave_out(project, guessing):
        for each in guessing:
            text = f"Hardly better than guessing on {each.n_shared} shared items."
            set_left_out(
                project=project,
                annotator=each.annotator,
                is_left_out=True,
                reason=text,
                actor=None,
                now=now,
            )


def _pause_by_gold(project: Project, people: Iterable[Reliability], now: datetime) -> None:
    floor = project.gold_floor_percent / 100
    for each in people:
        if gold.judge(each.gold_right, each.gold_n, floor=floor).step == "pause":
            text = f"{each.gold_right} of {each.gold_n} known answers were right."
            set_paused(
                project=project,
                annotator=each.annotator,
                is_paused=True,
                reason=text,
                actor=None,
                now=now,
            )


def _may_leave_out(project: Project, guessing: Sequence[Reliability]) -> bool:
    """Say whether two others would still count, and most answers with them."""
    everybody = Reliability.objects.filter(project=project)
    total = sum(everybody.values_list("n_labels", flat=True))
    out = sum(each.n_labels for each in guessing)
    trusted = everybody.filter(n_shared__gt=0, looks_random=False).count()
    return trusted >= 2 and out <= MOST_LEFT_OUT * total


def _set(
    project: Project, annotator: User, actor: User | None, now: datetime, **changes: bool | str
) -> None:
    trust, _ = Trust.objects.select_for_update().get_or_create(
        project=project, annotator=annotator, defaults={"changed_at": now}
    )
    before = {name: getattr(trust, name) for name in changes}
    for name, value in {**changes, "changed_by": actor, "changed_at": now}.items():
        setattr(trust, name, value)
    trust.full_clean(exclude=["changed_by"])
    trust.save()
    audit.note(
        "trust.change",
        actor=actor,
        project=project,
        target=f"person {annotator.pk}",
        before=before,
        after=changes,
    )


def _items_of(project: Project, annotator: User) -> list[int]:
    labels = Label.objects.current().filter(project=project, annotator=annotator)
    return list(labels.order_by("item").values_list("item", flat=True))


def _ask_anew(project: Project, items: Sequence[int]) -> None:
    """Lay those without consensus behind the newest batch, each in the slot after its last."""
    newest = Batch.objects.filter(project=project, number__gte=0).order_by("-number").first()
    if newest is None:
        return
    agreed = set(Consensus.objects.filter(item__in=items).values_list("item", flat=True))
    bare = [item for item in items if item not in agreed]
    slots = overlap.next_slots(bare)
    open_ = Assignment.objects.filter(item__in=bare, state=State.OPEN)
    waiting = set(open_.values_list("item", flat=True))
    end = newest.assignments.aggregate(end=Max("position"))["end"] or 0
    Assignment.objects.bulk_create(
        [
            Assignment(
                project=project,
                batch=newest,
                item_id=item,
                slot=slots[item],
                position=end + place,
                in_reserve=True,
                purpose=Purpose.OVERLAP,
                reason=ASKED_ANEW,
            )
            for place, item in enumerate(bare, start=1)
            if item not in waiting and slots[item] < MAX_OVERLAP
        ],
        batch_size=CHUNK,
    )


def _stop_asking(items: Sequence[int]) -> None:
    asked = Assignment.objects.filter(item__in=items, state=State.OPEN, reason=ASKED_ANEW)
    asked.update(state=State.WITHDRAWN)
