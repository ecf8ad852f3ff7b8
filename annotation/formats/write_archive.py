"""A ZIP archive of images with a table beside them, as the importer takes it. Pure: no Django."""

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from annotation.formats.archives import display_name
from annotation.formats.errors import RowError
from annotation.formats.write_rows import write_delimited
from annotation.formats.writing import Chunk, Row, Table

TABLE = "metadata.csv"
COPY_CHARACTERS = 1_000_000
# What people's computers refuse in the names of files.
UNWANTED = re.compile(r'[<>:"|?*]')


def write_archive(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write each image once under its own id where that is a path, else under its stored name.

    Images are packed already, so they are stored as they are. Raises FileNotFoundError for an
    image that is gone.
    """
    columns = list(table.columns)
    columns[table.place(table.file)] = replace(columns[table.place(table.file)], name="file")
    told = replace(table, columns=tuple(columns))
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive,
        tempfile.TemporaryFile("w+", newline="", encoding="utf-8", dir=path.parent) as held,
    ):
        # An archive is written one file at a time: the table waits until all images are in.
        write_delimited(held, told, with_images(archive, table, chunks, TABLE), delimiter=",")
        add_text(archive, TABLE, held)


def add_text(archive: zipfile.ZipFile, name: str, held: IO[str]) -> None:
    """Add what was written to a text file, packed, under this name."""
    held.seek(0)
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as out:
        while block := held.read(COPY_CHARACTERS):
            out.write(block.encode())


def with_images(
    archive: zipfile.ZipFile, table: Table, chunks: Iterable[Chunk], other: str
) -> Iterator[list[Row]]:
    """Add the image of every row to the archive; yield the rows with its name there.

    No image takes the name of the other file in it.
    """
    assert table.media is not None
    file, key = table.place(table.file), table.place(table.key)
    taken = {other.casefold()}
    for chunk in chunks:
        named = []
        for row in chunk:
            name = _name(row[key], row[file], taken)
            taken.add(name.casefold())
            archive.write(table.media / row[file], name)
            named.append((*row[:file], name, *row[file + 1 :]))
        yield named


def _name(key: str, stored: str, taken: set[str]) -> str:
    """Return the item's own id where it is a name for a file nobody has yet."""
    try:
        plain = display_name(key)
    except RowError:
        plain = ""
    is_file = PurePosixPath(plain).suffix.lower() in (".png", ".jpg", ".jpeg", ".webp")
    if plain != key or not is_file or UNWANTED.search(plain) or plain.casefold() in taken:
        return f"images/{PurePosixPath(stored).name}"
    return plain
