"""What can be imported, by the ending of the name: read from top to bottom, this is the list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path, PurePath

from annotation.formats import delimited, images, json_values, jsonl, layouts, parquet, table
from annotation.formats.dialects import Dialect
from annotation.formats.doccano import DOCCANO
from annotation.formats.errors import FormatError
from annotation.formats.label_studio import ANNOTATIONS, TASKS
from annotation.formats.prodigy import PRODIGY
from annotation.formats.reading import BadRow, ColumnMap, Record, Row, Sheet, check_mapped
from annotation.formats.sources import Source, check_is_text
from annotation.formats.table import SHOWN_ROWS, Table

JSON_DIALECTS = (TASKS, ANNOTATIONS, PRODIGY, DOCCANO)


@dataclass(frozen=True)
class RowFormat:
    """A file of rows with columns. `check` is asked first, whether it is one.

    `columns` is None where only the rows tell them.
    """

    name: str
    check: Callable[[Source], None]
    columns: Callable[[Source], tuple[str, ...]] | None
    records: Callable[[Source], Iterator[tuple[int, Record] | BadRow]]
    dialects: tuple[Dialect, ...] = ()

    def table(self, source: Source) -> Table:
        self.check(source)
        columns = partial(self.columns, source) if self.columns else None
        return Table(self.name, partial(self.records, source), columns, self.dialects)


@dataclass(frozen=True)
class ImageFormat:
    """An archive or folder: of images, unless `layouts` knows what else is in it."""

    name: str
    columns: Callable[[Path], tuple[str, ...]]
    rows: Callable[[Path, ColumnMap], Iterator[Row | BadRow]]


CSV = RowFormat("CSV", check_is_text, delimited.csv_columns, delimited.csv_records, (ANNOTATIONS,))
TSV = RowFormat("TSV", check_is_text, delimited.tsv_columns, delimited.tsv_records, (ANNOTATIONS,))
JSONL = RowFormat("JSONL", check_is_text, jsonl.columns, jsonl.records, JSON_DIALECTS)
JSON = RowFormat("JSON", check_is_text, None, json_values.records, JSON_DIALECTS)
FOLDER = ImageFormat("folder of images", images.columns, images.rows)
FORMATS: dict[str, RowFormat | ImageFormat] = {
    ".csv": CSV,
    ".csv.gz": CSV,
    ".tsv": TSV,
    ".tsv.gz": TSV,
    ".jsonl": JSONL,
    ".jsonl.gz": JSONL,
    ".ndjson": JSONL,
    ".ndjson.gz": JSONL,
    ".json": JSON,
    ".json.gz": JSON,
    ".parquet": RowFormat("Parquet", parquet.check, parquet.columns, parquet.records),
    ".zip": ImageFormat("ZIP of images", images.columns, images.rows),
}
HINTS = {
    ".xlsx": "In Excel, save it as CSV UTF-8.",
    ".xls": "In Excel, save it as CSV UTF-8.",
    ".ods": "Save it as CSV in UTF-8.",
    ".txt": "Give it a header line and name it .csv or .tsv.",
    ".tar": "Pack the images into a ZIP archive.",
}


def suffix_of(filename: str) -> str:
    """Return the ending of the name that says what the file is, such as ".csv.gz"."""
    suffixes = [each.lower() for each in PurePath(filename).suffixes[-2:]]
    return "".join(suffixes if suffixes[-1:] == [".gz"] else suffixes[-1:])


def inspect(path: Path, filename: str, dialect: str = "") -> Sheet:
    """Return what the file holds, from its first rows; raises FormatError when it cannot be read.

    `filename` is what its owner calls it: the format is told by its ending. The tool that wrote
    it is told by the first rows, unless `dialect` names it.
    """
    form = _format_of(path, filename)
    if isinstance(form, ImageFormat):
        layout = layouts.layout_of(path)
        return layouts.inspect(path, layout, dialect) if layout else _image_sheet(form, path)
    return table.sheet(form.table(Source.of(path, filename)), dialect)


def read(path: Path, filename: str, columns: ColumnMap) -> Iterator[Row | BadRow]:
    """Yield the rows of a file, the good and the bad, in flat memory.

    Raises FormatError as soon as the file as a whole turns out to be unreadable.
    """
    form = _format_of(path, filename)
    if isinstance(form, ImageFormat):
        if layout := layouts.layout_of(path):
            yield from layouts.rows(path, layout, columns)
            return
        check_mapped(columns, form.columns(path))
        yield from form.rows(path, columns)
        return
    yield from table.rows(form.table(Source.of(path, filename)), columns)


def records(path: Path, filename: str) -> Iterator[tuple[int, Record] | BadRow]:
    """Yield a file's rows as they stand, by column, for those who make something else of them.

    Raises FormatError for a file that holds no rows, or as soon as it turns out unreadable.
    """
    form = _format_of(path, filename)
    if isinstance(form, ImageFormat):
        raise FormatError("A file of rows is wanted, not images.")
    source = Source.of(path, filename)
    form.check(source)
    yield from form.records(source)


def _format_of(path: Path, filename: str) -> RowFormat | ImageFormat:
    if path.is_dir():
        return FOLDER
    if not path.exists():
        raise FormatError(f"There is no file {filename}.")
    suffix = suffix_of(filename)
    if suffix not in FORMATS:
        known = ", ".join(each for each in FORMATS if not each.endswith(".gz"))
        hint = HINTS.get(suffix, f"These can: {known}.")
        raise FormatError(f"Files of the type {suffix or '(none)'} cannot be imported. {hint}")
    return FORMATS[suffix]


def _image_sheet(form: ImageFormat, path: Path) -> Sheet:
    columns = form.columns(path)
    label = images.LABEL_COLUMN if images.LABEL_COLUMN in columns else None
    guess = ColumnMap(key=images.FILE_COLUMN, label=label)
    first = [each for each in islice(form.rows(path, guess), SHOWN_ROWS) if isinstance(each, Row)]
    sample = (
        {images.FILE_COLUMN: row.key, images.LABEL_COLUMN: "|".join(row.labels)} for row in first
    )
    return Sheet(
        format=form.name,
        holds_images=True,
        columns=columns,
        sample=tuple({name: row[name] for name in columns} for row in sample),
        guess=guess,
        is_multi=any(len(row.labels) > 1 or "|" in "".join(row.labels) for row in first),
    )
