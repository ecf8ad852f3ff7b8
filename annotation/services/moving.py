"""Copy every row of one database into another, of whatever kind: SQLite to PostgreSQL, or back."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.models import Model
from django_tasks_db.models import DBTaskResult

from annotation.services import search_index

CHUNK = 2_000
# Tasks only wake workers up; what is to be done stands in runs, which are copied.
LEFT_OUT = frozenset({DBTaskResult})


@dataclass(frozen=True)
class Table:
    """A table and how many rows it has to copy."""

    model: type[Model]
    n_rows: int


def tables(source: str) -> list[Table]:
    """Return what there is to copy."""
    models = apps.get_models(include_auto_created=True)
    ours = [m for m in models if m._meta.managed and not m._meta.proxy and m not in LEFT_OUT]
    return [Table(model, model._base_manager.using(source).count()) for model in ours]


def copy_all(*, source: str, target: str, progress: Callable[[int], object]) -> int:
    """Copy every row, all or nothing, and return how many; raises ValidationError.

    The target has the same tables and nobody's work in it. The source is locked against writes
    (SQLite) or read as of one moment (PostgreSQL), so that no label can fall between.
    """
    with transaction.atomic(using=source), transaction.atomic(using=target):
        _read_one_moment(source)
        found = tables(source)
        _must_hold_no_work(target)
        for table in found:
            table.model._base_manager.using(target).all()._raw_delete(target)
        for table in found:
            _copy(table.model, source, target, progress)
        search_index.rebuild(using=target)
        _continue_numbers([table.model for table in found], target)
        _must_be_equal(found, target)
    return sum(table.n_rows for table in found)


def _read_one_moment(source: str) -> None:
    if connections[source].vendor == "postgresql":
        with connections[source].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _must_hold_no_work(target: str) -> None:
    for label in ("annotation.Project", "annotation.User"):
        n = apps.get_model(label)._base_manager.using(target).count()
        if n:
            raise ValidationError(f"The target is not empty: it holds {n} rows of {label}.")


def _copy(model: type[Model], source: str, target: str, progress: Callable[[int], object]) -> None:
    rows = model._base_manager.using(source).order_by("pk").iterator(chunk_size=CHUNK)
    for chunk in _chunks(rows):
        model._base_manager.using(target).bulk_create(chunk, batch_size=500)
        progress(len(chunk))


def _chunks(rows: Iterator[Model]) -> Iterator[list[Model]]:
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


def _continue_numbers(models: list[type[Model]], target: str) -> None:
    """New rows get numbers behind the copied ones."""
    connection = connections[target]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _must_be_equal(found: list[Table], target: str) -> None:
    for table in found:
        n = table.model._base_manager.using(target).count()
        if n != table.n_rows:
            name = table.model._meta.label
            raise ValidationError(f"{name}: {table.n_rows} rows were read but {n} written.")
