"""Lines for Prodigy and for doccano, as their imports take them. Pure: no Django."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from annotation.formats.write_rows import moment
from annotation.formats.writing import LABELS, Chunk, Table

STANDING = "standing"
Record = dict[str, Any]


def write_prodigy(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write a line per answer that stands, or per item what was agreed of it."""
    options = [{"id": each.name, "text": each.name} for each in table.classes]
    _write(path, table, chunks, lambda record: _of_prodigy(table, record, options))


def write_doccano(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write a line per item, with what was agreed of it."""
    _write(path, table, chunks, lambda record: _of_doccano(table, record))


def _write(
    path: Path, table: Table, chunks: Iterable[Chunk], made: Callable[[Record], Record | None]
) -> None:
    with path.open("w", newline="\n", encoding="utf-8") as file:
        for record in table.records(chunks):
            if line := made(record):
                file.write(json.dumps(line, ensure_ascii=False, default=moment) + "\n")


def _of_prodigy(table: Table, record: Record, options: list[Record]) -> Record | None:
    label = record[table.label]
    is_answer = table.contents == LABELS
    if is_answer and record["state"] != STANDING:
        return None
    meta = {name: record[name] for name in table.fields}
    if record[table.key]:
        meta.setdefault("id", record[table.key])
    text = record[table.text]
    line: Record = {
        "text": text,
        "meta": meta,
        "options": options,
        "_input_hash": _hash(text),
        "_task_hash": _hash(text, *(each["id"] for each in options)),
        "_view_id": "choice",
        "config": {"choice_style": "multiple" if table.task == "multi" else "single"},
    }
    if label is not None:
        line |= {"accept": _listed(label), "answer": "accept"}
    if is_answer:
        who = record["annotator"]
        at = int(record["answered_at"].timestamp())
        line |= {"_annotator_id": who, "_session_id": who, "_timestamp": at}
    return line


def _of_doccano(table: Table, record: Record) -> Record:
    label = record[table.label]
    line: Record = {
        "id": record[table.key] or record["item"],
        "text": record[table.text],
        "label": [] if label is None else _listed(label),
        "Comments": [],
    }
    return line | {_apart(name, line): record[name] for name in table.fields}


def _listed(label: Any) -> list[str]:
    return list(label) if isinstance(label, list | tuple) else [label]


def _apart(name: str, taken: Mapping[str, Any]) -> str:
    """Return a name that means nothing yet."""
    while name in taken:
        name = f"{name}_"
    return name


def _hash(*parts: str) -> int:
    """Return a number of 32 bits, with its sign, as Prodigy tells texts apart by."""
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big", signed=True)
