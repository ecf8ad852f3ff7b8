"""What a batch was picked from: its picks beside a sample of the pool, in a few numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from selection.core import evaluation
from selection.core.chunks import predict, rows, squared_distances
from selection.core.clustering import k_means
from selection.core.outside import OutsideModel
from selection.core.types import (
    Float32Array,
    FloatArray,
    IntArray,
    Model,
    Picked,
    RoundFacts,
    Task,
)

# The cost is that of so many items, whatever the size of the pool.
SAMPLE = 3_000
REGIONS = 12
BINS = 10
# Fewer items than this do not make a region.
FEWEST = 8
RANDOM_BATCHES = 5
# Items near the middle of a region, by which it may be named.
NAMED_BY = 24


@dataclass(frozen=True)
class Region:
    """A part of the feature space: its items in the sample, picks, labels, and its middle.

    middle are positions of items nearest to it; likeliest is the class most of it is predicted
    to be, None without a model.
    """

    pool: int
    batch: int
    labelled: int
    middle: tuple[int, ...]
    likeliest: int | None = None


@dataclass(frozen=True)
class Predicted:
    """Items counted by predicted class (C,) and by tenth of the model's own chance to be wrong;
    doubt is the mean of that chance, 0 for no items."""

    classes: tuple[int, ...]
    doubts: tuple[int, ...]
    doubt: float


@dataclass(frozen=True)
class Distribution:
    """The queries of a batch against n_pool free items drawn at random.

    sources counts the whole batch by where a pick comes from; pool and batch are None without a
    model. alike and alike_random are the mean cosine of an item to its nearest neighbour in the
    batch, and in random batches of that size; None below two items.
    """

    n_pool: int
    n_batch: int
    sources: Mapping[str, int] = field(default_factory=dict)
    pool: Predicted | None = None
    batch: Predicted | None = None
    regions: tuple[Region, ...] = ()
    alike: float | None = None
    alike_random: float | None = None


def describe(
    facts: RoundFacts,
    picks: Sequence[Picked],
    model: Model | None,
    task: Task,
    *,
    reserved: int,
    rng: Generator,
) -> Distribution:
    """Compare what a round asks for with what it could have asked for.

    Shapes: as in RoundFacts. Unit: items. Errors: none. Source: ours; the sample is what follows
    the reserved audit items in the fixed random order, so that regions stay the same from round
    to round while rng starts alike.
    """
    batch = [pick for pick in picks if not pick.in_reserve]
    queries = np.array([p.position for p in batch if p.purpose != "audit"], dtype=np.int64)
    sample = facts.audit_order[reserved : reserved + SAMPLE]
    free = sample[~facts.unavailable[sample]]
    X = rows(facts.features, sample)
    told, asked = _spoken_of(model, free), _spoken_of(model, queries)
    of_pool, of_batch = (_proba(model, facts, positions) for positions in (told, asked))
    return Distribution(
        n_pool=len(free),
        n_batch=len(queries),
        sources=dict(Counter(source_of(pick) for pick in batch)),
        pool=_predicted(of_pool, task),
        batch=_predicted(of_batch, task),
        regions=_regions(facts, X, sample, free, queries, _likeliest(of_pool, told), rng),
        alike=_alike(rows(facts.features, queries)),
        alike_random=_alike_by_chance(rows(facts.features, free), len(queries), rng),
    )


def source_of(pick: Picked) -> str:
    """Where a pick comes from: its purpose, or for queries chance, care for rare classes,
    the cold start, or the strategy.

    Shapes, unit: none. Errors: none. Source: ours.
    """
    if pick.purpose != "query":
        return pick.purpose
    if pick.reason.code in ("random", "rare"):
        return pick.reason.code
    return "strategy" if pick.score is not None else "cold_start"


def _proba(model: Model | None, facts: RoundFacts, positions: IntArray) -> FloatArray | None:
    return None if model is None else predict(model, facts.features, positions)


def _spoken_of(model: Model | None, positions: IntArray) -> IntArray:
    """The items an outside model has an opinion of; any other model has one of all."""
    return positions[model.is_known(positions)] if isinstance(model, OutsideModel) else positions


def _predicted(proba: FloatArray | None, task: Task) -> Predicted | None:
    if proba is None:
        return None
    doubts = evaluation.doubts(proba, task)
    mean = float(doubts.mean()) if len(doubts) else 0.0
    return Predicted(_by_class(proba, task), _by_tenth(doubts), mean)


def _likeliest(proba: FloatArray | None, free: IntArray) -> Mapping[int, int]:
    """The likeliest class of each free item of the sample, empty without a model."""
    if proba is None:
        return {}
    return dict(zip(free.tolist(), proba.argmax(axis=1).tolist(), strict=True))


def _by_class(proba: FloatArray, task: Task) -> tuple[int, ...]:
    answers = evaluation.decide(proba, task)
    if task == "multi":
        return tuple(int(n) for n in answers.sum(axis=0))
    return tuple(np.bincount(answers, minlength=proba.shape[1]).tolist())


def _by_tenth(doubts: FloatArray) -> tuple[int, ...]:
    counted, _ = np.histogram(doubts, bins=BINS, range=(0.0, 1.0))
    return tuple(counted.tolist())


def _regions(
    facts: RoundFacts,
    X: Float32Array,
    sample: IntArray,
    free: IntArray,
    queries: IntArray,
    likeliest: Mapping[int, int],
    rng: Generator,
) -> tuple[Region, ...]:
    k = min(REGIONS, len(sample) // FEWEST)
    if k < 2:
        return ()
    labels, centres = k_means(X, k, rng=rng)
    is_free = np.isin(sample, free)
    by_query = _nearest(rows(facts.features, queries), centres)
    by_label = _nearest(rows(facts.features, facts.train_positions[-SAMPLE:]), centres)
    found = []
    for region in range(k):
        inside = np.flatnonzero(labels == region)
        open_inside = sample[inside[is_free[inside]]].tolist()
        found.append(
            Region(
                pool=len(open_inside),
                batch=int((by_query == region).sum()),
                labelled=int((by_label == region).sum()),
                middle=_middle(X[inside], sample[inside], centres[region]),
                likeliest=_most([likeliest[p] for p in open_inside if p in likeliest]),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.pool, each.middle)))


def _middle(X: Float32Array, positions: IntArray, centre: Float32Array) -> tuple[int, ...]:
    near = squared_distances(X, centre[None, :])[:, 0]
    return tuple(positions[np.argsort(near, kind="stable")[:NAMED_BY]].tolist())


def _most(values: Sequence[int]) -> int | None:
    """The commonest value if it is most of them."""
    if not values:
        return None
    value, n = Counter(values).most_common(1)[0]
    return value if 2 * n > len(values) else None


def _nearest(X: Float32Array, centres: Float32Array) -> IntArray:
    if not len(X):
        return np.empty(0, dtype=np.int64)
    return np.asarray(squared_distances(X, centres).argmin(axis=1), dtype=np.int64)


def _alike(X: Float32Array) -> float | None:
    if len(X) < 2:
        return None
    norms = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norms, out=np.zeros_like(X), where=norms > 0)
    cosine = 1 - squared_distances(X, X) / 2
    np.fill_diagonal(cosine, -1)
    return float(cosine.max(axis=1).mean())


def _alike_by_chance(X: Float32Array, size: int, rng: Generator) -> float | None:
    """Mean over a few random batches, None when the pool does not hold one."""
    if size < 2 or len(X) < size:
        return None
    drawn = [_alike(X[rng.choice(len(X), size, replace=False)]) for _ in range(RANDOM_BATCHES)]
    return float(np.mean([each for each in drawn if each is not None]))
