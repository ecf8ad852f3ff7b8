"""Cold starts: the first batch, and whatever is picked while no model can be fitted."""

import numpy as np
from numpy.random import Generator

from selection.core.chunks import rows
from selection.core.herding import covered_by, herd, typical_width
from selection.core.types import IntArray, PoolView


def typical(
    view: PoolView,
    size: int,
    *,
    rng: Generator,
    n_candidates: int = 3000,
    n_reference: int = 2000,
) -> IntArray:
    """Pick items that together stand for as much of the pool as possible.

    Shapes: view.candidates (n,); returns indices (min(size, n),), best first. Unit: none.
    Errors: none. Source: Bae et al. 2024 (MaxHerding) on random samples, so that time and
    memory do not grow with the pool; width ours. Covered items count as already picked.
    """
    if view.n == 0:
        return np.empty(0, dtype=np.int64)
    among = _sample(view.n, max(n_candidates, 4 * size), rng)
    reference = rows(view.features, view.candidates[_sample(view.n, n_reference, rng)])
    width = typical_width(reference)
    coverage = covered_by(reference, rows(view.features, view.covered), width)
    candidates = rows(view.features, view.candidates[among])
    weights = np.ones(len(reference))
    picked, _ = herd(candidates, reference, weights, coverage, size, width=width)
    return among[picked]


def uniform(view: PoolView, size: int, *, rng: Generator) -> IntArray:
    """Pick items by chance, each equally likely.

    Shapes: view.candidates (n,); returns indices (min(size, n),). Unit: none. Errors: none.
    Source: none.
    """
    return rng.permutation(view.n)[:size].astype(np.int64)


def _sample(n: int, size: int, rng: Generator) -> IntArray:
    """Distinct indices in rising order: reads of a memory-mapped file then go forward."""
    if size >= n:
        return np.arange(n, dtype=np.int64)
    return np.sort(rng.choice(n, size, replace=False)).astype(np.int64)
