"""Parquet, a batch of rows in memory at a time. Row numbers count from 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from annotation.formats.errors import FormatError
from annotation.formats.features import NOTHING, Features, of_schema
from annotation.formats.reading import BadRow, Record, checked_columns
from annotation.formats.sources import MAX_UNPACKED_BYTES, Source, content_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

BATCH_ROWS = 500
BATCH_IMAGES = 8


def check(source: Source) -> None:
    """Raise FormatError when the file cannot be a Parquet file."""
    head = source.head()
    if not head:
        raise FormatError("The file is empty.")
    if not head.startswith(b"PAR1"):
        kind = content_of(head) or "something else"
        raise FormatError(f"{source.name} is not what its name says: it is {kind}.")


def columns(source: Source) -> tuple[str, ...]:
    with _opened(source) as file:
        return checked_columns(_readable(file))


def records(
    source: Source, features: Features | None = None
) -> Iterator[tuple[int, Record] | BadRow]:
    """Yield the rows; classes by number become names, and images what can be read of them.

    What the file says of its own columns goes before `features`.
    """
    with _opened(source) as file:
        wanted = _readable(file)
        names = checked_columns(wanted)
        told = (features or NOTHING).over(of_schema(file.schema_arrow.metadata))
        size = BATCH_IMAGES if _images(file) else BATCH_ROWS
        number = 0
        for batch in file.iter_batches(size, columns=wanted, use_threads=False):
            for cells in zip(*(_cells(column) for column in batch.columns), strict=True):
                number += 1
                yield told.named(number, dict(zip(names, cells, strict=True)))


@contextmanager
def _opened(source: Source) -> Iterator["pq.ParquetFile"]:
    """Open the file; whatever pyarrow finds wrong with it becomes a FormatError."""
    import pyarrow as pa  # noqa: PLC0415 - 0.2 s and 60 MB, for those who bring such a file
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with source.open() as raw, pq.ParquetFile(raw) as file:
            _check_size(file)
            yield file
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:200]
        raise FormatError(f"{source.name} cannot be read as Parquet: {reason}") from None


def _check_size(file: "pq.ParquetFile") -> None:
    groups = (file.metadata.row_group(n) for n in range(file.num_row_groups))
    size = sum(group.total_byte_size for group in groups)
    if size > MAX_UNPACKED_BYTES:
        raise FormatError(
            f"Unpacked, the file has {size:,} bytes; {MAX_UNPACKED_BYTES:,} is the limit."
        )


def _readable(file: "pq.ParquetFile") -> list[str]:
    """Return the columns that hold values a person can read: bytes are left out."""
    import pyarrow as pa  # noqa: PLC0415

    binary = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return [each.name for each in file.schema_arrow if not any(is_(each.type) for is_ in binary)]


def _images(file: "pq.ParquetFile") -> bool:
    """Say whether a column holds images as datasets keeps them: bytes and the path they had."""
    import pyarrow as pa  # noqa: PLC0415

    return any(
        pa.types.is_struct(each.type) and {part.name for part in each.type} == {"bytes", "path"}
        for each in file.schema_arrow
    )


def _cells(column: "pa.Array") -> list[Any]:
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_temporal(column.type) or pa.types.is_decimal(column.type):
        column = column.cast(pa.string())
    cells: list[Any] = column.to_pylist()
    return cells
