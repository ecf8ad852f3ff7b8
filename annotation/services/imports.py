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

from annotation import formats
from annotation.formats import BadRow, ColumnMap, FormatError, RowError, Sheet
from annotation.formats.catalog import suffix_of
from annotation.formats.reading import check_mapped
from annotation.models import Modality, Project, Run, User
from annotation.models.projects import MAX_CLASSES
from annotation.services import import_staging, import_vectors, runs
from annotation.services.import_report import Tally
from annotation.services.import_rows import Classes, Draft, Rules, draft, split_labels
from annotation.services.import_staging import Stage
from annotation.services.import_vectors import VectorPart

KIND = "import"
# A chunk is one transaction: so many rows, or fewer where they are big.
CHUNK_ROWS = 2_000
CHUNK_IMAGES = 100
CHUNK_SIZE = 16_000_000
CHECKED_ROWS = 5_000


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


def look_at(path: Path, filename: str) -> Sheet:
    """Return what the file holds, by its first rows; raises ValidationError."""
    with _in_words():
        if not path.is_dir() and path.exists():
            _check_size(path)
        return formats.inspect(path, filename)


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
    columns = _checked(project, path, filename, columns)
    ours = _take_over(path, filename)
    try:
        return _open(project, Order(str(ours), filename, columns, truth, is_ours=True), actor)
    except ValidationError:
        shutil.rmtree(ours.parent)
        raise


def start_import_in_place(
    *,
    project: Project,
    path: Path,
    filename: str,
    columns: ColumnMap,
    truth: bool = False,
    actor: User,
    vectors: Path | None = None,
) -> Run:
    """Open the run that imports a file or folder where it lies, and leaves it there.

    `vectors` is a .npy matrix with a row per row of the file. Raises ValidationError.
    """
    columns = _checked(project, path, filename, columns)
    if vectors is not None:
        import_vectors.open_vectors(vectors)
    brought = str(vectors.resolve()) if vectors else ""
    order = Order(str(path.resolve()), filename, columns, truth, is_ours=False, vectors=brought)
    return _open(project, order, actor)


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
    with _in_words():
        for row in formats.read(path, filename, columns):
            if isinstance(row, BadRow):
                continue
            for name in split_labels(row.labels):
                spellings.setdefault(name.casefold(), Counter())[name] += 1
            if len(spellings) > limit:
                raise ValidationError(
                    f"The column {columns.label!r} has more than {limit} different values, which "
                    "is the limit for classes. Is it the right column?"
                )
    names = [counter.most_common(1)[0][0] for counter in spellings.values()]
    return sorted(names, key=_natural)


def _natural(name: str) -> tuple[int, int, str]:
    """Sort 2 before 10, and numbers before words."""
    is_number = name.isascii() and name.isdigit()
    return (0, int(name), "") if is_number else (1, 0, name.casefold())


def _checked(project: Project, path: Path, filename: str, columns: ColumnMap) -> ColumnMap:
    """Return the columns that matter to this project; raises ValidationError where one lacks."""
    sheet = look_at(path, filename)
    wants_images = project.modality == Modality.IMAGE
    if wants_images != sheet.holds_images:
        wanted = "images (a ZIP archive of them)" if wants_images else "a file of rows"
        raise ValidationError(f"This project is made of {wanted}, and {filename} is not that.")
    if project.modality != Modality.TEXT:
        columns = replace(columns, text=None)
    with _in_words():
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


def _open(project: Project, order: Order, actor: User) -> Run:
    run = runs.open_run(kind=KIND, project=project, params=asdict(order), actor=actor)
    if run is None:
        raise ValidationError("Another import into this project is still running.")
    return run


def run_import(attempt: runs.Attempt) -> dict[str, Any]:
    """Import the run's file and return the report: everything, or on any fault nothing.

    The file is read twice: looked through as a whole first, then staged in chunks and published
    in one transaction. Killed anywhere, the next attempt starts again from nothing staged; killed
    after publishing, it finds the report.
    """
    order = Order.of(attempt.params)
    report: dict[str, Any] = Run.objects.values_list("report", flat=True).get(pk=attempt.run_id)
    if not report.get("is_complete"):
        report = _import(attempt, order)
    _clean_up(order)
    return report


def _import(attempt: runs.Attempt, order: Order) -> dict[str, Any]:
    try:
        with _in_words():
            import_staging.discard(attempt)
            if not Path(order.path).exists():
                raise ValidationError(f"{order.filename} is no longer here: import it again.")
            return _Import.of(attempt, order).run()
    except runs.Superseded:
        raise
    except Exception as error:
        import_staging.discard(attempt)
        if isinstance(error, ValidationError):
            _clean_up(order)
        raise


def _clean_up(order: Order) -> None:
    if order.is_ours:
        shutil.rmtree(Path(order.path).parent, ignore_errors=True)


@dataclass(frozen=True)
class _Import:
    """One attempt at an import: its order, its rules, and the way in."""

    attempt: runs.Attempt
    order: Order
    rules: Rules
    stage: Stage

    @classmethod
    def of(cls, attempt: runs.Attempt, order: Order) -> "_Import":
        project = Project.objects.get(pk=attempt.project_id)
        actor = User.objects.filter(pk=attempt.created_by_id or 0).first()
        if order.columns.label and not order.truth and actor is None:
            raise ValidationError("Whoever brought these labels has no account any more.")
        names = {each.name: each.pk for each in project.classes.all()}
        classes = Classes.of(names, is_multi=project.task == "multi")
        rules = Rules(
            modality=project.modality,
            classes=classes if order.columns.label else None,
            media_root=Path(settings.MEDIA_ROOT),
            media_folder=str(project.pk),
        )
        return cls(attempt, order, rules, Stage(attempt, project, actor, order.truth))

    def run(self) -> dict[str, Any]:
        n_rows = self._look_through()
        part = self._vectors(n_rows)
        tally = Tally(self.order.filename)
        for drafts in self._chunks(tally):
            self.stage.add(drafts, tally)
            if part:
                part.note(drafts)
            self.attempt.report_progress(step="Importing rows", progress=tally.rows, total=n_rows)
        self._check_worth(tally)
        if part:
            tally.vectors = part.n_known
            part.save()
        return self.stage.publish(tally)

    def _rows(self) -> Iterator[formats.Row | BadRow]:
        return formats.read(Path(self.order.path), self.order.filename, self.order.columns)

    def _look_through(self) -> int:
        """Return how many rows there are; raises for a file that is not worth importing."""
        tally = Tally(self.order.filename)
        for row in self._rows():
            tally.rows += 1
            try:
                if isinstance(row, BadRow):
                    tally.note_bad(row)
                else:
                    self.rules.answer(row)
            except RowError as error:
                tally.note_bad(BadRow.of(row.number, error))
            if tally.rows % CHECKED_ROWS == 0:
                self.attempt.report_progress(step="Checking rows", progress=tally.rows)
        self._check_worth(tally)
        return tally.rows

    def _check_worth(self, tally: Tally) -> None:
        """Raise ValidationError when there is nothing to import, or most of it is bad."""
        if tally.rows == 0:
            raise ValidationError(f"{tally.filename} has no rows: nothing was imported.")
        if tally.is_hopeless:
            Run.objects.filter(pk=self.attempt.run_id).update(report=tally.report())
            first = "; ".join(str(problem) for problem in tally.problems[:3])
            raise ValidationError(
                f"{tally.bad:,} of {tally.rows:,} rows are bad, more than half: nothing was "
                f"imported. The first: {first}."
            )

    def _vectors(self, n_rows: int) -> VectorPart | None:
        if not self.order.vectors:
            return None
        return import_vectors.part_of(
            project_id=self.attempt.project_id,
            run_id=self.attempt.run_id,
            path=Path(self.order.vectors),
            n_rows=n_rows,
        )

    def _chunks(self, tally: Tally) -> Iterator[list[Draft]]:
        """Yield the good rows in chunks; an image is decoded while its archive is open."""
        most = CHUNK_IMAGES if self.rules.modality == Modality.IMAGE else CHUNK_ROWS
        chunk: list[Draft] = []
        size = 0
        for place, row in enumerate(self._rows()):
            tally.rows += 1
            made = row if isinstance(row, BadRow) else draft(place, row, self.rules)
            if isinstance(made, BadRow):
                tally.note_bad(made)
                continue
            chunk.append(made)
            size += made.size
            if len(chunk) >= most or size >= CHUNK_SIZE:
                yield chunk
                chunk, size = [], 0
        yield chunk


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what a reader finds wrong with a file into what services raise."""
    try:
        yield
    except FormatError as error:
        raise ValidationError(str(error)) from None
