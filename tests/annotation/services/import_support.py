"""Imports as tests make them: an upload, its run, and what the report says."""

import io
import zipfile
from pathlib import Path

from PIL import Image

from alapp.clock import database_now
from annotation.formats import ColumnMap
from annotation.models import Project, Run
from annotation.services import import_report, imports, runs

TEXT = ColumnMap(text="text")
LABELLED = ColumnMap(text="text", label="label", key="id")
FIVE = "id,text,label\n" + "".join(f"{n},text {n},yes\n" for n in range(5))


def write_upload(folder: Path, content: bytes | str, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def start(project: Project, path: Path, columns: ColumnMap = TEXT, **options) -> Run:
    actor = options.pop("actor", None) or project.memberships.get(role="owner").user
    return imports.start_import(
        project=project, path=path, filename=path.name, columns=columns, actor=actor, **options
    )


def perform(run: Run) -> Run:
    """Do the run in this process, as a worker would; return it as it stands then."""
    attempt = runs.claim(run.pk, now=database_now())
    assert attempt is not None
    runs.perform(attempt)
    run.refresh_from_db()
    return run


def import_file(project: Project, path: Path, columns: ColumnMap = TEXT, **options) -> Run:
    return perform(start(project, path, columns, **options))


def counts(run: Run) -> tuple[int, ...]:
    """Return how many rows were read, added, duplicates and bad."""
    return tuple(run.report[name] for name in ("rows", "added", "duplicates", "bad"))


def reasons(run: Run) -> list[str]:
    return [str(problem) for problem in import_report.problems_of(run.report)]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def picture(shade: int, *, size: tuple[int, int] = (300, 40), kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("L", size, shade).save(file, kind)
    return file.getvalue()


def packed(files: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()
