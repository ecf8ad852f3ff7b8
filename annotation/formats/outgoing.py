"""What can be written, by name: read from top to bottom, this is the list. Pure: no Django."""

from annotation.formats import write_archive, write_parquet, write_rows
from annotation.formats.writing import CONSENSUS, PREDICTIONS, SOFT, OutFormat

OUT_FORMATS: dict[str, OutFormat] = {
    "csv": OutFormat(
        "CSV",
        ".csv",
        "text/csv; charset=utf-8",
        "A header and a line per row, cells apart by commas. Several classes in a cell: a|b.",
        write_rows.write_csv,
    ),
    "tsv": OutFormat(
        "TSV",
        ".tsv",
        "text/tab-separated-values; charset=utf-8",
        "As CSV, cells apart by tabs.",
        write_rows.write_tsv,
    ),
    "jsonl": OutFormat(
        "JSON Lines",
        ".jsonl",
        "application/x-ndjson; charset=utf-8",
        "A JSON object per line, with lists and records inside where there are several values.",
        write_rows.write_jsonl,
    ),
    "parquet": OutFormat(
        "Parquet",
        ".parquet",
        "application/vnd.apache.parquet",
        "Typed columns, packed; for pandas, polars, DuckDB, Spark and others.",
        write_parquet.write_parquet,
    ),
    "zip": OutFormat(
        "ZIP with images",
        ".zip",
        "application/zip",
        "The images under their own ids, and metadata.csv, which says what is known of each.",
        write_archive.write_archive,
        contents=frozenset({CONSENSUS, SOFT, PREDICTIONS}),
        modalities=frozenset({"image"}),
    ),
}
