"""Feature rows on disk: memory-mapped shards keyed by item content hash, appendable, crash-safe.

One folder per project and encoder version. The manifest's row count is the only commit point:
rows behind it are left-overs of a killed writer and get overwritten. Needs no Django.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selection.core.types import FeatureMatrix, Float32Array, IntArray

SHARD_ROWS = 262_144
MANIFEST, KEYS = "manifest.json", "keys.u64"
Keys = NDArray[np.uint64]


class StoreError(Exception):
    """The store lacks rows, or holds rows of another encoder; the message says which."""


@dataclass(frozen=True)
class Manifest:
    """What is in the folder: rows of `width` numbers from one encoder version."""

    version: str
    width: int
    dtype: str
    rows: int
    shard_rows: int

    def header(self) -> bytes:
        """The .npy header of a full shard: any tool can read one once it is full."""
        shape = (self.shard_rows, self.width)
        text = f"{{'descr': '{np.dtype(self.dtype).str}', 'fortran_order': False, "
        text += f"'shape': {shape}, }}"
        text += " " * (-(10 + len(text) + 1) % 64) + "\n"
        return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()

    def map_shard(self, number: int, path: Path) -> NDArray[Any]:
        """The committed rows of a shard."""
        rows = min(self.rows - number * self.shard_rows, self.shard_rows)
        shape, offset = (rows, self.width), len(self.header())
        return np.memmap(path, dtype=self.dtype, mode="r", offset=offset, shape=shape)


@dataclass(frozen=True)
class SortedKeys:
    """Keys of rows start.. in order, for binary search on one half and a check of the other."""

    first: NDArray[np.uint64]
    second: NDArray[np.uint64]
    row: IntArray

    @property
    def rows(self) -> int:
        return len(self.row)

    @classmethod
    def of(cls, keys: Keys, start: int) -> "SortedKeys":
        order = np.lexsort((keys[:, 1], keys[:, 0]))
        return cls(keys[order, 0], keys[order, 1], (order + start).astype(np.int64))

    def find(self, keys: Keys) -> IntArray:
        """Row of each key, -1 where absent; more than one turn only where first halves collide."""
        place = np.searchsorted(self.first, keys[:, 0])
        found = np.full(len(keys), -1, dtype=np.int64)
        open_ = np.arange(len(keys))
        while len(open_):
            open_ = open_[place[open_] < self.rows]
            open_ = open_[self.first[place[open_]] == keys[open_, 0]]
            hit = self.second[place[open_]] == keys[open_, 1]
            found[open_[hit]] = self.row[place[open_[hit]]]
            open_ = open_[~hit]
            place[open_] += 1
        return found


class FeatureStore:
    """The rows of one encoder version of one project."""

    def __init__(
        self,
        root: Path,
        version: str,
        width: int,
        *,
        dtype: str = "float16",
        shard_rows: int = SHARD_ROWS,
    ) -> None:
        """Open or create the store. Raises StoreError when the folder holds something else."""
        self.folder = root / _slug(version)
        self.folder.mkdir(parents=True, exist_ok=True)
        found = self._read_manifest()
        self.manifest = found or Manifest(version, width, dtype, 0, shard_rows)
        self._sorted = SortedKeys.of(np.empty((0, 2), dtype=np.uint64), 0)
        if (self.manifest.version, self.manifest.width) != (version, width):
            raise StoreError(
                f"{self.folder.name} holds {self.manifest.version} of width "
                f"{self.manifest.width}, not {version} of width {width}"
            )

    def __len__(self) -> int:
        return self.manifest.rows

    def missing(self, hashes: Sequence[str]) -> IntArray:
        """Indices into hashes whose rows are not stored; of equal hashes only the first."""
        keys = keys_of(hashes)
        absent = np.flatnonzero(self._find(keys) < 0)
        _, first = np.unique(keys[absent], axis=0, return_index=True)
        return np.sort(absent[first]).astype(np.int64)

    def append(self, hashes: Sequence[str], matrix: Float32Array) -> int:
        """Store the rows of hashes not yet stored; returns how many were new.

        matrix is (len(hashes), width). Several processes may append; they take turns.
        """
        if matrix.shape != (len(hashes), self.manifest.width):
            raise StoreError(f"{matrix.shape} rows for {len(hashes)} x {self.manifest.width}")
        largest = float(np.abs(matrix).max(initial=0.0))
        if not largest <= float(np.finfo(self.manifest.dtype).max):
            raise StoreError(f"a row does not fit into finite {self.manifest.dtype} numbers")
        with self._writing():
            new = self.missing(hashes)
            if len(new):
                self._write_rows(np.asarray(matrix[new], dtype=self.manifest.dtype))
                self._write_keys(keys_of([hashes[index] for index in new]))
                self._commit(self.manifest.rows + len(new))
        return len(new)

    def fill(
        self,
        hashes: Sequence[str],
        encode: Callable[[IntArray], Float32Array],
        *,
        chunk: int = 1024,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Encode and store what is missing, chunk by chunk; returns how many rows were new.

        encode gets indices into hashes and gives their rows. Killed in between, the next call
        goes on where this one stopped. progress gets (done, of how many).
        """
        wanted = self.missing(hashes)
        for start in range(0, len(wanted), chunk):
            part = wanted[start : start + chunk]
            self.append([hashes[index] for index in part], encode(part))
            if progress is not None:
                progress(start + len(part), len(wanted))
        return len(wanted)

    def rows_for(self, hashes: Sequence[str]) -> IntArray:
        """Row numbers in the order of hashes; StoreError when some are not stored."""
        found = self._find(keys_of(hashes))
        absent = np.flatnonzero(found < 0)
        if len(absent):
            raise StoreError(f"{len(absent)} of {len(hashes)} items are not encoded yet")
        return found

    def open_matrix(self, hashes: Sequence[str]) -> FeatureMatrix:
        """The rows in the order of hashes, (n, width), read from disk only when used."""
        rows = self.rows_for(hashes)
        shards = [self._shard(number) for number in range(self._n_shards())]
        return ShardedMatrix(shards, self.manifest, Runs.of(rows))

    def refresh(self) -> None:
        """See what other processes have committed."""
        self.manifest = self._read_manifest() or self.manifest

    def _find(self, keys: Keys) -> IntArray:
        """Row of each key, -1 where absent. The sorted keys are kept, what came since is not."""
        if self.manifest.rows - self._sorted.rows > max(10_000, self._sorted.rows // 4):
            self._sorted = SortedKeys.of(self._read_keys(0), 0)
        tail = SortedKeys.of(self._read_keys(self._sorted.rows), self._sorted.rows)
        return np.maximum(self._sorted.find(keys), tail.find(keys))

    def _read_keys(self, start: int) -> Keys:
        if self.manifest.rows == start:
            return np.empty((0, 2), dtype=np.uint64)
        count, path = 2 * (self.manifest.rows - start), self.folder / KEYS
        return np.fromfile(path, dtype=np.uint64, count=count, offset=16 * start).reshape(-1, 2)

    def _write_keys(self, keys: Keys) -> None:
        _write_at(self.folder / KEYS, 16 * self.manifest.rows, keys.tobytes())

    def _write_rows(self, matrix: NDArray[Any]) -> None:
        done, at = 0, self.manifest.rows
        while done < len(matrix):
            number, row = divmod(at, self.manifest.shard_rows)
            part = matrix[done : done + self.manifest.shard_rows - row]
            header = self.manifest.header()
            if row == 0:
                _write_at(self._shard(number), 0, header)
            start = len(header) + row * self.manifest.width * matrix.itemsize
            _write_at(self._shard(number), start, np.ascontiguousarray(part).tobytes())
            done, at = done + len(part), at + len(part)

    def _shard(self, number: int) -> Path:
        return self.folder / f"shard-{number:05d}.npy"

    def _n_shards(self) -> int:
        return -(-self.manifest.rows // self.manifest.shard_rows)

    def _commit(self, rows: int) -> None:
        manifest = Manifest(**{**asdict(self.manifest), "rows": rows})
        temporary = self.folder / f".{MANIFEST}.{os.getpid()}"
        _write_at(temporary, 0, json.dumps(asdict(manifest)).encode(), fresh=True)
        os.replace(temporary, self.folder / MANIFEST)
        self.manifest = manifest

    def _read_manifest(self) -> Manifest | None:
        path = self.folder / MANIFEST
        return Manifest(**json.loads(path.read_text())) if path.exists() else None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time; the lock falls with the process that holds it."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refresh()
            yield


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


def keys_of(hashes: Sequence[str]) -> Keys:
    """Each hash as two 64-bit numbers, (n, 2): short, and of one length whatever the hash."""
    digests = b"".join(hashlib.blake2b(each.encode(), digest_size=16).digest() for each in hashes)
    return np.frombuffer(digests, dtype=np.uint64).reshape(-1, 2)


def _slug(version: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", version)[:80]
    return f"{name}-{hashlib.sha256(version.encode()).hexdigest()[:8]}"


def _write_at(path: Path, offset: int, content: bytes, *, fresh: bool = False) -> None:
    """Write and sync, so that a committed manifest never runs ahead of its rows."""
    mode = "wb" if fresh or not path.exists() else "r+b"
    with path.open(mode) as file:
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
