"""Rows of several encoders side by side, joined only where they are read."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from selection.core.types import AnyArray, CoreError, FeatureMatrix


class SideBySide:
    """Matrices of equal length as one; nothing is copied before rows are asked for."""

    def __init__(self, parts: Sequence[FeatureMatrix]) -> None:
        """Raises CoreError when there is nothing to join or the lengths differ."""
        lengths = {len(part) for part in parts}
        if len(lengths) != 1:
            raise CoreError(f"{len(parts)} matrices of lengths {sorted(lengths)} do not join")
        self._parts = tuple(parts)
        self.blocks = tuple(int(part.shape[1]) for part in parts)
        self.dtype: np.dtype[Any] = np.result_type(*(part.dtype for part in parts))

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), sum(self.blocks))

    def __len__(self) -> int:
        return len(self._parts[0])

    def __getitem__(self, key: Any) -> AnyArray:
        read = [np.asarray(part[key]) for part in self._parts]
        return np.concatenate(read, axis=-1, dtype=self.dtype)


def join(parts: Sequence[FeatureMatrix]) -> tuple[FeatureMatrix, tuple[int, ...]]:
    """The parts as one matrix and the widths of its blocks; () when there is one part only.

    Shapes: parts (n, d_k); gives (n, sum of d_k). Unit: as stored. Raises CoreError when the
    lengths differ. Source: ours.
    """
    if len(parts) == 1:
        return parts[0], ()
    matrix = SideBySide(parts)
    return matrix, matrix.blocks
