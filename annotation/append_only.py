"""What is only ever added to: the database itself refuses to change such rows.

Whoever migrates such a table with rows to rewrite lifts the guard first; it is put back after
every migration, since SQLite forgets the triggers of a table that is made anew.
"""

import itertools
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

GUARDED = ("annotation_auditentry", "annotation_label")
REFUSED = ("UPDATE", "DELETE")
FUNCTION = """CREATE OR REPLACE FUNCTION annotation_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '%: rows are only added, never changed', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$"""


def protect(connection: BaseDatabaseWrapper) -> None:
    """Put the guard in place where it lacks; an IntegrityError is what breaking it raises."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table, event in _guards():
            if table in there:
                _guard(connection, cursor, table, event)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the guard away: for migrations, and for who empties the whole database."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for statement in lifting(connection.vendor, there):
            cursor.execute(statement)


def lifting(vendor: str, tables: set[str]) -> list[str]:
    """Return the statements that take the guard of these tables away."""
    on = " ON {}" if vendor == "postgresql" else ""
    return [
        f"DROP TRIGGER IF EXISTS {_name(table, event)}{on.format(table)}"
        for table, event in _guards()
        if table in tables
    ]


def _guards() -> list[tuple[str, str]]:
    return list(itertools.product(GUARDED, REFUSED))


def _name(table: str, event: str) -> str:
    return f"{table}_no_{event.lower()}"


def _guard(connection: BaseDatabaseWrapper, cursor: Any, table: str, event: str) -> None:
    name = _name(table, event)
    if connection.vendor == "sqlite":
        cursor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{table}: rows are only added, never changed'); END"
        )
        return
    cursor.execute(
        "SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = to_regclass(%s)", [name, table]
    )
    if cursor.fetchone() is None:
        cursor.execute(FUNCTION)
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION annotation_append_only()"
        )
