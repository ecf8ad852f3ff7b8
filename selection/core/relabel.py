"""When another opinion on a labelled item is worth more than a new item."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from selection.core.calibration import tempered
from selection.core.committee import held_out
from selection.core.types import BoolArray, FloatArray, IntArray, PoolView

# So often people are right of whom nothing is known: the mean of Beta(4, 2).
UNKNOWN = 2 / 3
# How much of the model's word is spread evenly over the classes: it is never wholly sure.
LEAST_WORD = 0.05
# How much of what a new label rights counts against another opinion, which teaches as well.
WORTH = 0.6


@dataclass(frozen=True)
class Opined:
    """What people make of labelled items: answers (k,) how many they rest on, sure (k,) in (0, 1]
    that the label is right; skill is the chance that one more answer is right."""

    answers: IntArray
    sure: FloatArray
    skill: float


def gains(belief: FloatArray, labels: IntArray, *, skill: float) -> FloatArray:
    """How many more labels are expected to be right after one more answer: (k,) >= 0.

    Shapes: belief (k, C), rows sum to 1; labels (k,) the consensus so far. Unit: labels; `skill`
    is the chance that the next answer is right, errors even. Errors: none. Source: expected value
    of sample information (Raiffa and Schlaifer 1961): whatever is said next, the likelier of it
    and the label so far will be the label.
    """
    k, n_classes = belief.shape
    wrong = (1 - skill) / max(n_classes - 1, 1)
    own = belief[np.arange(k), labels]
    after = np.maximum(own[:, None] * wrong, belief * skill)
    after[np.arange(k), labels] = own * skill
    return np.asarray(np.maximum(after.sum(axis=1) - own, 0.0))


def believed(proba: FloatArray, labels: IntArray, opined: Opined) -> FloatArray:
    """What people and a model without the label say together: (k, C), rows sum to 1.

    Shapes: proba (k, C), labels (k,), opined (k,) each. Unit: probability. Errors: none. Source:
    Bayes' rule with the model as prior for an only answer, errors even; where several answered
    the model's word is in `sure` already, and only shares out the rest.
    """
    k, n_classes = proba.shape
    word = proba + LEAST_WORD / n_classes
    mine = np.zeros(proba.shape, dtype=np.bool_)
    mine[np.arange(k), labels] = True
    sure = np.clip(opined.sure, 1e-6, 1 - 1e-6)[:, None]
    lone = word * np.where(mine, sure, (1 - sure) / max(n_classes - 1, 1))
    lone /= lone.sum(axis=1, keepdims=True)
    others = np.where(mine, 0.0, word)
    rest = others / others.sum(axis=1, keepdims=True) * (1 - sure)
    several = np.where(mine, sure, rest)
    return np.asarray(np.where((opined.answers > 1)[:, None], several, lone))


def worth_of_new(known: FloatArray, *, skill: float, n_classes: int) -> float:
    """What an answer to a new item is worth, in labels righted.

    Shapes: known (k,) how sure the model is of the new items. Unit: labels. Errors: none. Source:
    the label is right by skill where the model would be by its confidence; it teaches as much as
    labels without errors, of which there were fewer by the square of how far skill is beyond
    chance (effective sample size under even noise); the factor ours, by simulation.
    """
    chance = 1 / max(n_classes, 2)
    beyond = max(skill - chance, 0.0) / (1 - chance)
    return WORTH * beyond**2 * float(np.maximum(skill - known, 0.0).mean())


def doubtful_labels(
    view: PoolView, opined: Opined, new: FloatArray, size: int, *, free: IntArray, rng: Generator
) -> tuple[IntArray, FloatArray]:
    """The labelled items another answer rights more at than a new item's label is better than
    the model's word: indices, scores.

    Shapes: opined (L,) each; new (k, C) probabilities of the items picked so far; free (f,)
    indices into view.labelled that may be asked. Returns (at most size,) of these, the best
    first, and their `gains`. Unit: labels expected to be righted. Errors: none. Source: as
    `gains`, `believed` and `worth_of_new`. With several classes the class where an answer helps
    most counts.
    """
    if size == 0 or len(free) == 0:
        return np.empty(0, np.int64), np.empty(0)
    proba = held_out(view, rng=rng)
    if view.task == "multi":
        found = _each_class(proba, view.targets >= 0.5, opined)
        known = np.maximum(new, 1 - new).min(axis=1)
    else:
        labels = view.targets.argmax(axis=1)
        word = tempered(proba, view.targets)
        found = gains(believed(word, labels, opined), labels, skill=opined.skill)
        known = new.max(axis=1)
    n_classes = new.shape[1] if view.task == "single" else 2
    bar = worth_of_new(known, skill=opined.skill, n_classes=n_classes)
    order = free[np.argsort(-found[free], kind="stable")[:size]]
    order = order[found[order] > bar]
    return order.astype(np.int64), found[order]


def _each_class(proba: FloatArray, yes: BoolArray, opined: Opined) -> FloatArray:
    """The gains of asking again by the class where it helps most: (k,)."""
    found = np.zeros(len(proba))
    for number in range(proba.shape[1]):
        labels = yes[:, number].astype(np.int64)
        both = np.column_stack([1 - proba[:, number], proba[:, number]])
        belief = believed(both, labels, opined)
        found = np.maximum(found, gains(belief, labels, skill=opined.skill))
    return found
