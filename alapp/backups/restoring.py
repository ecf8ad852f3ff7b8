"""Restore a backup: everything is checked first, and what was there is kept aside."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from alapp.backups import databases
from alapp.backups.archive import ArchiveError, Entry, Head, read_head, unpack, verify
from alapp.backups.taking import DATABASE, SECRET, folders
from alapp.clock import database_now
from alapp.preparation import known_migrations
from annotation.models import Item, Label, Project, WorkerBeat

WORKER_AWAY = timedelta(seconds=30)


class NotRestored(Exception):  # noqa: N818 - what happened: nothing
    """The backup cannot be restored here; the message says why, and nothing was touched."""


@dataclass(frozen=True)
class Restored:
    """What there is now, and where that is kept which was there before."""

    head: Head
    n_projects: int
    n_items: int
    n_labels: int
    kept: list[str]


@dataclass(frozen=True)
class Bar:
    """A progress bar: told what begins and how many bytes it has, then how many are done."""

    begin: Callable[[str, int], object]
    advance: Callable[[int], object]


def restore(path: Path, *, replace: bool, bar: Bar) -> Restored:
    """Put the archive's database and files in place. Raises NotRestored, before or with no effect.

    Tables of an older version are brought up to this one.
    """
    try:
        head = read_head(path)
        _must_fit(head)
        _must_be_free(replace)
        bar.begin("Checking", path.stat().st_size)
        entries = verify(path, bar.advance)
        return _put(path, head, entries, bar)
    except (ArchiveError, databases.DatabaseToolError) as error:
        raise NotRestored(str(error)) from error


def _must_fit(head: Head) -> None:
    if head.engine != connection.vendor:
        raise NotRestored(
            f"This backup was made on {head.engine}, but alapp is set to {connection.vendor}. "
            "Restore it there, then copy the rows with: manage.py move_database"
        )
    known = known_migrations()
    apps = {name.partition(".")[0] for name in known}
    newer = [n for n in head.migrations if n.partition(".")[0] in apps and n not in known]
    if newer:
        raise NotRestored(
            f"This backup was made by a newer version of alapp, {head.version} ({newer[-1]}): "
            "install that version or a newer one to restore it."
        )


def _must_be_free(replace: bool) -> None:
    """Refuse while workers run, and where something is already, unless told to replace it."""
    has_tables = databases.has_tables()
    if has_tables and _workers_run():
        raise NotRestored("A worker is running on this database. Stop alapp first.")
    full = [name for name, folder in folders().items() if folder.is_dir() and any(folder.iterdir())]
    if not replace and (full or (has_tables and _has_rows())):
        there = " and ".join([*(["a database"] if has_tables else []), *full])
        raise NotRestored(f"There is {there} here already. --replace puts them aside.")


def _workers_run() -> bool:
    try:
        return WorkerBeat.objects.filter(seen_at__gt=database_now() - WORKER_AWAY).exists()
    except DatabaseError:  # tables of another shape: of an older version, or not ours
        return False


def _has_rows() -> bool:
    """Say whether anybody has worked here; tables alone are nothing to lose."""
    try:
        return Project.objects.exists()
    except DatabaseError:
        return True


def _put(path: Path, head: Head, entries: dict[str, Entry], bar: Bar) -> Restored:
    data, n_bytes = Path(settings.DATA_DIR), sum(entry.size for entry in entries.values())
    free = shutil.disk_usage(data).free
    if free < n_bytes * 1.05:
        raise NotRestored(
            f"{n_bytes / 1e6:,.0f} MB are needed in {data}, but only {free / 1e6:,.0f} MB are free."
        )
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        scratch = Path(folder)
        bar.begin("Unpacking", n_bytes)
        unpack(path, scratch, bar.advance)
        aside = f"before-restore-{scratch.name.removeprefix('.restore-')}"
        kept = [databases.put(scratch / DATABASE / databases.FILES[head.engine], keep_as=aside)]
        kept += _swap_files(scratch, aside)
    call_command("migrate", verbosity=0, interactive=False)
    return Restored(
        head=head,
        n_projects=Project.objects.count(),
        n_items=Item.objects.count(),
        n_labels=Label.objects.count(),
        kept=[each for each in kept if each],
    )


def _swap_files(scratch: Path, aside: str) -> list[str]:
    kept = []
    for name, folder in folders().items():
        if folder.is_dir() and any(folder.iterdir()):
            old = folder.with_name(f"{folder.name}.{aside}")
            folder.rename(old)
            kept.append(str(old))
        new = scratch / name
        new.mkdir(exist_ok=True)
        if folder.is_dir():
            folder.rmdir()
        shutil.move(new, folder)
    secret = scratch / SECRET
    if secret.exists():
        secret.chmod(0o600)
        secret.replace(Path(settings.DATA_DIR) / SECRET)
    return kept
