"""A digest of everything a round looked at, field by field, to tell later what has changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from selection.core.types import FeatureMatrix, RoundFacts

ROWS = 65_536
BYTES = 10


def fingerprints(facts: RoundFacts) -> dict[str, str]:
    """A digest of each field of the facts: equal digests mean equal inputs, bit for bit.

    Shapes: as in RoundFacts. Unit: 20 hexadecimal digits each. Errors: none. Source: BLAKE2b
    (RFC 7693); the features are read a piece at a time, so that memory stays flat.
    """
    found = {"features": rows_digest(facts.features)}
    for each in fields(facts):
        if each.name != "features":
            digest = _new()
            _feed(digest, getattr(facts, each.name))
            found[each.name] = digest.hexdigest()
    return found


def rows_digest(features: FeatureMatrix) -> str:
    """A digest of the rows, their order, width and precision.

    Shapes: features (n, d). Unit: 20 hexadecimal digits. Errors: none. Source: BLAKE2b (RFC 7693).
    """
    digest = _new()
    digest.update(f"{features.dtype}{tuple(features.shape)}".encode())
    for start in range(0, len(features), ROWS):
        digest.update(np.ascontiguousarray(features[start : start + ROWS]).data)
    return digest.hexdigest()


def _new() -> "hashlib.blake2b":
    return hashlib.blake2b(digest_size=BYTES)


def _feed(digest: "hashlib.blake2b", value: Any) -> None:
    """Feed a value with its type and length, so that no two values look alike."""
    if isinstance(value, np.ndarray):
        digest.update(f"array {value.dtype}{value.shape}:".encode())
        digest.update(np.ascontiguousarray(value).data)
    elif is_dataclass(value):
        _feed(digest, {each.name: getattr(value, each.name) for each in fields(value)})
    elif isinstance(value, Mapping):
        _feed(digest, [[name, value[name]] for name in sorted(value)])
    elif isinstance(value, list | tuple):
        digest.update(f"list {len(value)}:".encode())
        for inner in value:
            _feed(digest, inner)
    else:
        digest.update(f"{type(value).__name__} {value!r};".encode())
