"""How far people agree, beyond chance or not, each number with its interval and what it rests on.

Every coefficient is a ratio of sums over items, so an interval is a bootstrap over items (Efron
1979): B draws of weights (B, I) go through the same formula as the plain weights (1, I).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

from annotation.quality.votes import BoolArray, FloatArray, Votes

Level = Literal["nominal", "ordinal", "interval"]
RESAMPLES = 1000
# Below so many shared items a coefficient is shown, but greyed.
FIRM = 20
NO_OVERLAP = "No item has answers of two people yet."
ALL_SAME = "All answers are the same: chance alone would agree as well."
DEGENERATE = "Chance alone would agree as well."
# Weighted sums over items may use so many numbers at once.
CHUNK = 4_000_000


@dataclass(frozen=True)
class Agreement:
    """One coefficient: a share, or a coefficient up to 1; None with the reason why.

    n_items counts the items that two or more people answered.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n_items: int
    reason: str = ""

    @property
    def is_firm(self) -> bool:
        return self.value is not None and self.n_items >= FIRM


def percent(votes: Votes, *, rng: Generator) -> Agreement:
    """Share of pairs of answers to one item that are the same, mean over items.

    Shapes: none. Unit: share. Errors: none, a value of None has its reason. Source: observed
    agreement of Fleiss 1971.
    """
    shared = votes.per_item >= 2
    if not shared.any():
        return _none("percent", votes, NO_OVERLAP)
    same = _same_pairs(votes.table[shared])
    return _with_interval("percent", votes, lambda w: w @ same / w.sum(axis=1), shared, rng)


def fleiss(votes: Votes, *, rng: Generator) -> Agreement:
    """Fleiss' kappa for panels of any size: chance is the squared mean share of each class.

    Shapes: none. Unit: coefficient, 1 = perfect, 0 = chance. Errors: none. Source: Fleiss 1971,
    for unequal panels Gwet 2014; items with one answer count for chance only.
    """
    return _beyond_chance("fleiss", votes, lambda shares: (shares**2).sum(axis=1), rng)


def ac1(votes: Votes, *, rng: Generator) -> Agreement:
    """Gwet's AC1: chance agreement that does not explode where one class is nearly all.

    Shapes: none. Unit: coefficient. Errors: none. Source: Gwet 2008.
    """
    k = max(votes.n_classes - 1, 1)
    return _beyond_chance("ac1", votes, lambda p: (p * (1 - p)).sum(axis=1) / k, rng)


def alpha(votes: Votes, *, rng: Generator, level: Level = "nominal") -> Agreement:
    """Krippendorff's alpha: 1 - observed over expected disagreement; answers may be missing.

    Shapes: none. Unit: coefficient. Errors: none. Source: Krippendorff 2011; `ordinal` and
    `interval` take the classes' numbers for their order and their distance.
    """
    shared = votes.per_item >= 2
    if not shared.any():
        return _none("alpha", votes, NO_OVERLAP)
    table = votes.table[shared]
    if (table.sum(axis=0) > 0).sum() < 2:
        return _none("alpha", votes, ALL_SAME)
    return _with_interval("alpha", votes, lambda w: _alphas(w, table, level), shared, rng)


def cohen(votes: Votes, first: int, second: int, *, rng: Generator) -> Agreement:
    """Cohen's kappa of two annotators on the items both answered.

    Shapes: none. Unit: coefficient. Errors: none. Source: Cohen 1960; interval by resampling
    the items both answered.
    """
    table = _pair_table(votes, first, second)
    n = int(table.sum())
    if n == 0:
        return Agreement("cohen", None, None, None, 0, "These two share no item yet.")
    value = float(_kappas(table[None])[0])
    if np.isnan(value):
        return Agreement("cohen", None, None, None, n, ALL_SAME)
    draws = rng.multinomial(n, (table / n).ravel(), size=RESAMPLES).astype(np.float64)
    low, high = _bounds(_kappas(draws.reshape(-1, *table.shape)), value)
    return Agreement("cohen", value, low, high, n)


def cohen_of_pairs(votes: Votes, *, rng: Generator) -> list[tuple[int, int, Agreement]]:
    """Every pair that shares an item, lower number first, with its kappa.

    Shapes: none. Unit: coefficient. Errors: none. Source: as `cohen`.
    """
    seen = np.zeros((votes.n_annotators, votes.n_items), dtype=np.float32)
    seen[votes.annotators, votes.items] = 1
    first, second = np.triu(seen @ seen.T, k=1).nonzero()
    return [
        (int(a), int(b), cohen(votes, int(a), int(b), rng=rng))
        for a, b in zip(first, second, strict=True)
    ]


def shared_items(votes: Votes) -> int:
    return int((votes.per_item >= 2).sum())


def _none(name: str, votes: Votes, reason: str) -> Agreement:
    return Agreement(name, None, None, None, shared_items(votes), reason)


def _same_pairs(table: FloatArray) -> FloatArray:
    """Share of an item's ordered pairs that agree: (I,), of items with two answers or more."""
    m = table.sum(axis=1)
    return np.asarray((table * (table - 1)).sum(axis=1) / (m * (m - 1)))


def _beyond_chance(
    name: str, votes: Votes, chance: Callable[[FloatArray], FloatArray], rng: Generator
) -> Agreement:
    """(observed - chance) / (1 - chance), chance from the mean shares of the classes (B, K)."""
    answered = votes.per_item > 0
    shared = votes.per_item[answered] >= 2
    if not shared.any():
        return _none(name, votes, NO_OVERLAP)
    table = votes.table[answered]
    shares = table / table.sum(axis=1, keepdims=True)
    same = np.zeros(len(table))
    same[shared] = _same_pairs(table[shared])

    def value(w: FloatArray) -> FloatArray:
        expected = chance(w @ shares / w.sum(axis=1, keepdims=True))
        observed = _ratio(w @ same, w @ shared.astype(np.float64))
        return _ratio(observed - expected, 1 - expected)

    return _with_interval(name, votes, value, answered, rng)


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """above / below; NaN where there is nothing to divide by (1e-12 is nothing)."""
    nothing = np.abs(below) < 1e-12
    return np.asarray(np.where(nothing, np.nan, above / np.where(nothing, 1.0, below)))


def _with_interval(
    name: str,
    votes: Votes,
    formula: Callable[[FloatArray], FloatArray],
    used: BoolArray,
    rng: Generator,
) -> Agreement:
    n = int(used.sum())
    value = float(formula(np.ones((1, n)))[0])
    if np.isnan(value):
        same = (votes.table.sum(axis=0) > 0).sum() < 2
        return _none(name, votes, ALL_SAME if same else DEGENERATE)
    low, high = _bounds(_resampled(formula, n, rng), value)
    return Agreement(name, value, low, high, shared_items(votes))


def _resampled(formula: Callable[[FloatArray], FloatArray], n: int, rng: Generator) -> FloatArray:
    step = max(CHUNK // n, 1)
    found = []
    for start in range(0, RESAMPLES, step):
        size = min(step, RESAMPLES - start)
        found.append(formula(rng.multinomial(n, np.full(n, 1 / n), size=size).astype(float)))
    return np.concatenate(found)


def _bounds(samples: FloatArray, value: float) -> tuple[float, float]:
    """The 95 % percentile bounds, never leaving the value outside; resamples of nothing apart."""
    known = samples[~np.isnan(samples)]
    if len(known) == 0:
        return value, value
    low, high = np.quantile(known, [0.025, 0.975])
    return min(float(low), value), max(float(high), value)


def _alphas(w: FloatArray, table: FloatArray, level: Level) -> FloatArray:
    """Alpha under each row of weights (B, I), table (I, K) of items with two answers or more."""
    totals = w @ table
    n = totals.sum(axis=1)
    weight = 1 / (table.sum(axis=1) - 1)
    if level == "ordinal":
        return np.array(
            [
                _alpha(_pairs(each * weight, table), total)
                for each, total in zip(w, totals, strict=True)
            ]
        )
    distance = _distance(level, table.shape[1])
    # An item's disagreeing pairs: sum over c, k of n_ic n_ik d(c, k); d(c, c) is 0.
    apart = ((table @ distance) * table).sum(axis=1) * weight
    expected = ((totals @ distance) * totals).sum(axis=1)
    return 1 - (n - 1) * _ratio(w @ apart, expected)


def _pairs(weights: FloatArray, table: FloatArray) -> FloatArray:
    """Coincidences without an answer paired with itself: (K, K)."""
    return np.asarray((table * weights[:, None]).T @ table - np.diag(weights @ table))


def _alpha(pairs: FloatArray, totals: FloatArray) -> float:
    distance = _ordinal(totals)
    n = totals.sum()
    expected = float(totals @ distance @ totals)
    if expected <= 0:
        return float("nan")
    return float(1 - (n - 1) * (pairs * distance).sum() / expected)


def _distance(level: Level, k: int) -> FloatArray:
    if level == "nominal":
        return 1 - np.eye(k)
    numbers = np.arange(k, dtype=np.float64)
    return np.asarray((numbers[:, None] - numbers[None, :]) ** 2)


def _ordinal(totals: FloatArray) -> FloatArray:
    """Krippendorff's ordinal distance: how many answers lie between two classes, squared."""
    upto = np.cumsum(totals) - totals / 2
    return np.asarray((upto[:, None] - upto[None, :]) ** 2)


def _pair_table(votes: Votes, first: int, second: int) -> FloatArray:
    """What the two said of the items both answered: (K, K) counts."""
    said = np.full((2, votes.n_items), -1, dtype=np.int64)
    for row, annotator in enumerate((first, second)):
        mine = votes.annotators == annotator
        said[row, votes.items[mine]] = votes.classes[mine]
    both = (said >= 0).all(axis=0)
    k = votes.n_classes
    cells = np.bincount(said[0, both] * k + said[1, both], minlength=k * k)
    return np.asarray(cells.reshape(k, k), dtype=np.float64)


def _kappas(tables: FloatArray) -> FloatArray:
    """Cohen's kappa of each table: (B,) of (B, K, K)."""
    n = tables.sum(axis=(1, 2))
    observed = np.trace(tables, axis1=1, axis2=2) / n
    expected = (tables.sum(axis=2) * tables.sum(axis=1)).sum(axis=1) / n**2
    return _ratio(observed - expected, 1 - expected)
