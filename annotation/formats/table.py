"""Rows with columns, wherever they lie: what they hold, and each as an item to be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from annotation.formats import joined
from annotation.formats.dialects import PLAIN, Dialect, Sample
from annotation.formats.errors import FormatError, RowError
from annotation.formats.reading import (
    Answers,
    BadRow,
    ColumnMap,
    ImageSource,
    LeftOut,
    Record,
    Row,
    Sheet,
    as_text,
    build_row,
    check_mapped,
    checked_columns,
    labels_of,
    shown,
)

SAMPLE_ROWS = 500
SAMPLE_CHARACTERS = 4_000_000
SHOWN_ROWS = 20
Records = Iterator[tuple[int, Record] | BadRow]


@dataclass(frozen=True)
class Table:
    """Records in order, with the ways to read them. `records` begins anew at each call.

    `columns` is None where only the rows tell them.
    """

    format: str
    records: Callable[[], Records]
    columns: Callable[[], tuple[str, ...]] | None = None
    dialects: tuple[Dialect, ...] = field(default=())


def sheet(table: Table, dialect: str) -> Sheet:
    """Return what the first rows hold, read as `dialect`, or as what they look like."""
    spoken = _dialect(table, dialect)
    records = _first(table, spoken)
    columns = _columns(table, spoken, records)
    sample = [{name: _cell(name, record.get(name)) for name in columns} for record in records]
    asked = tuple(name for name in columns if _is_asked(name, records))
    cells = {name: [row[name] for row in sample] for name in columns}
    told = tuple(name for name in columns if not _is_image(name, records))
    guess = spoken.guess(Sample(told, cells, asked))
    if len(told) < len(columns):
        # Where there are images, they are what is looked at.
        guess = replace(guess, text=None)
    return Sheet(
        format=table.format if spoken is PLAIN else f"{spoken.title} in {table.format}",
        holds_images=len(told) < len(columns),
        columns=columns,
        sample=tuple(sample[:SHOWN_ROWS]),
        # A file that looks like no tool's is read plainly by itself.
        guess=replace(guess, dialect=dialect if spoken is PLAIN else spoken.name),
        is_multi=guess.label is not None and any(map(_is_multi(guess.label), records)),
        readings=tuple(each.reading for each in _ways(table)) if table.dialects else (),
    )


def rows(table: Table, columns: ColumnMap) -> Iterator[Row | BadRow]:
    """Yield the rows, the good and the bad, in flat memory."""
    spoken = _dialect(table, columns.dialect)
    check_mapped(columns, _columns(table, spoken, None))
    for each in _translated(table, spoken):
        yield each if isinstance(each, BadRow) else build_row(*each, columns)


def _ways(table: Table) -> tuple[Dialect, ...]:
    return (*table.dialects, PLAIN)


def _dialect(table: Table, name: str) -> Dialect:
    """Return the dialect of this name, or, for "", the one the first rows look like."""
    if not name:
        first = [each[1] for each in islice(table.records(), 20) if not isinstance(each, BadRow)]
        return next((each for each in table.dialects if each.recognises(first)), PLAIN)
    found = next((each for each in _ways(table) if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in _ways(table))
        raise FormatError(f"This file cannot be read as {shown(name)}; it can as: {known}.")
    return found


def _translated(table: Table, dialect: Dialect) -> Records:
    for each in table.records():
        if isinstance(each, BadRow):
            yield each
            continue
        number, record = each
        try:
            yield number, dialect.translate(record)
        except RowError as error:
            yield BadRow.of(number, error)


def _columns(table: Table, dialect: Dialect, records: Sequence[Record] | None) -> tuple[str, ...]:
    if table.columns and dialect is PLAIN:
        return table.columns()
    if records is None:
        records = _first(table, dialect)
    names: dict[str, None] = {}
    for record in records:
        names.update((name, None) for name, cell in record.items() if type(cell) is not LeftOut)
    return checked_columns(list(names))


def _first(table: Table, dialect: Dialect) -> list[Record]:
    """Return the first good records: many of them, but not many pages.

    Raises FormatError where another tool's file has nothing among them that has a place here.
    """
    found: list[Record] = []
    first: BadRow | None = None
    n_characters = 0
    for each in islice(_translated(table, dialect), SAMPLE_ROWS):
        if isinstance(each, BadRow):
            first = first or each
            continue
        found.append(each[1])
        n_characters += sum(len(cell) for cell in each[1].values() if isinstance(cell, str))
        if n_characters > SAMPLE_CHARACTERS:
            break
    if first and not found and dialect is not PLAIN:
        raise FormatError(
            f"None of the first rows can be imported from {dialect.title}. Row {first.number:,}, "
            f"{first.field}: {first.reason}."
        )
    return found


def _is_asked(name: str, records: Sequence[Record]) -> bool:
    return any(type(record.get(name)) is Answers for record in records)


def _is_image(name: str, records: Sequence[Record]) -> bool:
    return any(type(record.get(name)) is ImageSource for record in records)


def _is_multi(label: str) -> Callable[[Record], bool]:
    def names_several(record: Record) -> bool:
        cell = record.get(label)
        if isinstance(cell, Answers):
            return any(len(answer.labels) > 1 for answer in cell.given)
        if isinstance(cell, list | tuple):
            return len(labels_of(cell)) > 1
        text = _cell(label, cell)
        return joined.SEPARATOR in text or text.startswith((joined.NONE, joined.LIST_START))

    return names_several


def _cell(name: str, value: Any) -> str:
    try:
        if isinstance(value, Answers):
            return "; ".join("|".join(answer.labels) for answer in value.given)
        if isinstance(value, ImageSource):
            return value.name
        return "|".join(labels_of(value)) if isinstance(value, list) else as_text(name, value)
    except RowError:
        return ""
