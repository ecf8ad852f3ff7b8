"""Projects made at the start: the demo, or one of a file of the user's own."""

import csv
import gzip
import importlib.util
import io
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import QuerySet
from django.utils.text import slugify
from numpy.typing import NDArray
from PIL import Image

from alapp.clock import database_now
from annotation.formats import ColumnMap, Sheet
from annotation.models import Project, Run, Status, User
from annotation.services import import_run, imports, projects, runs
from annotation.services.import_report import problems_of
from annotation.services.projects import ClassDraft

DEMO = "Handwritten digits"
DEMO_BUDGET = 300
DEMO_GUIDELINES = """Which digit did the person write?

Answer with the **digit keys**. `u` takes the last answer back, `s` skips an item you cannot read.
"""
SIDE = 96
SHOWN_PROBLEMS = 10


@dataclass(frozen=True)
class Source:
    """A file of the user's, the columns they named, and whether its labels are kept aside."""

    path: Path
    columns: ColumnMap
    is_truth: bool = False


def is_demo_wanted() -> bool:
    """Say whether there is nothing yet, or a demo whose making was interrupted."""
    return not Project.objects.exists() or _unfinished(DEMO).exists()


def demo(*, owner: User) -> Project:
    """Make and start the demo: scikit-learn's 1,797 digits, written by 43 people, as images."""
    project = _unfinished(DEMO).first() or projects.create(
        name=DEMO,
        modality="image",
        owner=owner,
        classes=[ClassDraft(str(digit)) for digit in range(10)],
        guidelines=DEMO_GUIDELINES,
        budget=DEMO_BUDGET,
    )
    _finish_interrupted(project)
    archive = settings.FILE_UPLOAD_TEMP_DIR / "digits.zip"
    _write_digits(archive)
    columns = imports.look_at(archive, archive.name).guess
    run = imports.start_import(
        project=project, path=archive, filename=archive.name, columns=columns, truth=True,
        actor=owner,
    )  # fmt: skip
    _finish(run)
    return _started(project, owner)


def _unfinished(name: str) -> QuerySet[Project]:
    return Project.objects.filter(name=name, status=Status.DRAFT)


def _write_digits(archive: Path) -> None:
    """Write the digits as PNG, large enough to be looked at, with their truth beside them."""
    rows = _digits()
    with zipfile.ZipFile(archive, "w") as bundle:
        labels = io.StringIO()
        lines = csv.writer(labels)
        lines.writerow(["file", "label"])
        for number, row in enumerate(rows):
            name = f"digit-{number:04d}.png"
            bundle.writestr(name, _png(row[:64]))
            lines.writerow([name, int(row[64])])
        bundle.writestr("labels.csv", labels.getvalue())


def _digits() -> NDArray[np.float64]:
    """Return (1797, 65): 8 x 8 grey values 0-16 and the digit, without importing scikit-learn."""
    found = importlib.util.find_spec("sklearn")
    if found is None or found.origin is None:
        raise CommandError("scikit-learn is not installed, so there are no digits to show.")
    path = Path(found.origin).parent / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path, "rt") as file:
        return np.loadtxt(file, delimiter=",")


def _png(pixels: NDArray[np.float64]) -> bytes:
    grey = np.clip(255 - pixels.reshape(8, 8) * 255 / 16, 0, 255).astype(np.uint8)
    image = Image.fromarray(grey).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def from_file(*, source: Source, owner: User, say: Callable[[str], object]) -> Project:
    """Make a project of the user's file, or add the file's new rows to the one made before.

    Raises CommandError, in words, for a file that cannot be imported.
    """
    try:
        return _from_file(source, owner, say)
    except ValidationError as error:
        raise CommandError("\n".join(error.messages)) from None


def _from_file(source: Source, owner: User, say: Callable[[str], object]) -> Project:
    if not source.path.exists():
        raise CommandError(f"There is no file {source.path}.")
    sheet = imports.look_at(source.path, source.path.name)
    columns = _merged(sheet.guess, source.columns)
    project = Project.objects.filter(slug=slugify(source.path.stem)[:50]).first()
    if project is None:
        project = _project_for(source.path, sheet, columns, owner)
        say(f"Made the project {project.name!r}: {_in_words(columns, source)}")
    _finish_interrupted(project)
    run = import_run.start_import_in_place(
        project=project, path=source.path, filename=source.path.name, columns=columns,
        truth=source.is_truth, actor=owner,
    )  # fmt: skip
    _report(_finish(run), say)
    if project.status == Status.DRAFT and project.classes.count() > 1:
        return _started(project, owner)
    return project


def _merged(guess: ColumnMap, named: ColumnMap) -> ColumnMap:
    given = {name: value for name, value in asdict(named).items() if value}
    return replace(guess, **given)


def _project_for(path: Path, sheet: Sheet, columns: ColumnMap, owner: User) -> Project:
    modality = "image" if sheet.holds_images else "text" if columns.text else "table"
    columns = columns if modality == "text" else replace(columns, text=None)
    names = imports.classes_in(path, path.name, columns) if columns.label else []
    return projects.create(
        name=path.stem.replace("_", " ").replace("-", " ").capitalize(),
        modality=modality,
        task="multi" if sheet.is_multi else "single",
        owner=owner,
        classes=[ClassDraft(name) for name in names],
    )


def _in_words(columns: ColumnMap, source: Source) -> str:
    held = "known answers" if source.is_truth else "labels"
    found = {"text": columns.text, held: columns.label, "ids": columns.key}
    parts = [f"{what} from column {name!r}" for what, name in found.items() if name]
    return ", ".join(parts) or "every column is shown"


def _finish_interrupted(project: Project) -> None:
    """Do an import first whose process was killed: no second one can be opened beside it."""
    for run in imports.open_imports(project=project, now=database_now()):
        _finish(run)


def _finish(run: Run) -> Run:
    """Do the run in this process; raises CommandError with its reason when it fails."""
    if attempt := runs.claim(run.pk, now=database_now()):
        runs.perform(attempt)
    run.refresh_from_db()
    if run.state != Run.State.DONE:
        raise CommandError(f"The import failed: {run.error}")
    return run


def _report(run: Run, say: Callable[[str], object]) -> None:
    """Say what came of the file, and which rows did not, each with its reason."""
    report = run.report
    say(
        f"Items added: {report['added']:,}. Left out: {report['duplicates']:,} duplicates, "
        f"{report['bad']:,} bad rows. Labels imported: {report['labels']:,}."
    )
    problems = problems_of(report)
    for problem in problems[:SHOWN_PROBLEMS]:
        say(f"  {problem}")
    more = len(problems) + report["problems_left_out"] - SHOWN_PROBLEMS
    if more > 0:
        say(f"  and {more:,} more, listed on the project's page of items")


def _started(project: Project, owner: User) -> Project:
    return projects.set_status(
        project=project, status=Status.ACTIVE, actor=owner, now=database_now()
    )
