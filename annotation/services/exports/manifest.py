"""What lies beside a file, so that whoever finds it knows what it is and can check it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from annotation.formats.writing import Chunk, Column, Table
from annotation.models import User
from annotation.services.exports.ground import Ground

BLOCK_BYTES = 1_000_000
SAFE = (
    "Texts that a spreadsheet could take for a formula begin with an apostrophe; importing the "
    "file into alapp takes it away again."
)
RAW = (
    "Texts are as they are: one that begins with =, +, -, @, a tab or a return may be run as a "
    "formula by a spreadsheet that opens a CSV or TSV file."
)


class Tally:
    """Counts rows on their way to the file: the manifest says what was written, not expected."""

    def __init__(self, table: Table) -> None:
        self.rows = 0
        self.splits: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self._split = _place(table, "split")
        self._state = _place(table, "state")

    def counted(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            self.rows += len(chunk)
            if self._split is not None:
                self.splits.update(row[self._split] for row in chunk)
            if self._state is not None:
                self.states.update(row[self._state] for row in chunk)
            yield chunk


def _place(table: Table, name: str) -> int | None:
    """Return where our own column stands, whatever the items brought under its name."""
    names = (name, f"alapp_{name}")
    own = [n for n, each in enumerate(table.columns) if each.name in names]
    return own[-1] if own else None


def of(
    ground: Ground, table: Table, tally: Tally, path: Path, *, actor: User | None, now: datetime
) -> dict[str, Any]:
    """Return the manifest of the file at `path`, which is written and whole."""
    order, project = ground.order, ground.project
    return {
        "alapp": settings.ALAPP_VERSION,
        "project": {
            "name": project.name,
            "slug": project.slug,
            "task": project.task,
            "modality": project.modality,
            "classes": [asdict(each) for each in table.classes],
        },
        "contents": order.contents,
        "format": order.format,
        "choices": asdict(order),
        "described_at": now.isoformat(),
        "made_by": str(actor) if actor else None,
        "people": "names" if order.names else "letters, by who answered first",
        "counts": {
            "rows": tally.rows,
            **({"splits": dict(sorted(tally.splits.items()))} if tally.splits else {}),
            **({"states": dict(sorted(tally.states.items()))} if tally.states else {}),
        },
        "predictions": (
            {"model": ground.predictions.model, "source": ground.predictions.source}
            if ground.predictions
            else None
        ),
        "cells": SAFE if order.is_safe else RAW,
        "columns": [_told(column) for column in table.columns],
        "file": {
            "name": order.filename(project),
            "bytes": path.stat().st_size,
            "sha256": sha256_of(path),
        },
    }


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _told(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": column.name,
        "kind": column.kind.value,
        "about": column.about,
    }
    if column.of:
        told["of"] = [_told(each) for each in column.of]
    return told
