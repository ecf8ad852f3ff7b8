"""CSV, TSV and JSON Lines: a line per row. Pure: no Django."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from annotation.formats import joined, spreadsheet
from annotation.formats.reading import as_text
from annotation.formats.writing import Chunk, Column, Kind, Table

_compact = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=lambda value: moment(value)
)
Cell = Callable[[Any], Any]


def write_csv(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write a header and a line per row, ended as RFC 4180 has it."""
    # Spreadsheets take a file for UTF-8 only if it begins with this mark.
    with path.open("w", newline="", encoding="utf-8-sig" if table.is_safe else "utf-8") as file:
        write_delimited(file, table, chunks, delimiter=",")


def write_tsv(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig" if table.is_safe else "utf-8") as file:
        write_delimited(file, table, chunks, delimiter="\t")


def write_jsonl(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write a JSON object per row, each with every column."""
    names, encode = table.names, _compact.encode
    with path.open("w", newline="\n", encoding="utf-8") as file:
        for chunk in chunks:
            file.writelines(encode(dict(zip(names, row, strict=True))) + "\n" for row in chunk)


def write_delimited(
    file: IO[str], table: Table, chunks: Iterable[Chunk], *, delimiter: str
) -> None:
    """Write the header and the rows; with `table.is_safe` in cells no spreadsheet computes."""
    # The line end is among what csv quotes: a text with a lone return must not end its row.
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    mark = (spreadsheet.MARK,) if table.is_safe else ()
    header = map(spreadsheet.safe, table.names) if table.is_safe else table.names
    writer.writerow([*header, *mark])
    # All cells alike: a name with a bar would be hidden among names joined by bars.
    as_list = joined.needs_list(each.name for each in table.classes)
    cells = [_cell(each, is_safe=table.is_safe, as_list=as_list) for each in table.columns]
    if mark:
        cells.append(lambda _: 1)
    for chunk in chunks:
        rows = [(*row, 1) for row in chunk] if mark else chunk
        writer.writerows(_converted(rows, cells))


def moment(value: datetime) -> str:
    return value.isoformat()


def _converted(rows: Sequence[Sequence[Any]], cells: Sequence[Cell | None]) -> Iterator[Any]:
    """Turn columns of values into columns of cells: by column, as most need nothing done."""
    columns = zip(*rows, strict=True)
    turned = (
        column if cell is None else map(cell, column)
        for cell, column in zip(cells, columns, strict=True)
    )
    return zip(*turned, strict=True)


def _cell(column: Column, *, is_safe: bool, as_list: bool) -> Cell | None:
    """Return what turns a value of the column into a cell; None: csv knows by itself."""
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        return None
    if column.kind == Kind.BOOLEAN:
        return lambda value: None if value is None else str(value).lower()
    if column.kind == Kind.MOMENT:
        return lambda value: None if value is None else moment(value)
    plain = _plain(column, as_list=as_list)
    if not is_safe:
        return plain
    return lambda value: spreadsheet.cell(plain(value) if plain else value)


def _plain(column: Column, *, as_list: bool) -> Cell | None:
    if column.kind == Kind.NAMES:
        return lambda names: None if names is None else joined.cell_of(names, as_list=as_list)
    if column.kind == Kind.NESTED:
        return lambda value: None if value is None else _compact.encode(value)
    if column.kind == Kind.MIXED:
        return lambda value: None if value is None else as_text(column.name, value)
    return None
