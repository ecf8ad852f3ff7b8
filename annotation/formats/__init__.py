"""Formats of files: each reads its own kind into rows, within limits, in flat memory. Pure."""

from annotation.formats.catalog import inspect, read, records
from annotation.formats.errors import FormatError, RowError
from annotation.formats.reading import BadRow, ColumnMap, ImageSource, Row, Sheet

__all__ = [
    "BadRow",
    "ColumnMap",
    "FormatError",
    "ImageSource",
    "Row",
    "RowError",
    "Sheet",
    "inspect",
    "read",
    "records",
]
