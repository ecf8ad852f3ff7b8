"""Keep a fitted encoder as JSON and plain arrays; nothing is ever unpickled."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from selection.core.catalog import FEATURES, resolve
from selection.core.types import AnyArray, CoreError, Encoder, Float32Array

META, ARRAYS = "encoder.json", "encoder.npz"


def digest(meta: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> str:
    """Twelve hex digits that change with any number of the encoder: part of its version.

    Shapes, unit: none. Errors: none. Source: SHA-256.
    """
    seen = hashlib.sha256(json.dumps(meta, sort_keys=True).encode())
    for name in sorted(arrays):
        seen.update(f"{name}:{arrays[name].dtype}:{arrays[name].shape}".encode())
        seen.update(np.ascontiguousarray(arrays[name]).tobytes())
    return seen.hexdigest()[:12]


def save(name: str, encoder: Encoder, folder: Path) -> None:
    """Write a fitted encoder; a reader sees all of it or what was there before.

    Shapes, unit: none. Raises CoreError for a name the catalog lacks. Source: rename is atomic;
    the JSON, written last, names the digest of the arrays it belongs to.
    """
    if name not in FEATURES:
        raise CoreError(f"no encoder is called {name!r}; known: {', '.join(FEATURES)}")
    meta, arrays = encoder.to_state()
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / ARRAYS, lambda path: _write_arrays(path, arrays))
    content = {"name": name, "version": encoder.version, "meta": meta, "digest": digest({}, arrays)}
    text = json.dumps(content, ensure_ascii=False)
    _replace(folder / META, lambda path: path.write_text(text, encoding="utf-8"))


def load(folder: Path) -> Encoder:
    """The encoder that `save` wrote.

    Shapes, unit: none. Raises CoreError when the folder is incomplete or its parts differ.
    Source: ours.
    """
    try:
        content = json.loads((folder / META).read_text(encoding="utf-8"))
        with np.load(folder / ARRAYS, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError) as problem:
        raise CoreError(f"no complete encoder in {folder}: {problem}") from problem
    if content["digest"] != digest({}, arrays):
        raise CoreError(f"the encoder in {folder} is half written: fit it again")
    try:
        encoder: Encoder = resolve(FEATURES[content["name"]]).from_state(content["meta"], arrays)
    except KeyError as missing:
        raise CoreError(f"the encoder in {folder} lacks {missing}: fit it again") from missing
    return encoder


def encode_stream(
    encoder: Encoder,
    payloads: Iterable[Any],
    *,
    chunk: int = 1024,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Float32Array]:
    """Encode payloads chunk by chunk, so that the pool is never held in memory.

    Shapes: yields (at most chunk, width). Unit: the encoder's. Errors: the encoder's. Source:
    ours; progress is called with the number of payloads done.
    """
    done = 0
    for batch in _batches(payloads, chunk):
        rows = checked(encoder.encode(batch), len(batch), encoder)
        done += len(batch)
        if progress is not None:
            progress(done)
        yield rows


def checked(rows: Float32Array, n: int, encoder: Encoder) -> Float32Array:
    """The rows themselves, or CoreError when they are not n finite rows of the encoder's width.

    Shapes: rows (n, width). Unit: the encoder's. Raises CoreError. Source: ours.
    """
    if rows.shape != (n, encoder.width) or not np.isfinite(rows).all():
        raise CoreError(f"{encoder.version} gave rows of shape {rows.shape}, or not finite ones")
    return rows


def unit_rows(X: AnyArray) -> Float32Array:
    """Rows scaled to length 1; rows of zeros stay zeros.

    Shapes: X (n, d). Unit: length. Errors: none. Source: definition.
    """
    norms = np.linalg.norm(X, axis=1, keepdims=True)
    out = np.zeros(X.shape, dtype=np.float32)
    np.divide(X, norms, out=out, where=norms > 1e-12, casting="same_kind")
    return out


def _batches(payloads: Iterable[Any], size: int) -> Iterator[Sequence[Any]]:
    batch: list[Any] = []
    for payload in payloads:
        batch.append(payload)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _write_arrays(path: Path, arrays: Mapping[str, AnyArray]) -> None:
    with path.open("wb") as file:
        np.savez(file, **dict(arrays))  # type: ignore[arg-type]


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    write(temporary)
    os.replace(temporary, path)
