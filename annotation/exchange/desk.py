"""What the reader lays on the desk, and how far the desk has come with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import Any

from django.db.models import Exists, OuterRef

from alapp.clock import database_now
from annotation.exchange.facts import revision
from annotation.models import (
    Assignment,
    Batch,
    Item,
    Project,
    Purpose,
    Run,
    State,
    Status,
    User,
)
from annotation.services import (
    budgets,
    known_answers,
    milestones,
    outbox,
    overlap,
    projects,
    runs,
    stragglers,
)


@dataclass(frozen=True)
class WantedItem:
    """One pick to lay on the desk. `reason` is for leads; `said` is what annotators may read of
    the item, and must not tell the purpose."""

    item_id: int
    position: int
    purpose: str
    in_reserve: bool
    score: float | None = None
    reason: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] | None = None
    prediction: dict[str, Any] | None = None


@dataclass(frozen=True)
class Progress:
    """Where the current batch and the budget stand. `batch` is None before the first one."""

    batch: int | None
    n_wanted: int
    n_closed: int
    n_stragglers: int
    n_out: int
    reserve_left: int
    budget_left: int | None
    revision: int
    is_complete: bool


def progress(project_id: int, *, now: datetime) -> Progress:
    """Return where the newest round's batch stands, from rows alone.

    It is complete when nothing more is to be waited for: all closed but for a few stragglers, or
    the budget spent.
    """
    project = Project.objects.get(pk=project_id)
    batch = project.batches.filter(number__gte=0).order_by("-number").first()
    tally = stragglers.tally(project=project, batch=batch, now=now)
    reserve = Assignment.objects.filter(batch=batch, in_reserve=True, state=State.OPEN)
    n_out = Assignment.objects.filter(project=project, state=State.LEASED).count()
    budget_left = budgets.labels_left(project)
    return Progress(
        batch=batch.number if batch else None,
        n_wanted=tally.n_wanted,
        n_closed=tally.n_closed,
        n_stragglers=tally.n_stragglers,
        n_out=n_out,
        reserve_left=reserve.count() if batch else 0,
        budget_left=budget_left,
        revision=revision(project_id),
        is_complete=tally.is_done or (budget_left == 0 and n_out == 0),
    )


def n_askable(project_id: int) -> int:
    """Return how many items may still be picked: never handed out, not labelled."""
    asked = overlap.asked().filter(item=OuterRef("pk"))
    items = Item.objects.filter(project=project_id, withdrawn_at=None, consensus=None)
    return items.exclude(Exists(asked)).count()


def publish(
    *,
    project_id: int,
    number: int,
    wanted: Sequence[WantedItem],
    model_version: str,
    spare: Mapping[int, dict[str, Any]] | None = None,
) -> int:
    """Lay a batch on the desk, inside the caller's transaction; return how many items it holds.

    An item has a slot for each person who is to judge it. What is left of the older batches goes
    back to the pool; what annotators hold stays theirs. An item that was handed out meanwhile is
    left out, and the first of the reserve takes its place. `spare` is what annotators may read of
    items the queue may draw by itself. Raises IntegrityError when the number has been published
    before.
    """
    # Somebody whose queue is dry may be about to be handed one of these: one after the other.
    project = Project.objects.select_for_update(no_key=True).get(pk=project_id)
    milestones.note_complete(project_id, now=database_now())
    batch = Batch.objects.create(project_id=project_id, number=number, spare=spare or {})
    stale = Assignment.objects.filter(project=project_id, state=State.OPEN).exclude(batch=batch)
    stale.update(state=State.WITHDRAWN)
    picks = _still_free(project, wanted)
    again = {pick.item_id for pick in picks if pick.purpose == Purpose.RELABEL}
    slots = overlap.slots_by_item(project, [pick.item_id for pick in picks], again=again)
    rows = [
        _assignment(batch, pick, slot, place, model_version)
        for pick in picks
        for place, slot in enumerate(slots[pick.item_id])
    ]
    n_asked = sum(not row.in_reserve for row in rows)
    rows += known_answers.chosen(project, batch, n_asked=n_asked)
    rows.sort(key=partial(_lot, project))
    Assignment.objects.bulk_create(rows, batch_size=500)
    n_items = len({row.item_id for row in rows})
    outbox.announce(
        project_id,
        "round.published",
        {"round": number, "items": n_items, "model_version": model_version},
    )
    return n_items


def announce(project_id: int, event: str, data: dict[str, Any]) -> None:
    """Tell other programs of something, inside the transaction of the thing itself."""
    outbox.announce(project_id, event, data)


def _lot(project: Project, row: Assignment) -> bytes:
    """Return a place by lot. Rows get their ids in it, and pages name an item by its row's id:
    which of them are of one item, or stand beside which, cannot be read from them."""
    key = f"{project.seed}.{row.batch_id}".encode()
    return blake2b(f"{row.item_id}.{row.slot}".encode(), key=key, digest_size=16).digest()


def _still_free(project: Project, wanted: Sequence[WantedItem]) -> list[WantedItem]:
    """Return the picks nobody was handed meanwhile, the batch filled up from the reserve."""
    size = sum(not pick.in_reserve for pick in wanted)
    again = [pick.item_id for pick in wanted if pick.purpose == Purpose.RELABEL]
    new = [pick.item_id for pick in wanted if pick.purpose != Purpose.RELABEL]
    taken = _taken(new) | (set(again) - overlap.askable_again(project, again))
    free = [pick for pick in wanted if pick.item_id not in taken]
    return [replace(pick, in_reserve=place >= size) for place, pick in enumerate(free)]


def _taken(item_ids: Sequence[int]) -> set[int]:
    """Return those that somebody was handed and whose answer counts, or that are asked now."""
    standing = Assignment.objects.filter(item__in=item_ids)
    waiting = standing.filter(state=State.OPEN)
    counted = overlap.asked().filter(item__in=item_ids)
    return {*waiting.values_list("item", flat=True), *counted.values_list("item", flat=True)}


def _assignment(
    batch: Batch, pick: WantedItem, slot: int, place: int, model_version: str
) -> Assignment:
    return Assignment(
        project_id=batch.project_id,
        batch=batch,
        item_id=pick.item_id,
        slot=slot,
        position=pick.position,
        in_reserve=pick.in_reserve,
        purpose=overlap.purpose_of(place, pick.purpose),
        score=pick.score,
        reason=pick.reason,
        said=pick.said,
        prediction=pick.prediction,
        model_version=model_version,
    )


def open_run(
    *, kind: str, project_id: int, params: dict[str, Any] | None = None, actor_id: int | None = None
) -> bool:
    """Open a run of this kind unless one is open already; say whether it was opened."""
    project = Project.objects.get(pk=project_id)
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    return runs.ask(kind=kind, project=project, params=params, actor=actor)


def has_open_run(project_id: int, kind: str) -> bool:
    return Run.objects.filter(project=project_id, kind=kind, state__in=Run.OPEN_STATES).exists()


def has_waiting_runs(*, besides: str, now: datetime) -> bool:
    """Say whether a run of another kind waits for a worker, in whatever project."""
    waiting = Run.objects.filter(state=Run.State.QUEUED, due_at__lte=now)
    return waiting.exclude(kind=besides).exists()


def is_resting(project_id: int, kind: str, *, now: datetime) -> bool:
    """Say whether the newest runs of this kind failed, and the pause after them is not over."""
    return runs.is_resting(kind=kind, project_id=project_id, now=now)


def pause(project_id: int, *, now: datetime) -> None:
    """Pause the project because a stopping rule said so; a lead may start it again."""
    project = Project.objects.get(pk=project_id)
    if project.status == Status.ACTIVE:
        projects.set_status(project=project, status=Status.PAUSED, actor=None, now=now)


def go_on(project: Project, *, actor: User, now: datetime) -> None:
    """Let a paused or stopped project go on; raises ValidationError where it cannot."""
    if project.status != Status.ACTIVE:
        projects.set_status(project=project, status=Status.ACTIVE, actor=actor, now=now)
