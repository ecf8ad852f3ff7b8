"""What the desk looked like at an earlier moment, as far as rows still tell. Only workers load
this."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef

from annotation.exchange.pool import CHUNK, Answers, IntArray, answers_of
from annotation.models import Item, Label, Project
from annotation.quality.settling import Said
from annotation.services import reliability


@dataclass(frozen=True)
class KnownItems:
    """Every item a project ever had and still holds, withdrawn ones too, in id order."""

    ids: IntArray
    content_hashes: list[str]
    audit_ranks: IntArray


def answers_at(project_id: int, *, revision: int) -> Answers:
    """Return the consensus of the labels as they stood at this revision, in item order.

    Labels are append-only: what was corrected or taken back later still stands here. Items
    withdrawn since are among them. Decisions and people left out are those of today.
    """
    project = Project.objects.get(pk=project_id)
    then = Label.objects.filter(project=project_id, pk__lte=revision, item__gold=None)
    superseded = Label.objects.filter(supersedes=OuterRef("pk"), pk__lte=revision)
    rows = then.filter(~Exists(superseded), value__isnull=False).order_by("item", "pk")
    said = [
        Said(item, annotator, tuple(value or ()))
        for item, annotator, value in rows.values_list("item", "annotator", "value").iterator(
            chunk_size=CHUNK
        )
    ]
    settled = reliability.settle_project(project, said)
    verdicts = sorted(settled.verdicts.items())
    return answers_of(
        [(item, reliability.rounded(verdict)) for item, verdict in verdicts],
        mean_skill=settled.mean_skill,
        revision=revision,
        n_labels=len(said),
    )


def known_items(project_id: int) -> KnownItems:
    """Return what never changes of a project's items; a narrow read."""
    rows = Item.objects.filter(project=project_id).order_by("pk")
    columns = (
        list(
            zip(
                *rows.values_list("pk", "content_hash", "audit_rank").iterator(chunk_size=CHUNK),
                strict=True,
            )
        )
        or [()] * 3
    )
    return KnownItems(
        ids=np.array(columns[0], dtype=np.int64),
        content_hashes=list(columns[1]),
        audit_ranks=np.array(columns[2], dtype=np.int64),
    )
