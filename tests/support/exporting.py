"""Exports without a worker: the rows alone, or the whole run in this process."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from alapp.clock import database_now
from annotation.formats.outgoing import OUT_FORMATS
from annotation.models import Membership, Project, Run, User
from annotation.services import runs
from annotation.services.exports import asking, files, rows, tables
from annotation.services.exports.asking import Export
from annotation.services.exports.ground import ground_of
from annotation.services.exports.orders import Order
from annotation.services.exports.origins import Origins, Predictions, origins_of
from tests.factories import answer, claim


def rows_of(
    project: Project, contents: str, *, predictions: Predictions | None = None, **choices: Any
) -> list[dict[str, Any]]:
    """Return the rows of an export of this project as it is now."""
    order = Order(contents, "jsonl", **choices)
    ground = ground_of(project, order, origins_of(project.pk), predictions)
    table = tables.table_of(ground)
    return list(table.records(page.rows for page in rows.read(ground)))


def write_file(
    path: Path,
    project: Project,
    contents: str,
    form: str,
    *,
    predictions: Predictions | None = None,
    **choices: Any,
) -> None:
    """Write the file of an export of this project as it is now, without a run."""
    order = Order(contents, form, **choices)
    ground = ground_of(project, order, origins_of(project.pk), predictions)
    chunks = (page.rows for page in rows.read(ground))
    OUT_FORMATS[form].write(path, tables.table_of(ground), chunks)


def export(
    project: Project, actor: User, contents: str, form: str = "jsonl", **choices: Any
) -> Run:
    """Ask for an export and make it here; needs a test with transactions."""
    run = asking.ask(project=project, order=Order(contents, form, **choices), actor=actor)
    runs.execute.call(run.pk)
    run.refresh_from_db()
    return run


def found(run: Run) -> Export:
    export = asking.find(project=run.project, run_id=run.pk, now=database_now())
    assert export is not None
    return export


# Origins for settings.ALAPP_EXPORT_ORIGINS: what happens while an export holds its moment.


def while_somebody_answers(project_id: int) -> Origins:
    return Origins(rounds=lambda: _elsewhere(lambda: _answer(project_id)))


def while_it_is_cancelled(project_id: int) -> Origins:
    return Origins(rounds=lambda: _elsewhere(lambda: _cancel(project_id)))


def _answer(project_id: int) -> None:
    project = Project.objects.get(pk=project_id)
    owner = Membership.objects.get(project=project, role="owner").user
    answer(project, owner, claim(project, owner))


def _cancel(project_id: int) -> None:
    run = Run.objects.get(project=project_id, kind="export")
    assert run.created_by is not None
    assert asking.cancel(project=run.project, run_id=run.pk, actor=run.created_by)


def _elsewhere(act: Callable[[], None]) -> dict[int, Any]:
    """Do it in a thread, whose connection is another; return that no rounds are known."""

    def do() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=do)
    thread.start()
    thread.join()
    return {}


def made(project: Project, actor: User, content: bytes = b"id,label\n1,yes\n") -> Run:
    """Return an export that is done and has a file, for tests that look at no other connection."""
    run = asking.ask(project=project, order=Order("labels", "csv"), actor=actor)
    path = files.path_of(project.pk, f"{run.pk}-1")
    path.write_bytes(content)
    now = database_now()
    run.state, run.started_at, run.finished_at = Run.State.DONE, now, now
    run.report = {
        "file": path.name,
        "manifest": {"contents": "labels", "counts": {"rows": 1}},
        "bytes": len(content),
        "rows": 1,
        "expires_at": (now + timedelta(hours=1)).isoformat(),
    }
    run.save()
    return run
