"""Cold starts: the first batch, and whatever is picked while no model can be fitted."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from selection.core.chunks import rows, sample_indices
from selection.core.herding import covered_by, herd, typical_width
from selection.core.types import Float32Array, FloatArray, IntArray, PoolView

ALIKE, TINY = np.ones(1), 1e-9


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
    return _stand_for(view, size, rng, n_candidates, n_reference, lambda reference: ALIKE)


def pretrained(
    view: PoolView,
    size: int,
    *,
    rng: Generator,
    n_candidates: int = 3000,
    n_reference: int = 2000,
    power: float = 2.0,
) -> IntArray:
    """Pick items that stand for what the descriptions of the classes leave in doubt.

    Shapes: view.candidates (n,); returns indices (min(size, n),), best first. Unit: the margin of
    the model of the descriptions, to this power, weighs the items. Errors: none; without such a
    model (no descriptions, or an encoder that cannot read them) as `typical`. Source: Bae et al.
    2025 (UHerding) with the prior's margin.
    """

    def doubt(reference: Float32Array) -> FloatArray:
        if view.model is None:
            return ALIKE
        proba = view.model.predict_proba(reference)
        if view.task == "multi":
            return np.asarray((1 - np.abs(2 * proba - 1).min(axis=1)) ** power, np.float64)
        best = np.partition(proba, -2, axis=1)[:, -2:]
        return np.asarray((1 - (best[:, 1] - best[:, 0])) ** power, np.float64)

    return _stand_for(view, size, rng, n_candidates, n_reference, doubt)


def _stand_for(
    view: PoolView,
    size: int,
    rng: Generator,
    n_candidates: int,
    n_reference: int,
    wanted: Callable[[Float32Array], FloatArray],
) -> IntArray:
    if view.n == 0:
        return np.empty(0, dtype=np.int64)
    among = sample_indices(view.n, max(n_candidates, 4 * size), rng)
    reference = rows(view.features, view.candidates[sample_indices(view.n, n_reference, rng)])
    width = typical_width(reference)
    coverage = covered_by(reference, rows(view.features, view.covered), width)
    candidates = rows(view.features, view.candidates[among])
    weights = np.ones(len(reference)) * wanted(reference) + TINY
    picked, _ = herd(candidates, reference, weights, coverage, size, width=width)
    return among[picked]


def uniform(view: PoolView, size: int, *, rng: Generator) -> IntArray:
    """Pick items by chance, each equally likely.

    Shapes: view.candidates (n,); returns indices (min(size, n),). Unit: none. Errors: none.
    Source: none.
    """
    return rng.permutation(view.n)[:size].astype(np.int64)
