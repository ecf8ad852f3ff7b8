"""manage.py audit: the audit log, to be read here or by another program."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from alapp.commands import Command as Base
from alapp.commands import bad_use
from annotation.models import Project
from annotation.services import audit_log


class Command(Base):
    help = "Print who changed what, newest first."
    examples = (
        "audit --what people --since 2026-05-01",
        "audit --project reviews --limit 0 --jsonl",
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        kinds = [name for name in audit_log.KINDS if name]
        add("--project", metavar="SLUG", help="only this project, as in its address")
        add("--what", choices=kinds, default="", help="only such changes (else all but answers)")
        add("--who", default="", metavar="NAME", help="only by the person of this user name")
        add("--since", type=date.fromisoformat, metavar="DAY", help="from 2026-05-01 on")
        add("--until", type=date.fromisoformat, metavar="DAY", help="to this day, it included")
        add("--limit", type=int, default=50, metavar="N", help="at most so many; 0 is all")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--jsonl", action="store_true", help="as a JSON object a line")
        form.add_argument("--csv", action="store_true", help="as a table, safe for spreadsheets")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 0:
            raise bad_use(f"--limit is a number of lines; {options['limit']} is none.")
        wanted = audit_log.Wanted(
            kind=options["what"],
            who=options["who"],
            since=options["since"],
            until=options["until"],
        )
        found = audit_log.lines(_project(options["project"]), wanted)
        found = islice(found, options["limit"] or None)
        if self.as_json:
            self.answer([line.as_dict() for line in found])
            return
        shown = (
            audit_log.csv_of
            if options["csv"]
            else audit_log.jsonl_of
            if options["jsonl"]
            else _text
        )
        for line in shown(found):
            self.stdout.write(line, ending="")


def _project(slug: str | None) -> Project | None:
    if slug is None:
        return None
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        raise bad_use(f"There is no project {slug!r}.")
    return project


def _text(found: Iterable[audit_log.Line]) -> Iterator[str]:
    for line in found:
        change = " -> ".join(each for each in (line.before_said, line.after_said) if each)
        said = (line.project, line.who or "alapp", line.action, line.target, change, line.network)
        yield f"{line.at:%Y-%m-%d %H:%M:%S}  {'  '.join(each for each in said if each)}\n"
