"""Images in a ZIP archive or a folder, with labels from a table among them or from their folders.

Row numbers count the files from 1, in the order of the archive.
"""

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from annotation.formats import archives, delimited
from annotation.formats.archives import Entry, Listing, Refused
from annotation.formats.errors import FormatError, RowError
from annotation.formats.guessing import FILE_NAMES, LABEL_NAMES, named
from annotation.formats.reading import (
    Answer,
    BadRow,
    ColumnMap,
    ImageSource,
    Row,
    Scalar,
    checked_key,
    labels_of,
    plain,
    shown,
)
from annotation.formats.sources import Source, check_is_text

FILE_COLUMN = "file"
LABEL_COLUMN = "label"
TABLES = ("labels.csv", "metadata.csv")


@dataclass(frozen=True)
class _Note:
    """What the table among the images says of one: its rows' number, labels and other cells."""

    number: int
    labels: tuple[str, ...]
    fields: Mapping[str, Scalar]


@dataclass(frozen=True)
class _Labels:
    """Where labels come from: the table's notes by file name, or the folders' names."""

    table: str = ""
    notes: Mapping[str, _Note] = field(default_factory=dict)
    by_folder: bool = False
    # Names that only one file of the archive has, whatever its folder.
    unique_names: frozenset[str] = frozenset()

    @property
    def exist(self) -> bool:
        return self.by_folder or any(note.labels for note in self.notes.values())

    def note_of(self, name: str) -> tuple[str, _Note] | None:
        """Return the note on a file, found by its path, or by its name where that is unique."""
        for known in self._names_of(name):
            if note := self.notes.get(known):
                return known, note
        return None

    def _names_of(self, name: str) -> Iterator[str]:
        yield name
        folder = self.table.rpartition("/")[0]
        yield name.removeprefix(f"{folder}/")
        if (last := PurePosixPath(name).name) in self.unique_names:
            yield last


def columns(path: Path) -> tuple[str, ...]:
    with archives.opened(path) as listing:
        return (FILE_COLUMN, LABEL_COLUMN) if _labels(listing).exist else (FILE_COLUMN,)


def rows(path: Path, columns: ColumnMap) -> Iterator[Row | BadRow]:
    """Yield a row per file; its bytes can be read until the next row is asked for.

    Whether they are an image is seen only when they are read.
    """
    with archives.opened(path) as listing:
        labels = _labels(listing)
        unseen = dict(labels.notes)
        number = 0
        for entry in listing():
            if entry.name == labels.table:
                continue
            number += 1
            found = labels.note_of(entry.name)
            if found:
                unseen.pop(found[0], None)
            yield _row(number, entry, columns, labels, found[1] if found else None)
        for name, note in unseen.items():
            yield BadRow(note.number, labels.table, f"there is no file {shown(name)}")


def _row(
    number: int, entry: Entry | Refused, columns: ColumnMap, labels: _Labels, note: _Note | None
) -> Row | BadRow:
    try:
        if isinstance(entry, Refused):
            raise entry.error
        fields = dict(note.fields) if note else {}
        if columns.key is None:
            fields[FILE_COLUMN] = entry.name
        return Row(
            number=number,
            key=checked_key(FILE_COLUMN, entry.name) if columns.key else "",
            text="",
            fields=fields,
            answers=_answers(entry.name, labels, note) if columns.label else (),
            image=ImageSource(entry.name, entry.read),
        )
    except RowError as error:
        return BadRow.of(number, error)


def _answers(name: str, labels: _Labels, note: _Note | None) -> tuple[Answer, ...]:
    if labels.by_folder:
        return (Answer((PurePosixPath(name).parent.name,), is_joined=True),)
    return (Answer(note.labels, is_joined=True),) if note and note.labels else ()


def _labels(listing: Listing) -> _Labels:
    entries = [entry for entry in listing() if isinstance(entry, Entry)]
    tables = [entry for entry in entries if PurePosixPath(entry.name).name.lower() in TABLES]
    if tables:
        return _from_table(min(tables, key=lambda each: each.name.count("/")), entries)
    folders = {PurePosixPath(entry.name).parent.name for entry in entries}
    return _Labels(by_folder=len(folders) > 1 and "" not in folders)


def _from_table(table: Entry, entries: list[Entry]) -> _Labels:
    names = Counter(PurePosixPath(entry.name).name for entry in entries)
    try:
        data = table.read()
    except RowError as error:
        raise FormatError(f"{table.name} {error.reason}.") from None
    source = Source(table.name, partial(io.BytesIO, data))
    return _Labels(
        table=table.name,
        notes=_notes(source),
        unique_names=frozenset(name for name, n in names.items() if n == 1),
    )


def _notes(source: Source) -> dict[str, _Note]:
    check_is_text(source)
    columns = delimited.csv_columns(source)
    file, label = named(columns, FILE_NAMES), named(columns, LABEL_NAMES)
    if file is None:
        there = ", ".join(columns)
        raise FormatError(f"{source.name} needs a column named file; it has: {there}.")
    notes: dict[str, _Note] = {}
    for each in delimited.csv_records(source):
        if isinstance(each, BadRow):
            raise FormatError(f"{source.name}, row {each.number}: {each.reason}.")
        number, record = each
        name = str(PurePosixPath(str(record[file]).replace("\\", "/")))
        notes[name] = _merged(notes.get(name), _note(source.name, number, record, file, label))
    return notes


def _note(
    table: str, number: int, record: Mapping[str, Any], file: str, label: str | None
) -> _Note:
    try:
        cells = {name: plain(name, cell) for name, cell in record.items()}
        labels = labels_of(record[label]) if label else ()
    except RowError as error:
        raise FormatError(f"{table}, row {number}: {error}.") from None
    return _Note(number, labels, {n: c for n, c in cells.items() if n not in (file, label)})


def _merged(before: _Note | None, note: _Note) -> _Note:
    """Join two rows on one file: several labels may be written as several rows."""
    if before is None:
        return note
    labels = tuple(dict.fromkeys(before.labels + note.labels))
    return _Note(before.number, labels, {**before.fields, **note.fields})
