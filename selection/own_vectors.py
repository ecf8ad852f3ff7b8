"""Vectors a person brought along with a file, found again by the content of their items.

FEATURES_DIR/<project>/user-vectors/ holds, per import, <run>.vectors.npy and <run>.hashes.npy,
the SHA-256 of each row's content; of two imports of one item the later one counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selection.core.types import AnyArray, CoreError, Float32Array, IntArray

FOLDER = "user-vectors"
HASH_BYTES = 32


@dataclass(frozen=True)
class OwnVectors:
    """The vectors of a pool: parts (n_k, d), memory-mapped, and for each item part and row."""

    parts: tuple[AnyArray, ...]
    part: IntArray
    row: IntArray

    @property
    def n_missing(self) -> int:
        return int((self.part < 0).sum())

    @property
    def width(self) -> int:
        return int(self.parts[0].shape[1])

    def rows(self, items: IntArray) -> Float32Array:
        """Return the vectors of these places of the pool, (len(items), d) float32."""
        if (self.part[items] < 0).any():
            raise CoreError(f"{self.n_missing} items have no vector of their own")
        pairs = zip(self.part[items], self.row[items], strict=True)
        return np.array([self.parts[part][row] for part, row in pairs], dtype=np.float32)


def find(folder: Path, content_hashes: Sequence[str]) -> OwnVectors | None:
    """Return where the pool's vectors are; None when nobody brought any."""
    names = sorted(folder.glob("*.hashes.npy"))
    if not names:
        return None
    wanted = _keys(np.array([np.frombuffer(bytes.fromhex(h), np.uint8) for h in content_hashes]))
    part = np.full(len(wanted), -1, dtype=np.int64)
    row = np.full(len(wanted), -1, dtype=np.int64)
    for number, name in enumerate(names):
        found = _places(_keys(np.load(name, allow_pickle=False)), wanted)
        part[found >= 0], row[found >= 0] = number, found[found >= 0]
    vectors = [Path(str(name).replace(".hashes.npy", ".vectors.npy")) for name in names]
    parts = tuple(np.load(path, mmap_mode="r", allow_pickle=False) for path in vectors)
    return OwnVectors(parts, part, row)


def _keys(hashes: NDArray[np.uint8]) -> NDArray[np.void]:
    """Return each 32-byte hash as one value that can be sorted and compared."""
    return np.ascontiguousarray(hashes.reshape(-1, HASH_BYTES)).view(f"V{HASH_BYTES}").ravel()


def _places(known: NDArray[np.void], wanted: NDArray[np.void]) -> IntArray:
    """Return the row of each wanted key, -1 where there is none."""
    order = np.argsort(known, kind="stable")
    place = np.searchsorted(known[order], wanted)
    place[place == len(known)] = 0
    hit = known[order][place] == wanted if len(known) else np.zeros(len(wanted), dtype=bool)
    return np.where(hit, order[place], -1)
