"""manage.py export: write what a project holds to a file, in this process."""

import json
import shutil
import sys
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as day_time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone
from tqdm import tqdm

from alapp.clock import database_now
from alapp.commands import Command as Base
from alapp.commands import bad_use, bar
from annotation.formats.outgoing import OUT_FORMATS
from annotation.formats.writing import CONTENTS
from annotation.models import Project, Purpose, Run, User
from annotation.services import runs
from annotation.services.exports import asking
from annotation.services.exports.orders import STATUSES, Order

POLL_SECONDS = 0.3


class Command(Base):
    help = (
        "Write answers, agreed labels, probabilities, predictions or whole items to a file, as "
        "they are at one moment. A manifest that describes it lies beside it as "
        "FILE.manifest.json."
    )
    examples = (
        "export reviews labels.csv",
        "export reviews answers.parquet --what labels --names --since 2026-05-01",
        "export reviews audit.jsonl --what items --purpose audit --status labelled",
        "export reviews again.csv --without-provenance --json",
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("project", help="slug of the project, as in its address")
        add("file", type=Path, help="where to; its ending says the format")
        add(
            "--what",
            choices=CONTENTS,
            default="consensus",
            help="what a row is (consensus: an item)",
        )
        add("--format", choices=tuple(OUT_FORMATS), help="where the ending does not say it")
        add("--status", choices=STATUSES, default="all", help="items with or without a label")
        add(
            "--purpose",
            action="append",
            choices=Purpose.values,
            default=[],
            help="only what was asked for this; repeatable",
        )
        add(
            "--class",
            action="append",
            dest="classes",
            metavar="NAME",
            default=[],
            help="only this class; repeatable",
        )
        add("--since", metavar="DAY", help="answered since, e.g. 2026-05-01 or a whole ISO time")
        add("--from-round", type=int, metavar="N", help="only what this round or a later one asked")
        add("--to-round", type=int, metavar="N", help="only what this round or one before it asked")
        add("--standing", action="store_true", help="only answers that stand")
        add("--without-content", action="store_true", help="leave out the items themselves")
        add("--without-provenance", action="store_true", help="leave out where it came from")
        add("--names", action="store_true", help="people by name instead of letters")
        add("--safe", action="store_true", help="cells no spreadsheet takes for formulas")
        add("--as", dest="actor", metavar="USERNAME", help="who exports, for the audit log")
        add("--force", action="store_true", help="overwrite the file if it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        project = _project(options["project"])
        actor = _actor(options["actor"])
        _check_place(file, is_forced=options["force"])
        try:
            order = _order(project, options)
            run = asking.ask(project=project, order=order, actor=actor)
        except ValidationError as error:
            raise bad_use(" ".join(error.messages)) from None
        run = _made(run)
        told = _taken(run, file)
        n = told["counts"]["rows"]
        self.say(f"{file}: {n:,} rows, {told['file']['bytes']:,} bytes")
        self.answer(told)


def _order(project: Project, options: dict[str, Any]) -> Order:
    known = {each.name: each.pk for each in project.classes.all()}
    if strange := [name for name in options["classes"] if name not in known]:
        raise ValidationError(f"There is no class {strange[0]!r}; there are: {', '.join(known)}.")
    return Order(
        contents=options["what"],
        format=options["format"] or _format_of(options["file"]),
        status=options["status"],
        purposes=tuple(options["purpose"]),
        classes=tuple(known[name] for name in options["classes"]),
        since=_moment(options["since"]),
        first_round=options["from_round"],
        last_round=options["to_round"],
        standing_only=options["standing"],
        with_content=not options["without_content"],
        with_provenance=not options["without_provenance"],
        names=options["names"],
        is_safe=options["safe"],
    )


def _format_of(file: Path) -> str:
    for name, form in OUT_FORMATS.items():
        if file.name.lower().endswith(form.ending):
            return name
    known = ", ".join(dict.fromkeys(each.ending for each in OUT_FORMATS.values()))
    raise ValidationError(f"{file.name} does not say a format by its ending ({known}): --format.")


def _moment(said: str | None) -> str:
    """Return a day's beginning, or a moment, with the zone of the server where it says none."""
    if not said:
        return ""
    try:
        found = datetime.combine(date.fromisoformat(said), day_time.min)
    except ValueError:
        try:
            found = datetime.fromisoformat(said)
        except ValueError:
            raise ValidationError(f"{said!r} is no day and no time.") from None
    return (found if found.tzinfo else timezone.make_aware(found)).isoformat()


def _project(slug: str) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        known = ", ".join(Project.objects.values_list("slug", flat=True)[:20]) or "none yet"
        raise bad_use(f"There is no project {slug!r}. Projects: {known}.")
    return project


def _actor(name: str | None) -> User | None:
    if name is None:
        return None
    actor = User.objects.filter(username=name).first()
    if actor is None:
        raise bad_use(f"There is no account {name!r}.")
    return actor


def _check_place(file: Path, *, is_forced: bool) -> None:
    if not file.resolve().parent.is_dir():
        raise bad_use(f"There is no folder {file.resolve().parent}.")
    if file.exists() and not is_forced:
        raise bad_use(f"{file} is there already: --force overwrites it.")


def _made(run: Run) -> Run:
    """Make it here, or wait for the worker that was faster; interrupted, it is cancelled."""
    try:
        while Run.objects.filter(pk=run.pk, state__in=Run.OPEN_STATES).exists():
            if attempt := runs.claim(run.pk, now=database_now()):
                with bar(desc=run.params["filename"], unit=" rows", unit_scale=True) as drawn:
                    runs.perform(_ShownAttempt(**vars(attempt), bar=drawn))
            else:
                time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        runs.cancel(run)
        sys.exit(130)
    run.refresh_from_db()
    if run.state != Run.State.DONE:
        raise CommandError(f"Nothing was exported. {run.error or run.get_state_display()}")
    return run


def _taken(run: Run, file: Path) -> dict[str, Any]:
    """Copy the file to its place, whole or not at all, and its manifest beside it."""
    export = asking.find(project=run.project, run_id=run.pk, now=database_now())
    assert export is not None
    if export.path is None:
        raise CommandError("Nothing was exported: the file was deleted at once.")
    told = {**export.manifest, "file": {**export.manifest["file"], "name": file.name}}
    draft = file.with_name(f".{file.name}.part")
    shutil.copyfile(export.path, draft)
    draft.replace(file)
    beside = file.with_name(f"{file.name}.manifest.json")
    beside.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    asking.forget(export)
    return told


@dataclass(frozen=True)
class _ShownAttempt(runs.Attempt):
    """An attempt whose progress is drawn as a bar."""

    bar: "tqdm[Any]"

    def report_progress(self, *, step: str, progress: int, total: int | None = None) -> None:
        super().report_progress(step=step, progress=progress, total=total)
        self.bar.total = total
        self.bar.set_postfix_str(step, refresh=False)
        self.bar.update(progress - self.bar.n)
