"""Vectors that the user brings along, taken as they are but for their length."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator

from selection.core.features import state
from selection.core.features.payloads import VectorPayload
from selection.core.types import AnyArray, CoreError, Encoder, Float32Array


class VectorEncoder:
    """Rows of length 1 from vectors of one width."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.version = f"vectors-1-{width}"

    @classmethod
    def fit(cls, sample: Iterable[VectorPayload], *, rng: Generator) -> "VectorEncoder":
        """Take the width of the first vector.

        Shapes: vectors (d,). Unit: none. Raises CoreError on an empty sample. Source: ours.
        """
        first = next(iter(sample), None)
        if first is None or np.ndim(first.values) != 1:
            raise CoreError("no vectors to learn the width from")
        return cls(len(first.values))

    def encode(self, payloads: Sequence[VectorPayload]) -> Float32Array:
        """One row of length 1 per vector.

        Shapes: (n, width) float32. Unit: cosine geometry. Raises CoreError on another width or
        on numbers that are not finite. Source: ours.
        """
        widths = {np.shape(payload.values) for payload in payloads}
        if widths - {(self.width,)}:
            raise CoreError(f"vectors of shapes {sorted(widths)}, expected ({self.width},)")
        X = np.array([payload.values for payload in payloads], dtype=np.float32)
        if not np.isfinite(X).all():
            raise CoreError("a vector holds numbers that are not finite")
        return state.unit_rows(X.reshape(-1, self.width))

    def to_state(self) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        """The width.

        Shapes, unit: none. Errors: none. Source: ours.
        """
        return {"width": self.width}, {}

    @classmethod
    def from_state(cls, meta: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Encoder:
        """The encoder that `to_state` described.

        Shapes, unit: none. Errors: KeyError on a missing part. Source: ours.
        """
        return cls(int(meta["width"]))
