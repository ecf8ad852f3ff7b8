"""What was pushed from outside, on disk: plain arrays as .npz, written without numpy.

A web process takes pushes and must not load numpy; a worker reads the arrays. Beside the models,
so that what backs those up backs these up.
"""

import hashlib
import os
import sys
import zipfile
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# Magic, version 1.0; what follows is filled with spaces to a multiple of 64 bytes.
MAGIC = b"\x93NUMPY\x01\x00"
ALIGNED = 64
KINDS = {"q": "<i8", "d": "<f8"}


@dataclass(frozen=True)
class Content:
    """Item ids in rising order, and their values row by row: `width` numbers each."""

    item_ids: "array[int]"
    values: "array[float]"
    width: int

    def digest(self, *about: object) -> str:
        """Return what tells this content from any other: 40 hexadecimal digits."""
        found = hashlib.sha256(repr((self.width, *about)).encode())
        for each in (self.item_ids, self.values):
            found.update(_raw(each))
        return found.hexdigest()[:40]


def write(project_id: int, digest: str, content: Content) -> str:
    """Write the arrays whole and return their name inside the models folder.

    The same content has the same name: writing it again changes nothing.
    """
    name = f"{project_id}/outside-{digest}.npz"
    path = Path(settings.DATA_DIR) / "models" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    n = len(content.item_ids)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("item_ids.npy", npy(content.item_ids, (n,)))
        file.writestr("values.npy", npy(content.values, (n, content.width)))
    os.replace(draft, path)
    return name


def npy(values: "array[int] | array[float]", shape: Sequence[int]) -> bytes:
    """Return an array as numpy's own file format has it (NEP 1)."""
    sizes = f"({shape[0]},)" if len(shape) == 1 else str(tuple(shape))
    head = f"{{'descr': '{KINDS[values.typecode]}', 'fortran_order': False, 'shape': {sizes}, }}"
    filled = -(len(MAGIC) + 2 + len(head) + 1) % ALIGNED
    line = head.encode() + b" " * filled + b"\n"
    return MAGIC + len(line).to_bytes(2, "little") + line + _raw(values)


def _raw(values: "array[int] | array[float]") -> bytes:
    if sys.byteorder == "little":
        return values.tobytes()
    swapped = values[:]
    swapped.byteswap()
    return swapped.tobytes()
