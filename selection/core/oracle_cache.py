"""Encoded rows kept beside the results, so that the next run of the same data need not encode."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from selection.core.datasets import Dataset
from selection.core.features.payloads import ImagePayload, TablePayload, TextPayload
from selection.core.oracles import Recipe, build_oracle
from selection.core.simulation import Oracle
from selection.core.types import AnyArray

# Goes up when encoders change what they give: what was kept before is then made anew.
VERSION = 1


def cached_oracle(path: Path, train: Dataset, test: Dataset, recipe: Recipe) -> Oracle:
    """The oracle kept at path if it was made of the same data and recipe, else made and kept.

    Shapes, unit: as `build_oracle`. Errors: as `build_oracle`, OSError when path cannot be
    written. Source: ours; the rename is atomic, a half-written or foreign file is made anew.
    """
    key = fingerprint(train, test, recipe)
    kept = _load(path, key)
    if kept is not None:
        return kept
    oracle = build_oracle(train, test, recipe)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        np.savez(file, **_arrays(oracle, key))  # type: ignore[arg-type]
    os.replace(temporary, path)
    return oracle


def fingerprint(train: Dataset, test: Dataset, recipe: Recipe) -> str:
    """SHA-256 in hex of everything the rows depend on.

    Shapes, unit: none. Errors: OSError for an image that is gone. Source: ours; images in
    folders count by size and time of change.
    """
    seen = hashlib.sha256(f"{VERSION}".encode())
    for part in (train, test):
        seen.update(json.dumps([part.name, part.modality, part.labels]).encode())
        for payload in part.payloads:
            seen.update(_content(payload))
    plain = [recipe.features, recipe.given_by, dict(recipe.descriptions)]
    params = {name: dict(each) for name, each in recipe.params.items()}
    seen.update(json.dumps([plain, params], sort_keys=True).encode())
    for array in (*(recipe.given or ()), recipe.class_vectors):
        for chunk in _bytes(array):
            seen.update(chunk)
    return seen.hexdigest()


def _content(payload: object) -> bytes:
    if isinstance(payload, TextPayload):
        return f"{len(payload.text)}:{payload.text}".encode()
    if isinstance(payload, TablePayload):
        return json.dumps(dict(payload.values), default=str).encode()
    if isinstance(payload, ImagePayload) and isinstance(payload.source, bytes):
        return hashlib.sha256(payload.source).digest()
    if isinstance(payload, ImagePayload) and isinstance(payload.source, Path):
        found = payload.source.stat()
        return f"{payload.source}:{found.st_size}:{found.st_mtime_ns}".encode()
    raise TypeError(f"{type(payload).__name__} is no payload of a data set")


def _bytes(array: AnyArray | None) -> Iterator[bytes]:
    if array is None:
        yield b"none"
        return
    yield f"{array.dtype}:{array.shape}".encode()
    for start in range(0, len(array), 16_384):
        yield np.ascontiguousarray(array[start : start + 16_384]).tobytes()


def _arrays(oracle: Oracle, key: str) -> dict[str, AnyArray]:
    found: dict[str, AnyArray] = {
        "key": np.array(key),
        "features": oracle.features[:],
        "targets": oracle.targets,
        "test_features": oracle.test_features[:],
        "test_targets": oracle.test_targets,
        "blocks": np.array(oracle.blocks, dtype=np.int64),
        "classes": np.array(oracle.classes, dtype=np.str_),
    }
    if oracle.class_vectors is not None:
        found["class_vectors"] = oracle.class_vectors
    return found


def _load(path: Path, key: str) -> Oracle | None:
    try:
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                return None
            return Oracle(
                kept["features"],
                kept["targets"],
                kept["test_features"],
                kept["test_targets"],
                tuple(int(width) for width in kept["blocks"]),
                kept.get("class_vectors"),
                tuple(str(name) for name in kept["classes"]),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
