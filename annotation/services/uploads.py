"""Uploads between the moment they arrive and the moment somebody says what is in them."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from annotation.formats import ColumnMap
from annotation.models import Project, Run, User
from annotation.services import imports, projects
from annotation.services.projects import ClassDraft

# Nobody confirmed it by then: it is deleted at the next upload.
KEEP = timedelta(days=1)
NAME = "filename"
CONTENT = "content"


@dataclass(frozen=True)
class Upload:
    """A file that waits. `filename` is what its owner calls it, never a path of ours."""

    token: UUID
    path: Path
    filename: str


def keep(*, project: Project, filename: str, chunks: Iterable[bytes], now: datetime) -> Upload:
    """Write the upload to a folder of its own; raises ValidationError beyond the size limit."""
    _forget_old(now)
    token = uuid4()
    folder = _folder(project) / token.hex
    folder.mkdir(parents=True, mode=0o700)
    name = PurePath(filename).name[-200:] or "upload"
    (folder / NAME).write_text(name)
    try:
        _write(folder / CONTENT, chunks)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return Upload(token, folder / CONTENT, name)


def keep_readable(
    *, project: Project, filename: str, chunks: Iterable[bytes], now: datetime
) -> Upload:
    """As `keep`, of a file that can be imported; ValidationError says why it cannot."""
    kept = keep(project=project, filename=filename, chunks=chunks, now=now)
    try:
        imports.look_at(kept.path, kept.filename)
    except ValidationError:
        forget(kept)
        raise
    return kept


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.ALAPP_MAX_UPLOAD_BYTES:
                raise ValidationError(
                    f"The file is larger than {settings.ALAPP_MAX_UPLOAD_BYTES:,} bytes, "
                    "which is the limit."
                )
            file.write(chunk)


def find(*, project: Project, token: UUID) -> Upload | None:
    """Return the project's waiting upload; None when it was imported or forgotten meanwhile."""
    folder = _folder(project) / token.hex
    if not (folder / CONTENT).is_file():
        return None
    return Upload(token, folder / CONTENT, (folder / NAME).read_text())


def bring_in(
    *,
    project: Project,
    upload: Upload,
    columns: ColumnMap,
    makes_classes: bool,
    truth: bool,
    actor: User,
) -> Run:
    """Start the import of a waiting upload; with `makes_classes` its labels name the classes.

    Raises ValidationError, and the upload waits on.
    """
    if project.runs.filter(kind=imports.KIND, state__in=Run.OPEN_STATES).exists():
        raise ValidationError("Another import into this project is still running.")
    with transaction.atomic():
        if makes_classes and columns.label:
            names = imports.classes_in(upload.path, upload.filename, columns)
            drafts = [ClassDraft(name=name) for name in names]
            projects.set_classes(project=project, drafts=drafts, actor=actor)
        run = imports.start_import(
            project=project,
            path=upload.path,
            filename=upload.filename,
            columns=columns,
            truth=truth,
            actor=actor,
        )
    forget(upload)
    return run


def forget(upload: Upload) -> None:
    shutil.rmtree(upload.path.parent, ignore_errors=True)


def _folder(project: Project) -> Path:
    return Path(settings.DATA_DIR, "waiting", str(project.pk))


def _forget_old(now: datetime) -> None:
    for folder in Path(settings.DATA_DIR, "waiting").glob("*/*"):
        if folder.stat().st_mtime < (now - KEEP).timestamp():
            shutil.rmtree(folder, ignore_errors=True)
