"""Import a file into a project from the command line, in this process."""

import json
import time
from argparse import ArgumentParser
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from tqdm import tqdm

from alapp.clock import database_now
from alapp.commands import Command as Base
from alapp.commands import bad_use, bar
from annotation.formats import ColumnMap, Sheet
from annotation.models import Project, Role, Run, User
from annotation.services import import_run, imports, runs
from annotation.services.import_report import problems_of

AS = (
    "read the file as label-studio, label-studio-flat, prodigy, doccano or plain "
    "(else as what it looks like)"
)
COLUMNS = ("text", "label", "key", "person", "moment")
SHOWN_PROBLEMS = 20
POLL_SECONDS = 0.3


class Command(Base):
    help = (
        "Import a CSV, TSV, JSON, JSONL or Parquet file, also of Label Studio, Prodigy or doccano, "
        "or a ZIP archive or folder of images or of a Hugging Face dataset. Bad rows and "
        "duplicates are listed and left out; importing a file again adds nothing."
    )

    examples = (
        "import_items reviews reviews.csv --text body --label stars",
        "import_items digits photos.zip --truth --report report.json",
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("project", help="slug of the project, as in its address")
        add("file", type=Path, help="the file, or a folder of images")
        add("--text", metavar="COLUMN", help="column of the text (else guessed)")
        add("--label", metavar="COLUMN", help="column of the label (else guessed; '' for none)")
        add("--id", metavar="COLUMN", help="column of the id (else guessed; '' for none)")
        add("--person", metavar="COLUMN", help="column of who gave the label (else you)")
        add("--moment", metavar="COLUMN", help="column of when it was given (else now)")
        add("--as", dest="dialect", default="", metavar="TOOL", help=AS)
        add("--truth", action="store_true", help="keep labels as known answers, for oracles")
        add("--vectors", type=Path, metavar="FILE.npy", help="a vector per row, for selection")
        add("--report", type=Path, metavar="FILE.json", help="write the whole report here")

    def handle(self, *args: Any, **options: Any) -> None:
        project = _project(options["project"])
        if not options["file"].exists():
            raise bad_use(f"There is no file {options['file'].name}.")
        try:
            _finish_interrupted(project)
            run = import_run.start_import_in_place(
                project=project,
                path=options["file"],
                filename=options["file"].name,
                columns=self._columns(project, options),
                truth=options["truth"],
                actor=_actor(project),
                vectors=options["vectors"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        _perform(run)
        run.refresh_from_db()
        if options["report"]:
            options["report"].write_text(json.dumps(run.report, indent=2, ensure_ascii=False))
        self._tell(run)

    def _columns(self, project: Project, options: dict[str, Any]) -> ColumnMap:
        """Return the columns named, and guesses for the others."""
        sheet = imports.look_at(options["file"], options["file"].name, options["dialect"])
        guess = _usable_guess(project, sheet)
        given = options | {"key": options["id"]}
        named: dict[str, Any] = {
            name: given[name] or None for name in COLUMNS if given[name] is not None
        }
        return replace(guess, **named)

    def _tell(self, run: Run) -> None:
        if run.state != Run.State.DONE:
            self._tell_problems(run.report)
            raise CommandError(f"Nothing was imported. {run.error}")
        report = run.report
        self.say(
            f"{report['filename']}: {report['rows']:,} rows read, {report['added']:,} items added, "
            f"{report['duplicates']:,} duplicates, {report['bad']:,} bad rows"
        )
        if report["further"]:
            self.stdout.write(f"rows with a further answer to an item: {report['further']:,}")
        for name in ("labels", "known_answers", "vectors"):
            if report[name]:
                self.say(f"{name.replace('_', ' ')}: {report[name]:,}")
        if report["predictions"]:
            self.say(f"predictions in the file, left out: {report['predictions']:,}")
        self._tell_problems(report)
        self.answer(report)

    def _tell_problems(self, report: dict[str, Any]) -> None:
        problems = problems_of(report)
        for problem in problems[:SHOWN_PROBLEMS]:
            self.say(f"  {problem}")
        more = len(problems) + report.get("problems_left_out", 0) - SHOWN_PROBLEMS
        if more > 0:
            self.say(f"  and {more:,} more: --report FILE.json writes up to 1,000")


def _project(slug: str) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        known = ", ".join(Project.objects.values_list("slug", flat=True)[:20]) or "none yet"
        raise bad_use(f"There is no project {slug!r}. Projects: {known}.")
    return project


def _actor(project: Project) -> User:
    """Return whose labels the file's labels become: the project's owner, else an admin."""
    owners = User.objects.filter(memberships__project=project, memberships__role=Role.OWNER)
    actor = owners.order_by("pk").first() or User.objects.filter(is_superuser=True).first()
    if actor is None:
        raise CommandError("The project has no owner and there is no admin to import for.")
    return actor


def _usable_guess(project: Project, sheet: Sheet) -> ColumnMap:
    """Return the guessed columns; labels only where the project has classes for them."""
    guess = sheet.guess
    return guess if project.classes.exists() else replace(guess, label=None)


def _finish_interrupted(project: Project) -> None:
    """Take up an import that a killed process left behind: only one may be open."""
    now = database_now()
    for run in imports.open_imports(project=project, now=now):
        if attempt := runs.claim(run.pk, now=now):
            _show(attempt, f"{attempt.params['filename']}, which was interrupted")


def _perform(run: Run) -> None:
    """Do the run here, again where it failed for a passing reason; a worker may be faster."""
    while Run.objects.filter(pk=run.pk, state__in=Run.OPEN_STATES).exists():
        if attempt := runs.claim(run.pk, now=database_now()):
            _show(attempt, run.params["filename"])
        else:
            time.sleep(POLL_SECONDS)


def _show(attempt: runs.Attempt, title: str) -> None:
    with bar(desc=title, unit=" rows", unit_scale=True) as drawn:
        runs.perform(_ShownAttempt(**vars(attempt), bar=drawn))


@dataclass(frozen=True)
class _ShownAttempt(runs.Attempt):
    """An attempt whose progress is drawn as a bar."""

    bar: "tqdm[Any]"

    def report_progress(self, *, step: str, progress: int, total: int | None = None) -> None:
        super().report_progress(step=step, progress=progress, total=total)
        self.bar.total = total
        self.bar.set_postfix_str(step, refresh=False)
        self.bar.update(progress - self.bar.n)
