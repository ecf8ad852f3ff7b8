"""What datasets says of the columns of its Parquet files: names of classes, and images.

It stands in the metadata of each file's schema and in the card, README.md, each in its own way
(huggingface.co, "Dataset features").
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import yaml

from annotation.formats.errors import FormatError, RowError
from annotation.formats.reading import BadRow, ImageSource, Record, shown

METADATA = b"huggingface"
MAX_CARD_BYTES = 1_000_000
# What datasets writes where the class is not known, as in test sets.
UNKNOWN = -1


@dataclass(frozen=True)
class Features:
    """The names of classes by column, in the order of their numbers."""

    classes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def over(self, other: "Features") -> "Features":
        """Return what both tell; where they differ, the other."""
        return Features({**self.classes, **other.classes})

    def named(self, number: int, record: Record) -> tuple[int, Record] | BadRow:
        """Return the row with names for numbers of classes, and images to be read."""
        try:
            return number, {name: self._cell(number, name, cell) for name, cell in record.items()}
        except RowError as error:
            return BadRow.of(number, error)

    def _cell(self, number: int, name: str, cell: Any) -> Any:
        names = self.classes.get(name)
        if names is not None:
            return _names(name, cell, names)
        if isinstance(cell, dict) and cell.keys() == {"bytes", "path"}:
            return _image(number, name, cell)
        return cell


NOTHING = Features()


def _names(column: str, cell: Any, names: Sequence[str]) -> Any:
    if isinstance(cell, list):
        return [_names(column, each, names) for each in cell]
    if cell is None or cell == UNKNOWN:
        return ""
    if type(cell) is not int:
        return cell
    if not 0 <= cell < len(names):
        raise RowError(column, f"{cell} is the number of no class", f"0 to {len(names) - 1}")
    return names[cell]


def _image(number: int, column: str, cell: Mapping[str, Any]) -> ImageSource:
    data, path = cell["bytes"], cell["path"]
    if not isinstance(data, bytes):
        reason = f"{shown(str(path))} is not in the file; nothing is fetched from elsewhere"
        raise RowError(column, reason)
    return ImageSource(str(path or f"row {number}"), partial(bytes, data))


def of_schema(metadata: Mapping[bytes, bytes] | None) -> Features:
    """Return what a Parquet file says of itself; nothing where that cannot be read."""
    try:
        told = json.loads((metadata or {}).get(METADATA, b"{}"))["info"]["features"]
        return Features({name: names for name, each in told.items() if (names := _of_json(each))})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return NOTHING


def _of_json(feature: Any) -> list[str] | None:
    if isinstance(feature, list) and len(feature) == 1:
        return _of_json(feature[0])
    if not isinstance(feature, dict):
        return None
    if feature.get("_type") in ("List", "LargeList", "Sequence"):
        return _of_json(feature.get("feature"))
    names = feature.get("names")
    is_class = feature.get("_type") == "ClassLabel" and isinstance(names, list)
    return [str(name) for name in names or ()] if is_class else None


def of_card(text: str) -> Features:
    """Return what a card says of the columns; raises FormatError for one that is damaged."""
    if not text.startswith("---"):
        return NOTHING
    head = text.removeprefix("---").partition("\n---")[0]
    try:
        card = yaml.safe_load(head)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise FormatError("The head of README.md is not YAML.") from None
    info = card.get("dataset_info") if isinstance(card, dict) else None
    if isinstance(info, list):
        # One for each configuration; an archive with several of these is refused elsewhere.
        info = info[0] if info else None
    told = info.get("features") if isinstance(info, dict) else None
    columns = [each for each in told or () if isinstance(each, dict) and "name" in each]
    found = {str(each["name"]): names for each in columns if (names := _of_yaml(each))}
    return Features(found)


def _of_yaml(feature: Mapping[str, Any]) -> list[str] | None:
    for inner in ("dtype", "list", "sequence"):
        told = feature.get(inner)
        if isinstance(told, dict) and "class_label" in told:
            return _in_order(told["class_label"])
        if inner != "dtype" and isinstance(told, dict) and (names := _of_yaml(told)):
            return names
    return None


def _in_order(told: Any) -> list[str] | None:
    names = told.get("names") if isinstance(told, dict) else None
    if isinstance(names, list):
        return [str(name) for name in names]
    if not isinstance(names, dict):
        return None
    try:
        by_number = {int(number): str(name) for number, name in names.items()}
    except ValueError:
        return None
    in_order = sorted(by_number)
    is_whole = in_order == list(range(len(in_order)))
    return [by_number[each] for each in in_order] if is_whole else None
