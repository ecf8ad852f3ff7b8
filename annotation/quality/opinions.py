"""A classifier's prediction as one more opinion, and the labels that are most likely wrong.

The classifier must not have seen the item's label: out-of-sample predictions only. Rows of NaN
are items it may not speak of, such as audit items, whose labels must not depend on the model
they measure.
"""

from dataclasses import dataclass

import numpy as np

from annotation.quality.consensus import Agreed
from annotation.quality.votes import BoolArray, FloatArray, IntArray, QualityError, Votes

LEAST_WEIGHT = 1e-4


@dataclass(frozen=True)
class Weights:
    """What an opinion counts for: annotators (J,) > 0, the classifier > 0, and how often
    consensus is right, in (0, 1)."""

    annotators: FloatArray
    model: float
    agreement: float


def weigh(votes: Votes, agreed: Agreed, opinions: FloatArray) -> Weights:
    """Weigh people and classifier by how much better than the commonest class they guess.

    Shapes: opinions (I, K), NaN rows left out. Unit: weights > 0. Raises QualityError when the
    shape is another. Source: Goh, Tkachenko and Mueller 2022 (CROWDLAB), section 3.
    """
    _check(votes, opinions)
    several = votes.per_item >= 2
    if not several.any():
        return Weights(np.ones(votes.n_annotators), 1.0, 1.0)
    labels = agreed.labels[several]
    commonest = np.bincount(labels, minlength=votes.n_classes).max() / len(labels)
    rest = max(1 - float(commonest), 1e-6)
    spoken = np.flatnonzero(several & ~np.isnan(opinions).any(axis=1))
    right = opinions[spoken].argmax(axis=1) == agreed.labels[spoken]
    model = _better(float(right.mean()) if len(right) else 0.0, rest)
    per_item = float(votes.per_item[votes.per_item > 0].mean())
    return Weights(
        np.maximum(1 - (1 - _with_others(votes)) / rest, LEAST_WEIGHT),
        model * float(np.sqrt(per_item)),
        _mean_agreement(votes, agreed),
    )


def with_model(votes: Votes, agreed: Agreed, opinions: FloatArray) -> FloatArray:
    """The posterior of each item when the classifier's word counts too: (I, K), rows sum to 1.

    Shapes: opinions (I, K) probabilities, NaN rows: people alone. Unit: probability. Raises
    QualityError when the shape is another. Source: Goh, Tkachenko and Mueller 2022 (CROWDLAB).
    """
    weights = weigh(votes, agreed, opinions)
    k = votes.n_classes
    spoken: BoolArray = np.asarray(~np.isnan(opinions).any(axis=1))
    model = np.where(spoken, weights.model, 0.0)[:, None]
    given = weights.annotators[votes.annotators]
    wrong = (1 - weights.agreement) / max(k - 1, 1)
    said = _spread(votes, given, right=weights.agreement, wrong=wrong)
    total = model + np.bincount(votes.items, weights=given, minlength=votes.n_items)[:, None]
    known = np.where(spoken[:, None], np.nan_to_num(opinions), 0.0)
    silent = total == 0
    posterior = (model * known + said) / np.where(silent, 1.0, total)
    return np.asarray(np.where(silent, 1 / max(k, 1), posterior))


def suspects(agreed: Agreed, posterior: FloatArray, *, size: int) -> tuple[IntArray, FloatArray]:
    """The items whose consensus is least believed, worst first: numbers and beliefs (<= size,).

    Shapes: posterior (I, K) as from `with_model`, or the consensus's own. Unit: probability of
    the agreed class. Errors: none. Source: label quality score of CROWDLAB; equals by number.
    """
    answered = np.flatnonzero(agreed.labels >= 0)
    belief = posterior[answered, agreed.labels[answered]]
    order = np.argsort(belief, kind="stable")[:size]
    return answered[order], belief[order]


def _check(votes: Votes, opinions: FloatArray) -> None:
    wanted = (votes.n_items, votes.n_classes)
    if opinions.shape != wanted:
        raise QualityError(f"opinions are {opinions.shape}, not {wanted}")


def _better(hits: float, rest: float) -> float:
    return max(1 - (1 - hits) / rest, LEAST_WEIGHT)


def _with_others(votes: Votes) -> FloatArray:
    """Share of the other answers to their items that each annotator agrees with: (J,).

    Who shares no item with anybody counts like the others together.
    """
    others = votes.per_item[votes.items] - 1
    same = votes.table[votes.items, votes.classes] - 1
    above = np.bincount(votes.annotators, weights=same, minlength=votes.n_annotators)
    below = np.bincount(votes.annotators, weights=others, minlength=votes.n_annotators)
    mean = above.sum() / max(below.sum(), 1.0)
    return np.asarray(np.where(below > 0, above / np.maximum(below, 1.0), mean))


def _mean_agreement(votes: Votes, agreed: Agreed) -> float:
    """How often an answer is the consensus, on items with two answers or more, inside (0, 1)."""
    known = votes.per_item[votes.items] >= 2
    same = votes.classes[known] == agreed.labels[votes.items[known]]
    return float(np.clip(same.mean(), 1 / votes.n_classes, 1 - 1e-6))


def _spread(votes: Votes, given: FloatArray, *, right: float, wrong: float) -> FloatArray:
    """Each answer's weight on its class as `right`, on each other class as `wrong`: (I, K)."""
    k = votes.n_classes
    cells = np.bincount(
        votes.items * k + votes.classes, weights=given, minlength=votes.n_items * k
    ).reshape(votes.n_items, k)
    return np.asarray(cells * (right - wrong) + cells.sum(axis=1, keepdims=True) * wrong)
