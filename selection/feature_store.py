"""Feature rows on disk: memory-mapped shards keyed by item content hash, appendable, crash-safe.

One folder per project and encoder version. The manifest's row count is the only commit point:
rows behind it are left-overs of a killed writer and get overwritten. Damaged files are noticed
when the store is opened; what they held is encoded anew. Needs no Django.
"""

import fcntl
import hashlib
import json
import logging
import os
import re
import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selection.core.types import FeatureMatrix, Float32Array, IntArray
from selection.feature_shards import (
    KEY_BYTES,
    Manifest,
    Runs,
    Seal,
    ShardedMatrix,
    checksum,
    sync_folder,
    write_at,
)

logger = logging.getLogger(__name__)

SHARD_ROWS = 262_144
PRECISIONS = ("float16", "float32")
MANIFEST, KEYS = "manifest.json", "keys.u64"
Keys = NDArray[np.uint64]
Hashes = Sequence[str] | Keys


class StoreError(Exception):
    """The store lacks rows, cannot be written, or holds another encoder's; the message says."""


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
    def none(cls) -> "SortedKeys":
        return cls.of(np.empty((0, 2), dtype=np.uint64), 0)

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
        """Open or create the store, and repair it where its files are damaged.

        Raises StoreError when the folder holds something else.
        """
        if dtype not in PRECISIONS:
            raise StoreError(f"{dtype!r} is not a precision of rows; {' or '.join(PRECISIONS)} is")
        self.folder = root / _slug(version, dtype)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sorted = SortedKeys.none()
        self.manifest = Manifest(version, width, dtype, 0, shard_rows, secrets.token_hex(8))
        self.refresh()
        if (self.manifest.version, self.manifest.width) != (version, width):
            raise StoreError(
                f"{self.folder.name} holds {self.manifest.version} of width "
                f"{self.manifest.width}, not {version} of width {width}"
            )
        if self._whole_rows() < self.manifest.rows:
            self._repair()

    def __len__(self) -> int:
        return self.manifest.rows

    def missing(self, hashes: Hashes) -> IntArray:
        """Indices into hashes whose rows are not stored; of equal hashes only the first."""
        keys = keys_of(hashes)
        absent = np.flatnonzero(self._find(keys) < 0)
        _, first = np.unique(keys[absent], axis=0, return_index=True)
        return np.sort(absent[first]).astype(np.int64)

    def append(self, hashes: Hashes, matrix: Float32Array) -> int:
        """Store the rows of hashes not yet stored; returns how many were new.

        matrix is (len(hashes), width). Several processes may append; they take turns.
        """
        if matrix.shape != (len(hashes), self.manifest.width):
            raise StoreError(f"{matrix.shape} rows for {len(hashes)} x {self.manifest.width}")
        largest = float(np.abs(matrix).max(initial=0.0))
        if not largest <= float(np.finfo(self.manifest.dtype).max):
            raise StoreError(f"a row does not fit into finite {self.manifest.dtype} numbers")
        try:
            with self._writing():
                return self._append_new(keys_of(hashes), matrix)
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be written: {error.strerror}") from error

    def fill(
        self,
        hashes: Hashes,
        encode: Callable[[IntArray], Float32Array],
        *,
        chunk: int = 1024,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Encode and store what is missing, chunk by chunk; returns how many rows were new.

        encode gets indices into hashes and gives their rows. Killed in between, the next call
        goes on where this one stopped. progress gets (done, of how many).
        """
        keys = keys_of(hashes)
        wanted = self.missing(keys)
        for start in range(0, len(wanted), chunk):
            part = wanted[start : start + chunk]
            self.append(keys[part], encode(part))
            if progress is not None:
                progress(start + len(part), len(wanted))
        return len(wanted)

    def rows_for(self, hashes: Hashes) -> IntArray:
        """Row numbers in the order of hashes; StoreError when some are not stored."""
        found = self._find(keys_of(hashes))
        absent = np.flatnonzero(found < 0)
        if len(absent):
            raise StoreError(f"{len(absent)} of {len(hashes)} items are not encoded yet")
        return found

    def open_matrix(self, hashes: Hashes) -> FeatureMatrix:
        """The rows in the order of hashes, (n, width), read from disk only when used."""
        rows = self.rows_for(hashes)
        shards = [self._shard(number) for number in range(self.manifest.n_shards)]
        return ShardedMatrix(shards, self.manifest, Runs.of(rows))

    def refresh(self) -> None:
        """See what other processes have committed, or repaired."""
        found = self._read_manifest()
        if found is not None and found.birth != self.manifest.birth:
            self._sorted = SortedKeys.none()
        self.manifest = found or self.manifest

    def _append_new(self, keys: Keys, matrix: Float32Array) -> int:
        new = self.missing(keys)
        if len(new):
            crcs = self._write_rows(np.asarray(matrix[new], dtype=self.manifest.dtype))
            crcs[KEYS] = self._write_keys(keys[new])
            self._commit(self.manifest.rows + len(new), crcs)
        return len(new)

    def _find(self, keys: Keys) -> IntArray:
        """Row of each key, -1 where absent. Mostly keys come in the order they are stored in."""
        stored = self._read_keys(0, len(keys))
        differs = (stored != keys[: len(stored)]).any(axis=1)
        n_same = int(differs.argmax()) if differs.any() else len(stored)
        first = np.arange(n_same, dtype=np.int64)
        return first if n_same == len(keys) else np.append(first, self._search(keys[n_same:]))

    def _search(self, keys: Keys) -> IntArray:
        """As `_find`, in any order. The sorted keys are kept, what came since is not."""
        if self.manifest.rows - self._sorted.rows > max(10_000, self._sorted.rows // 4):
            self._sorted = SortedKeys.of(self._read_keys(0, self.manifest.rows), 0)
        start = self._sorted.rows
        tail = SortedKeys.of(self._read_keys(start, self.manifest.rows - start), start)
        return np.maximum(self._sorted.find(keys), tail.find(keys))

    def _read_keys(self, start: int, count: int) -> Keys:
        """At most so many of the committed keys, from row `start` on."""
        count, path = min(count, self.manifest.rows - start), self.folder / KEYS
        if count == 0:
            return np.empty((0, 2), dtype=np.uint64)
        found = np.fromfile(path, dtype=np.uint64, count=2 * count, offset=KEY_BYTES * start)
        return found.reshape(-1, 2)

    def _write_keys(self, keys: Keys) -> int:
        """Write behind the committed keys; return the checksum of all."""
        content, size = keys.tobytes(), KEY_BYTES * self.manifest.rows
        crc = self._crc(self.folder / KEYS, 0, size)
        write_at(self.folder / KEYS, size, content)
        return zlib.crc32(content, crc)

    def _write_rows(self, matrix: NDArray[Any]) -> dict[str, int]:
        """Write behind the committed rows; return the checksums of the shards that grew."""
        done, at, crcs = 0, self.manifest.rows, {}
        header = self.manifest.header()
        while done < len(matrix):
            number, row = divmod(at, self.manifest.shard_rows)
            path, size = self._shard(number), row * self.manifest.row_bytes
            part = matrix[done : done + self.manifest.shard_rows - row]
            content = np.ascontiguousarray(part).tobytes()
            if row == 0:
                write_at(path, 0, header)
            crcs[path.name] = zlib.crc32(content, self._crc(path, len(header), size))
            write_at(path, len(header) + size, content)
            done, at = done + len(part), at + len(part)
        return crcs

    def _crc(self, path: Path, start: int, size: int) -> int:
        """The checksum of what is committed; a store of an older version has none written down."""
        seal = self.manifest.seals.get(path.name)
        return seal.crc if seal and size else checksum(path, start, size) if size else 0

    def _shard(self, number: int) -> Path:
        return self.folder / f"shard-{number:05d}.npy"

    def _commit(self, rows: int, crcs: Mapping[str, int]) -> None:
        sync_folder(self.folder)
        seals = {name: Seal.of(self.folder / name, crc) for name, crc in crcs.items()}
        self._save(replace(self.manifest, rows=rows, seals={**self.manifest.seals, **seals}))

    def _save(self, manifest: Manifest) -> None:
        temporary = self.folder / f".{MANIFEST}.{os.getpid()}"
        try:
            write_at(temporary, 0, json.dumps(asdict(manifest)).encode(), fresh=True)
            os.replace(temporary, self.folder / MANIFEST)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(self.folder)
        self.manifest = manifest

    def _read_manifest(self) -> Manifest | None:
        """Return what is committed; None before the first commit, or when it cannot be read."""
        path = self.folder / MANIFEST
        try:
            return Manifest.of(json.loads(path.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError) as error:
            logger.error("%s is damaged (%s): its items are encoded anew", path, error)
            return None

    def _whole_rows(self) -> int:
        """How many rows, from the first on, are as they were committed."""
        if not self.manifest.are_keys_whole(self.folder / KEYS):
            return 0
        for number in range(self.manifest.n_shards):
            if not self.manifest.is_shard_whole(number, self._shard(number)):
                return number * self.manifest.shard_rows
        return self.manifest.rows

    def _repair(self) -> None:
        """Take back what is damaged and what lies behind it, once for all processes."""
        with self._writing():
            rows, before = self._whole_rows(), self.manifest
            if rows == before.rows:
                return
            lost = before.rows - rows
            logger.error("%s is damaged: %d items are encoded anew", self.folder, lost)
            kept = replace(before, rows=rows, birth=secrets.token_hex(8), seals={})
            names = [self._shard(number).name for number in range(kept.n_shards)]
            seals = {name: before.seals[name] for name in names if name in before.seals}
            self._save(replace(kept, seals=seals))
            self._sorted = SortedKeys.none()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time; the lock falls with the process that holds it."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refresh()
            yield


def keys_of(hashes: Hashes) -> Keys:
    """Each hash as two 64-bit numbers, (n, 2): short, and of one length whatever the hash.

    Keys stay what they are: of many items they are made once, for all that is asked.
    """
    if isinstance(hashes, np.ndarray):
        return hashes
    digests = b"".join(hashlib.blake2b(each.encode(), digest_size=16).digest() for each in hashes)
    return np.frombuffer(digests, dtype=np.uint64).reshape(-1, 2)


def _slug(version: str, dtype: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", version)[:80]
    short = f"{name}-{hashlib.sha256(version.encode()).hexdigest()[:8]}"
    return short if dtype == PRECISIONS[0] else f"{short}-{dtype}"
