"""manage.py backup: one archive with everything, taken while people work."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from alapp.backups import taking
from alapp.backups.databases import DatabaseToolError
from alapp.commands import Command as Base
from alapp.commands import bad_use, bar


class Command(Base):
    help = (
        "Write database, media, models, features and secret key into one archive, consistent while "
        "people work. Restore it with manage.py restore."
    )

    examples = ("backup backups/", "backup before-upgrade.tar.gz --without-features")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "target", type=Path, help="a file (.tar, or .tar.gz for a smaller one), or a folder"
        )
        parser.add_argument(
            "--without-features",
            action="store_true",
            help="leave out what can be encoded again from the items",
        )

    def handle(self, *, target: Path, without_features: bool, **options: Any) -> None:
        path = _path(target)
        with bar(desc=path.name, unit="B", unit_scale=True) as drawn:
            try:
                taken = taking.take(
                    path,
                    with_features=not without_features,
                    plan=lambda n_bytes: drawn.reset(total=n_bytes),
                    progress=drawn.update,
                )
            except (DatabaseToolError, OSError) as error:
                raise CommandError(f"No backup was made: {error}") from error
        self.say(f"{taken.path}: {taken.n_files:,} files, {taken.n_bytes / 1e6:,.1f} MB")
        self.answer({"file": taken.path, "files": taken.n_files, "bytes": taken.n_bytes})


def _path(target: Path) -> Path:
    if target.is_dir():
        return (target / f"alapp-{timezone.now():%Y%m%d-%H%M%S}.tar").resolve()
    if target.exists():
        raise bad_use(f"{target} exists already; a backup never overwrites another.")
    if not target.parent.is_dir():
        raise bad_use(f"There is no folder {target.parent}.")
    if not target.name.endswith((".tar", ".tar.gz", ".tgz")):
        raise bad_use(f"{target.name}: name it .tar or .tar.gz, or give a folder.")
    return target.resolve()
