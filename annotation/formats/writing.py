"""What every writer gets: what the table is, and its rows, chunk after chunk. Pure: no Django.

A writer is one function, `write(path, table, chunks)`. It takes the chunks one by one and keeps
none of them, so that a file of any size is written in the same memory; whatever the chunks raise
goes through it. Rows are tuples in the order of `table.columns`. `outgoing` lists the writers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

Row = tuple[Any, ...]
Chunk = Sequence[Row]


class Kind(Enum):
    """What the values of a column are, None in all of them where there is nothing to say."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "true or false"
    MOMENT = "date and time with its zone"
    NAMES = "list of texts"
    NESTED = "list of records"
    # Values of several kinds: each as it is in JSON, as text where a column has one kind.
    MIXED = "text, number, true or false"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what its values are, and a sentence on them for whoever finds the file.

    `of` are the columns of a nested one: its values are lists of dicts with these keys.
    """

    name: str
    kind: Kind
    about: str
    of: tuple["Column", ...] = ()


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class that can be answered, as other tools want to know it."""

    name: str
    description: str = ""
    colour: str = ""
    key: str = ""


@dataclass(frozen=True)
class Table:
    """What is written. `contents` is one of the names in `CONTENTS`.

    `text`, `label`, `key` and `file` name the columns that hold the item's text, the answer to
    use, the user's own id, and an image's file inside `media`; "" where there is none. `fields`
    are the columns that came with the item. With `is_safe` cells are written so that no
    spreadsheet takes one for a formula.
    """

    title: str
    contents: str
    columns: tuple[Column, ...]
    task: str = "single"
    modality: str = "text"
    classes: tuple[ClassFacts, ...] = ()
    text: str = ""
    label: str = ""
    key: str = ""
    file: str = ""
    fields: tuple[str, ...] = ()
    media: Path | None = None
    is_safe: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def place(self, name: str) -> int:
        """Return where in a row a column stands; raises ValueError for one that is not there."""
        return self.names.index(name)

    def records(self, chunks: Iterable[Chunk]) -> Iterator[dict[str, Any]]:
        """Yield the rows as dicts by column, for writers that look for a few of them."""
        names = self.names
        for chunk in chunks:
            for row in chunk:
                yield dict(zip(names, row, strict=True))


Write = Callable[[Path, Table, Iterable[Chunk]], None]
LABELS, CONSENSUS, SOFT, PREDICTIONS, ITEMS, RESULTS = (
    "labels", "consensus", "soft", "predictions", "items", "results",
)  # fmt: skip
CONTENTS = (LABELS, CONSENSUS, SOFT, PREDICTIONS, ITEMS, RESULTS)


@dataclass(frozen=True)
class OutFormat:
    """A format that can be written. `contents` and `modalities` are those it has a place for."""

    title: str
    ending: str
    content_type: str
    about: str
    write: Write
    contents: frozenset[str] = frozenset(CONTENTS)
    modalities: frozenset[str] = frozenset({"text", "image", "table"})
