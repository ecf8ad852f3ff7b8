"""Files as tests write and read them."""

import json
from pathlib import Path
from typing import Any

from annotation import formats
from annotation.formats import BadRow, ColumnMap, Row


def write_lines(folder: Path, *records: Any, name: str = "rows.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def write_json(folder: Path, value: Any, name: str = "rows.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def read(path: Path, columns: ColumnMap | None = None) -> list[Row | BadRow]:
    """Read a file as its first rows suggest, or by these columns."""
    guess = columns or formats.inspect(path, path.name).guess
    return list(formats.read(path, path.name, guess))


def said(path: Path) -> list[list[tuple[str, tuple[str, ...]]]]:
    """Return who gave which labels, row by row."""
    rows = [row for row in read(path) if isinstance(row, Row)]
    return [[(each.by, each.labels) for each in row.answers] for row in rows]


def refusal(path: Path) -> tuple[str, str]:
    """Return field and reason of the only bad row."""
    (bad,) = (row for row in read(path) if isinstance(row, BadRow))
    return bad.field, bad.reason
