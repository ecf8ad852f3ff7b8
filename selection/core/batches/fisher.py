"""Batch by Fisher information: what makes the predictions of the whole pool certain."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from selection.core.batches.ranking import top
from selection.core.chunks import predict, rows, sample_indices
from selection.core.types import FloatArray, IntArray, PoolView

NEARLY_ONE = 1 - 1e-9


@dataclass
class Greedy:
    """tr(M^-1 F) as picks come and go, with every item's gain kept by rank-one updates.

    V (m, d) roots of information, inverse (d, d) of M, F (d, d); q (m,) = v' M^-1 v and t (m,) =
    v' M^-1 F M^-1 v. Adding v lowers the trace by t / (1 + q), removing it adds t / (1 - q).
    """

    V: FloatArray
    inverse: FloatArray
    F: FloatArray
    q: FloatArray
    t: FloatArray

    @classmethod
    def start(cls, V: FloatArray, known: FloatArray, F: FloatArray) -> "Greedy":
        """Start from the information of known items and a penalty of the size of F."""
        width = F.shape[0]
        penalty = max(float(np.trace(F)) / width, 1e-12)
        inverse = np.linalg.inv(known.T @ known + penalty * np.eye(width))
        B = V @ inverse
        q = np.einsum("ij,ij->i", B, V)
        return cls(V, inverse, F, q, np.einsum("ij,ij->i", B @ F, B))

    @property
    def gains(self) -> FloatArray:
        """What adding each item would take off the trace: (m,)."""
        return self.t / (1 + self.q)

    @property
    def losses(self) -> FloatArray:
        """What removing each item would add to the trace: (m,); inf where it holds M up."""
        return np.where(self.q < NEARLY_ONE, self.t / np.maximum(1 - self.q, 1e-12), np.inf)

    def change(self, index: int, sign: int) -> None:
        """Add (sign 1) or remove (sign -1) an item: two products with V."""
        u = self.inverse @ self.V[index]
        scale = sign / (1 + sign * self.q[index])
        along = self.V @ u
        across = self.V @ (self.inverse @ (self.F @ u))
        self.t += -2 * scale * along * across + (scale * along) ** 2 * float(u @ self.F @ u)
        self.q -= scale * along**2
        self.inverse -= scale * np.outer(u, u)


def bait(
    scores: FloatArray, view: PoolView, size: int, *, rng: Generator, n_candidates: int = 2500
) -> IntArray:
    """Pick items that together tell most about the model where the pool needs it.

    Shapes: scores (n,) >= 0 multiply the gains; returns indices (min(size, n),), best first.
    Unit: trace of M^-1 F with v = root(p(1 - p)) x, p the largest probability, F the mean v v'
    over candidates, M the sum over labelled and picked items plus trace(F) / d. Twice as many
    as wanted are added one by one, then half of them removed again. Errors: none; highest scores
    without a model. Source: Ash et al. 2021 (BAIT), binary form of Huseljic et al. 2024.
    """
    size = min(size, view.n)
    if view.model is None or size == 0:
        return top(scores, view, size, rng=rng)
    among = sample_indices(view.n, max(n_candidates, 2 * size), rng)
    V = information(view, view.candidates[among])
    search = Greedy.start(V, information(view, view.labelled), V.T @ V / len(V))
    weights, added = np.maximum(scores[among], 0) + 1e-9, np.zeros(len(V), dtype=np.bool_)
    order: list[int] = []
    for _ in range(min(2 * size, len(V))):
        best = int(np.argmax(np.where(added, -np.inf, search.gains * weights)))
        search.change(best, 1)
        added[best] = True
        order.append(best)
    for _ in range(len(order) - size):
        worst = int(np.argmin(np.where(added, search.losses * weights, np.inf)))
        search.change(worst, -1)
        added[worst] = False
        order.remove(worst)
    return among[order]


def information(view: PoolView, positions: IntArray) -> FloatArray:
    """root(p(1 - p)) x of each item: (k, d) float64.

    Shapes: positions (k,). Unit: feature units. Errors: none. Source: Fisher information of a
    logistic model; multi-label: p of the class most in doubt.
    """
    assert view.model is not None
    proba = predict(view.model, view.features, positions)
    spread = proba * (1 - proba)
    best = spread.max(axis=1) if view.task == "multi" else _of_largest(proba)
    return np.asarray(np.sqrt(best)[:, None] * rows(view.features, positions), dtype=np.float64)


def _of_largest(proba: FloatArray) -> FloatArray:
    first = proba.max(axis=1)
    return np.asarray(first * (1 - first))
