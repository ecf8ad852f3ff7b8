"""The points of a map on disk: plain columns, written by the worker, read by pages without numpy.

A file is a header in JSON behind its length (32 bits, little endian), filled up to a multiple of
eight bytes, and behind it the columns one after the other: items as 32-bit distances from
`first_id`, x and y in 16 bits, the predicted class (its place in `class_ids`, 65,535 for none) in
16 bits, and the doubt in 8 (0 sure to 254 unsure, 255 unknown).
"""

import hashlib
import json
import os
import sys
from array import array
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

COLUMNS = (("item", "I"), ("x", "H"), ("y", "H"), ("predicted", "H"), ("doubt", "B"))
NO_CLASS, NO_DOUBT = 65_535, 255
ALIGNED = 8


@dataclass(frozen=True)
class Header:
    """What the columns mean: n points, ids counted from first_id, classes by their place."""

    n: int
    first_id: int
    class_ids: tuple[int, ...]


@dataclass(frozen=True)
class Points:
    """The columns of a map, one value per point each."""

    header: Header
    item: array
    x: array
    y: array
    predicted: array
    doubt: array

    def item_id(self, place: int) -> int:
        return int(self.header.first_id + self.item[place])


def write(project_id: int, header: Header, columns: dict[str, bytes]) -> str:
    """Write a map whole and return its name below the folder of maps; older ones are removed."""
    told = json.dumps(asdict(header)).encode()
    told += b" " * (-(len(told) + 4) % ALIGNED)
    body = b"".join(columns[name] for name, _ in COLUMNS)
    content = len(told).to_bytes(4, "little") + told + body
    digest = hashlib.blake2b(content, digest_size=10).hexdigest()
    path = folder() / str(project_id) / f"{digest}.points"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    os.replace(draft, path)
    return f"{project_id}/{path.name}"


def forget_others(project_id: int, kept: str) -> None:
    """Remove the maps of a project that no row names any more."""
    for path in (folder() / str(project_id)).glob("*.points"):
        if f"{project_id}/{path.name}" != kept:
            path.unlink(missing_ok=True)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "maps"


def read(name: str) -> Points:
    """Read a map this program wrote. Raises FileNotFoundError when the file is gone."""
    content = (folder() / name).read_bytes()
    size = int.from_bytes(content[:4], "little")
    told = json.loads(content[4 : 4 + size])
    header = Header(told["n"], told["first_id"], tuple(told["class_ids"]))
    columns, at = {}, 4 + size
    for column, code in COLUMNS:
        values = array(code)
        length = values.itemsize * header.n
        values.frombytes(content[at : at + length])
        if sys.byteorder == "big":
            values.byteswap()
        columns[column], at = values, at + length
    return Points(header, **columns)
