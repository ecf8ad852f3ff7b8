"""A quota for classes that are short of labels: what looks like the few items they have."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from selection.core.apart import new_to, unit
from selection.core.chunks import pieces, rows, sample_indices
from selection.core.outside import proba_of
from selection.core.types import Float32Array, FloatArray, IntArray, PoolView

FEW_LABELS = 5
SCARCE = 0.02
STARVED = 0.2
LEFT_BEHIND = 0.1
SAMPLE = 20_000
ANCHORS, NEIGHBOURS = 50, 100


@dataclass(frozen=True)
class RarePicks:
    """indices into view.candidates, best first; the class each was picked for; its probability."""

    indices: IntArray
    classes: IntArray
    proba: FloatArray


def missing_labels(counts: FloatArray, shares: FloatArray) -> IntArray:
    """How many labels each class is short of: (C,) >= 0.

    Shapes: counts (C,) labels, shares (C,) of the pool as the model sees it. Unit: labels up to
    five or a fifth of the average, whichever is less; up to a quarter of the average where the
    class is less than 2 % of the pool and a quarter of an even share. Errors: none. Source:
    ours; a looser rule costs accuracy where the first labels are uneven by chance. When more than
    a tenth of the classes (two at least) are short, labels are few, and none is left behind.
    """
    average, even = counts.mean() if len(counts) else 0.0, 1 / max(len(counts), 1)
    is_scarce = shares < min(SCARCE, even / 4)
    goal = np.where(is_scarce, average / 4, min(FEW_LABELS, STARVED * average))
    missing = np.maximum(np.ceil(goal - counts), 0).astype(np.int64)
    is_common = np.count_nonzero(missing) > max(2, LEFT_BEHIND * len(counts))
    return np.zeros_like(missing) if is_common else missing


def rare_picks(
    view: PoolView,
    size: int,
    *,
    class_vectors: FloatArray | None,
    limit: float,
    rng: Generator,
) -> RarePicks:
    """Pick at most `size` items for the classes that are short of labels, class by class.

    Shapes: class_vectors (C, d), rows of zeros unknown. Unit: no more than a class is
    short of; among the 100 nearest neighbours of a class (its labelled items, its vector) the
    likeliest come first while it has fewer than 5 labels, later those nearest to its boundary;
    limit is the cosine of near repeats. Errors: none; empty without a model, without short
    classes or without neighbours to go by. Source: Coleman et al. 2022 (SEALS: neighbours of
    labelled items); the rule ours. Looks at 20,000 random candidates, so that cost ignores pool
    size.
    """
    nothing = RarePicks(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    if size == 0 or view.n == 0 or view.model is None:
        return nothing
    among = sample_indices(view.n, SAMPLE, rng)
    positions = view.candidates[among]
    proba = _proba(view, positions)
    counts = view.targets.sum(axis=0)
    missing = missing_labels(counts, proba.mean(axis=0, dtype=np.float64))
    queues: list[tuple[int, IntArray]] = []
    short = [each for each in np.argsort(counts, kind="stable").tolist() if missing[each]]
    for number in short:
        anchors = _anchors(view, number, class_vectors)
        if len(anchors) and len(queues) < size:
            near = _neighbours(view, positions, anchors)
            ranks = _ranks(proba[near], number, counts[number], view.task == "multi")
            order = np.argsort(-ranks, kind="stable")
            queues.append((number, near[order][: missing[number]]))
    places, classes = _in_turn(view, positions, queues, size, limit)
    return RarePicks(among[places], classes, proba[places, classes].astype(np.float64))


def _proba(view: PoolView, positions: IntArray) -> Float32Array:
    assert view.model is not None
    out = np.empty((len(positions), view.model.n_classes), dtype=np.float32)
    for part in pieces(len(positions)):
        out[part] = proba_of(view.model, rows(view.features, positions[part]), positions[part])
    return out


def _anchors(view: PoolView, number: int, class_vectors: FloatArray | None) -> Float32Array:
    """Unit rows that show what the class looks like: its newest labels and its vector."""
    own = view.labelled[view.targets[:, number] >= 0.5][-ANCHORS:]
    found = rows(view.features, own)
    if class_vectors is not None and class_vectors[number].any():
        found = np.vstack([found, class_vectors[number].astype(np.float32)[None]])
    return unit(found)


def _neighbours(view: PoolView, positions: IntArray, anchors: Float32Array) -> IntArray:
    """Places of the positions nearest to any anchor, nearest first."""
    near = np.empty(len(positions))
    for part in pieces(len(positions)):
        near[part] = (unit(rows(view.features, positions[part])) @ anchors.T).max(axis=1)
    return np.argsort(-near, kind="stable")[:NEIGHBOURS].astype(np.int64)


def _ranks(proba: Float32Array, number: int, count: float, is_multi: bool) -> Float32Array:
    """Higher = first: the probability at first, closeness to the boundary later."""
    own = proba[:, number]
    if count < FEW_LABELS:
        return own
    other = np.full(len(own), 0.5, np.float32) if is_multi else _best_other(proba, number)
    return np.asarray(-np.abs(own - other), dtype=np.float32)


def _best_other(proba: Float32Array, number: int) -> Float32Array:
    others = np.delete(proba, number, axis=1)
    return np.asarray(others.max(axis=1, initial=0.0), dtype=np.float32)


def _in_turn(
    view: PoolView,
    positions: IntArray,
    queues: list[tuple[int, IntArray]],
    size: int,
    limit: float,
) -> tuple[IntArray, IntArray]:
    """One place per class in turn, near repeats left out: places (k,), classes (k,)."""
    offers = [(place, number) for step in range(NEIGHBOURS) for number, near in queues
              for place in near[step : step + 1].tolist()]  # fmt: skip
    offers = list({place: (place, number) for place, number in reversed(offers)}.values())[::-1]
    offers = offers[: 4 * size]
    places = np.array([place for place, _ in offers], dtype=np.int64)
    classes = np.array([number for _, number in offers], dtype=np.int64)
    X = unit(rows(view.features, positions[places]))
    keep = new_to(X, unit(rows(view.features, view.covered)), limit)
    return places[keep][:size], classes[keep][:size]
