"""What must be in place before alapp serves: tables and static files, made only where they lack.

Starting again finds both in order and goes on at once.
"""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor

OURS = ("annotation", "selection")


def missing_migrations(database: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the migrations this version brings that the database lacks, in order."""
    executor = MigrationExecutor(connections[database])
    # All of them, not only those after the last one applied: one may lack in between.
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    applied = executor.loader.applied_migrations
    return [f"{m.app_label}.{m.name}" for m, _ in plan if (m.app_label, m.name) not in applied]


def unknown_migrations(database: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the database's migrations this version does not know: a newer one made them."""
    loader = MigrationExecutor(connections[database]).loader
    known, applied = loader.disk_migrations, loader.applied_migrations
    return sorted(
        f"{app}.{name}" for app, name in applied if app in OURS and (app, name) not in known
    )


def known_migrations() -> set[str]:
    """Return every migration this version has."""
    loader = MigrationExecutor(connection).loader
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


def version() -> str:
    """Return alapp's version, as pyproject.toml has it."""
    return str(settings.ALAPP_VERSION)


def prepare_database() -> None:
    """Make or change the tables where something is missing."""
    if missing_migrations():
        call_command("migrate", verbosity=0, interactive=False)


def prepare_static_files() -> None:
    """Collect the static files, unless those collected last are the same."""
    note = settings.DATA_DIR / "static.digest"
    digest = _static_digest()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and note.exists() and note.read_text() == digest:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    note.write_text(digest)


def _static_digest() -> str:
    """Return what changes with any static file: its name, size or time, or how it is stored."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            facts = Path(storage.path(path)).stat()
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
