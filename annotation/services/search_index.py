"""The index of words: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, one row per item.

Written by whoever writes items, in the same transaction. Rows go with their item by a trigger of
the database itself, whichever way an item is deleted.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from annotation import wordlist
from annotation.models import ItemPayload

CHUNK = 2_000
INSERT = {
    "sqlite": "INSERT INTO annotation_itemsearch (rowid, project, words) VALUES (%s, %s, %s)",
    "postgresql": "INSERT INTO annotation_itemsearch (item_id, words) VALUES (%s, %s::tsvector)",
}


def add(
    rows: Iterable[tuple[int, list[str]]], *, project_id: int, using: str = DEFAULT_DB_ALIAS
) -> None:
    """Take the words of new items into the index, inside the caller's transaction."""
    connection = connections[using]
    row = _sqlite_row if connection.vendor == "sqlite" else _postgresql_row
    with connection.cursor() as cursor:
        cursor.executemany(
            INSERT[connection.vendor], [row(item_id, words, project_id) for item_id, words in rows]
        )


def _sqlite_row(item_id: int, words: list[str], project_id: int) -> tuple[Any, ...]:
    return item_id, f"p{project_id}", " ".join(words)


def _postgresql_row(item_id: int, words: list[str], project_id: int) -> tuple[Any, ...]:
    return item_id, wordlist.as_tsvector(words, project_id=project_id)


def rebuild(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """Make the index of all items anew, inside the caller's transaction; return how many."""
    with connections[using].cursor() as cursor:
        cursor.execute("DELETE FROM annotation_itemsearch")
    n = 0
    for project_id, chunk in _chunks(using):
        add(chunk, project_id=project_id, using=using)
        n += len(chunk)
    return n


def _chunks(using: str) -> Iterator[tuple[int, list[tuple[int, list[str]]]]]:
    """Yield the words of all items in chunks of one project each."""
    rows = ItemPayload.objects.using(using).order_by("item__project", "pk")
    values = rows.values_list("item__project", "pk", "item__key", "text", "fields")
    found = values.iterator(chunk_size=CHUNK)
    for project_id, mine in itertools.groupby(found, key=lambda row: row[0]):
        while chunk := [
            (pk, wordlist.words_of_item(key, text, fields))
            for _, pk, key, text, fields in itertools.islice(mine, CHUNK)
        ]:
            yield project_id, chunk
