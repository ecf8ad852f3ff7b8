"""A Hugging Face dataset: a ZIP of Parquet shards, one a split, and the card. Pure: no Django."""

import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from annotation.formats.features import METADATA
from annotation.formats.reading import as_text
from annotation.formats.write_parquet import GROUP_BYTES, schema_of
from annotation.formats.writing import Chunk, Column, Kind, Row, Table

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

SPLIT = "split"
ONLY_SPLIT = "train"
OTHER_SPLIT = "other"
MOST_SPLITS = 20
# So many rows are turned into columns at once, fewer where each holds an image.
SLICE_ROWS, SLICE_IMAGES = 1_000, 16
DTYPES = {
    Kind.TEXT: "string",
    Kind.MIXED: "string",
    Kind.INTEGER: "int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "bool",
    Kind.MOMENT: "timestamp[us, tz=UTC]",
}


def write_dataset(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write a shard per split, and the card that says what is in them.

    Raises ValueError for a label that is no class of the table's.
    """
    plan = _Plan.of(table)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=path.parent)))
        shards = _Shards(plan, folder, opened)
        for chunk in chunks:
            shards.add(chunk)
        made = shards.close()
        archive = opened.enter_context(zipfile.ZipFile(path, "w", zipfile.ZIP_STORED))
        for split, shard in made.items():
            archive.write(shard.path, f"data/{split}-00000-of-00001.parquet")
        archive.writestr("README.md", _card(plan, made))


@dataclass(frozen=True)
class _Plan:
    """What the shards hold: which cells of a row, under which names, told in which way."""

    table: Table
    places: tuple[int, ...]
    columns: tuple[Column, ...]
    split: int | None
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, table: Table) -> "_Plan":
        split = table.place(SPLIT) if SPLIT in table.names else None
        places = tuple(place for place in range(len(table.columns)) if place != split)
        columns = tuple(table.columns[place] for place in places)
        numbers = {each.name: number for number, each in enumerate(table.classes)}
        return cls(table, places, columns, split, numbers)

    def is_label(self, column: Column) -> bool:
        return column.name == self.table.label

    def is_image(self, column: Column) -> bool:
        return bool(self.table.file) and column.name == self.table.file

    @property
    def schema(self) -> "pa.Schema":
        import pyarrow as pa  # noqa: PLC0415 - 0.2 s and 60 MB, for those who want such a file

        plain = schema_of(replace(self.table, columns=self.columns))
        image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        fields = []
        for column, told in zip(self.columns, plain, strict=True):
            if self.is_label(column):
                number = pa.int64()
                kind = pa.list_(number) if column.kind is Kind.NAMES else number
                told = told.with_type(kind)
            elif self.is_image(column):
                told = told.with_type(image)
            fields.append(told)
        features = {each.name: _in_json(self, each) for each in self.columns}
        return pa.schema(fields, {METADATA: json.dumps({"info": {"features": features}})})

    def cells(self, rows: Sequence[Row]) -> list[list[Any]]:
        """Return the rows by column, each cell as the shard keeps it."""
        return [
            [self._cell(column, row[place]) for row in rows]
            for column, place in zip(self.columns, self.places, strict=True)
        ]

    def _cell(self, column: Column, cell: Any) -> Any:
        if cell is None:
            return None
        if self.is_label(column):
            is_list = isinstance(cell, list | tuple)
            return [self._number(each) for each in cell] if is_list else self._number(cell)
        if self.is_image(column):
            assert self.table.media is not None
            data = (self.table.media / cell).read_bytes()
            return {"bytes": data, "path": PurePosixPath(cell).name}
        return as_text(column.name, cell) if column.kind is Kind.MIXED else cell

    def _number(self, name: str) -> int:
        if name not in self.numbers:
            raise ValueError(f"{name!r} is not one of the classes {', '.join(self.numbers)}")
        return self.numbers[name]


@dataclass
class _Shard:
    path: Path
    writer: "pq.ParquetWriter"
    n_rows: int = 0
    held: list["pa.RecordBatch"] = field(default_factory=list)

    def add(self, batch: "pa.RecordBatch") -> None:
        self.held.append(batch)
        self.n_rows += batch.num_rows
        if sum(each.nbytes for each in self.held) >= GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        import pyarrow as pa  # noqa: PLC0415

        if self.held:
            self.writer.write_table(pa.Table.from_batches(self.held))
            self.held = []


class _Shards:
    """The shards on their way, one a split, a group of rows of each in memory."""

    def __init__(self, plan: _Plan, folder: Path, opened: ExitStack) -> None:
        self._plan = plan
        self._schema = plan.schema
        self._folder = folder
        self._opened = opened
        self._shards: dict[str, _Shard] = {}

    def add(self, chunk: Chunk) -> None:
        import pyarrow as pa  # noqa: PLC0415

        size = SLICE_IMAGES if self._plan.table.file else SLICE_ROWS
        for split, rows in self._by_split(chunk).items():
            for part in _parts(rows, size):
                cells = self._plan.cells(part)
                kinds = (each.type for each in self._schema)
                arrays = [
                    pa.array(each, type=kind) for each, kind in zip(cells, kinds, strict=True)
                ]
                self._shard(split).add(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def close(self) -> dict[str, _Shard]:
        """Return the shards, whole; a table without rows is one shard without rows."""
        made = self._shards or {ONLY_SPLIT: self._shard(ONLY_SPLIT)}
        for shard in made.values():
            shard.flush()
            shard.writer.close()
        return made

    def _by_split(self, chunk: Chunk) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        place = self._plan.split
        for row in chunk:
            name = ONLY_SPLIT if place is None else re.sub(r"\W+", "_", str(row[place] or ""))
            found.setdefault(name or ONLY_SPLIT, []).append(row)
        return found

    def _shard(self, split: str) -> _Shard:
        import pyarrow.parquet as pq  # noqa: PLC0415

        if split not in self._shards and len(self._shards) >= MOST_SPLITS:
            split = OTHER_SPLIT
        if split not in self._shards:
            path = self._folder / f"{len(self._shards)}.parquet"
            writer = self._opened.enter_context(
                pq.ParquetWriter(path, self._schema, compression="zstd")
            )
            self._shards[split] = _Shard(path, writer)
        return self._shards[split]


def _parts(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _in_json(plan: _Plan, column: Column) -> Any:
    """Return what a shard says of a column, lists in the form that every version reads."""
    if plan.is_label(column):
        feature = {"names": list(plan.numbers), "_type": "ClassLabel"}
        return [feature] if column.kind is Kind.NAMES else feature
    if plan.is_image(column):
        return {"_type": "Image"}
    if column.kind is Kind.NAMES:
        return [{"dtype": "string", "_type": "Value"}]
    if column.kind is Kind.NESTED:
        return [{each.name: _value(each) for each in column.of}]
    return _value(column)


def _value(column: Column) -> Any:
    if column.kind is Kind.NAMES:
        return [{"dtype": "string", "_type": "Value"}]
    return {"dtype": DTYPES[column.kind], "_type": "Value"}


def _card(plan: _Plan, made: Mapping[str, _Shard]) -> str:
    """Return the card: what datasets reads of the columns and splits, and a table for people."""
    info = {
        "features": [{"name": each.name} | _in_yaml(plan, each) for each in plan.columns],
        "splits": [
            {"name": split, "num_examples": shard.n_rows, "num_bytes": shard.path.stat().st_size}
            for split, shard in made.items()
        ],
    }
    files = [{"split": split, "path": f"data/{split}-*"} for split in made]
    head = {
        "dataset_info": info,
        "configs": [{"config_name": "default", "data_files": files}],
    }
    told = yaml.safe_dump(head, allow_unicode=True, sort_keys=False)
    columns = "\n".join(f"| `{each.name}` | {each.about} |" for each in plan.columns)
    title = " ".join(plan.table.title.split())
    return f"---\n{told}---\n\n# {title}\n\n| column | what it is |\n|---|---|\n{columns}\n"


def _in_yaml(plan: _Plan, column: Column) -> dict[str, Any]:
    if plan.is_label(column):
        names = {str(number): name for name, number in plan.numbers.items()}
        told = {"class_label": {"names": names}}
        return {"list": told} if column.kind is Kind.NAMES else {"dtype": told}
    return {"dtype": "image"} if plan.is_image(column) else _plain_in_yaml(column)


def _plain_in_yaml(column: Column) -> dict[str, Any]:
    if column.kind is Kind.NAMES:
        return {"list": "string"}
    if column.kind is Kind.NESTED:
        return {"list": [{"name": each.name} | _plain_in_yaml(each) for each in column.of]}
    return {"dtype": DTYPES[column.kind]}
