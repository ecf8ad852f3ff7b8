"""manage.py restore: put a backup in place, after checking all of it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from alapp.backups import restoring


class Command(BaseCommand):
    help = (
        "Restore an archive made by manage.py backup into the database and data folder that are "
        "set. Everything is checked before anything is touched. Stop alapp first."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="put aside what is there, and say where it is"
        )

    def handle(self, *, source: Path, replace: bool, **options: Any) -> None:
        with tqdm(unit="B", unit_scale=True, disable=None) as drawn:

            def begin(what: str, n_bytes: int) -> None:
                drawn.set_description(what)
                drawn.reset(total=n_bytes)

            try:
                done = restoring.restore(
                    source, replace=replace, bar=restoring.Bar(begin, drawn.update)
                )
            except restoring.NotRestored as error:
                raise CommandError(f"Nothing was restored. {error}") from error
        self.stdout.write(
            f"Restored the state of {done.head.taken_at} (alapp {done.head.version}): "
            f"{done.n_projects:,} projects, {done.n_items:,} items, {done.n_labels:,} labels."
        )
        for each in done.kept:
            self.stdout.write(f"What was there before is kept: {each}")
        if not done.head.with_features:
            self.stdout.write("Features were left out; the next round of each project makes them.")
