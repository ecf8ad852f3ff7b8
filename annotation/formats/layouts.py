"""Archives and folders that hold more than images: a dataset's shards, lines of several people,
tasks with the images they speak of.

Row numbers count the rows of all files from 1, in the order of the archive.
"""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from annotation.formats import archives, doccano, json_values, jsonl, label_studio, parquet, table
from annotation.formats.archives import Entry, Listing
from annotation.formats.dialects import Dialect
from annotation.formats.errors import FormatError, RowError
from annotation.formats.features import MAX_CARD_BYTES, NOTHING, Features, of_card
from annotation.formats.prodigy import PRODIGY
from annotation.formats.reading import (
    BadRow,
    ColumnMap,
    ImageSource,
    Record,
    Row,
    Sheet,
    shown,
)
from annotation.formats.sources import Source, check_is_text
from annotation.formats.table import Records, Table

LINES = (".jsonl", ".ndjson")
SHARD = re.compile(r"(?P<split>.*?)-\d{1,6}-of-\d{1,6}\.parquet", re.IGNORECASE)
SPLITS = frozenset({"train", "test", "validation", "valid", "val", "dev", "eval"})
SPLIT = "split"
IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
# What Label Studio puts before the names of files that were uploaded to it.
UPLOADED = re.compile(r"[0-9a-f]{8}-(?=.)")
MAX_PATH_CHARACTERS = 2_000
EVERYBODY = ("all", "unknown")
Make = Callable[[Sequence[Entry]], Table]


def layout_of(path: Path) -> Make | None:
    """Return how the archive or folder is read as a table; None when it holds images only.

    Raises FormatError for an archive that cannot be opened.
    """
    with archives.opened(path) as listing:
        entries = _entries(listing)
        if _ending(entries, (".parquet",)):
            return _shards
        if _ending(entries, (".arrow",)):
            raise FormatError(
                "These are Arrow files, as save_to_disk writes them: write Parquet instead "
                "(to_parquet, or what push_to_hub uploads)."
            )
        if _ending(entries, LINES):
            return _lines
        return _tasks if any(map(_holds_tasks, _ending(entries, (".json",)))) else None


def inspect(path: Path, make: Make, dialect: str) -> Sheet:
    with archives.opened(path) as listing:
        return table.sheet(make(_entries(listing)), dialect)


def rows(path: Path, make: Make, columns: ColumnMap) -> Iterator[Row | BadRow]:
    """Yield the rows; an image's bytes can be read until the next row is asked for."""
    with archives.opened(path) as listing:
        yield from table.rows(make(_entries(listing)), columns)


def _entries(listing: Listing) -> list[Entry]:
    return [entry for entry in listing() if isinstance(entry, Entry)]


def _ending(entries: Sequence[Entry], endings: tuple[str, ...]) -> list[Entry]:
    return [entry for entry in entries if entry.name.lower().endswith(endings)]


def _source(entry: Entry) -> Source:
    return Source(entry.name, entry.open)


def _numbered(parts: Iterator[tuple[str, Iterator[tuple[int, Record] | BadRow]]]) -> Records:
    """Number the rows of several files on; a bad one says in which file it is."""
    number = 0
    for name, records in parts:
        for each in records:
            number += 1
            if isinstance(each, BadRow):
                yield replace(each, number=number, reason=f"{each.reason} (in {name})")
            else:
                yield number, each[1]


# Datasets


def _shards(entries: Sequence[Entry]) -> Table:
    """Return the rows of a dataset's shards, with the split each belongs to."""
    shards = sorted(_ending(entries, (".parquet",)), key=lambda entry: entry.name)
    splits = {entry.name: _split_of(entry.name) for entry in shards}
    _check_one_configuration(shards, splits)
    told = _card(entries)
    has_splits = any(splits.values())

    def records() -> Records:
        return _numbered(
            (entry.name, _shard(entry, told, splits[entry.name] if has_splits else None))
            for entry in shards
        )

    return Table("Hugging Face dataset", records)


def _split_of(name: str) -> str:
    """Return the split a shard belongs to, by its name or else its folder's, "" for none."""
    path = PurePosixPath(name)
    shard = SHARD.fullmatch(path.name)
    stem = shard["split"] if shard else path.stem
    if shard and stem.lower() != "data":
        return stem
    return next((each for each in (stem, path.parent.name) if each.lower() in SPLITS), "")


def _check_one_configuration(shards: Sequence[Entry], splits: dict[str, str]) -> None:
    folders = set()
    for entry in shards:
        path = PurePosixPath(entry.name).parent
        folders.add(str(path.parent if path.name == splits[entry.name] else path))
    if len(folders) > 1:
        there = ", ".join(sorted(folders)[:8])
        raise FormatError(
            f"The archive holds several datasets ({there}): pack one of them by itself."
        )


def _card(entries: Sequence[Entry]) -> Features:
    cards = [entry for entry in entries if PurePosixPath(entry.name).name.lower() == "readme.md"]
    if not cards:
        return NOTHING
    card = min(cards, key=lambda entry: entry.name.count("/"))
    with card.open() as file:
        data = file.read(MAX_CARD_BYTES + 1)
    if len(data) > MAX_CARD_BYTES:
        raise FormatError(f"README.md is longer than {MAX_CARD_BYTES:,} bytes, which is the limit.")
    return of_card(data.decode(errors="replace"))


def _shard(entry: Entry, told: Features, split: str | None) -> Records:
    with _unpacked(entry) as source:
        parquet.check(source)
        for each in parquet.records(source, told):
            if split is None or isinstance(each, BadRow):
                yield each
                continue
            number, record = each
            name = SPLIT if SPLIT not in record else f"{SPLIT} (of the file)"
            yield number, {**record, name: split}


@contextmanager
def _unpacked(entry: Entry) -> Iterator[Source]:
    """Give a shard as a file of its own: what is in it where stands at its end."""
    with tempfile.NamedTemporaryFile() as held:
        with entry.open() as packed:
            shutil.copyfileobj(packed, held)
        held.flush()
        path = Path(held.name)
        yield Source(entry.name, lambda: path.open("rb"))


# Lines of several people


def _lines(entries: Sequence[Entry]) -> Table:
    """Return the rows of files of lines: of doccano one for each person, called like them."""
    files = _ending(entries, LINES)
    names = _class_names(entries)

    def records() -> Records:
        return _numbered((entry.name, _lines_of(entry)) for entry in files)

    spoken = replace(doccano.DOCCANO, translate=partial(_doccano, names=names))
    return Table("ZIP of JSONL", records, None, (PRODIGY, spoken))


def _lines_of(entry: Entry) -> Records:
    source = _source(entry)
    if not source.head().strip():
        return
    check_is_text(source)
    who = PurePosixPath(entry.name).stem
    for each in jsonl.records(source):
        yield each if isinstance(each, BadRow) else (each[0], {**each[1], FROM: who})


# Which file a line is from; no tool writes a column of this name.
FROM = "_file"


def _doccano(record: Record, *, names: doccano.Names) -> Record:
    who = str(record.get(FROM, ""))
    return doccano.translate(record, names=names, by="" if who in EVERYBODY else who)


def _class_names(entries: Sequence[Entry]) -> dict[str, str]:
    """Return the classes by id, of a file as doccano's page of labels exports it."""
    for entry in _ending(entries, (".json",)):
        found: dict[str, str] = {}
        for each in json_values.records(_source(entry)):
            if isinstance(each, BadRow) or not {"id", "text"} <= each[1].keys():
                break
            found[str(each[1]["id"])] = str(each[1]["text"])
        else:
            return found
    return {}


# Tasks with images


def _holds_tasks(entry: Entry) -> bool:
    first: list[Record] = []
    try:
        for each in json_values.records(_source(entry)):
            if isinstance(each, BadRow):
                return False
            first.append(each[1])
            if len(first) == 5:
                break
    except FormatError:
        return False
    return label_studio.is_tasks(first)


def _tasks(entries: Sequence[Entry]) -> Table:
    """Return Label Studio's tasks, with those images of the archive they speak of."""
    files = [entry for entry in _ending(entries, (".json",)) if _holds_tasks(entry)]
    images = _Images.of(_ending(entries, IMAGES))

    def records() -> Records:
        return _numbered((entry.name, json_values.records(_source(entry))) for entry in files)

    def translate(record: Record) -> Record:
        return images.put_into(label_studio.task(record))

    spoken: Dialect = replace(label_studio.TASKS, translate=translate)
    return Table("ZIP", records, None, (spoken,))


@dataclass(frozen=True)
class _Images:
    """The images of an archive, by path, and by the names that only one of them has."""

    by_path: dict[str, Entry]
    by_name: dict[str, Entry]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "_Images":
        named = [(name, entry) for entry in entries for name in _names_of(entry.name)]
        n = Counter(name for name, _ in named)
        by_name = {name: entry for name, entry in named if n[name] == 1}
        return cls({entry.name: entry for entry in entries}, by_name)

    def put_into(self, record: Record) -> Record:
        """Return the record with the image it speaks of; raises RowError where it is not here."""
        spoken = {name: cell for name, cell in record.items() if self.by_path and _is_file(cell)}
        for name, cell in spoken.items():
            if entry := self._found(cell):
                return {**record, name: ImageSource(entry.name, entry.read)}
        for name, cell in spoken.items():
            reason = f"{shown(cell)} is not in the archive; nothing is fetched from elsewhere"
            raise RowError(name, reason)
        return record

    def _found(self, cell: str) -> Entry | None:
        path = _path_of(cell)
        named = (self.by_name[name] for name in _names_of(path) if name in self.by_name)
        return self.by_path.get(path) or next(named, None)


def _is_file(cell: Any) -> bool:
    if not isinstance(cell, str) or len(cell) > MAX_PATH_CHARACTERS or re.search(r"\s", cell):
        return False
    return _path_of(cell).lower().endswith(IMAGES)


def _path_of(cell: str) -> str:
    """Return the path in an address such as /data/local-files/?d=cats/1.png."""
    try:
        parts = urlsplit(cell)
    except ValueError:
        return cell
    local = parse_qs(parts.query).get("d")
    return unquote(local[0] if local else parts.path).lstrip("/")


def _names_of(path: str) -> tuple[str, ...]:
    """Return the names a file may go by: its own, and that without what an upload put before."""
    name = PurePosixPath(path).name
    return tuple(dict.fromkeys((name, UPLOADED.sub("", name, count=1))))
