"""Time and chance as signs: bursts, and annotators whose answers carry nothing.

Time is shown and never used alone to reject anything: the quick are often the good ones.
"""

from dataclasses import dataclass

import numpy as np

from annotation.quality.consensus import Reliability
from annotation.quality.votes import BoolArray, FloatArray, Votes

# An answer in less than this part of its item's median time, or than this many seconds.
QUICK_PART, QUICK_SECONDS = 1 / 3, 1.0
# So many answers before anybody is called out; hardly above chance, and hardly by bad luck.
ENOUGH, ABOVE_CHANCE, AT_BEST = 20, 0.15, 0.25


@dataclass(frozen=True)
class Pace:
    """One annotator's median seconds of active time per answer, and how many were quick."""

    median: float
    n: int
    n_quick: int


def quick(votes: Votes, seconds: FloatArray) -> BoolArray:
    """Which answers came in under a third of their item's median, or under a second: (n,).

    Shapes: seconds (n,), NaN where unknown (imported). Unit: seconds. Errors: none. An item with
    fewer than three timed answers is held against the median of all. Source: quality defaults.
    """
    known = ~np.isnan(seconds)
    usual = np.full(votes.n_items, np.median(seconds[known]) if known.any() else np.nan)
    order = np.lexsort((seconds, votes.items))
    order = order[known[order]]
    items, starts, n = np.unique(votes.items[order], return_index=True, return_counts=True)
    middle = (seconds[order[starts + (n - 1) // 2]] + seconds[order[starts + n // 2]]) / 2
    usual[items[n >= 3]] = middle[n >= 3]
    found = (seconds < usual[votes.items] * QUICK_PART) | (seconds < QUICK_SECONDS)
    return np.asarray(found & known)


def paces(votes: Votes, seconds: FloatArray) -> list[Pace]:
    """Each annotator's median seconds per answer, and how many were quick.

    Shapes: seconds (n,), NaN where unknown. Unit: seconds. Errors: none; a median of nothing is
    NaN. Source: definition.
    """
    is_quick, known = quick(votes, seconds), ~np.isnan(seconds)
    found = []
    for annotator in range(votes.n_annotators):
        mine = known & (votes.annotators == annotator)
        median = float(np.median(seconds[mine])) if mine.any() else float("nan")
        found.append(Pace(median, int(mine.sum()), int(is_quick[mine].sum())))
    return found


def is_random(each: Reliability, votes: Votes) -> bool:
    """Say whether somebody with twenty shared answers or more is hardly better than chance.

    Unit: none. Errors: none. Source: quality defaults: their chance of a right answer is below
    that of two who guess + 0.15, and its upper end below + 0.25, so that luck flags nobody.
    """
    if each.n < ENOUGH or len(votes) == 0:
        return False
    shares = np.bincount(votes.classes, minlength=votes.n_classes) / len(votes)
    chance = float((shares**2).sum())
    return each.value < chance + ABOVE_CHANCE and each.high < chance + AT_BEST
