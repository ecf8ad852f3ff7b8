"""What was most likely meant, and how far each annotator can be relied on.

Both models are maximum a posteriori: a prior says that people are rather right than wrong, and no
class prior is learned by the one-coin model, which otherwise lets one class swallow the others
when items have one or two answers.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from annotation.quality.single import RIGHT, TIE, WRONG
from annotation.quality.votes import BoolArray, FloatArray, IntArray, Votes

ROUNDS = 50
SMALLEST_CHANGE = 1e-6
# Dawid-Skene: so many answers' worth of a matrix that is right three times in four.
STRENGTH, MEAN = 4.0, 0.75
# Data rich enough for a whole confusion matrix per annotator.
RICH_ANSWERS = 5.0
RICH_PER_CLASS = 20
# How much of a classifier's word is spread evenly over the classes.
LEAST_WORD = 0.05
# Points of the posterior of one annotator's skill.
GRID = 400
Model = Literal["one_coin", "dawid_skene"]


@dataclass(frozen=True)
class Agreed:
    """Consensus of all items and what it says of the annotators.

    labels (I,) the agreed class, -1 where nobody answered; posteriors (I, K) what people alone
    say, rows sum to 1; believed (I, K) the same with the classifier's word where they differ;
    is_tied (I,) where nothing tells the likeliest classes apart; skills (J,) chance of a right
    answer; confusion (J, K, K) chance of each answer given the true class; is_known (I,) where
    the truth was given.
    """

    model: Model
    labels: IntArray
    posteriors: FloatArray
    believed: FloatArray
    is_tied: BoolArray
    skills: FloatArray
    confusion: FloatArray
    is_known: BoolArray

    @property
    def certainty(self) -> FloatArray:
        """How far the likeliest class is believed: (I,); 0 where nobody answered."""
        sure = self.believed.max(axis=1, initial=0.0)
        return np.asarray(np.where(self.labels >= 0, sure, 0.0))


@dataclass(frozen=True)
class Reliability:
    """An annotator's chance of a right answer: value in [low, high], of n shared answers."""

    value: float
    low: float
    high: float
    n: int


def agree(
    votes: Votes,
    *,
    opinions: FloatArray | None = None,
    truths: IntArray | None = None,
    telling: BoolArray | None = None,
) -> Agreed:
    """Return the consensus by the model the data is rich enough for.

    Shapes: opinions (I, K) or None: what a classifier that never saw an item's label thinks of
    it, NaN rows: nothing; only asked where people differ, and only of classes they named;
    truths (I,) or None: what is known, -1 where nothing is; telling (n,) or None: answers that
    may tell of their givers' skill. Unit: probability. Errors: none. Source: one-coin and Dawid
    and Skene 1979, each with priors; the classifier's word is the prior of Bayes' rule; an item's
    only answer is its consensus unless the truth is known.
    """
    model = dawid_skene if is_rich(votes) else one_coin
    found = model(votes, truths=truths, telling=telling)
    return _decided(found, votes, opinions)


def is_rich(votes: Votes) -> bool:
    """Say whether there are enough answers, per item and per annotator, for whole matrices."""
    answered = votes.per_item[votes.per_item > 0]
    active = votes.per_annotator[votes.per_annotator > 0]
    if len(answered) == 0:
        return False
    enough = np.median(active) >= RICH_PER_CLASS * votes.n_classes
    return bool(answered.mean() >= RICH_ANSWERS and enough)


def one_coin(
    votes: Votes,
    *,
    right: float = RIGHT,
    wrong: float = WRONG,
    weights: FloatArray | None = None,
    truths: IntArray | None = None,
    telling: BoolArray | None = None,
) -> Agreed:
    """Each annotator is right with one probability, and errs evenly; all classes alike before.

    Shapes: weights (J,) or None: 0 leaves an annotator's answers out, their skill stays known;
    telling (n,) or None: the other answers say what was meant, and nothing of who gave them.
    Unit: right and wrong are pseudo-answers > 1. Errors: none. Source: one-coin Dawid-Skene with
    a Beta prior, by expectation maximisation from the shares of the votes.
    """
    k = max(votes.n_classes, 2)
    posteriors = _pinned(_shares(votes), truths)
    skills = np.zeros(votes.n_annotators)
    judged = votes if telling is None else votes.only(telling)
    for _ in range(ROUNDS):
        hits = _hits(judged, posteriors)
        skills = (hits + right - 1) / (judged.per_annotator + right + wrong - 2)
        skills = np.clip(skills, 1e-6, 1 - 1e-6)
        gain = np.log(skills) - np.log((1 - skills) / (k - 1))
        if weights is not None:
            gain = gain * weights
        found = _softmax(_sums(votes, gain[votes.annotators]))
        before, posteriors = posteriors, _pinned(found, truths)
        if np.abs(posteriors - before).max(initial=0.0) < SMALLEST_CHANGE:
            break
    confusion = _one_coin_matrices(skills, votes.n_classes)
    return _agreed("one_coin", votes, posteriors, skills, confusion, truths)


def dawid_skene(
    votes: Votes, *, truths: IntArray | None = None, telling: BoolArray | None = None
) -> Agreed:
    """Each annotator has a confusion matrix; a class is as likely as its share of the votes.

    Shapes: telling as in `one_coin`. Unit: none. Errors: none. Source: Dawid and Skene 1979 with
    a Dirichlet prior on each row (strength 4, right three times in four), by expectation
    maximisation.
    """
    k = votes.n_classes
    to_item = _selector(votes.items, votes.n_items)
    judged = votes if telling is None else votes.only(telling)
    to_cell = _selector(judged.annotators * k + judged.classes, votes.n_annotators * k)
    prior = np.full((k, k), STRENGTH * (1 - MEAN) / max(k - 1, 1))
    np.fill_diagonal(prior, STRENGTH * MEAN)
    shares = np.bincount(votes.classes, minlength=k) + 1.0
    log_shares = np.log(shares / shares.sum())
    posteriors = _pinned(_shares(votes), truths)
    confusion = np.zeros((votes.n_annotators, k, k))
    for _ in range(ROUNDS):
        # counts[j, said, true]: how much of what j said was truly each class.
        counts = (to_cell @ posteriors[judged.items]).reshape(-1, k, k)
        confusion = counts.transpose(0, 2, 1) + prior
        confusion /= confusion.sum(axis=2, keepdims=True)
        logs = np.log(confusion)[votes.annotators, :, votes.classes]
        before, posteriors = posteriors, _pinned(_softmax(log_shares + to_item @ logs), truths)
        if np.abs(posteriors - before).max(initial=0.0) < SMALLEST_CHANGE:
            break
    weight = posteriors[votes.per_item > 0].mean(axis=0) if len(votes) else np.full(k, 1 / k)
    skills = np.einsum("jkk,k->j", confusion, weight)
    return _agreed("dawid_skene", votes, posteriors, skills, confusion, truths)


def majority(votes: Votes) -> Agreed:
    """The class most people gave, ties by skill: agreement with the plain majority.

    Shapes: none. Unit: posteriors are shares of the votes. Errors: none. Source: definition.
    """
    shares = _shares(votes)
    skills = _hits(votes, shares) / np.maximum(votes.per_annotator, 1)
    confusion = _one_coin_matrices(skills, votes.n_classes)
    return _decided(_agreed("one_coin", votes, shares, skills, confusion), votes, None)


def reliabilities(
    votes: Votes, agreed: Agreed, *, telling: BoolArray | None = None
) -> list[Reliability]:
    """Each annotator's chance of a right answer, judged by what the others made of their items.

    Their own answer is taken out of an item's posterior first, or it would vouch for itself, unless
    the truth is known. How unsure the others are is part of the likelihood, so that a hard item
    blames nobody. Shapes: one per annotator; telling as in `agree`. Unit: share. Errors: none.
    Source: posterior of one chance p under Beta(4, 2), likelihood p q + (1 - p)(1 - q)/(K - 1)
    per answer the others believe with q; its mean and its 2.5 % and 97.5 % points on a grid.
    """
    known = (votes.per_item[votes.items] >= 2) | agreed.is_known[votes.items]
    if telling is not None:
        known = known & telling
    belief = _without_own(votes, agreed)[np.arange(len(votes)), votes.classes][known]
    wrong = (1 - belief) / max(votes.n_classes - 1, 1)
    grid = (np.arange(GRID) + 0.5) / GRID
    prior = (RIGHT - 1) * np.log(grid) + (WRONG - 1) * np.log1p(-grid)
    who, found = votes.annotators[known], []
    order = np.argsort(who, kind="stable")
    ends = np.searchsorted(who[order], np.arange(votes.n_annotators + 1))
    for start, end in pairwise(ends.tolist()):
        mine = order[start:end]
        likelihood = np.log(np.outer(grid, belief[mine]) + np.outer(1 - grid, wrong[mine]))
        found.append(_summary(grid, prior + likelihood.sum(axis=1), end - start))
    return found


def reliability_of_nothing() -> Reliability:
    """What is believed of somebody who shares no item with anybody.

    Shapes: none. Unit: share. Errors: none. Source: Beta(4, 2).
    """
    grid = (np.arange(GRID) + 0.5) / GRID
    prior = (RIGHT - 1) * np.log(grid) + (WRONG - 1) * np.log1p(-grid)
    return _summary(grid, prior, 0)


def _summary(grid: FloatArray, logs: FloatArray, n: int) -> Reliability:
    mass = np.exp(logs - logs.max())
    upto = np.cumsum(mass / mass.sum())
    low, high = grid[np.searchsorted(upto, [0.025, 0.975])]
    return Reliability(float(grid @ mass / mass.sum()), float(low), float(high), n)


def _agreed(
    model: Model,
    votes: Votes,
    posteriors: FloatArray,
    skills: FloatArray,
    confusion: FloatArray,
    truths: IntArray | None = None,
) -> Agreed:
    known = np.zeros(votes.n_items, dtype=np.bool_) if truths is None else truths >= 0
    labels = np.where((votes.per_item > 0) | known, posteriors.argmax(axis=1), -1)
    top = posteriors.max(axis=1, keepdims=True)
    tied = ((top - posteriors) < TIE).sum(axis=1) > 1
    tied &= votes.per_item > 0
    return Agreed(
        model, labels.astype(np.int64), posteriors, posteriors, tied, skills, confusion, known
    )


def _pinned(posteriors: FloatArray, truths: IntArray | None) -> FloatArray:
    """The posteriors with all weight on the truth where it is known."""
    if truths is None:
        return posteriors
    items = np.flatnonzero(truths >= 0)
    posteriors[items] = 0.0
    posteriors[items, truths[items]] = 1.0
    return posteriors


def _decided(found: Agreed, votes: Votes, opinions: FloatArray | None) -> Agreed:
    """Break ties by the skill behind each class, then by the classifier; else they stay tied.

    An item's only answer is its consensus, however unsure of its annotator the model is.
    """
    believed = _with_word(found, votes, opinions)
    named = np.where(votes.table > 0, believed, -1.0)
    differ = _differ(found, votes)
    labels = np.where(differ, named.argmax(axis=1), found.labels)
    alone = (votes.per_item[votes.items] == 1) & ~found.is_known[votes.items]
    labels[votes.items[alone]] = votes.classes[alone]
    top = (named.max(axis=1, keepdims=True) - named) < TIE
    tied = differ & (top.sum(axis=1) > 1)
    behind = np.where(top, _sums(votes, found.skills[votes.annotators]), -np.inf)
    top = top & (behind.max(axis=1, keepdims=True) - behind < TIE)
    labels = np.where(tied, behind.argmax(axis=1), labels)
    tied = tied & (top.sum(axis=1) > 1)
    return replace(found, labels=labels, believed=believed, is_tied=tied)


def _differ(found: Agreed, votes: Votes) -> BoolArray:
    """Where people named several classes, and nobody knows the truth: (I,)."""
    return np.asarray(((votes.table > 0).sum(axis=1) > 1) & ~found.is_known)


def _with_word(found: Agreed, votes: Votes, opinions: FloatArray | None) -> FloatArray:
    """What people say, times what the classifier says where they differ: (I, K)."""
    if opinions is None:
        return found.posteriors
    asked = _differ(found, votes) & np.isfinite(opinions).all(axis=1)
    # Never wholly sure of itself, or it could silence any number of people.
    word = opinions[asked] + LEAST_WORD / max(votes.n_classes, 1)
    both = found.posteriors[asked] * word
    believed = found.posteriors.copy()
    believed[asked] = both / both.sum(axis=1, keepdims=True)
    return believed


def _shares(votes: Votes) -> FloatArray:
    """Share of an item's votes each class has: (I, K); even where nobody answered."""
    empty = votes.per_item[:, None] == 0
    shares = votes.table / np.where(empty, 1, votes.per_item[:, None])
    return np.asarray(np.where(empty, 1 / max(votes.n_classes, 1), shares))


def _hits(votes: Votes, posteriors: FloatArray) -> FloatArray:
    """How much each annotator said is what was meant: (J,)."""
    right = posteriors[votes.items, votes.classes]
    hits = np.bincount(votes.annotators, weights=right, minlength=votes.n_annotators)
    return np.asarray(hits, dtype=np.float64)


def _sums(votes: Votes, weights: FloatArray) -> FloatArray:
    """Sum of the answers' weights (n,) per item and class: (I, K)."""
    cells = np.bincount(
        votes.items * votes.n_classes + votes.classes,
        weights=weights,
        minlength=votes.n_items * votes.n_classes,
    )
    return np.asarray(cells.reshape(votes.n_items, votes.n_classes))


def _softmax(scores: FloatArray) -> FloatArray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def _selector(rows: IntArray, n: int) -> csr_array:
    """The (n, answers) matrix that sums answers by row number."""
    columns = np.arange(len(rows))
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, len(rows)))


def _one_coin_matrices(skills: FloatArray, k: int) -> FloatArray:
    wrong = (1 - skills) / max(k - 1, 1)
    matrices = np.repeat(wrong, k * k).reshape(len(skills), k, k)
    matrices[:, np.arange(k), np.arange(k)] = skills[:, None]
    return matrices


def _without_own(votes: Votes, agreed: Agreed) -> FloatArray:
    """The posterior of each answer's item without that answer: (n, K)."""
    logs = np.log(np.clip(agreed.confusion, 1e-12, None))[votes.annotators, :, votes.classes]
    scores = np.log(np.clip(agreed.posteriors[votes.items], 1e-300, None)) - logs
    known = agreed.is_known[votes.items][:, None]
    return np.asarray(np.where(known, agreed.posteriors[votes.items], _softmax(scores)))
