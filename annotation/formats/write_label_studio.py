"""Label Studio's tasks with annotations and predictions, as its import takes them. No Django.

Its import refuses annotations by people it does not know, and keeps those that name nobody as
the importer's: so who answered stands in `created_username`, which it leaves alone.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotation.formats.write_archive import add_text, with_images
from annotation.formats.write_rows import moment
from annotation.formats.writing import Chunk, Table

QUESTION = "label"
STANDING = "standing"
TASKS = "tasks.json"
# Columns that have a place of their own in a task.
PLACED = ("answers", "predicted", "predicted_confidence", "predicted_by", "is_accepted")
Record = dict[str, Any]


def write_tasks(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write a list of tasks, an item each."""
    with path.open("w", newline="\n", encoding="utf-8") as file:
        _write(file.write, table, table.records(chunks))


def write_tasks_with_images(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write an archive of the images and the tasks, which name them by their path in it."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive,
        tempfile.TemporaryFile("w+", newline="\n", encoding="utf-8", dir=path.parent) as held,
    ):
        # An archive is written one file at a time: the tasks wait until all images are in.
        _write(held.write, table, table.records(with_images(archive, table, chunks, TASKS)))
        add_text(archive, TASKS, held)


def _write(write: Callable[[str], object], table: Table, records: Iterator[Record]) -> None:
    opening = "[\n"
    for record in records:
        write(opening + json.dumps(task(table, record), ensure_ascii=False, default=moment))
        opening = ",\n"
    write("[]\n" if opening == "[\n" else "\n]\n")


def task(table: Table, record: Mapping[str, Any]) -> Record:
    """Return the task of an item. What neither is its content nor an answer stands in `meta`."""
    shown = [name for name in (table.text, table.file, *table.fields) if name]
    data = {name: record[name] for name in shown}
    if key := record[table.key]:
        data.setdefault("id", key)
    placed = {*shown, *PLACED, table.key}
    return {
        "id": record.get("item"),
        "data": data,
        "meta": {name: cell for name, cell in record.items() if name not in placed},
        "annotations": [
            _annotation(table, each)
            for each in record.get("answers", ())
            if each["state"] == STANDING
        ],
        "predictions": _predictions(table, record),
    }


def _annotation(table: Table, answer: Mapping[str, Any]) -> Record:
    return {
        "id": answer["number"],
        "created_username": answer["annotator"],
        "created_at": answer["answered_at"],
        "lead_time": answer["active_seconds"],
        "was_cancelled": False,
        # Without it Label Studio takes every annotation it imports for the truth.
        "ground_truth": False,
        "result": _result(table, answer["label"]),
    }


def _predictions(table: Table, record: Mapping[str, Any]) -> list[Record]:
    if record.get("predicted") is None:
        return []
    return [
        {
            "model_version": record["predicted_by"] or "",
            "score": record["predicted_confidence"],
            "result": _result(table, record["predicted"]),
        }
    ]


def _result(table: Table, label: Any) -> list[Record]:
    chosen = label if isinstance(label, list) else [label]
    if not chosen or label is None:
        return []
    return [
        {
            "id": "1",
            "from_name": QUESTION,
            "to_name": "image" if table.file else "text",
            "type": "choices",
            "value": {"choices": chosen},
        }
    ]
