"""The pool on a plane that keeps neighbours together: UMAP, where it is installed."""

from importlib import import_module

import numpy as np
from numpy.random import Generator

from selection.core.types import AnyArray, Float32Array


def neighbourhoods(
    X: AnyArray, *, rng: Generator, neighbours: int = 15, spread: float = 0.1
) -> Float32Array:
    """Where each item lies so that neighbours stay neighbours; far distances mean little.

    Shapes: X (n, d) float32; returns (n, 2). Unit: none. Raises ImportError when umap-learn is not
    installed. Source: McInnes, Healy and Melville 2018; cosine distances, one thread, so that the
    same rows give the same map.
    """
    umap = import_module("umap")
    reducer = umap.UMAP(
        n_neighbors=max(2, min(neighbours, len(X) - 1)),
        min_dist=spread,
        metric="cosine",
        random_state=int(rng.integers(2**31)),
        n_jobs=1,
    )
    return np.asarray(reducer.fit_transform(X), dtype=np.float32)
