"""ZIP archives and folders: what lies in them, one entry at a time, within limits.

Names out of the upload are shown and serve as ids; no file is ever written under them.
"""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from annotation.formats.errors import FormatError, RowError
from annotation.formats.reading import shown, storable
from annotation.formats.sources import check_unpacked

MAX_ENTRIES = 200_000
MAX_ENTRY_BYTES = 50_000_000
# A list of 200,000 entries with names of 250 characters; it is read into memory as a whole.
MAX_DIRECTORY_BYTES = 60_000_000
MAX_NAME_CHARACTERS = 1_000
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst")
# What operating systems leave behind in archives and folders.
LITTER = re.compile(r"(^|/)(__MACOSX(/|$)|\.[^/]*$|Thumbs\.db$|desktop\.ini$)")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64_BYTES = 20
LONGEST_COMMENT = 65_535
ENTRY_HEADER_BYTES = 46


# Read piece by piece, so that they may be long.
STREAMED = (".parquet", ".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive. `read` raises RowError when its bytes cannot be had.

    `open` gives them piece by piece; what is damaged shows as it is read.
    """

    name: str
    read: Callable[[], bytes]
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Refused:
    """A file of the archive that is not opened, and why."""

    name: str
    error: RowError


# Lists the entries anew at each call.
Listing = Callable[[], Iterator[Entry | Refused]]


@contextmanager
def opened(path: Path) -> Iterator[Listing]:
    """Open a ZIP archive or a folder; entries can be read until it is closed."""
    if path.is_dir():
        yield partial(_folder_entries, path)
        return
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, path)
            yield partial(_zip_entries, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise FormatError("The ZIP archive is damaged or cut off.") from None


def display_name(name: str) -> str:
    """Return a name from an upload as a plain relative path; raises RowError for any other."""
    if CONTROL.search(name):
        raise RowError("file", f"the name {shown(name)} holds a control character")
    if len(name) > MAX_NAME_CHARACTERS:
        limit = f"{MAX_NAME_CHARACTERS:,} characters"
        raise RowError("file", f"the name {shown(name)} has {len(name):,} characters", limit)
    plain = storable("file", name).replace("\\", "/")
    if plain.startswith("/") or re.match(r"[A-Za-z]:", plain):
        raise RowError("file", f"the name {shown(name)} is an absolute path")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise RowError("file", f"the name {shown(name)} leads out of the archive")
    if not parts:
        raise RowError("file", f"the name {shown(name)} is empty")
    return "/".join(parts)


def _entry(
    name: str, size: int, read: Callable[[], bytes], opened: Callable[[], BinaryIO]
) -> Entry | Refused:
    try:
        plain = display_name(name)
        if plain.lower().endswith(ARCHIVES):
            raise RowError("file", f"{shown(plain)}: archives inside an archive are not opened")
        if size > MAX_ENTRY_BYTES and not plain.lower().endswith(STREAMED):
            limit = f"{MAX_ENTRY_BYTES:,} bytes"
            raise RowError("file", f"{shown(plain)} has {size:,} bytes", limit)
    except RowError as error:
        return Refused(name, error)
    return Entry(plain, read, opened)


def _folder_entries(folder: Path) -> Iterator[Entry | Refused]:
    n = 0
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            relative = path.relative_to(folder).as_posix()
            if LITTER.search(relative):
                continue
            n += 1
            if n > MAX_ENTRIES:
                raise _too_many()
            info = path.lstat()
            if stat.S_ISREG(info.st_mode):
                opened = partial(_open_file, path)
                yield _entry(relative, info.st_size, partial(_read_file, path), opened)
            else:
                error = RowError("file", f"{shown(relative)} is a link or a device, not a file")
                yield Refused(relative, error)


def _open_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise FormatError(f"{path.name} cannot be read: {error.strerror}.") from None


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_ENTRY_BYTES)
    except OSError as error:
        raise RowError("file", f"cannot be read: {error.strerror}") from None


def _zip_entries(archive: zipfile.ZipFile) -> Iterator[Entry | Refused]:
    for info in archive.infolist():
        if not info.is_dir() and not LITTER.search(info.filename):
            # zipfile cuts a name at its first NUL; the original tells.
            name = info.orig_filename
            read, opened = partial(_read_member, archive, info), partial(_open, archive, info)
            yield _entry(name, info.file_size, read, opened)


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FormatError(f"{shown(info.filename)} is packed in a way that is not supported.")
    return cast(BinaryIO, archive.open(info))


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RowError("file", "is packed in a way that is not supported (use deflate)")
    try:
        with archive.open(info) as file:
            return file.read(MAX_ENTRY_BYTES)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        raise RowError("file", "is damaged inside the archive") from None


def _check_archive(archive: zipfile.ZipFile, path: Path) -> None:
    for info in archive.infolist():
        if info.flag_bits & 0x1:
            raise FormatError("The archive is encrypted: pack it anew without a password.")
        check_unpacked(info.file_size, packed=info.compress_size)
    size = sum(info.file_size for info in archive.infolist())
    check_unpacked(size, packed=path.stat().st_size)


def _check_directory(path: Path) -> None:
    """Count the entries before zipfile makes an object of each: the count given may lie."""
    with path.open("rb") as file:
        size, end = _directory_place(file)
        if size > MAX_DIRECTORY_BYTES:
            raise _too_many()
        if size > end:
            raise FormatError("The ZIP archive is damaged or cut off.")
        file.seek(end - size)
        directory = file.read(size)
    place = n = 0
    while place + ENTRY_HEADER_BYTES <= size:
        place += ENTRY_HEADER_BYTES + sum(struct.unpack_from("<3H", directory, place + 28))
        n += 1
        if n > MAX_ENTRIES:
            raise _too_many()


def _directory_place(file: BinaryIO) -> tuple[int, int]:
    """Return how long the list of entries is and where it ends, read as zipfile reads it."""
    file_size = file.seek(0, os.SEEK_END)
    tail_start = max(0, file_size - END.size - LONGEST_COMMENT)
    file.seek(tail_start)
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or place + END.size > len(tail):
        raise FormatError("The file is not a ZIP archive, or it is cut off.")
    size: int = END.unpack_from(tail, place)[5]
    end = tail_start + place
    start_64 = end - LOCATOR_64_BYTES - END_64.size
    if start_64 >= 0:
        file.seek(start_64)
        fields = END_64.unpack(file.read(END_64.size))
        if fields[0] == b"PK\x06\x06":
            return int(fields[8]), start_64
    return size, end


def _too_many() -> FormatError:
    return FormatError(f"There are more than {MAX_ENTRIES:,} files in it, which is the limit.")
