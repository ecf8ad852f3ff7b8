"""Files as readers see them: unpacked within limits, decoded, known by what they hold."""

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from annotation.formats.errors import FormatError

MAX_LINE_BYTES = 8_000_000
# Unpacked, a file may be this much in all; beyond the floor also only so many times its size.
MAX_UNPACKED_BYTES = 20_000_000_000
MAX_RATIO = 200
RATIO_FLOOR_BYTES = 50_000_000
HEAD_BYTES = 65_536
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
# What a file begins with, and what it then is.
SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive (an Excel workbook is one)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml")


@dataclass(frozen=True)
class Source:
    """A file under the name its owner gave it, which is used in messages only."""

    name: str
    open: Callable[[], BinaryIO]
    is_gzip: bool = False

    @classmethod
    def of(cls, path: Path, name: str) -> "Source":
        return cls(name, lambda: path.open("rb"), is_gzip=name.lower().endswith(".gz"))

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the file, unpacked if it is a gzip file; raises FormatError for a bomb."""
        with self.open() as raw:
            if not self.is_gzip:
                yield raw
                return
            with gzip.GzipFile(fileobj=raw) as packed:
                yield io.BufferedReader(_Unpacked(packed, raw))

    def head(self) -> bytes:
        with self.opened() as file:
            return file.read(HEAD_BYTES)


class _Unpacked(io.RawIOBase):
    """The bytes of a gzip file, until they grow beyond what an honest file would hold."""

    def __init__(self, packed: gzip.GzipFile, raw: BinaryIO) -> None:
        self._packed = packed
        self._raw = raw
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._packed.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise FormatError("The gzip file is damaged or cut off.") from None
        buffer[: len(data)] = data
        self._size += len(data)
        check_unpacked(self._size, packed=self._raw.tell())
        return len(data)


def check_unpacked(size: int, *, packed: int) -> None:
    """Raise FormatError when so much cannot honestly come of so little."""
    if size > MAX_UNPACKED_BYTES:
        raise FormatError(
            f"Unpacked, the file has more than {MAX_UNPACKED_BYTES:,} bytes, which is the limit."
        )
    if size > RATIO_FLOOR_BYTES and size > MAX_RATIO * max(packed, 1):
        raise FormatError(
            f"Unpacked, the file is more than {MAX_RATIO} times its size, which is the limit: "
            "it looks like a zip bomb."
        )


def _check_is_no_bomb(source: Source) -> None:
    """Unpack as much as it takes to see the ratio, before anything is made of it."""
    with source.opened() as file:
        unpacked = 0
        while unpacked <= RATIO_FLOOR_BYTES and (data := file.read(HEAD_BYTES)):
            unpacked += len(data)


def content_of(head: bytes) -> str | None:
    """Say what a file that begins like this is, when it is certainly not a text file."""
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP image"
    if head.removeprefix(UTF8_BOM).lstrip()[:9].lower().startswith(MARKUP):
        return "a web page, SVG or XML document"
    return None


def check_is_text(source: Source) -> None:
    """Raise FormatError when the content is not the text that the file's name promises."""
    head = source.head()
    if source.is_gzip:
        _check_is_no_bomb(source)
    if not head.strip():
        raise FormatError("The file is empty.")
    if kind := content_of(head):
        raise FormatError(f"{source.name} is not what its name says: it is {kind}.")
    if b"\0" in head and not head.startswith(UTF16_BOMS):
        raise FormatError(
            f"{source.name} is not a text file, or is UTF-16 without a byte order mark: "
            "save it as UTF-8."
        )


def text_lines(source: Source) -> Iterator[str]:
    """Yield the lines of a UTF-8 or UTF-16 file, line ends kept, the byte order mark dropped.

    Raises FormatError naming the line, for a byte of another encoding and for a line too long.
    """
    is_utf16 = source.head().startswith(UTF16_BOMS)
    with source.opened() as file:
        yield from _utf16_lines(file) if is_utf16 else _utf8_lines(file)


def text_chunks(source: Source) -> Iterator[str]:
    """Yield the text of a UTF-8 or UTF-16 file in pieces, the byte order mark dropped.

    Raises FormatError naming the byte, for one of another encoding.
    """
    is_utf16 = source.head().startswith(UTF16_BOMS)
    decoder = codecs.getincrementaldecoder("utf-16" if is_utf16 else "utf-8-sig")()
    place = 0
    with source.opened() as file:
        while True:
            data = file.read(HEAD_BYTES)
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                # The decoder held back the bytes of a character that had only begun.
                start = place - (len(error.object) - len(data)) + error.start
                raise FormatError(
                    f"Byte {start + 1:,} of the file is 0x{error.object[error.start]:02X}, which "
                    "is not UTF-8. Save the file as UTF-8 and import it again."
                ) from None
            if text:
                yield text
            if not data:
                return
            place += len(data)


def _utf8_lines(file: BinaryIO) -> Iterator[str]:
    number, line = 1, file.readline(MAX_LINE_BYTES + 1).removeprefix(UTF8_BOM)
    while line:
        if len(line) > MAX_LINE_BYTES:
            raise _too_long(number)
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            raise _not_utf8(number, line, error.start) from None
        number, line = number + 1, file.readline(MAX_LINE_BYTES + 1)


def _utf16_lines(file: BinaryIO) -> Iterator[str]:
    with io.TextIOWrapper(file, encoding="utf-16", newline="") as text:
        number = 1
        try:
            while line := text.readline(MAX_LINE_BYTES + 1):
                if len(line) > MAX_LINE_BYTES:
                    raise _too_long(number)
                yield line
                number += 1
        except UnicodeDecodeError as error:
            raise FormatError(
                f"Near line {number:,}: the UTF-16 text is damaged ({error.reason}). "
                "Save the file as UTF-8 and import it again."
            ) from None


def _not_utf8(number: int, line: bytes, place: int) -> FormatError:
    return FormatError(
        f"Line {number:,}: byte {place + 1} is 0x{line[place]:02X}, which is not UTF-8. "
        "Save the file as UTF-8 (in Excel: CSV UTF-8) and import it again."
    )


def _too_long(number: int) -> FormatError:
    return FormatError(
        f"Line {number:,} is longer than {MAX_LINE_BYTES:,} bytes, which is the limit."
    )
