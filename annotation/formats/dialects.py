"""What other tools make of the same kinds of files, told by what the first rows hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotation.formats.errors import RowError
from annotation.formats.guessing import guess_columns
from annotation.formats.reading import ColumnMap, Reading, Record, Scalar, checked_person, plain


@dataclass(frozen=True)
class Sample:
    """The first rows by column, as text; `asked` are the columns that hold people's answers."""

    columns: tuple[str, ...]
    cells: Mapping[str, Sequence[str]]
    asked: tuple[str, ...] = ()

    @property
    def guess(self) -> ColumnMap:
        """Return what names and cells tell; columns of answers are told by what they are."""
        rest = [name for name in self.columns if name not in self.asked]
        found = guess_columns(rest, self.cells)
        return replace(found, label=self.asked[0]) if self.asked else found


def guessed(sample: Sample) -> ColumnMap:
    return sample.guess


@dataclass(frozen=True)
class Dialect:
    """How one tool writes its rows.

    `recognises` is asked with the first rows. `translate` makes of one row a record of cells, or
    raises RowError for what has no place here.
    """

    name: str
    title: str
    recognises: Callable[[Sequence[Record]], bool]
    translate: Callable[[Record], Record]
    guess: Callable[[Sample], ColumnMap] = guessed

    @property
    def reading(self) -> Reading:
        return Reading(self.name, self.title)


def plainly(record: Record) -> Record:
    return record


PLAIN = Dialect("plain", "columns as they are", lambda records: True, plainly)


def text_of(field: str, value: Any) -> str:
    """Return a name or a label in another tool's file as text; raises RowError for no such thing.

    Numbers are taken for names: tools give people and classes ids.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        kind = "null" if value is None else type(value).__name__
        raise RowError(field, f"is a {kind}, not a text")
    return str(plain(field, value)).strip()


def person_of(field: str, value: Any) -> str:
    """Return who gave an answer, "" where nobody is named."""
    return "" if value in (None, "") else checked_person(field, text_of(field, value))


def list_of(field: str, value: Any) -> list[Any]:
    """Return a list, empty where there is none; raises RowError for anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise RowError(field, f"is a {type(value).__name__}, not a list")
    return value


def object_of(field: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RowError(field, f"is a {type(value).__name__}, not an object")
    return value


def extras(record: Record, *, known: frozenset[str]) -> dict[str, Scalar | Any]:
    """Return what else a row says: its own columns, and those of its meta."""
    own = {
        name: cell
        for name, cell in record.items()
        if name not in known and not name.startswith("_")
    }
    meta = record.get("meta")
    if isinstance(meta, dict):
        return own | {name: cell for name, cell in meta.items() if name not in own}
    return own if meta in (None, "") else own | {"meta": meta}
