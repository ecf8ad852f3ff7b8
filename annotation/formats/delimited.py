"""CSV and TSV: a header, then a row per record.

Row numbers are a spreadsheet's: the header is row 1, the first item row 2.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from annotation.formats import spreadsheet
from annotation.formats.errors import FormatError
from annotation.formats.reading import BadRow, Record, checked_columns
from annotation.formats.sources import (
    MAX_LINE_BYTES,
    Source,
    text_lines,
)

DELIMITERS = (",", ";", "\t", "|")


def csv_columns(source: Source) -> tuple[str, ...]:
    return _columns(source, _delimiter(source))


def csv_records(source: Source) -> Iterator[tuple[int, Record] | BadRow]:
    """Yield the records of a CSV file; its delimiter is the one that splits the header most."""
    return _records(source, _delimiter(source))


def tsv_columns(source: Source) -> tuple[str, ...]:
    return _columns(source, "\t")


def tsv_records(source: Source) -> Iterator[tuple[int, Record] | BadRow]:
    return _records(source, "\t")


def _delimiter(source: Source) -> str:
    header = next(text_lines(source), "")
    return max(DELIMITERS, key=lambda each: _n_cells(header, each))


def _n_cells(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), ()))
    except csv.Error:  # told with its row when the file is read
        return 0


def _columns(source: Source, delimiter: str) -> tuple[str, ...]:
    return _header(source, delimiter).columns


@dataclass(frozen=True)
class _Header:
    """The columns as they are meant, and as many cells as a line has.

    `mark` is the place of the column that says that texts were made safe for spreadsheets.
    """

    columns: tuple[str, ...]
    n_cells: int
    mark: int | None = None

    def meant(self, cells: list[str]) -> list[str]:
        """Return the cells of a line as they were before they were made safe."""
        if self.mark is None:
            return cells
        return [spreadsheet.undone(cell) for place, cell in enumerate(cells) if place != self.mark]


def _header(source: Source, delimiter: str) -> _Header:
    cells = next((cells for _, cells, _ in _cells(source, delimiter)), [])
    if spreadsheet.MARK not in cells:
        return _Header(checked_columns(cells), len(cells))
    marked = _Header((), len(cells), cells.index(spreadsheet.MARK))
    return _Header(checked_columns(marked.meant(cells)), marked.n_cells, marked.mark)


def _records(source: Source, delimiter: str) -> Iterator[tuple[int, Record] | BadRow]:
    header = _header(source, delimiter)
    rows = _cells(source, delimiter)
    next(rows)
    for number, cells, is_open in rows:
        if is_open:
            yield BadRow(
                number, "row", "a quotation mark is opened and never closed: the rest is lost"
            )
        elif len(cells) > header.n_cells:
            reason = f"has {len(cells)} cells: is there a comma or line break outside quotes?"
            yield BadRow(number, "row", reason, f"{header.n_cells} columns")
        else:
            # Spreadsheets leave out empty cells at the end of a row.
            cells.extend([""] * (header.n_cells - len(cells)))
            yield number, dict(zip(header.columns, header.meant(cells), strict=True))


def _cells(source: Source, delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    """Yield (number, cells, whether a quotation mark was left open), empty lines left out."""
    # For the whole process, as csv has it; the lines below hold every row to the same limit.
    csv.field_size_limit(MAX_LINE_BYTES)
    lines = _RecordLines(text_lines(source))
    reader = csv.reader(lines, delimiter=delimiter)
    number = 0
    try:
        for cells in reader:
            number += 1
            if cells:
                yield number, cells, lines.is_quote_open
            lines.begin_record()
    except csv.Error as error:
        raise FormatError(
            f"Row {number + 1:,} (line {reader.line_num:,}) cannot be read: {error}."
        ) from None


class _RecordLines:
    """The lines of a file, those of the current record counted.

    An open quotation mark would swallow the rest of a file: no record may grow without end.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._number = 0
        # The reader asks for a line beyond the last only inside a quotation that never ends.
        self.is_quote_open = False
        self.begin_record()

    def begin_record(self) -> None:
        self._first = self._number + 1
        self._n_characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, "")
        if not line:
            self.is_quote_open = self._n_characters > 0
            raise StopIteration
        self._number += 1
        self._n_characters += len(line)
        if self._n_characters > MAX_LINE_BYTES:
            raise FormatError(
                f"The row that begins on line {self._first:,} is longer than {MAX_LINE_BYTES:,} "
                "characters, which is the limit. Is a quotation mark left open there?"
            )
        return line
