"""What the reader may know of a project and its items, one by one; pages may ask too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet

from annotation.models import (
    Assignment,
    Consensus,
    Item,
    ItemPayload,
    Label,
    Project,
    Purpose,
    Seed,
    State,
    Status,
)

CHUNK = 2_000


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


def is_stopped(project_id: int) -> bool:
    return Project.objects.filter(pk=project_id, status=Status.STOPPED).exists()


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


def audit_answers(project_id: int) -> dict[int, list[int]]:
    """Return the answers of the audit items asked so far, by item.

    Up to the last one handed out, the labelled items of the audit order are a fair sample: but for
    what leads sought out, which has left that order.
    """
    asked = Assignment.objects.filter(project=project_id, purpose=Purpose.AUDIT)
    asked = asked.filter(state__in=[State.LEASED, State.DONE, State.SKIPPED])
    last = asked.aggregate(last=Max("item__audit_rank"))["last"]
    if last is None:
        return {}
    rows = Consensus.objects.filter(project=project_id, item__audit_rank__lte=last)
    sought = Seed.objects.filter(project=project_id).exclude(item__in=asked.values("item"))
    rows = rows.filter(item__withdrawn_at=None, item__gold=None).exclude(
        item__in=sought.values("item")
    )
    return dict(rows.values_list("item", "value"))


def n_labels(project_id: int) -> int:
    """Return how many labels stand; those of items still being imported are not there yet."""
    labels = Label.objects.current().filter(project=project_id)
    return labels.exclude(item__in=withdrawn(project_id)).count()


def withdrawn(project_id: int) -> QuerySet[Item]:
    """Return what is not in the pool: few items, found by an index of their own.

    To leave these out is cheaper than to look at the item of every label.
    """
    return Item.objects.filter(project=project_id, withdrawn_at__isnull=False)
