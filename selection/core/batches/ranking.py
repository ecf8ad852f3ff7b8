"""The plainest batch function: the highest scores."""

import numpy as np
from numpy.random import Generator

from selection.core.types import FloatArray, IntArray, PoolView


def top(scores: FloatArray, view: PoolView, size: int, *, rng: Generator) -> IntArray:
    """Pick the highest scores; chance decides between equal ones.

    Shapes: scores (n,); returns indices (min(size, n),), best first. Unit: none. Errors: none.
    Source: none. Time O(n): only the picked scores are sorted.
    """
    size = min(size, len(scores))
    if size == 0:
        return np.empty(0, np.int64)
    bar = np.partition(scores, -size)[-size]
    above, level = np.flatnonzero(scores > bar), np.flatnonzero(scores == bar)
    chosen = np.concatenate([above, rng.permutation(level)[: size - len(above)]])
    chosen = rng.permutation(chosen)
    return chosen[np.argsort(-scores[chosen], kind="stable")].astype(np.int64)
