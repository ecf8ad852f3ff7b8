"""Formats of files: each reads its own kind into rows, within limits, in flat memory. Pure."""

from annotation.formats.catalog import inspect, read, records
from annotation.formats.errors import FormatError, RowError
from annotation.formats.reading import Answer, BadRow, ColumnMap, ImageSource, Reading, Row, Sheet

__all__ = [
    "Answer",
    "BadRow",
    "ColumnMap",
    "FormatError",
    "ImageSource",
    "Reading",
    "Row",
    "RowError",
    "Sheet",
    "inspect",
    "read",
    "records",
]
