"""Which labelled items are worth another opinion, and how much of a batch they may take."""

import numpy as np

from annotation.quality.consensus import Agreed
from annotation.quality.votes import FloatArray, IntArray, Votes

# An item so sure, or with so many answers, is asked no more: it is settled, or for adjudication.
SURE, MOST = 0.95, 5
# At most how much of a batch at which mean skill: good people are seldom worth asking twice.
SKILLS, SHARES = (0.8, 0.95), (0.5, 0.2)


def worth(posteriors: FloatArray, *, skill: float) -> FloatArray:
    """How much less uncertain one more answer is expected to make each item: (I,), >= 0.

    Shapes: posteriors (I, K). Unit: nats of entropy; `skill` is the chance that whoever comes
    next is right, errors even. Errors: none. Source: expected entropy drop (mutual information
    of answer and truth), as in Sheng, Provost and Ipeirotis 2008 with annotators' skill.
    """
    k = posteriors.shape[1]
    wrong = (1 - skill) / max(k - 1, 1)
    # What they will say: the truth with their skill, else any other class alike.
    said = posteriors * (skill - wrong) + wrong
    noise = _entropy(np.full((1, k), wrong) + np.eye(1, k) * (skill - wrong))
    return np.asarray(np.maximum(_entropy(said) - noise, 0.0))


def wanted(
    votes: Votes, agreed: Agreed, *, size: int, skill: float, sure: float = SURE, most: int = MOST
) -> IntArray:
    """The labelled items another opinion tells most about, best first: numbers (<= size,).

    Shapes: none. Unit: as `worth`. Errors: none. Source: as `worth`; items that are sure, or have
    `most` answers, are left out; of equals the one with fewer answers, then the lower number.
    """
    n = votes.per_item
    open_ = np.flatnonzero((n > 0) & (n < most) & (agreed.certainty < sure))
    order = np.lexsort((open_, n[open_], -worth(agreed.posteriors[open_], skill=skill).round(12)))
    return np.asarray(open_[order[:size]], dtype=np.int64)


def disputed(votes: Votes, agreed: Agreed, *, sure: float = SURE, most: int = MOST) -> IntArray:
    """The items that nobody's further answer is to settle: as many answers as are asked, or tied
    after all of them, and still unsure. Numbers, least sure first.

    Shapes: none. Unit: none. Errors: none. Source: quality defaults.
    """
    found = np.flatnonzero((votes.per_item >= most) & (agreed.certainty < sure))
    return np.asarray(found[np.argsort(agreed.certainty[found], kind="stable")], dtype=np.int64)


def share_of(skill: float) -> float:
    """How much of a batch may be further opinions when people are so often right: 20 to 50 %.

    A limit: as many are asked as are worth more than a new item. Shapes: none. Unit: share of the
    batch. Errors: none. Source: ours, by simulation: 50 % up to 0.8, 20 % from 0.95, a straight
    line between.
    """
    return float(np.interp(skill, SKILLS, SHARES))


def _entropy(p: FloatArray) -> FloatArray:
    return np.asarray(-(p * np.log(np.clip(p, 1e-300, None))).sum(axis=1))
