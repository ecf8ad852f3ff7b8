"""Which labels are probably wrong, written with each round: in the worker only (numpy)."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from annotation.models import Consensus, Decision, Gold, Label, Project, Suspect, Task
from annotation.quality.issues import Issue, issues
from annotation.quality.settling import Answer, Said
from annotation.services import reliability

MOST = 200
CHUNK = 2_000


def write(
    project: Project,
    *,
    item_ids: Sequence[int],
    class_ids: Sequence[int],
    proba: NDArray[np.float64],
    now: datetime,
) -> int:
    """Replace the project's list by what these predictions say; return how many are listed.

    proba (items, classes) are of models that saw none of these items' labels. Decided and known
    answers are never doubted, nor is a label a lead found right, as long as it is the same.
    """
    labels = _labels(project, item_ids)
    places = {item: place for place, item in enumerate(item_ids)}
    found = issues(
        _said(project, labels),
        labels,
        proba[[places[item] for item in labels]],
        classes=class_ids,
        is_multi=project.task == Task.MULTI,
        size=MOST,
    )
    _replace(project, found, labels, now)
    return len(found)


def _labels(project: Project, item_ids: Sequence[int]) -> dict[int, Answer]:
    """Return the agreed answers that may be wrong, in item order, but for those found right."""
    final = Decision.objects.standing().filter(project=project).values("item")
    gold = Gold.objects.filter(project=project).values("item")
    rows = Consensus.objects.filter(project=project, is_final=False, item__withdrawn_at=None)
    rows = rows.exclude(item__in=final).exclude(item__in=gold).order_by("item")
    wanted = set(item_ids)
    right = dict(_dismissed(project))
    return {
        item: tuple(value)
        for item, value in rows.values_list("item", "value").iterator(chunk_size=CHUNK)
        if item in wanted and right.get(item) != value
    }


def _dismissed(project: Project) -> list[tuple[int, list[int]]]:
    rows = Suspect.objects.filter(project=project, dismissed_at__isnull=False)
    return list(rows.values_list("item", "value"))


def _said(project: Project, labels: dict[int, Answer]) -> list[Said]:
    out = reliability.left_out(project.pk)
    rows = Label.objects.current().filter(project=project).exclude(annotator__in=out)
    columns = rows.order_by("item", "pk").values_list("item", "annotator", "value", "pk")
    return [
        Said(item, annotator, tuple(value or ()), pk)
        for item, annotator, value, pk in columns.iterator(chunk_size=CHUNK)
        if item in labels
    ]


@transaction.atomic
def _replace(
    project: Project, found: Sequence[Issue], labels: dict[int, Answer], now: datetime
) -> None:
    """Write the list; what a lead found right meanwhile stays as it is."""
    rows = Suspect.objects.select_for_update().filter(project=project)
    held = list(rows.values_list("item", "value", "dismissed_at"))
    right = {item for item, value, at in held if at and tuple(value) == labels.get(item, (value,))}
    rows.exclude(item__in=right).delete()
    Suspect.objects.bulk_create(
        Suspect(
            project=project,
            item_id=each.item,
            value=list(each.label),
            predicted=list(each.predicted),
            belief=min(max(each.belief, 0.0), 1.0),
            confidence=min(max(each.confidence, 0.0), 1.0),
            found_at=now,
        )
        for each in found
        if each.item not in right
    )
