"""The rows an import writes, a statement per table.

By hand, because bulk_create takes three times as long for rows as narrow as these
(benchmarks/scale). Columns that are not named here take the model's defaults.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Field, Model

from alapp.clock import database_now
from annotation.images import StoredImage
from annotation.models import Item, ItemPayload, KnownAnswer, Label, Project
from annotation.services.import_rows import Draft, audit_rank

Inserted = Sequence[tuple[int, Draft]]


def insert_items(project: Project, drafts: Sequence[Draft], *, withdrawn_at: datetime) -> None:
    """Write the items that the project does not have yet, by content or by id."""
    like = Item(project=project, withdrawn_at=withdrawn_at, created_at=database_now())
    rows = (
        (each.key, each.content_hash, audit_rank(project.seed, each.content_hash))
        for each in drafts
    )
    _insert(like, ("key", "content_hash", "audit_rank"), rows, "ON CONFLICT DO NOTHING")


def insert_payloads(items: Inserted) -> None:
    names = ("item", "text", "fields", "file", "thumbnail", "width", "height")
    rows = (
        (item_id, draft.text, draft.fields, *_image_values(draft.image)) for item_id, draft in items
    )
    _insert(ItemPayload(), names, rows)


def _image_values(image: StoredImage | None) -> tuple[str, str, int | None, int | None]:
    if image is None:
        return "", "", None, None
    return image.file, image.thumbnail, image.width, image.height


def insert_known_answers(answers: Sequence[tuple[int, list[int]]]) -> None:
    _insert(KnownAnswer(), ("item", "value"), answers)


@dataclass(frozen=True, slots=True)
class LabelDraft:
    """A label to be. Its token comes of what the item is, so that it is one row a person."""

    item_id: int
    annotator_id: int
    content_hash: str
    value: list[int]
    at: datetime | None = None


def insert_labels(project: Project, labels: Sequence[LabelDraft]) -> None:
    """Write imported labels, those without a moment as of now."""
    now = database_now()
    like = Label(project=project, origin=Label.Origin.IMPORT)
    rows = (
        (
            each.item_id,
            each.annotator_id,
            each.value,
            uuid5(NAMESPACE_OID, f"{project.pk}:{each.content_hash}"),
            each.at or now,
        )
        for each in labels
    )
    _insert(like, ("item", "annotator", "value", "client_token", "created_at"), rows)


def _insert(
    like: Model, names: Sequence[str], rows: Iterable[Sequence[Any]], ending: str = ""
) -> None:
    """Write rows that are like this one but for the columns named."""
    connection = connections[DEFAULT_DB_ALIAS]
    every = [each for each in like._meta.concrete_fields if not isinstance(each, AutoField)]
    fields = {field.name: field for field in every}
    same = {
        name: field.get_db_prep_save(getattr(like, field.attname), connection)
        for name, field in fields.items()
        if name not in names
    }
    quote = connection.ops.quote_name
    table = quote(like._meta.db_table)
    columns = ", ".join(quote(str(fields[name].column)) for name in (*same, *names))
    places = ", ".join(["%s"] * len(fields))
    varying = [fields[name] for name in names]
    values = [(*same.values(), *_values(varying, row, connection)) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places}) {ending}", values)


def _values(
    fields: Sequence[Field[Any, Any]], row: Sequence[Any], connection: BaseDatabaseWrapper
) -> Iterator[Any]:
    """Yield a row as the database takes it: JSON and UUIDs differ, texts and numbers do not."""
    for field, value in zip(fields, row, strict=True):
        is_plain = value is None or type(value) in (str, int)
        yield value if is_plain else field.get_db_prep_save(value, connection)
