"""JSON Lines: an object per line. Row numbers are line numbers."""

import json
from collections.abc import Iterator
from itertools import islice

from annotation.formats.errors import FormatError, RowError
from annotation.formats.reading import BadRow, Record, checked_columns, storable
from annotation.formats.sources import Source, text_lines

# How many rows are asked for their columns; later ones may bring more.
HEADER_ROWS = 500


def columns(source: Source) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for each in islice(records(source), HEADER_ROWS):
        if not isinstance(each, BadRow):
            names.update(dict.fromkeys(each[1]))
    return checked_columns(list(names))


def records(source: Source) -> Iterator[tuple[int, Record] | BadRow]:
    if source.head().lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        raise FormatError("The file is one JSON list: name it .json instead of .jsonl.")
    for number, line in enumerate(text_lines(source), start=1):
        if line.strip():
            yield _parsed(number, line)


def _parsed(number: int, line: str) -> tuple[int, Record] | BadRow:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        return BadRow(number, "row", f"is not JSON: {error.msg} at character {error.pos + 1}")
    except (ValueError, RecursionError):
        return BadRow(number, "row", "is JSON with a number too long or lists nested too deep")
    if not isinstance(record, dict):
        return BadRow(number, "row", f"is a JSON {type(record).__name__}, not an object")
    try:
        storable("row", "\n".join(record))
    except RowError as error:
        return BadRow(number, "row", f"{error.reason} in the name of a column")
    return number, record
