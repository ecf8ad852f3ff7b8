"""Take a backup while people work: the database as of one moment, then the files it points to."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from alapp.backups import databases
from alapp.backups.archive import FORMAT, Head, Writer
from alapp.clock import database_now
from alapp.preparation import version

DATABASE, SECRET = "database", "secret_key"
# Vectors that people brought along cannot be encoded again.
BROUGHT = "user-vectors"


@dataclass(frozen=True)
class Taken:
    """What a backup holds."""

    path: Path
    n_files: int
    n_bytes: int


def folders() -> dict[str, Path]:
    """Return where the files are that a database points to, by their name in the archive."""
    return {
        "media": Path(settings.MEDIA_ROOT),
        "models": Path(settings.DATA_DIR) / "models",
        "features": Path(settings.FEATURES_DIR),
    }


def take(
    path: Path,
    *,
    with_features: bool,
    plan: Callable[[int], object],
    progress: Callable[[int], object],
) -> Taken:
    """Write the archive; nothing of it is left when that fails.

    `plan` is told how many bytes there will be, `progress` how many were written. The files are
    read after the database: those a row points to are written before the row and never change.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as scratch:
        dumped = Path(scratch) / databases.FILES[connection.vendor]
        databases.dump(dumped)
        files = list(_files(with_features))
        plan(dumped.stat().st_size + sum(size for _, _, size in files))
        with Writer(path, progress) as archive:
            archive.add_head(_head(with_features))
            archive.add(f"{DATABASE}/{dumped.name}", dumped)
            n_files = sum(archive.add(name, file) for name, file, _ in files)
    return Taken(path, n_files + 1, path.stat().st_size)


def _head(with_features: bool) -> Head:
    applied = MigrationRecorder(connection).applied_migrations()
    return Head(
        format=FORMAT,
        version=version(),
        taken_at=database_now().isoformat(timespec="seconds"),
        engine=connection.vendor,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        with_features=with_features,
    )


def _files(with_features: bool) -> Iterator[tuple[str, Path, int]]:
    secret = Path(settings.DATA_DIR) / SECRET
    if secret.exists():
        yield SECRET, secret, secret.stat().st_size
    for top, folder in folders().items():
        for path in _below(folder):
            inside = path.relative_to(folder)
            if top == "features" and not with_features and BROUGHT not in inside.parts:
                continue
            yield f"{top}/{inside.as_posix()}", path, path.stat().st_size


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files, a folder's manifest before its rows: it never promises what is not read."""
    for path in sorted(
        folder.rglob("*"), key=lambda path: (path.parent, path.name != "manifest.json", path.name)
    ):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path
