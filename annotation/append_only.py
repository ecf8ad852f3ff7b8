"""What is only ever added to: the database itself refuses to change such rows.

Whoever migrates such a table with rows to rewrite lifts the guard first; it is put back after
every migration, since SQLite forgets the triggers of a table that is made anew.

Labels of items on their way in (services.import_staging) are not there yet: an import that fails
takes them away again.
"""

import itertools
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

GUARDED = ("annotation_auditentry", "annotation_label")
REFUSED = ("UPDATE", "DELETE")
# Nobody withdrew an item before there was alapp: that moment marks those on their way in.
STAGED = """EXISTS (SELECT 1 FROM annotation_item
    WHERE annotation_item.id = OLD.item_id AND annotation_item.withdrawn_at < '1971-01-01')"""
MAY_CHANGE = {"annotation_label": STAGED}
FUNCTION = """CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN
    IF {may_change} THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
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
    name, may_change = _name(table, event), MAY_CHANGE.get(table, "1 = 0")
    if connection.vendor == "sqlite":
        cursor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} "
            f"WHEN NOT ({may_change}) BEGIN "
            f"SELECT RAISE(ABORT, '{table}: rows are only added, never changed'); END"
        )
        return
    cursor.execute(
        "SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = to_regclass(%s)", [name, table]
    )
    if cursor.fetchone() is None:
        function = f"{table}_append_only"
        cursor.execute(FUNCTION.format(name=function, may_change=may_change))
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
