"""manage.py restore: put a backup in place, after checking all of it."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from alapp.backups import restoring
from alapp.commands import Command as Base
from alapp.commands import bar


class Command(Base):
    help = (
        "Restore an archive made by manage.py backup into the database and data folder that are "
        "set. Everything is checked before anything is touched. Stop alapp first."
    )
    examples = ("restore backups/alapp-20260101-020000.tar", "restore alapp.tar.gz --replace")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="the archive")
        parser.add_argument(
            "--replace", action="store_true", help="put aside what is there, and say where it is"
        )

    def handle(self, *, source: Path, replace: bool, **options: Any) -> None:
        with bar(unit="B", unit_scale=True) as drawn:

            def begin(what: str, n_bytes: int) -> None:
                drawn.set_description(what)
                drawn.reset(total=n_bytes)

            try:
                done = restoring.restore(
                    source, replace=replace, bar=restoring.Bar(begin, drawn.update)
                )
            except restoring.NotRestored as error:
                raise CommandError(f"Nothing was restored. {error}") from error
        self.say(
            f"Restored the state of {done.head.taken_at} (alapp {done.head.version}): "
            f"{done.n_projects:,} projects, {done.n_items:,} items, {done.n_labels:,} labels."
        )
        for each in done.kept:
            self.say(f"What was there before is kept: {each}")
        if not done.head.with_features:
            self.say("Features were left out; the next round of each project makes them.")
        self.answer(
            {
                "taken_at": done.head.taken_at,
                "version": done.head.version,
                "projects": done.n_projects,
                "items": done.n_items,
                "labels": done.n_labels,
                "kept": list(done.kept),
                "with_features": done.head.with_features,
            }
        )
