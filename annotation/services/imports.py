"""Import: a file becomes items, all at once, every row that does not is named with its reason."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from annotation import formats
from annotation.formats import BadRow, ColumnMap, FormatError, Row, RowError, Sheet, joined
from annotation.formats.catalog import suffix_of
from annotation.formats.reading import check_mapped
from annotation.models import Modality, Project, Run, User
from annotation.models.projects import MAX_CLASSES
from annotation.services import audit, runs

KIND = "import"


@dataclass(frozen=True)
class Order:
    """What is to be imported, as it stands in the run's row. `is_ours` says: delete it after."""

    path: str
    filename: str
    columns: ColumnMap
    truth: bool
    is_ours: bool
    vectors: str = ""

    @classmethod
    def of(cls, params: dict[str, Any]) -> "Order":
        return cls(**{**params, "columns": ColumnMap(**params["columns"])})


def look_at(path: Path, filename: str, dialect: str = "") -> Sheet:
    """Return what the file holds, by its first rows; raises ValidationError.

    It is read as the tool named `dialect` writes it, or as what it looks like.
    """
    with in_words():
        if not path.is_dir() and path.exists():
            _check_size(path)
        return formats.inspect(path, filename, dialect)


def start_import(
    *,
    project: Project,
    path: Path,
    filename: str,
    columns: ColumnMap,
    truth: bool = False,
    actor: User,
) -> Run:
    """Take the file over and open the run that imports it; raises ValidationError.

    The file is moved away, and deleted once imported. Labels become `actor`'s labels, or, with
    `truth`, known answers.
    """
    columns = checked(project, path, filename, columns)
    ours = _take_over(path, filename)
    try:
        return open_order(project, Order(str(ours), filename, columns, truth, is_ours=True), actor)
    except ValidationError:
        shutil.rmtree(ours.parent)
        raise


def open_imports(*, project: Project, now: datetime) -> list[Run]:
    """Return the project's open import, if any, ready to be claimed where its worker is dead.

    The tick does this wherever a worker runs; on a command line there may be none.
    """
    mine = Run.objects.filter(kind=KIND, project=project)
    runs.wake_abandoned(mine, now=now)
    return list(mine.filter(state__in=Run.OPEN_STATES))


def classes_in(
    path: Path, filename: str, columns: ColumnMap, limit: int = MAX_CLASSES
) -> list[str]:
    """Return the classes a file's labels name, in the order of their names.

    Of spellings that differ in case only, the most frequent one. Raises ValidationError for more
    than `limit`, and for a file that cannot be read.
    """
    spellings: dict[str, Counter[str]] = {}
    with in_words():
        for row in formats.read(path, filename, columns):
            if isinstance(row, BadRow):
                continue
            for name in _names_in(row):
                spellings.setdefault(name.casefold(), Counter())[name] += 1
            if len(spellings) > limit:
                raise ValidationError(
                    f"The column {columns.label!r} has more than {limit} different values, which "
                    "is the limit for classes. Is it the right column?"
                )
    names = [counter.most_common(1)[0][0] for counter in spellings.values()]
    return sorted(names, key=_natural)


def _names_in(row: Row) -> list[str]:
    """Return the classes a row names; none where they cannot be read, which the import reports."""
    try:
        told = [joined.names_of(answer, (), is_multi=True) for answer in row.answers]
    except RowError:
        return []
    return [name for names in told for name in names]


def _natural(name: str) -> tuple[int, int, str]:
    """Sort 2 before 10, and numbers before words."""
    is_number = name.isascii() and name.isdigit()
    return (0, int(name), "") if is_number else (1, 0, name.casefold())


def checked(project: Project, path: Path, filename: str, columns: ColumnMap) -> ColumnMap:
    """Return the columns that matter to this project; raises ValidationError where one lacks."""
    sheet = look_at(path, filename, columns.dialect)
    wants_images = project.modality == Modality.IMAGE
    if wants_images != sheet.holds_images:
        wanted = "images (a ZIP archive of them)" if wants_images else "a file of rows"
        raise ValidationError(f"This project is made of {wanted}, and {filename} is not that.")
    if project.modality != Modality.TEXT:
        columns = replace(columns, text=None)
    with in_words():
        check_mapped(columns, sheet.columns)
    there = ", ".join(sheet.columns)
    if project.modality == Modality.TEXT and columns.text is None:
        raise ValidationError(f"Say which column holds the text; the file has: {there}.")
    if project.modality == Modality.TABLE and not set(sheet.columns) - set(columns.used):
        raise ValidationError(f"No column is left to show; the file has only: {there}.")
    if columns.label and not project.classes.exists():
        raise ValidationError("Give the project its classes before importing labels.")
    return columns


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    if size > settings.ALAPP_MAX_UPLOAD_BYTES:
        raise ValidationError(
            f"The file has {size:,} bytes; {settings.ALAPP_MAX_UPLOAD_BYTES:,} is the limit."
        )


def _take_over(path: Path, filename: str) -> Path:
    """Move an upload to a folder of its own, under a name of ours."""
    folder = Path(settings.DATA_DIR, "imports", uuid4().hex)
    folder.mkdir(parents=True, mode=0o700)
    ours = folder / ("upload" if path.is_dir() else f"upload{suffix_of(filename)}")
    shutil.move(path, ours)
    return ours


@transaction.atomic
def open_order(project: Project, order: Order, actor: User) -> Run:
    run = runs.open_run(kind=KIND, project=project, params=asdict(order), actor=actor)
    if run is None:
        raise ValidationError("Another import into this project is still running.")
    asked = {"file": order.filename, "truth": order.truth}
    audit.note("import.start", actor=actor, project=project, target=f"{KIND} {run.pk}", after=asked)
    return run


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what a reader finds wrong with a file into what services raise."""
    try:
        yield
    except FormatError as error:
        raise ValidationError(str(error)) from None
