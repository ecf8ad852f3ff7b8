"""Vectors a person brings along with a file: kept by content hash, for selection to read.

FEATURES_DIR/<project>/user-vectors/ holds two files per import: <run>.vectors.npy, a row per row
of the file, and <run>.hashes.npy, the SHA-256 of each row's content (32 bytes; zeros where the
row was bad). The hashes come last: where they are, the vectors are whole. Later runs win.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from numpy.typing import NDArray

from annotation.services.import_rows import Draft

MAX_WIDTH = 8_192
COPIED_ROWS = 10_000
Vectors = NDArray[Any]


@dataclass(frozen=True)
class VectorPart:
    """One import's vectors, their hashes filled in as its rows are read."""

    vectors: Vectors
    hashes: NDArray[np.uint8]
    folder: Path
    run_id: int

    def note(self, drafts: Sequence[Draft]) -> None:
        """Remember which row has which content."""
        for draft in drafts:
            self.hashes[draft.place] = np.frombuffer(bytes.fromhex(draft.content_hash), np.uint8)

    @property
    def n_known(self) -> int:
        return int(self.hashes.any(axis=1).sum())

    def save(self) -> None:
        """Write both files, each whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _save(self.folder / f"{self.run_id:012d}.vectors.npy", self.vectors)
        _save(self.folder / f"{self.run_id:012d}.hashes.npy", self.hashes)


def open_vectors(path: Path) -> Vectors:
    """Return the file's matrix, mapped, not read; raises ValidationError when it is none."""
    try:
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ValidationError(f"The vectors cannot be read as .npy: {error}") from None
    if not isinstance(vectors, np.ndarray) or vectors.ndim != 2 or vectors.dtype.kind != "f":
        raise ValidationError("The vectors must be one .npy matrix of floats, a row per row.")
    if not 1 <= vectors.shape[1] <= MAX_WIDTH:
        width = vectors.shape[1]
        raise ValidationError(f"The vectors have {width:,} columns; {MAX_WIDTH:,} is the limit.")
    return vectors


def part_of(*, project_id: int, run_id: int, path: Path, n_rows: int) -> VectorPart:
    """Open an import's vectors; raises ValidationError when they do not fit file or project."""
    vectors = open_vectors(path)
    if len(vectors) != n_rows:
        raise ValidationError(
            f"There are {len(vectors):,} vectors for {n_rows:,} rows; each row needs its own."
        )
    folder = Path(settings.FEATURES_DIR, str(project_id), "user-vectors")
    _check_width(vectors, folder)
    _check_finite(vectors)
    return VectorPart(vectors, np.zeros((n_rows, 32), np.uint8), folder, run_id)


def _check_width(vectors: Vectors, folder: Path) -> None:
    for path in sorted(folder.glob("*.vectors.npy")):
        before = np.load(path, mmap_mode="r", allow_pickle=False).shape[1]
        if before != vectors.shape[1]:
            raise ValidationError(
                f"The vectors have {vectors.shape[1]:,} columns; those of this project's earlier "
                f"imports have {before:,}."
            )


def _check_finite(vectors: Vectors) -> None:
    for start in range(0, len(vectors), COPIED_ROWS):
        is_finite = np.isfinite(_kept(vectors[start : start + COPIED_ROWS])).all(axis=1)
        if not is_finite.all():
            row = start + int(is_finite.argmin()) + 1
            raise ValidationError(f"Vector {row:,} holds a number that is not finite.")


def _kept(rows: Vectors) -> Vectors:
    """Return vectors as they are kept: float16 stays, all else becomes float32."""
    if rows.dtype in (np.float16, np.uint8):
        return rows
    with np.errstate(over="ignore"):
        return rows.astype(np.float32)


def _save(path: Path, rows: Vectors) -> None:
    draft = path.with_name(f".{uuid4().hex}.npy")
    try:
        dtype = _kept(rows[:0]).dtype
        copy = np.lib.format.open_memmap(draft, mode="w+", dtype=dtype, shape=rows.shape)
        for start in range(0, len(rows), COPIED_ROWS):
            copy[start : start + COPIED_ROWS] = rows[start : start + COPIED_ROWS]
        copy.flush()
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
