"""What lies in the folder of a feature store: its manifest, its files, and their rows as a matrix.

Needs no Django.
"""

import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from selection.core.types import IntArray

KEY_BYTES = 16
READ_BYTES = 1 << 24


@dataclass(frozen=True)
class Seal:
    """What a file was when its rows were committed: their checksum, and the file's size and time.

    A file of the same size and time is taken as it is; any other is read and compared.
    """

    crc: int
    size: int
    time: int

    @classmethod
    def of(cls, path: Path, crc: int) -> Self:
        found = path.stat()
        return cls(crc, found.st_size, found.st_mtime_ns)

    def is_kept(self, path: Path) -> bool:
        return self == Seal.of(path, self.crc)


@dataclass(frozen=True)
class Manifest:
    """What is in the folder: rows of `width` numbers from one encoder version.

    birth changes when rows were taken back: whoever knows their keys must read them again.
    """

    version: str
    width: int
    dtype: str
    rows: int
    shard_rows: int
    birth: str = ""
    seals: Mapping[str, Seal] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """Read what `asdict` gave. Raises TypeError or ValueError on anything else."""
        seals = {name: Seal(**seal) for name, seal in found.get("seals", {}).items()}
        made = cls(**{**found, "seals": seals})
        whole = (made.width, made.rows, made.shard_rows)
        if not all(isinstance(each, int) for each in whole) or made.rows < 0 or made.width < 1:
            raise ValueError(f"{whole} are not width, rows and rows per shard")
        np.dtype(made.dtype)
        return made

    @property
    def n_shards(self) -> int:
        return -(-self.rows // self.shard_rows)

    @property
    def row_bytes(self) -> int:
        return self.width * np.dtype(self.dtype).itemsize

    def header(self) -> bytes:
        """The .npy header of a full shard: any tool can read one once it is full."""
        shape = (self.shard_rows, self.width)
        text = f"{{'descr': '{np.dtype(self.dtype).str}', 'fortran_order': False, "
        text += f"'shape': {shape}, }}"
        text += " " * (-(10 + len(text) + 1) % 64) + "\n"
        return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()

    def rows_in(self, number: int) -> int:
        """The committed rows of a shard."""
        return min(self.rows - number * self.shard_rows, self.shard_rows)

    def map_shard(self, number: int, path: Path) -> NDArray[Any]:
        shape, offset = (self.rows_in(number), self.width), len(self.header())
        return np.memmap(path, dtype=self.dtype, mode="r", offset=offset, shape=shape)

    def is_shard_whole(self, number: int, path: Path) -> bool:
        header, rows = self.header(), self.rows_in(number) * self.row_bytes
        if not path.exists() or path.stat().st_size < len(header) + rows:
            return False
        with path.open("rb") as file:
            if file.read(len(header)) != header:
                return False
        return self._is_as_sealed(path, len(header), rows)

    def are_keys_whole(self, path: Path) -> bool:
        size = KEY_BYTES * self.rows
        if size == 0:
            return True
        is_there = path.exists() and path.stat().st_size >= size
        return is_there and self._is_as_sealed(path, 0, size)

    def _is_as_sealed(self, path: Path, start: int, size: int) -> bool:
        seal = self.seals.get(path.name)
        return seal is None or seal.is_kept(path) or seal.crc == checksum(path, start, size)


def checksum(path: Path, start: int, size: int) -> int:
    """The CRC-32 of a part of a file."""
    crc = 0
    with path.open("rb") as file:
        file.seek(start)
        while size > 0 and (block := file.read(min(size, READ_BYTES))):
            crc, size = zlib.crc32(block, crc), size - len(block)
    return crc


def write_at(path: Path, offset: int, content: bytes, *, fresh: bool = False) -> None:
    """Write and sync, so that a committed manifest never runs ahead of its rows."""
    mode = "wb" if fresh or not path.exists() else "r+b"
    with path.open(mode) as file:
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True)
class Runs:
    """Row numbers as runs that rise by one: short to send, since a pool mostly is in order."""

    first: IntArray
    count: IntArray

    @classmethod
    def of(cls, rows: IntArray) -> "Runs":
        starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
        return cls(rows[starts], np.diff(starts, append=len(rows)))

    def rows(self) -> IntArray:
        before = np.cumsum(self.count) - self.count
        return np.repeat(self.first - before, self.count) + np.arange(self.count.sum())


class ShardedMatrix:
    """Rows of several shards in a given order; reads what is asked for and no more.

    Sent to another process, it goes as the names of its files. Nothing is copied where the rows
    asked for follow each other in one shard.
    """

    def __init__(self, shards: Sequence[Path], manifest: Manifest, runs: Runs) -> None:
        self._made_of = shards, manifest, runs
        self._manifest, self._rows = manifest, runs.rows()
        self._shards = [manifest.map_shard(number, path) for number, path in enumerate(shards)]

    def __reduce__(self) -> tuple[Any, ...]:
        return ShardedMatrix, self._made_of

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self._rows), self._manifest.width)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self._manifest.dtype)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, key: Any) -> NDArray[Any]:
        rows = self._rows[key]
        if np.ndim(rows) == 0:
            number, row = divmod(int(rows), self._manifest.shard_rows)
            return self._shards[number][row]
        return self._run(rows) if _is_run(rows) else self._gather(rows)

    def _run(self, rows: IntArray) -> NDArray[Any]:
        size, start, stop = self._manifest.shard_rows, int(rows[0]), int(rows[-1]) + 1
        parts = [
            self._shards[number][max(start - number * size, 0) : stop - number * size]
            for number in range(start // size, (stop - 1) // size + 1)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _gather(self, rows: IntArray) -> NDArray[Any]:
        """Read in the order of the files, whatever the order asked for."""
        out = np.empty((len(rows), self._manifest.width), dtype=self.dtype)
        order = np.argsort(rows, kind="stable")
        number, row = np.divmod(rows[order], self._manifest.shard_rows)
        ends = np.searchsorted(number, np.arange(len(self._shards) + 1))
        for shard, (start, stop) in enumerate(pairwise(ends.tolist())):
            if stop > start:
                out[order[start:stop]] = self._shards[shard][row[start:stop]]
        return out


def _is_run(rows: IntArray) -> bool:
    if len(rows) == 0 or rows[-1] - rows[0] != len(rows) - 1:
        return False
    return bool((rows[1:] - rows[:-1] == 1).all())
