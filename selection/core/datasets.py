"""Labelled files for the simulation: rows in, payloads and targets out."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from selection.core.features.payloads import ImagePayload, TablePayload, TextPayload
from selection.core.types import AnyArray, CoreError, Task

TEXT_NAMES = ("text", "sentence", "content", "body", "review", "question", "query", "message")
LABEL_NAMES = ("label", "labels", "class", "category", "target", "intent", "answer")
IMAGE_NAMES = ("image", "file", "filename", "path")
ID_NAMES = ("id", "uid", "index")
SEPARATOR = "|"
DIGIT_SIDE, DIGIT_TEST = 96, 497
Modality = Literal["text", "image", "table"]
Row = Mapping[str, Any]


class DatasetError(CoreError):
    """A file that cannot be used; the message names file, column and row."""


@dataclass(frozen=True)
class Dataset:
    """Payloads and the labels of each, in file order; several labels only when multi."""

    name: str
    modality: Modality
    payloads: tuple[Any, ...]
    labels: tuple[tuple[str, ...], ...]

    @property
    def task(self) -> Task:
        return "single" if all(len(each) == 1 for each in self.labels) else "multi"


def read_dataset(path: Path, *, text_column: str = "", label_column: str = "") -> Dataset:
    """Read csv, tsv or jsonl (also .gz): a text, image or table per row, and its label.

    Shapes, unit: none. Raises DatasetError naming file, column and row. Source: ours. Columns
    are found by usual names; an image column is looked up beside the file, in folder or zip.
    """
    rows = list(_rows(path))
    if not rows:
        raise DatasetError(f"{path.name}: no rows")
    label = _found(rows[0], label_column, LABEL_NAMES, path, "label")
    labels = tuple(_labels(row, label, path, place) for place, row in enumerate(rows, 1))
    modality, payloads = _payloads(rows, path, text_column, label)
    return Dataset(path.name, modality, payloads, labels)


def digits() -> tuple[Dataset, Dataset]:
    """The 1,797 handwritten digits of scikit-learn as PNG images: 1,300 to train, 497 to test.

    Shapes, unit: none. Errors: none. Source: Alpaydin and Kaynak 1998, as sklearn ships them;
    the split is a fixed shuffle.
    """
    bunch = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.target))
    parts = (order[:-DIGIT_TEST], order[-DIGIT_TEST:])
    train, test = (_digit_part(bunch, part) for part in parts)
    return train, test


def split(data: Dataset, share: float, seed: int) -> tuple[Dataset, Dataset]:
    """Cut a data set in two at random; the second has that share of the rows, at least one.

    Shapes, unit: none. Raises DatasetError below two rows. Source: ours.
    """
    n = len(data.payloads)
    if n < 2:
        raise DatasetError(f"{data.name}: {n} row cannot be split into train and test")
    order = np.random.default_rng([seed, 2]).permutation(n)
    n_test = min(max(1, round(share * n)), n - 1)
    return _part(data, order[n_test:]), _part(data, order[:n_test])


def _rows(path: Path) -> Iterator[Row]:
    kind = "".join(path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:])
    delimiter = {".csv": ",", ".tsv": "\t"}.get(kind.removesuffix(".gz"))
    if delimiter is None and kind.removesuffix(".gz") not in (".jsonl", ".ndjson"):
        raise DatasetError(f"{path.name}: unknown type {kind!r}; use csv, tsv or jsonl, or .gz")
    try:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield from _json_rows(file, path) if delimiter is None else _csv_rows(file, delimiter)
    except (OSError, EOFError, csv.Error) as problem:
        raise DatasetError(f"{path.name}: {problem}") from problem
    except UnicodeDecodeError as problem:
        raise DatasetError(f"{path.name}: not UTF-8 at byte {problem.start}") from problem


def _csv_rows(file: TextIO, delimiter: str) -> Iterator[Row]:
    for row in csv.DictReader(file, delimiter=delimiter):
        yield {name: value for name, value in row.items() if name is not None}


def _json_rows(file: TextIO, path: Path) -> Iterator[Row]:
    for place, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as problem:
            raise DatasetError(f"{path.name}, row {place}: {problem}") from problem
        if not isinstance(row, dict):
            raise DatasetError(f"{path.name}, row {place}: not an object of columns")
        yield row


def _found(row: Row, wanted: str, usual: Sequence[str], path: Path, what: str) -> str:
    """The column that was named, or the first with a usual name."""
    names = (wanted,) if wanted else usual
    lowered = {str(name).lower(): str(name) for name in row}
    for name in names:
        if name.lower() in lowered:
            return lowered[name.lower()]
    listed = ", ".join(map(str, row))
    raise DatasetError(f"{path.name}: no {what} column ({' or '.join(names)}); it has {listed}")


def _labels(row: Row, column: str, path: Path, place: int) -> tuple[str, ...]:
    value = row.get(column)
    parts = value if isinstance(value, list) else [value]
    if column.lower() == "labels" and isinstance(value, str):
        parts = value.split(SEPARATOR)
    names = tuple(str(part).strip() for part in parts if part is not None and str(part).strip())
    if not names:
        raise DatasetError(f"{path.name}, row {place}, column {column}: no label")
    return names


def _payloads(
    rows: list[Row], path: Path, text_column: str, label: str
) -> tuple[Modality, tuple[Any, ...]]:
    lowered = {str(name).lower(): str(name) for name in rows[0]}
    if text_column or any(name in lowered for name in TEXT_NAMES):
        column = _found(rows[0], text_column, TEXT_NAMES, path, "text")
        return "text", tuple(_text(row, column, path, at) for at, row in enumerate(rows, 1))
    image = next((lowered[name] for name in IMAGE_NAMES if name in lowered), None)
    if image is not None:
        return "image", _images(rows, image, path)
    left_out = {label, *(lowered[name] for name in ID_NAMES if name in lowered)}
    return "table", tuple(
        TablePayload({name: value for name, value in row.items() if name not in left_out})
        for row in rows
    )


def _text(row: Row, column: str, path: Path, place: int) -> TextPayload:
    value = row.get(column)
    if not isinstance(value, str) or not value.strip():
        raise DatasetError(f"{path.name}, row {place}, column {column}: no text")
    return TextPayload(value)


def _images(rows: list[Row], column: str, path: Path) -> tuple[ImagePayload, ...]:
    """Images named relative to the file, or inside the only zip beside it."""
    paths = [path.parent / str(row[column]) for row in rows]
    if paths[0].exists():
        return tuple(ImagePayload(each) for each in paths)
    archives = sorted(path.parent.glob("*.zip"))
    if len(archives) != 1:
        raise DatasetError(f"{path.name}, row 1, column {column}: no image {rows[0][column]}")
    with zipfile.ZipFile(archives[0]) as archive:
        known = set(archive.namelist())
        for place, row in enumerate(rows, 1):
            if str(row[column]) not in known:
                raise DatasetError(
                    f"{path.name}, row {place}, column {column}: "
                    f"{row[column]} is not in {archives[0].name}"
                )
        return tuple(ImagePayload(archive.read(str(row[column]))) for row in rows)


def _digit_part(bunch: Any, part: AnyArray) -> Dataset:
    payloads = tuple(ImagePayload(_png(bunch.images[place])) for place in part)
    labels = tuple((str(bunch.target[place]),) for place in part)
    return Dataset("digits", "image", payloads, labels)


def _png(pixels: AnyArray) -> bytes:
    image = Image.fromarray((pixels * (255 / 16)).astype(np.uint8))
    buffer = io.BytesIO()
    image.resize((DIGIT_SIDE, DIGIT_SIDE), Image.Resampling.BICUBIC).save(buffer, "PNG")
    return buffer.getvalue()


def _part(data: Dataset, order: AnyArray) -> Dataset:
    payloads = tuple(data.payloads[place] for place in order)
    return Dataset(data.name, data.modality, payloads, tuple(data.labels[at] for at in order))
