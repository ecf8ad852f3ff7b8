"""What the reader may read: items, payloads and answers as ids and arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Exists, Max, OuterRef
from numpy.typing import NDArray

from annotation.models import (
    Assignment,
    Consensus,
    Item,
    ItemPayload,
    Label,
    Project,
    Purpose,
    State,
    Status,
)

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
    class_ids: tuple[int, ...]
    class_names: tuple[str, ...]
    class_descriptions: tuple[str, ...]
    class_colours: tuple[str, ...]


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
class Payload:
    """An item as an encoder reads it; `image` is the file's full path."""

    text: str
    fields: dict[str, Any]
    image: str


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
        class_ids=tuple(c.pk for c in classes),
        class_names=tuple(c.name for c in classes),
        class_descriptions=tuple(c.description for c in classes),
        class_colours=tuple(c.colour for c in classes),
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
        n_labels=n_labels(project_id),
    )


def audit_answers(project_id: int) -> dict[int, list[int]]:
    """Return the answers of the audit items asked so far, by item.

    Up to the last one handed out, the labelled items of the audit order are a fair sample.
    """
    asked = Assignment.objects.filter(project=project_id, purpose=Purpose.AUDIT)
    asked = asked.filter(state__in=[State.LEASED, State.DONE, State.SKIPPED])
    last = asked.aggregate(last=Max("item__audit_rank"))["last"]
    if last is None:
        return {}
    rows = Consensus.objects.filter(project=project_id, item__audit_rank__lte=last)
    rows = rows.filter(item__withdrawn_at=None)
    return dict(rows.values_list("item", "value"))


def n_labels(project_id: int) -> int:
    """Return how many labels stand; those of items still being imported are not there yet."""
    labels = Label.objects.current().filter(project=project_id, item__withdrawn_at=None)
    return labels.count()
