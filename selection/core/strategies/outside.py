"""Scores that were made outside alapp."""

import numpy as np
from numpy.random import Generator

from selection.core.types import FloatArray, PoolView, ScoreError


def highest_first(view: PoolView, *, rng: Generator) -> FloatArray:
    """Score an item by the number that was pushed for it.

    Shapes: view.given (n_items,); returns (n,). Unit: that of whoever pushed it; higher = more
    wanted. Raises ScoreError without scores. Source: ours.
    """
    if view.given is None:
        raise ScoreError("outside_score needs scores pushed from outside")
    return np.asarray(view.given[view.candidates], dtype=np.float64)
