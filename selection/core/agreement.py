"""How alike successive models answer on the stop set."""

from itertools import combinations

import numpy as np

from selection.core.types import CoreError, IntArray, PastRound

LEAST_APART = 15.0
SHARE_APART = 0.01


def agreement(rounds: tuple[PastRound, ...]) -> float | None:
    """Mean pairwise kappa of the last three models that are far enough apart, None before.

    Shapes: none. Unit: in [-1, 1]. Errors: none. Source: Bloodgood and Vijay-Shanker 2009.
    """
    chosen = spaced(rounds, 3)
    if len(chosen) < 3:
        return None
    return float(np.mean([_kappa_of(a, b) for a, b in combinations(chosen, 2)]))


def changed(rounds: tuple[PastRound, ...]) -> float | None:
    """Share of the stop set that the last two models, far enough apart, answer differently.

    Shapes: none. Unit: share; None before there are two. Errors: none. Source: Zhu, Wang and
    Hovy 2008 (classification change).
    """
    chosen = spaced(rounds, 2)
    if len(chosen) < 2:
        return None
    x, y = _in_common(chosen[0], chosen[1])
    if len(x) == 0:
        return None
    different = x != y
    return float((different.any(axis=1) if different.ndim == 2 else different).mean())


def spaced(rounds: tuple[PastRound, ...], count: int) -> list[PastRound]:
    """The newest models, at most count, each `labels_apart` from the next; newest first.

    Shapes: none. Unit: labels. Errors: none. Source: ours; three of them span 30 labels and 2 %
    at least, because models a few labels apart agree whatever they have learned.
    """
    chosen: list[PastRound] = []
    for each in reversed(rounds):
        if not each.has_model or len(each.stop_positions) == 0 or len(chosen) == count:
            continue
        if not chosen or chosen[-1].n_labels - each.n_labels >= labels_apart(chosen[0].n_labels):
            chosen.append(each)
    return chosen


def labels_apart(n_labels: int) -> float:
    """How many labels models must be apart to be compared, at that many labels.

    Shapes: none. Unit: labels. Errors: none. Source: as `spaced`.
    """
    return max(LEAST_APART, SHARE_APART * n_labels)


def kappa(a: IntArray, b: IntArray) -> float:
    """Cohen's kappa of two sets of answers; 0 when both give one and the same answer throughout.

    Shapes: a, b (k,) class numbers, or (k, C) 0/1, then the mean over classes. Unit: in [-1, 1].
    Raises CoreError when the shapes differ or are empty. Source: Cohen 1960.
    """
    if a.shape != b.shape or a.size == 0:
        raise CoreError(f"cannot compare predictions of shapes {a.shape} and {b.shape}")
    if a.ndim == 2:
        used = np.flatnonzero(a.any(axis=0) | b.any(axis=0))
        return float(np.mean([kappa(a[:, c], b[:, c]) for c in used])) if len(used) else 0.0
    observed = float((a == b).mean())
    classes = np.union1d(a, b)
    expected = sum(float((a == c).mean()) * float((b == c).mean()) for c in classes)
    return 0.0 if expected >= 1 else (observed - expected) / (1 - expected)


def _kappa_of(a: PastRound, b: PastRound) -> float:
    x, y = _in_common(a, b)
    return kappa(x, y) if len(x) else 0.0


def _in_common(a: PastRound, b: PastRound) -> tuple[IntArray, IntArray]:
    """Answers to the items both models answered; classes added in between count as no."""
    _, left, right = np.intersect1d(a.stop_positions, b.stop_positions, return_indices=True)
    x, y = a.stop_predictions[left], b.stop_predictions[right]
    if x.ndim == 2:
        width = max(x.shape[1], y.shape[1])
        x, y = (np.pad(each, ((0, 0), (0, width - each.shape[1]))) for each in (x, y))
    return x, y
