"""Parquet: typed columns, a group of rows in memory at a time. Pure: no Django."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from annotation.formats.reading import as_text
from annotation.formats.writing import Chunk, Column, Kind, Table

if TYPE_CHECKING:
    import pyarrow as pa

# A group is packed and read as one: small ones pack badly, large ones take memory.
GROUP_ROWS = 100_000
GROUP_BYTES = 16_000_000


def write_parquet(path: Path, table: Table, chunks: Iterable[Chunk]) -> None:
    """Write the rows in groups; what is known of a column stands in its metadata."""
    import pyarrow as pa  # noqa: PLC0415 - 0.2 s and 60 MB, for those who want such a file
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = schema_of(table)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        group: list[pa.RecordBatch] = []
        for chunk in chunks:
            group.append(batch_of(_plain(table, chunk), schema))
            is_full = sum(each.nbytes for each in group) >= GROUP_BYTES
            if is_full or sum(each.num_rows for each in group) >= GROUP_ROWS:
                writer.write_table(pa.Table.from_batches(group, schema))
                group = []
        if group:
            writer.write_table(pa.Table.from_batches(group, schema))


def schema_of(table: Table) -> "pa.Schema":
    """Return the columns with their types and what they mean."""
    import pyarrow as pa  # noqa: PLC0415

    return pa.schema(
        [
            pa.field(column.name, _type(column), metadata={"description": column.about})
            for column in table.columns
        ]
    )


def batch_of(chunk: Chunk, schema: "pa.Schema") -> "pa.RecordBatch":
    """Return the rows by column, each of the type the schema says."""
    import pyarrow as pa  # noqa: PLC0415

    columns: Sequence[Sequence[object]] = list(zip(*chunk, strict=True)) or [() for _ in schema]
    arrays = [
        pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _plain(table: Table, chunk: Chunk) -> Chunk:
    """Return the rows with text where a column holds values of several kinds."""
    mixed = {n for n, column in enumerate(table.columns) if column.kind == Kind.MIXED}
    if not mixed:
        return chunk
    names = table.names
    return [
        tuple(
            as_text(names[n], cell) if n in mixed and cell is not None else cell
            for n, cell in enumerate(row)
        )
        for row in chunk
    ]


def _type(column: Column) -> "pa.DataType":
    import pyarrow as pa  # noqa: PLC0415

    if column.kind == Kind.NESTED:
        return pa.list_(pa.struct([(each.name, _type(each)) for each in column.of]))
    return {
        Kind.TEXT: pa.string(),
        Kind.MIXED: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"),
        Kind.NAMES: pa.list_(pa.string()),
    }[column.kind]
