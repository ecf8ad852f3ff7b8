"""What can be written, by name: read from top to bottom, this is the list. Pure: no Django."""

from annotation.formats import (
    write_archive,
    write_dataset,
    write_label_studio,
    write_lines,
    write_parquet,
    write_rows,
)
from annotation.formats.writing import CONSENSUS, ITEMS, LABELS, PREDICTIONS, SOFT, OutFormat

OUT_FORMATS: dict[str, OutFormat] = {
    "csv": OutFormat(
        "CSV",
        ".csv",
        "text/csv; charset=utf-8",
        "A header and a line per row, cells apart by commas. Several classes: a|b; none: [].",
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
    "label-studio": OutFormat(
        "Label Studio",
        ".json",
        "application/json; charset=utf-8",
        "Tasks with everybody's answers as annotations and the model's word as predictions.",
        write_label_studio.write_tasks,
        contents=frozenset({ITEMS}),
        modalities=frozenset({"text", "table"}),
    ),
    "label-studio-images": OutFormat(
        "Label Studio with images",
        ".zip",
        "application/zip",
        "The same, tasks.json, with the images beside it.",
        write_label_studio.write_tasks_with_images,
        contents=frozenset({ITEMS}),
        modalities=frozenset({"image"}),
    ),
    "prodigy": OutFormat(
        "Prodigy",
        ".jsonl",
        "application/x-ndjson; charset=utf-8",
        "A line per answer that stands, or per item what was agreed, as a choice of the classes.",
        write_lines.write_prodigy,
        contents=frozenset({LABELS, CONSENSUS}),
        modalities=frozenset({"text"}),
    ),
    "doccano": OutFormat(
        "doccano",
        ".jsonl",
        "application/x-ndjson; charset=utf-8",
        "A line per item with what was agreed.",
        write_lines.write_doccano,
        contents=frozenset({CONSENSUS}),
        modalities=frozenset({"text"}),
    ),
    "hugging-face": OutFormat(
        "Hugging Face dataset",
        ".zip",
        "application/zip",
        "A ZIP of Parquet shards, one a split, and a card that names columns and classes.",
        write_dataset.write_dataset,
    ),
}
