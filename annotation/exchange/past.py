"""What the desk looked like at an earlier moment, as far as rows still tell. Only workers load
this."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef

from annotation.exchange.pool import CHUNK, Answers, IntArray
from annotation.models import Item, Label
from annotation.services.quality import Answer, agree


@dataclass(frozen=True)
class KnownItems:
    """Every item a project ever had and still holds, withdrawn ones too, in id order."""

    ids: IntArray
    content_hashes: list[str]
    audit_ranks: IntArray


def answers_at(project_id: int, *, revision: int) -> Answers:
    """Return the consensus of the labels as they stood at this revision, in item order.

    Labels are append-only: what was corrected or taken back later still stands here. Items
    withdrawn since are among them.
    """
    then = Label.objects.filter(project=project_id, pk__lte=revision)
    superseded = Label.objects.filter(supersedes=OuterRef("pk"), pk__lte=revision)
    rows = then.filter(~Exists(superseded), value__isnull=False).order_by("item", "pk")
    given: dict[int, list[Answer]] = defaultdict(list)
    for item_id, value in rows.values_list("item", "value").iterator(chunk_size=CHUNK):
        given[item_id].append(tuple(value or ()))
    agreed = [agree(answers) for answers in given.values()]
    return Answers(
        revision=revision,
        item_ids=np.array(list(given), dtype=np.int64),
        values=[list(value) for value, _ in agreed],
        certainties=np.array([certainty for _, certainty in agreed], dtype=np.float64),
        n_labels=sum(map(len, given.values())),
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
