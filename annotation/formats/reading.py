"""What every reader gives: rows, and rows that cannot be read, each with its reason."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotation.formats.errors import FormatError, RowError
from annotation.formats.moments import moment_of

MAX_TEXT_CHARACTERS = 100_000
MAX_KEY_CHARACTERS = 200
MAX_COLUMNS = 200
MAX_COLUMN_NAME_CHARACTERS = 200
MAX_PERSON_CHARACTERS = 150
SHOWN_CHARACTERS = 40

Scalar = str | int | float | bool | None
# One row's cells by column, as the format gives them.
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column is what; every other column becomes a field.

    `person` and `moment` say who gave the label, and when. `dialect` is the tool whose file it is
    read as, "" for the one it looks like.
    """

    text: str | None = None
    label: str | None = None
    key: str | None = None
    person: str | None = None
    moment: str | None = None
    dialect: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        named = (self.text, self.label, self.key, self.person, self.moment)
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read a file: as another tool wrote it, or plainly."""

    name: str
    title: str


@dataclass(frozen=True)
class Sheet:
    """What a file holds, by its first rows. `is_multi`: some rows have several labels."""

    format: str
    holds_images: bool
    columns: tuple[str, ...]
    sample: tuple[dict[str, str], ...]
    guess: ColumnMap
    is_multi: bool = False
    # The ways this kind of file can be read; `guess.dialect` is the one taken.
    readings: tuple[Reading, ...] = ()

    @property
    def reading(self) -> str:
        return self.guess.dialect or "plain"


@dataclass(frozen=True, slots=True)
class ImageSource:
    """An image's name in the upload, and its bytes for whoever asks before the next row.

    `read` raises RowError when the bytes cannot be had.
    """

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person said of an item: no labels at all are an answer too.

    `by` is "" for whoever brings the file. `is_part`: it names one class of several that the same
    person may name in other rows. `is_joined`: each label is a cell that may name several, see
    `joined`. `is_outright`: that there are no labels was said, not left empty.
    """

    labels: tuple[str, ...]
    by: str = ""
    at: datetime | None = None
    is_part: bool = False
    is_joined: bool = False
    is_outright: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers in one cell of a file that keeps several people's with each item."""

    given: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a file says of an item that has no place here: so many predictions of some model."""

    n_predictions: int


@dataclass(frozen=True, slots=True)
class Row:
    """One item to be. `number` is what a person would call the row; see each reader."""

    number: int
    key: str
    text: str
    fields: dict[str, Scalar]
    answers: tuple[Answer, ...] = ()
    image: ImageSource | None = None
    # What some model said of it in the file; counted, and not imported.
    n_predictions: int = 0

    @property
    def labels(self) -> tuple[str, ...]:
        """Return every label that anybody gave."""
        return tuple(label for answer in self.answers for label in answer.labels)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be imported: which field, why, and the limit it breaks, if any."""

    number: int
    field: str
    reason: str
    limit: str = ""

    @classmethod
    def of(cls, number: int, error: RowError) -> "BadRow":
        return cls(number, error.field, error.reason, error.limit)


def build_row(number: int, record: Record, columns: ColumnMap) -> Row | BadRow:
    """Make a row of a record's cells, each checked against its limits."""
    try:
        return Row(
            number=number,
            key=_key(record, columns.key),
            text=_text(record, columns.text),
            fields=_fields(record, columns),
            answers=_answers(record, columns),
            image=next((cell for cell in record.values() if type(cell) is ImageSource), None),
            n_predictions=sum(
                cell.n_predictions for cell in record.values() if type(cell) is LeftOut
            ),
        )
    except RowError as error:
        return BadRow.of(number, error)


def _text(record: Record, column: str | None) -> str:
    if column is None:
        return ""
    value = record.get(column)
    if isinstance(value, dict | list | tuple | ImageSource | Answers):
        raise RowError(column, f"is a {type(value).__name__}, not a text")
    text = as_text(column, value)
    if not text.strip():
        raise RowError(column, "is empty")
    return text


def _key(record: Record, column: str | None) -> str:
    if column is None:
        return ""
    return checked_key(column, as_text(column, record.get(column)))


def checked_key(column: str, value: str) -> str:
    """Return the id without spaces around it; raises RowError when it is too long."""
    key = value.strip()
    if len(key) > MAX_KEY_CHARACTERS:
        reason = f"{shown(key)} has {len(key):,} characters"
        raise RowError(column, reason, f"{MAX_KEY_CHARACTERS} characters")
    return key


def _fields(record: Record, columns: ColumnMap) -> dict[str, Scalar]:
    if len(record) > MAX_COLUMNS:
        raise RowError("row", f"has {len(record)} columns", f"{MAX_COLUMNS} columns")
    used = columns.used
    is_image = False
    fields: dict[str, Scalar] = {}
    for name, cell in record.items():
        if type(cell) is ImageSource:
            is_image = True
        elif name not in used and type(cell) not in (Answers, LeftOut):
            fields[name] = plain(name, cell)
    if columns.text is None and not is_image and _are_empty(fields):
        raise RowError("row", "has no value in any column")
    return fields


def _are_empty(fields: Mapping[str, Scalar]) -> bool:
    return all(cell is None or cell == "" for cell in fields.values())


def _answers(record: Record, columns: ColumnMap) -> tuple[Answer, ...]:
    if columns.label is None:
        return ()
    cell = record.get(columns.label, "")
    if type(cell) is Answers:
        return cell.given
    labels, is_list = labels_of(cell), isinstance(cell, list | tuple)
    if not labels and not is_list:
        return ()
    by = columns.person and as_text(columns.person, record.get(columns.person))
    at = columns.moment and moment_of(columns.moment, record.get(columns.moment))
    person = checked_person(columns.person or "", by or "")
    return (Answer(labels, person, at or None, is_joined=not is_list, is_outright=not labels),)


def checked_person(column: str, name: str) -> str:
    """Return a person's name without spaces around it; raises RowError when it is too long."""
    person = storable(column, name).strip()
    if len(person) > MAX_PERSON_CHARACTERS:
        reason = f"{shown(person)} has {len(person):,} characters"
        raise RowError(column, reason, f"{MAX_PERSON_CHARACTERS} characters")
    return person


def labels_of(value: Any) -> tuple[str, ...]:
    """Return the labels a cell names: none, one, or the members of a list."""
    if isinstance(value, list | tuple):
        return tuple(label for each in value for label in labels_of(each))
    label = as_text("label", value).strip()
    return (label,) if label else ()


def as_text(column: str, value: Any) -> str:
    """Return a cell as the text it stands for: 3.0 of a numeric column is "3"."""
    scalar = plain(column, value)
    if isinstance(scalar, str):
        return scalar
    if scalar is None:
        return ""
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    if isinstance(scalar, float) and scalar.is_integer():
        return str(int(scalar))
    return str(scalar)


def plain(column: str, value: Any) -> Scalar:
    """Return a cell as something JSON and every database can hold, or raise RowError."""
    if isinstance(value, str):
        return storable(column, value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if math.isinf(value):
            raise RowError(column, "is not a finite number")
        return None if math.isnan(value) else value
    return storable(column, json.dumps(value, ensure_ascii=False, default=str))


def storable(column: str, text: str) -> str:
    """Return the text unchanged, or raise RowError where a database could not keep it."""
    if len(text) > MAX_TEXT_CHARACTERS:
        limit = f"{MAX_TEXT_CHARACTERS:,} characters"
        raise RowError(column, f"has {len(text):,} characters", limit)
    if "\0" in text:
        raise RowError(column, "holds a NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise RowError(column, "holds half a character (a lone surrogate)") from None
    return text


def checked_columns(names: list[str]) -> tuple[str, ...]:
    """Return the columns' names, the nameless numbered; raises FormatError for impossible ones."""
    if len(names) > MAX_COLUMNS:
        raise FormatError(f"The file has {len(names):,} columns; {MAX_COLUMNS} is the limit.")
    columns = [name.strip() or f"column {place}" for place, name in enumerate(names, start=1)]
    for place, name in enumerate(columns, start=1):
        _check_name(place, name)
        if name in columns[: place - 1]:
            raise FormatError(f"Two columns are named {shown(name)}: give each its own name.")
    return tuple(columns)


def _check_name(place: int, name: str) -> None:
    if len(name) > MAX_COLUMN_NAME_CHARACTERS:
        raise FormatError(
            f"The name of column {place} has {len(name):,} characters; "
            f"{MAX_COLUMN_NAME_CHARACTERS} is the limit. Is the first row a header?"
        )
    try:
        storable("name", name)
    except RowError as error:
        raise FormatError(f"The name of column {place} {error.reason}.") from None


def check_mapped(columns: ColumnMap, names: tuple[str, ...]) -> None:
    """Raise FormatError for a column that the file does not have, or one used twice."""
    for wanted in columns.used:
        if wanted not in names:
            there = ", ".join(names) or "none"
            raise FormatError(f"There is no column {shown(wanted)}; the file has: {there}.")
        if columns.used.count(wanted) > 1:
            raise FormatError(f"The column {shown(wanted)} cannot be two things at once.")


def shown(value: str) -> str:
    """Return a value as a message shows it: quoted, and cut when it is long."""
    return repr(value if len(value) <= SHOWN_CHARACTERS else f"{value[:SHOWN_CHARACTERS]}…")
