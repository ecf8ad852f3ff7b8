"""The run of an export: for workers and the command line.

The file is written under a name of its own and moved to its place when it is whole; a killed
worker leaves nothing that anybody is given, and the next attempt begins anew.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from alapp.clock import database_now
from annotation.formats.writing import ITEMS, PREDICTIONS, RESULTS, Chunk, Table
from annotation.models import Project, User
from annotation.services.exports import files, manifest, orders, rows, tables
from annotation.services.exports.ground import Ground, ground_of
from annotation.services.exports.moments import read_at_one_moment
from annotation.services.exports.orders import Order
from annotation.services.exports.origins import Origins, Predictions, origins_of
from annotation.services.exports.rows import Page
from annotation.services.runs import Attempt

# Progress is written so seldom that nobody who answers meets it.
SHOW_ROWS = 20_000


def run_export(attempt: Attempt) -> dict[str, Any]:
    """Write the file and return the report; raises ValidationError where it cannot be made."""
    project = Project.objects.get(pk=attempt.project_id)
    order = Order.of(attempt.params)
    orders.check(order, project)
    files.forget_attempts(attempt)
    draft = files.draft_of(attempt, order.out_format.ending)
    try:
        return _publish(attempt, draft, _write(attempt, project, order, draft))
    finally:
        for left in (draft, draft.with_suffix(".said")):
            left.unlink(missing_ok=True)


def _write(attempt: Attempt, project: Project, order: Order, draft: Path) -> dict[str, Any]:
    """Write the rows as they were at one moment; return the manifest."""
    origins = origins_of(project.pk)
    predictions = _predictions(attempt, order, origins, draft)
    with read_at_one_moment(lambda: _read(project.pk, order, origins, predictions)) as read:
        head = next(read)
        assert isinstance(head, _Head)
        tally = manifest.Tally(head.table)
        pages = (each for each in read if isinstance(each, Page))
        order.out_format.write(draft, head.table, tally.counted(_shown(attempt, head, pages)))
    attempt.report_progress(step="Checking the file", progress=head.total, total=head.total)
    actor = User.objects.filter(pk=attempt.created_by_id or 0).first()
    return manifest.of(head.ground, head.table, tally, draft, actor=actor, now=head.at)


@dataclass(frozen=True)
class _Head:
    """What is known before the first row."""

    ground: Ground
    table: Table
    total: int
    at: datetime


def _read(
    project_id: int, order: Order, origins: Origins, predictions: Predictions | None
) -> Iterator[_Head | Page]:
    """Yield the head, then every page: called where one moment is held."""
    project = Project.objects.get(pk=project_id)
    at = database_now()
    ground = ground_of(project, order, origins, predictions)
    yield _Head(ground, tables.table_of(ground), rows.count(ground), at)
    yield from rows.read(ground)


def _predictions(
    attempt: Attempt, order: Order, origins: Origins, draft: Path
) -> Predictions | None:
    """Ask the model before the moment is held: it may take long, and may write."""
    if order.contents not in (PREDICTIONS, ITEMS, RESULTS):
        return None
    found = origins.predict(attempt, draft.with_suffix(".said"))
    if found is None and order.contents == PREDICTIONS:
        raise ValidationError("There is no model yet, so there are no predictions to export.")
    return found


def _shown(attempt: Attempt, head: _Head, pages: Iterator[Page]) -> Iterator[Chunk]:
    """Yield the chunks; show how far it is, and stop where another attempt has begun."""
    done = shown = 0
    attempt.report_progress(step="Writing rows", progress=0, total=head.total)
    for page in pages:
        if page.rows:
            yield page.rows
        done += page.n_read
        if done - shown >= SHOW_ROWS:
            attempt.report_progress(step="Writing rows", progress=done, total=head.total)
            shown = done


def _publish(attempt: Attempt, draft: Path, told: dict[str, Any]) -> dict[str, Any]:
    """Move the file to its place and end the run; a superseded attempt leaves nothing."""
    path = files.path_of(attempt.project_id, f"{attempt.run_id}-{attempt.number}")
    _sync(draft)
    os.replace(draft, path)
    until = database_now() + timedelta(hours=settings.ALAPP_EXPORT_KEEP_HOURS)
    n = told["counts"]["rows"]
    report = {
        "file": path.name,
        "manifest": told,
        "bytes": told["file"]["bytes"],
        "rows": n,
        "expires_at": until.isoformat(),
        "said": f"{n:,} {'row' if n == 1 else 'rows'} in {told['file']['name']}",
    }
    try:
        with transaction.atomic():
            attempt.hold()
            attempt.finish(report)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    return report


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
