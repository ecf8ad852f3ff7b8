"""The run of an import, and imports of what lies on this machine: for workers and commands.

Pages start imports through `imports`, which leaves numpy alone.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from alapp.clock import database_now
from annotation import formats
from annotation.formats import BadRow, ColumnMap, RowError
from annotation.models import Modality, Project, Run, User
from annotation.services import import_people, import_staging, import_vectors, runs
from annotation.services.import_report import Tally
from annotation.services.import_rows import Classes, Draft, Rules, draft
from annotation.services.import_staging import Stage
from annotation.services.import_vectors import VectorPart
from annotation.services.imports import Order, checked, in_words, open_order

# A chunk is one transaction: so many rows, or fewer where they are big.
CHUNK_ROWS = 2_000
CHUNK_IMAGES = 100
CHUNK_SIZE = 16_000_000
CHECKED_ROWS = 5_000


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
    columns = checked(project, path, filename, columns)
    if vectors is not None:
        import_vectors.open_vectors(vectors)
    brought = str(vectors.resolve()) if vectors else ""
    order = Order(str(path.resolve()), filename, columns, truth, is_ours=False, vectors=brought)
    return open_order(project, order, actor)


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
        with in_words():
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
            now=database_now(),
            is_truth=order.truth,
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
        people: set[str] = set()
        for row in self._rows():
            tally.rows += 1
            try:
                if isinstance(row, BadRow):
                    tally.note_bad(row)
                else:
                    given = self.rules.given(row)
                    import_people.check_number(people, (each.by for each in given))
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
            tally.predictions += 0 if isinstance(row, BadRow) else row.n_predictions
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
