"""What the classes' descriptions say of the items before anybody labels one."""

from dataclasses import dataclass

import numpy as np

from selection.core.types import AnyArray, BoolArray, Float32Array, FloatArray

ROUNDS, SHARPNESS, SPREAD, OWN_SHARE, LABEL_WEIGHT = 5, 20.0, 2.0, 0.5, 2.0
MOST_ITEMS = 2000
TINY = 1e-12


@dataclass(frozen=True)
class Prior:
    """directions (C, d) of length 1, or 0 where nothing is known; scores are taken from mean (d,).

    live (C,): classes with a description or a label.
    """

    directions: FloatArray
    mean: FloatArray
    live: BoolArray

    def scores(self, X: AnyArray) -> FloatArray:
        """How far each row lies in the direction of each class: (m, C) in about [-1, 1].

        Shapes: X (m, d). Unit: cosine, centred on the pool. Errors: none. Source: ours.
        """
        return np.asarray(X @ self.directions.T - self.mean @ self.directions.T, np.float64)


def refine(
    pool: Float32Array,
    vectors: FloatArray | None,
    X: Float32Array,
    targets: FloatArray,
    *,
    rounds: int = ROUNDS,
) -> Prior:
    """Turn the descriptions' directions toward the groups of items that they point at.

    Shapes: pool (m, d), vectors (C, d) with rows of zeros for unknown, or None, X (L, d), targets
    (L, C). Unit: directions. Errors: none. Source: expectation-maximisation of a mixture on the
    sphere (Banerjee et al. 2005), started at the centred descriptions and held half-way to them;
    labelled items stay with their class (Nigam et al. 2000). A class without a description starts
    from its labels. No label of an unlabelled item is looked at, so a test set stays a test set.
    """
    seen = targets.sum(axis=0) > 0
    if vectors is None or not says_something(vectors):
        return Prior(np.zeros((len(seen), X.shape[1])), np.zeros(X.shape[1]), seen)
    columns = np.flatnonzero((vectors != 0).any(axis=0))
    part = pool[:MOST_ITEMS, columns]
    centre = part.mean(axis=0, dtype=np.float64)
    own = _starts(vectors[:, columns])
    has_own = np.linalg.norm(own, axis=1) > 0
    labelled = targets.T @ (X[:, columns] - centre)
    live = has_own | seen
    start = _unit(np.where(has_own[:, None], own, labelled))
    found = _turned(np.asarray(part - centre, np.float32), start[live], labelled[live], rounds)
    directions, mean = np.zeros_like(vectors), np.zeros(X.shape[1])
    directions[np.ix_(live, columns)], mean[columns] = found, centre
    return Prior(directions, mean, live)


def says_something(vectors: FloatArray) -> bool:
    """Whether two classes have descriptions that differ: others part nothing."""
    return int((_starts(vectors) != 0).any(axis=1).sum()) > 1


def _turned(
    centred: Float32Array, start: FloatArray, labelled: FloatArray, rounds: int
) -> FloatArray:
    """Directions (K, d) after some rounds; with more classes a label speaks for more of its own."""
    found, weight = start, LABEL_WEIGHT * len(start) ** 0.5
    for number in range(rounds):
        share = _shares(centred, found, is_first=number == 0)
        centres = share.T @ centred + weight * labelled
        found = _unit(OWN_SHARE * start + (1 - OWN_SHARE) * _unit(centres))
    return found


def _starts(vectors: FloatArray) -> FloatArray:
    """Descriptions less what they have in common; equal ones say nothing."""
    known = np.linalg.norm(vectors, axis=1) > 0
    out = np.zeros(vectors.shape)
    if known.sum() < 2:
        return out
    out[known] = _unit(vectors[known] - vectors[known].mean(axis=0))
    return out


def _shares(centred: Float32Array, directions: FloatArray, *, is_first: bool) -> Float32Array:
    """How much of each item belongs to each class: (m, K), rows sum to 1.

    Descriptions lie off the items, so the first look goes by rank in each class rather than by
    angle.
    """
    scores = centred @ directions.T.astype(np.float32)
    if is_first:
        scores -= scores.mean(axis=0)
        scores *= SPREAD / max(float(scores.std()), TINY)
    else:
        scores *= SHARPNESS
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores


def _unit(X: AnyArray) -> FloatArray:
    norms = np.linalg.norm(X, axis=1, keepdims=True)
    return np.asarray(X / np.maximum(norms, TINY) * (norms > TINY), np.float64)
