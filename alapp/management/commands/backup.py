"""manage.py backup: one archive with everything, taken while people work."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from alapp.backups import taking
from alapp.backups.databases import DatabaseToolError


class Command(BaseCommand):
    help = (
        "Write database, media, models, features and secret key into one archive, consistent while "
        "people work. Restore it with manage.py restore."
    )

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
        with tqdm(desc=path.name, unit="B", unit_scale=True, disable=None) as bar:
            try:
                taken = taking.take(
                    path,
                    with_features=not without_features,
                    plan=lambda n_bytes: bar.reset(total=n_bytes),
                    progress=bar.update,
                )
            except (DatabaseToolError, OSError) as error:
                raise CommandError(f"No backup was made: {error}") from error
        self.stdout.write(f"{taken.path}: {taken.n_files:,} files, {taken.n_bytes / 1e6:,.1f} MB")


def _path(target: Path) -> Path:
    if target.is_dir():
        return (target / f"alapp-{timezone.now():%Y%m%d-%H%M%S}.tar").resolve()
    if target.exists():
        raise CommandError(f"{target} exists already; a backup never overwrites another.")
    if not target.parent.is_dir():
        raise CommandError(f"There is no folder {target.parent}.")
    if not target.name.endswith((".tar", ".tar.gz", ".tgz")):
        raise CommandError(f"{target.name}: name it .tar or .tar.gz, or give a folder.")
    return target.resolve()
