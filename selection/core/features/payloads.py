"""What an item carries into an encoder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from selection.core.types import FloatArray


@dataclass(frozen=True)
class TextPayload:
    """One text."""

    text: str


@dataclass(frozen=True)
class ImagePayload:
    """One image: the path of its file, or the file's bytes."""

    source: Path | bytes


@dataclass(frozen=True)
class TablePayload:
    """One table row: column names to values; missing, None and "" all mean unknown."""

    values: Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True)
class VectorPayload:
    """One vector brought along, shape (d,)."""

    values: FloatArray
