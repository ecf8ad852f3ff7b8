"""The door between the desk and the reader: ids and arrays in, picks out, nothing else.

Known answers (`KnownAnswer`) never pass through here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Exists, Max, OuterRef
from numpy.typing import NDArray

from annotation.models import (
    Assignment,
    Batch,
    Consensus,
    Item,
    ItemPayload,
    Label,
    Project,
    Purpose,
    Run,
    State,
    Status,
    User,
)
from annotation.services import budgets, projects, queue, runs
from annotation.services.runs import Attempt as Attempt  # the reader holds it, and is fenced by it

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
CHUNK = 2_000
POOL_FLAGS = ("is_labelled", "is_asked", "is_out", "is_audit")


@dataclass(frozen=True)
class ProjectFacts:
    """What the reader may know of a project. `class_ids` are in the order classes are shown."""

    id: int
    slug: str
    name: str
    is_multi: bool
    modality: str
    seed: int
    status: str
    overlap: int
    class_ids: tuple[int, ...]
    class_names: tuple[str, ...]
    class_descriptions: tuple[str, ...]


@dataclass(frozen=True)
class Pool:
    """Every item of a project, in id order: arrays of one length.

    `is_asked` items were handed out: they are with annotators, answered, or wait for the lead;
    `is_out` ones are with annotators now; `is_audit` ones were handed out as audit items. What
    only waits in the queue is in none of them: the next batch replaces it.
    """

    ids: IntArray
    content_hashes: list[str]
    audit_ranks: IntArray
    is_labelled: NDArray[np.bool_]
    is_asked: NDArray[np.bool_]
    is_out: NDArray[np.bool_]
    is_audit: NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """The consensus of every labelled item, in item order, as of one revision."""

    revision: int
    item_ids: IntArray
    values: list[list[int]]
    certainties: FloatArray
    n_labels: int


@dataclass(frozen=True)
class WantedItem:
    """One pick to lay on the desk."""

    item_id: int
    position: int
    purpose: str
    in_reserve: bool
    score: float | None = None
    reason: dict[str, Any] = field(default_factory=dict)
    prediction: dict[str, Any] | None = None


@dataclass(frozen=True)
class Progress:
    """Where the current batch and the budget stand. `batch` is None before the first one."""

    batch: int | None
    n_wanted: int
    n_closed: int
    n_out: int
    reserve_left: int
    budget_left: int | None
    revision: int

    @property
    def is_complete(self) -> bool:
        """Say whether nothing more can come of this batch: all closed, or the budget spent."""
        is_spent = self.budget_left == 0 and self.n_out == 0
        return self.n_closed >= self.n_wanted or is_spent


def project_facts(project_id: int) -> ProjectFacts:
    project = Project.objects.get(pk=project_id)
    classes = list(project.classes.all())
    return ProjectFacts(
        id=project.pk,
        slug=project.slug,
        name=project.name,
        is_multi=project.task == "multi",
        modality=project.modality,
        seed=project.seed,
        status=project.status,
        overlap=project.overlap,
        class_ids=tuple(c.pk for c in classes),
        class_names=tuple(c.name for c in classes),
        class_descriptions=tuple(c.description for c in classes),
    )


def is_active(project_id: int) -> bool:
    return Project.objects.filter(pk=project_id, status=Status.ACTIVE).exists()


def load_pool(project_id: int) -> Pool:
    """Return the project's items as arrays; a narrow read, flat in the size of payloads."""
    asked = Assignment.objects.filter(
        item=OuterRef("pk"), state__in=[State.LEASED, State.DONE, State.SKIPPED]
    )
    rows = (
        Item.objects.filter(project=project_id, withdrawn_at=None)
        .order_by("pk")
        .annotate(
            is_labelled=Exists(Consensus.objects.filter(item=OuterRef("pk"))),
            is_asked=Exists(asked),
            is_out=Exists(asked.filter(state=State.LEASED)),
            is_audit=Exists(asked.filter(purpose=Purpose.AUDIT)),
        )
        .values_list("pk", "content_hash", "audit_rank", *POOL_FLAGS)
    )
    columns = list(zip(*rows.iterator(chunk_size=CHUNK), strict=True)) or [()] * 7
    return Pool(
        ids=np.array(columns[0], dtype=np.int64),
        content_hashes=list(columns[1]),
        audit_ranks=np.array(columns[2], dtype=np.int64),
        **{
            name: np.array(column, dtype=np.bool_)
            for name, column in zip(POOL_FLAGS, columns[3:], strict=True)
        },
    )


@dataclass(frozen=True)
class Payload:
    """An item as an encoder reads it; `image` is the file's full path."""

    text: str
    fields: dict[str, Any]
    image: str


def load_payloads(item_ids: Sequence[int]) -> Iterator[Payload]:
    """Yield the payloads of these items, in this order, a chunk in memory at a time."""
    for start in range(0, len(item_ids), CHUNK):
        chunk = [int(i) for i in item_ids[start : start + CHUNK]]
        found = ItemPayload.objects.in_bulk(chunk)
        for item_id in chunk:
            row = found[item_id]
            image = str(settings.MEDIA_ROOT / row.file) if row.file else ""
            yield Payload(text=row.text, fields=row.fields, image=image)


def revision(project_id: int) -> int:
    """Return the number of the newest label row: it rises with every answer and correction."""
    newest = Label.objects.filter(project=project_id).aggregate(newest=Max("pk"))["newest"]
    return int(newest or 0)


def load_answers(project_id: int) -> Answers:
    """Return the consensus of all labelled items, and the revision it belongs to.

    The revision is read first: a label that comes meanwhile may be among the answers, but is
    never taken for seen when it is not.
    """
    seen = revision(project_id)
    rows = list(
        Consensus.objects.filter(project=project_id, item__withdrawn_at=None)
        .order_by("item")
        .values_list("item", "value", "certainty")
    )
    return Answers(
        revision=seen,
        item_ids=np.array([row[0] for row in rows], dtype=np.int64),
        values=[row[1] for row in rows],
        certainties=np.array([row[2] for row in rows], dtype=np.float64),
        n_labels=Label.objects.current().filter(project=project_id).count(),
    )


def progress(project_id: int) -> Progress:
    """Return where the newest round's batch stands, from rows alone."""
    project = Project.objects.get(pk=project_id)
    batch = project.batches.filter(number__gte=0).order_by("-number").first()
    rows = Assignment.objects.filter(batch=batch) if batch else Assignment.objects.none()
    wanted = rows.filter(in_reserve=False).exclude(state=State.WITHDRAWN)
    still_out = [State.OPEN, State.LEASED]
    out = Assignment.objects.filter(project=project, state=State.LEASED)
    return Progress(
        batch=batch.number if batch else None,
        n_wanted=wanted.count(),
        n_closed=wanted.exclude(state__in=still_out).count(),
        n_out=out.count(),
        reserve_left=rows.filter(in_reserve=True, state=State.OPEN).count(),
        budget_left=budgets.labels_left(project),
        revision=revision(project_id),
    )


def n_askable(project_id: int) -> int:
    """Return how many items may still be picked: never handed out, not labelled."""
    asked = Assignment.objects.filter(
        item=OuterRef("pk"), state__in=[State.LEASED, State.DONE, State.SKIPPED]
    )
    items = Item.objects.filter(project=project_id, withdrawn_at=None, consensus=None)
    return items.exclude(Exists(asked)).count()


def publish(
    *,
    project_id: int,
    number: int,
    wanted: Sequence[WantedItem],
    model_version: str,
    overlap: int = 1,
) -> int:
    """Lay a batch on the desk, inside the caller's transaction; return how many items it holds.

    What is left of the older batches goes back to the pool; what annotators hold stays theirs.
    An item that was handed out meanwhile is left out. Raises IntegrityError when the number has
    been published before.
    """
    batch = Batch.objects.create(project_id=project_id, number=number)
    stale = Assignment.objects.filter(project=project_id, state=State.OPEN).exclude(batch=batch)
    stale.update(state=State.WITHDRAWN)
    taken = _taken([pick.item_id for pick in wanted])
    rows = [
        _assignment(batch, pick, slot, model_version)
        for pick in wanted
        if pick.item_id not in taken
        for slot in range(overlap)
    ]
    Assignment.objects.bulk_create(rows, batch_size=500)
    return len({row.item_id for row in rows})


def _taken(item_ids: Sequence[int]) -> set[int]:
    standing = Assignment.objects.exclude(state=State.WITHDRAWN)
    return set(standing.filter(item__in=item_ids).values_list("item_id", flat=True))


def _assignment(batch: Batch, pick: WantedItem, slot: int, model_version: str) -> Assignment:
    return Assignment(
        project_id=batch.project_id,
        batch=batch,
        item_id=pick.item_id,
        slot=slot,
        position=pick.position,
        in_reserve=pick.in_reserve,
        purpose=pick.purpose,
        score=pick.score,
        reason=pick.reason,
        prediction=pick.prediction,
        model_version=model_version,
    )


def n_fallback(project_id: int) -> int:
    """Return how many items were handed out because the queue had run dry."""
    rows = Assignment.objects.filter(project=project_id, batch__number=queue.FALLBACK_BATCH)
    return rows.exclude(state=State.WITHDRAWN).count()


def open_run(
    *, kind: str, project_id: int, params: dict[str, Any] | None = None, actor_id: int | None = None
) -> bool:
    """Open a run of this kind unless one is open already; say whether it was opened."""
    project = Project.objects.get(pk=project_id)
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    return runs.open_run(kind=kind, project=project, params=params, actor=actor) is not None


def has_open_run(project_id: int, kind: str) -> bool:
    return Run.objects.filter(project=project_id, kind=kind, state__in=Run.OPEN_STATES).exists()


def pause(project_id: int, *, now: datetime) -> None:
    """Pause the project because a stopping rule said so; a lead may start it again."""
    project = Project.objects.get(pk=project_id)
    if project.status == Status.ACTIVE:
        projects.set_status(project=project, status=Status.PAUSED, actor=None, now=now)
