"""What the desk looked like at an earlier moment, as far as rows still tell. Only workers load
this."""

import hashlib
from dataclasses import dataclass

import numpy as np

from annotation.exchange.pool import CHUNK, IntArray
from annotation.models import Item, Label

LABEL_COLUMNS = ("pk", "item", "annotator", "value", "revision", "supersedes", "purpose", "origin")


@dataclass(frozen=True)
class KnownItems:
    """Every item a project ever had and still holds, withdrawn ones too, in id order."""

    ids: IntArray
    content_hashes: list[str]
    audit_ranks: IntArray


def labels_digest(project_id: int, *, revision: int) -> str:
    """Return a digest of every label row up to this revision: labels are append-only.

    It is the same for ever, unless somebody changes the database behind the program. (Of people
    who answer at the same moment, PostgreSQL may show the later row first: then it differs too.)
    """
    digest = hashlib.blake2b(digest_size=10)
    rows = Label.objects.filter(project=project_id, pk__lte=revision).order_by("pk")
    for row in rows.values_list(*LABEL_COLUMNS).iterator(chunk_size=CHUNK):
        digest.update(f"{row}\n".encode())
    return digest.hexdigest()


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
