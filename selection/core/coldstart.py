"""Cold starts: the first batch, and whatever is picked while no model can be fitted."""

import numpy as np
from numpy.random import Generator

from selection.core.chunks import rows, sample_indices
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
    among = sample_indices(view.n, max(n_candidates, 4 * size), rng)
    reference = rows(view.features, view.candidates[sample_indices(view.n, n_reference, rng)])
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
