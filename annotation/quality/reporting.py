"""Everything a quality page shows, of one project's answers: plain numbers, ready to be stored."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from annotation.quality import agreement, consensus
from annotation.quality.agreement import Agreement
from annotation.quality.shares import wilson
from annotation.quality.votes import BoolArray, IntArray, Votes

# A matrix of more people, or more confusions of one person, are not read by anybody.
MOST_PAIRS, MOST_CONFUSIONS = 300, 20
STEP = 50


@dataclass(frozen=True)
class Names:
    """What the numbers of the votes stand for: annotators (J,) and classes (K,)."""

    annotators: Sequence[int]
    classes: Sequence[int]


def report(
    votes: Votes, agreed: consensus.Agreed, names: Names, labels: IntArray, *, rng: Generator
) -> dict[str, Any]:
    """Return agreement, pairs of people, classes, confusions and drift, as JSON would have it.

    Shapes: labels (n,) the number of each vote's answer, rising with time. Unit: shares and
    coefficients. Errors: none; what cannot be told has its reason. Source: see each.
    """
    return {
        "agreement": [asdict(each) for each in overall(votes, rng=rng)],
        "pairs": _pairs(votes, names, rng),
        "classes": class_agreement(votes, names),
        "confusions": _confusions(votes, agreed, names),
        "drift": _drift(votes, agreed, names, labels),
    }


def overall(votes: Votes, *, rng: Generator) -> list[Agreement]:
    """The coefficients of the whole panel, the plain share first."""
    return [
        agreement.percent(votes, rng=rng),
        agreement.alpha(votes, rng=rng),
        agreement.ac1(votes, rng=rng),
        agreement.fleiss(votes, rng=rng),
    ]


def class_agreement(votes: Votes, names: Names) -> list[dict[str, Any]]:
    """When one of two people says a class, how often the other does: specific agreement.

    Unit: share, None where nobody said it of a shared item. Source: Spitzer and Fleiss 1974.
    """
    table = votes.table[votes.per_item >= 2]
    others = table.sum(axis=1, keepdims=True) - 1
    said = (table * others).sum(axis=0)
    same = (table * (table - 1)).sum(axis=0)
    return [
        {"class": names.classes[k], "value": float(same[k] / n) if n else None, "n": int(n)}
        for k, n in enumerate(said)
    ]


def _pairs(votes: Votes, names: Names, rng: Generator) -> list[dict[str, Any]]:
    """The pairs that share most, each with its kappa."""
    found = agreement.cohen_of_pairs(votes, rng=rng)
    found.sort(key=lambda each: -each[2].n_items)
    return [
        {"one": names.annotators[a], "other": names.annotators[b], **asdict(each)}
        for a, b, each in found[:MOST_PAIRS]
    ]


def _confusions(
    votes: Votes, agreed: consensus.Agreed, names: Names
) -> dict[str, list[dict[str, Any]]]:
    """What each says where the consensus of a shared item is another class, commonest first."""
    truth = agreed.labels[votes.items]
    counts = (votes.per_item[votes.items] >= 2) | agreed.is_known[votes.items]
    wrong = counts & (truth != votes.classes)
    found: dict[str, list[dict[str, Any]]] = {}
    rows = np.stack([votes.annotators[wrong], votes.classes[wrong], truth[wrong]], axis=1)
    cells, n = np.unique(rows.reshape(-1, 3), axis=0, return_counts=True)
    for place in np.argsort(-n, kind="stable"):
        who, said, meant = (int(each) for each in cells[place])
        mine = found.setdefault(str(names.annotators[who]), [])
        if len(mine) < MOST_CONFUSIONS:
            row = {"said": names.classes[said], "meant": names.classes[meant], "n": int(n[place])}
            mine.append(row)
    return found


def _drift(
    votes: Votes, agreed: consensus.Agreed, names: Names, labels: IntArray
) -> dict[str, list[dict[str, Any]]]:
    """Each annotator's share of answers that are the consensus, fifty shared answers at a time."""
    counts = (votes.per_item[votes.items] >= 2) | agreed.is_known[votes.items]
    right: BoolArray = agreed.labels[votes.items] == votes.classes
    found = {}
    for who, name in enumerate(names.annotators):
        mine = np.flatnonzero(counts & (votes.annotators == who))
        mine = mine[np.argsort(labels[mine], kind="stable")]
        steps = [mine[start : start + STEP] for start in range(0, len(mine), STEP)]
        found[str(name)] = [
            _step(int(right[step].sum()), len(step), int(labels[step[-1]]))
            for step in steps
            if len(step) >= STEP // 2
        ]
    return found


def _step(hits: int, n: int, last: int) -> dict[str, Any]:
    low, high = wilson(hits, n)
    return {"last": last, "value": hits / n, "low": low, "high": high, "n": n}
