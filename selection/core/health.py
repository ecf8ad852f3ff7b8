"""Badges: what a lead should know about a round, in plain sentences. Nothing fails silently."""

import numpy as np

from selection.core.chunks import rows, squared_distances
from selection.core.types import Badge, FeatureMatrix, FloatArray, IntArray

NEAR_DUPLICATE = 0.98
SAMPLE = 1000


def fallback(strategy: str, cold_start: str, why: str) -> Badge:
    """The strategy could not run, the cold start picked instead.

    Shapes, unit: none. Errors: none. Source: ours.
    """
    text = f"Picked by the cold start ({cold_start}) instead of {strategy}: {why}."
    return Badge("fallback", "info" if why == "no labels yet" else "warn", text)


def not_ranked(n: int, of: int, picked: int) -> Badge:
    """Items that predictions or scores from outside say nothing of, and what came of them.

    Shapes: none. Unit: items; picked of them were asked all the same, by the cold start. Errors:
    none. Source: ours.
    """
    text = f"{n:,} of {of:,} items that could be asked have no prediction or score from outside: "
    if picked == 0:
        text += "they wait behind those that have."
    else:
        text += f"the ranked ones ran out, so {picked:,} of them were picked by the cold start."
    return Badge("not_ranked", "warn", text, numbers=(n, of, picked))


def unseen_classes(train_counts: FloatArray) -> list[Badge]:
    """Classes without a single training label.

    Shapes: train_counts (C,). Unit: labels. Errors: none. Source: ours.
    """
    unseen = np.flatnonzero(train_counts == 0)
    if len(unseen) == 0 or train_counts.sum() == 0:
        return []
    text = f"{len(unseen)} of {len(train_counts)} classes have no label yet."
    return [Badge("unseen_classes", "warn", text, classes=tuple(int(each) for each in unseen))]


def degenerate(scores: FloatArray) -> list[Badge]:
    """All scores equal: the strategy expresses no preference.

    Shapes: scores (n,). Unit: the strategy's. Errors: none. Source: ours.
    """
    if len(scores) < 2 or float(np.ptp(scores)) > 1e-12:
        return []
    text = f"All {len(scores)} scores are equal, so chance decided."
    return [Badge("degenerate_scores", "warn", text, numbers=(float(scores[0]),))]


def constant_features(features: FeatureMatrix) -> list[Badge]:
    """The first thousand items look alike to the model.

    Shapes: features (n, d). Unit: none. Errors: none. Source: ours.
    """
    X = rows(features, np.arange(min(SAMPLE, len(features)), dtype=np.int64))
    if len(X) < 2 or float(np.ptp(X, axis=0).max(initial=0.0)) > 1e-9:
        return []
    return [Badge("constant_features", "bad", "All items look the same to the model.")]


def redundancy(features: FeatureMatrix, picked: IntArray) -> list[Badge]:
    """Share of the batch that nearly repeats another of its items.

    Shapes: features (n, d), picked (b,). Unit: share in [0, 1]; alike = cosine above 0.98.
    Errors: none. Source: ours.
    """
    if len(picked) < 2:
        return []
    X = rows(features, picked)
    norms = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norms, out=np.zeros_like(X), where=norms > 0)
    cosine = 1 - squared_distances(X, X) / 2
    np.fill_diagonal(cosine, -1)
    share = float((cosine.max(axis=1) > NEAR_DUPLICATE).mean())
    if share <= 0.25:
        return []
    text = f"{share:.0%} of the batch nearly repeats another of its items."
    return [Badge("redundant_batch", "warn", text, numbers=(share,))]


def short_batch(got: int, wanted: int, *, budget_left: int | None) -> list[Badge]:
    """Fewer items picked than wanted, and what limited it.

    Shapes: none. Unit: items. Errors: none. Source: ours.
    """
    if got >= wanted:
        return []
    limited = budget_left is not None and budget_left < wanted
    why = f"the budget has {budget_left} left" if limited else "no more items are left"
    return [Badge("short_batch", "info", f"{got} of {wanted} items: {why}.", numbers=(got, wanted))]


def audit_state(labelled: int, reserved: int, left: int) -> list[Badge]:
    """No audit items at all, or all of them used.

    Shapes: none. Unit: items. Errors: none. Source: ours.
    """
    if reserved == 0:
        return [Badge("no_audit", "warn", "No audit items: the accuracy cannot be measured.")]
    if left == 0:
        text = f"All {reserved} audit items are out or labelled ({labelled} labelled)."
        return [Badge("audit_complete", "info", text, numbers=(labelled, reserved))]
    return []


def not_converged() -> Badge:
    """The solver stopped early.

    Shapes, unit: none. Errors: none. Source: ours.
    """
    return Badge("not_converged", "warn", "The model's solver stopped before it converged.")
