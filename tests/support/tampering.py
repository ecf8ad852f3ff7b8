"""Rows as nobody can make them through alapp: somebody went to the database, or time has passed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from annotation import append_only


@contextmanager
def rows_may_change() -> Iterator[None]:
    """Let labels and the audit log be changed within."""
    _settle()
    append_only.lift(connection)
    yield
    _settle()
    append_only.protect(connection)


def _settle() -> None:
    """PostgreSQL changes no table while checks of its rows wait for the end of a transaction."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
