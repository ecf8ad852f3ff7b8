"""The database as one file, and back: SQLite's own copy, PostgreSQL's own tools."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.db import DatabaseError, connection

DEBIAN_VERSIONS = Path("/usr/lib/postgresql")
FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class DatabaseToolError(Exception):
    """The database could not be copied; the message says what to do."""


def dump(target: Path) -> None:
    """Write the database as it is at one moment, while others go on writing."""
    if connection.vendor == "sqlite":
        _copy_sqlite(_sqlite_path(), target)
    else:
        _run_tool(
            "pg_dump",
            ["--format=custom", "--schema=public", "--no-owner", "--no-privileges"],
            ["--file", str(target)],
        )


def has_tables() -> bool:
    return bool(connection.introspection.table_names())


def put(source: Path, *, keep_as: str) -> str:
    """Put the dumped database in place; what was there is kept, and the answer says where.

    All or nothing: when it fails, what was there is there still.
    """
    if connection.vendor == "sqlite":
        return _put_sqlite(source, keep_as)
    return _put_postgresql(source, keep_as)


def _sqlite_path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy in one step: in steps it would begin anew with every write of others."""
    reading = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing, pages=-1)
        # One file: no journal beside it that could be forgotten.
        writing.execute("PRAGMA journal_mode=DELETE")
    finally:
        writing.close()
        reading.close()


def _put_sqlite(source: Path, keep_as: str) -> str:
    has_something = has_tables()
    connection.close()
    path, kept = _sqlite_path(), ""
    if has_something:
        aside = path.with_name(f"{path.name}.{keep_as}")
        _copy_sqlite(path, aside)
        kept = str(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, path)
    return kept


def _put_postgresql(source: Path, keep_as: str) -> str:
    aside = keep_as.replace("-", "_") if has_tables() else ""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER SCHEMA public RENAME TO "{aside}"' if aside else "SELECT 1")
        if aside:
            cursor.execute("CREATE SCHEMA public")
    _release()
    try:
        _run_tool(
            "pg_restore",
            ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"],
            ["--schema=public", "--dbname", str(connection.settings_dict["NAME"]), str(source)],
        )
    except DatabaseToolError:
        if aside:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute(f'ALTER SCHEMA "{aside}" RENAME TO public')
        raise
    return f"schema {aside}" if aside else ""


def _release() -> None:
    """Give every connection back: the tools want the tables for themselves."""
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def _run_tool(name: str, options: Sequence[str], rest: Sequence[str]) -> None:
    tool = _tool(name)
    facts = connection.settings_dict
    environment = dict(os.environ)
    login = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    for ours, theirs in login.items():
        if facts[ours]:
            environment[theirs] = str(facts[ours])
    environment["PGDATABASE"] = str(facts["NAME"])
    done = subprocess.run(
        [tool, *options, *rest], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DatabaseToolError(f"{name} failed: {done.stderr.strip() or done.stdout.strip()}")


def _tool(name: str) -> str:
    """Return the tool's path: on PATH, else Debian's newest; at least as new as the server."""
    found = shutil.which(name)
    installed = sorted(DEBIAN_VERSIONS.glob(f"*/bin/{name}"), key=lambda path: _major(path))
    tool = found or (str(installed[-1]) if installed else "")
    if not tool:
        raise DatabaseToolError(
            f"{name} is not installed. On Debian and Ubuntu: apt-get install postgresql-client"
        )
    told = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"(\d+)", told)
    server = _server_major()
    if version is None or int(version[1]) < server:
        raise DatabaseToolError(
            f"{name} is of version {told.strip() or 'unknown'}, but the server is PostgreSQL "
            f"{server}: install postgresql-client-{server} or newer."
        )
    return tool


def _server_major() -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            return int(cursor.fetchone()[0]) // 10_000
    except DatabaseError as error:
        raise DatabaseToolError(f"The database cannot be reached: {error}") from error


def _major(path: Path) -> int:
    name = path.parent.parent.name
    return int(name) if name.isdigit() else 0
