"""Predictions of a final model on disk: records of one size in item order, read without numpy.

A record is the item's id, the final model's confidence, the judge's confidence, then the classes
each of them gives, a bit per class in the order of the project's classes. Beside it lies a file
of record numbers, most useful to label first, items without a label only.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

HEAD = struct.Struct("<qff")
PLACE = struct.Struct("<I")
AT_ONCE = 4_096


@dataclass(frozen=True)
class Prediction:
    """What both models say of an item; classes by their place in the project's order."""

    item_id: int
    confidence: float
    judged: float
    answer: tuple[int, ...]
    judge_answer: tuple[int, ...]


def folder() -> Path:
    """Beside the models: what backs those up backs these up."""
    return Path(settings.DATA_DIR) / "models"


def bytes_of(n_classes: int) -> int:
    """Return how many bytes hold a bit per class."""
    return (n_classes + 7) // 8


def read_all(name: str, n_classes: int) -> Iterator[Prediction]:
    """Yield every prediction in item order, a few thousand in memory at a time."""
    size = HEAD.size + 2 * bytes_of(n_classes)
    with (folder() / name).open("rb") as file:
        while block := file.read(size * AT_ONCE):
            for start in range(0, len(block), size):
                yield _parsed(block[start : start + size], n_classes)


def most_useful(name: str, n_classes: int, *, start: int, n: int) -> list[Prediction]:
    """Return the n predictions from `start` on, in the order of what labelling them is worth."""
    with useful_path(name).open("rb") as file:
        file.seek(start * PLACE.size)
        block = file.read(n * PLACE.size)
    places = [number for (number,) in PLACE.iter_unpack(block)]
    return _at(name, n_classes, places)


def n_useful(name: str) -> int:
    return useful_path(name).stat().st_size // PLACE.size


def name_of(project_id: int, number: int, digest: str) -> str:
    return f"{project_id}/final-{number:03d}-{digest[:12]}.bin"


def useful_path(name: str) -> Path:
    path = folder() / name
    return path.with_name(path.name + ".order")


def _at(name: str, n_classes: int, places: Sequence[int]) -> list[Prediction]:
    size = HEAD.size + 2 * bytes_of(n_classes)
    found = []
    with (folder() / name).open("rb") as file:
        for place in places:
            file.seek(place * size)
            found.append(_parsed(file.read(size), n_classes))
    return found


def _parsed(record: bytes, n_classes: int) -> Prediction:
    item_id, confidence, judged = HEAD.unpack_from(record)
    width = bytes_of(n_classes)
    own = record[HEAD.size : HEAD.size + width]
    return Prediction(
        item_id, confidence, judged, _classes(own), _classes(record[HEAD.size + width :])
    )


def _classes(bits: bytes) -> tuple[int, ...]:
    number = int.from_bytes(bits, "little")
    found = []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return tuple(found)
