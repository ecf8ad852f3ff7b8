"""JSON: a list of objects, or objects one after the other. Row numbers count them from 1.

Read piece by piece, whatever the length of the file and of its lines.
"""

import json
from collections.abc import Iterator
from typing import Any

from annotation.formats.errors import FormatError, RowError
from annotation.formats.reading import BadRow, Record, storable
from annotation.formats.sources import MAX_LINE_BYTES, Source, text_chunks

SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


def records(source: Source) -> Iterator[tuple[int, Record] | BadRow]:
    """Yield each object with its number; raises FormatError where the rest cannot be read."""
    text = _Text(text_chunks(source))
    is_list = text.peek() == "["
    if is_list:
        text.skip()
        if text.peek() == "]":
            return
    number = 0
    while text.peek():
        number += 1
        yield _checked(number, text.value(number))
        if not is_list:
            continue
        mark = text.peek()
        if mark not in (",", "]"):
            raise _unreadable(number, "is not followed by a comma or the end of the list")
        text.skip()
        if mark == "]":
            break
        if not text.peek():
            raise _unreadable(number + 1, "is missing: the file is cut off")
    if text.peek():
        raise FormatError(f"After object {number:,} the list ends, and more text follows.")


def _checked(number: int, value: Any) -> tuple[int, Record] | BadRow:
    if not isinstance(value, dict):
        return BadRow(number, "row", f"is a JSON {type(value).__name__}, not an object")
    try:
        storable("row", "\n".join(value))
    except RowError as error:
        return BadRow(number, "row", f"{error.reason} in the name of a column")
    return number, value


class _Text:
    """The text of a file, as much of it in memory as the value being read takes."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._held = ""
        self._place = 0

    def peek(self) -> str:
        """Return the next character that is no space, "" at the end."""
        while True:
            while self._place < len(self._held):
                if (found := self._held[self._place]) not in SPACE:
                    return found
                self._place += 1
            if not self._more():
                return ""

    def skip(self) -> None:
        self._place += 1

    def value(self, number: int) -> Any:
        """Return the value that begins here; peek() has found its first character."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._place)
            except json.JSONDecodeError as error:
                place = error.pos - self._place + 1
                if not self._double(number):
                    reason = f"is not JSON: {error.msg} at its character {place:,}"
                    raise _unreadable(number, reason) from None
            except (ValueError, RecursionError):
                reason = "is JSON with a number too long or lists nested too deep"
                raise _unreadable(number, reason) from None
            else:
                # A number at the end of what is held may go on in what is not.
                if end < len(self._held) or not self._double(number):
                    self._place = end
                    return value

    def _double(self, number: int) -> bool:
        """Hold twice as much, so that long values are not parsed again for every chunk."""
        before = len(self._held) - self._place
        if before > MAX_LINE_BYTES:
            reason = f"is longer than {MAX_LINE_BYTES:,} characters, which is the limit"
            raise _unreadable(number, reason)
        while len(self._held) - self._place < 2 * before and self._more():
            pass
        return len(self._held) - self._place > before

    def _more(self) -> bool:
        chunk = next(self._chunks, "")
        self._drop_read()
        self._held += chunk
        return bool(chunk)

    def _drop_read(self) -> None:
        self._held, self._place = self._held[self._place :], 0


def _unreadable(number: int, reason: str) -> FormatError:
    return FormatError(f"Object {number:,} {reason}.")
