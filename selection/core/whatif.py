"""What other settings would have made of the labels so far: replayed, measured on audit items.

Only what is labelled can be asked, and that was chosen: it favours whatever chose it. So the test
items are audit items alone, drawn at random from everything, and beside the variants stands plain
random labelling of such items, which is a true sample of the pool.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from selection.core import evaluation
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.simulation import Oracle, play
from selection.core.types import AnyArray, BoolArray, CoreError, FloatArray, IntArray, Task

RESAMPLES = 1_000
AT_ONCE = 100
CONFIDENCE = 0.95
# Beyond this part of the labels all variants meet: there is nothing left to choose among.
PART = 2 / 3
GRID = 40


@dataclass(frozen=True)
class Known:
    """The labels so far, kept apart: what may be asked (oracle's pool) and what measures.

    oracle holds both, the test part being audit items alone; task as in LoopConfig.
    """

    oracle: Oracle
    task: Task = "single"

    @property
    def n_pool(self) -> int:
        return len(self.oracle.targets)

    @property
    def most(self) -> int:
        """The most labels a variant is replayed to."""
        return max(int(self.n_pool * PART), 1)


@dataclass(frozen=True)
class Trial:
    """One replay: after labels[k] labels the model was right on hits[k], (T,), of the test."""

    labels: IntArray
    hits: BoolArray


@dataclass(frozen=True)
class Line:
    """Mean accuracy of a variant at each place of the grid with its interval, NaN where none."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Gain:
    """Mean accuracy over the grid beside that of another variant: their difference, and range."""

    value: float
    low: float
    high: float


def trial(
    known: Known, config: LoopConfig, *, seed: int, progress: Callable[[int], object]
) -> Trial:
    """Replay a configuration on the labels so far, from its cold start on.

    Shapes: labels (K,), hits (K, T). Unit: training labels; audit labels come on top, alike for
    all. Errors: whatever run_round raises; progress gets the labels after every round and may
    raise to end it. Source: the loop's own run_round (`simulation.play`), one person, no audit
    items of its own, batches as large as their share of training labels.
    """
    alone = replayed(config)
    everything = np.arange(len(known.oracle.test_targets), dtype=np.int64)
    labels, hits = [], []
    for result in play(known.oracle, alone, budget=known.most, seed=seed):
        progress(result.past.n_labels)
        if result.model is None:
            continue
        proba = predict(result.model, known.oracle.test_features, everything)
        answers = evaluation.decide(proba, known.task)
        labels.append(result.past.n_labels)
        hits.append(evaluation.correct(answers, known.oracle.test_targets, known.task))
    shape = (len(labels), len(everything))
    return Trial(np.array(labels, dtype=np.int64), np.array(hits, dtype=np.bool_).reshape(shape))


def replayed(config: LoopConfig) -> LoopConfig:
    """The configuration as it is replayed: training labels only, no rule stops it.

    Shapes: none. Unit: labels. Errors: none. Source: ours; with an audit share of a fifth a batch
    of 20 has 16 training labels, and is replayed with 16.
    """
    size = max(round(config.batch_size * (1 - config.audit_share)), 1)
    return replace(
        config,
        batch_size=size,
        reserve_size=0,
        audit_share=0.0,
        relabel_share=0.0,
        per_second=False,
        target_value=None,
        stopping={},
    )


def halves(known: Known, *, seed: int) -> Known:
    """Random labelling of the whole pool: half of the audit items to learn from, half to test.

    Shapes: as in Oracle; the halves are other ones for each seed. Unit: none. Raises CoreError
    with fewer than 4 test items. Source: ours; audit items are uniform draws, so this is what
    random labels would have taught, which nobody asked for by a strategy can tell.
    """
    n = len(known.oracle.test_targets)
    if n < 4:
        raise CoreError(f"{n} audit labels cannot be halved")
    order = np.random.default_rng([seed, 7]).permutation(n)
    learn, test = np.sort(order[: n // 2]), np.sort(order[n // 2 :])
    oracle = known.oracle
    return replace(
        known,
        oracle=replace(
            oracle,
            features=oracle.test_features[learn],
            targets=oracle.test_targets[learn],
            test_features=oracle.test_features[test],
            test_targets=oracle.test_targets[test],
        ),
    )


def grid_of(trials: Sequence[Trial], step: int, most: int) -> IntArray:
    """At how many labels variants are compared: multiples of a step, at most 40 of them.

    Shapes: (G,) ascending. Unit: labels. Errors: none. Source: ours; it ends where the shortest
    replay does.
    """
    ends = [int(each.labels[-1]) for each in trials if len(each.labels)]
    last = min([most, *ends]) if ends else 0
    step = max(step, -(-last // GRID))
    return np.arange(step, last + 1, step, dtype=np.int64)


def on_grid(trials: Sequence[Trial], grid: IntArray) -> FloatArray:
    """Right or wrong of the model one would have had at each place: (S, G, T), NaN without one.

    Shapes: S trials on the same T test items. Unit: 1 right, 0 wrong. Errors: none. Source: ours;
    the last model trained on at most so many labels counts, so that seldom training costs.
    """
    n_tests = max((each.hits.shape[1] for each in trials), default=0)
    out = np.full((len(trials), len(grid), n_tests), np.nan)
    for row, each in enumerate(trials):
        at = np.searchsorted(each.labels, grid, side="right") - 1
        has = at >= 0
        out[row, has] = each.hits[at[has]]
    return out


def line(hits: FloatArray, *, rng: Generator) -> Line:
    """Mean accuracy with a 95 % interval at each place of the grid.

    Shapes: hits (S, G, T) as from `on_grid`; (G,) each. Unit: share. Errors: none. Source:
    bootstrap over seeds and test items at once (Owen 2007).
    """
    value = _mean(hits)
    samples = np.concatenate([_resampled(hits, *each) for each in _weights(hits, rng)])
    low, high = _interval(samples)
    return Line(value, np.minimum(low, value), np.maximum(high, value))


def gain(hits: FloatArray, other: FloatArray, *, rng: Generator) -> Gain:
    """How much more accurate one variant was than another, on average over the grid.

    Shapes: (S, G, T) both, the same seeds, places and test items. Unit: share. Raises CoreError
    when they differ in shape or share no place. Source: as `line`, paired: both are resampled
    alike, which takes out what they have in common.
    """
    if hits.shape != other.shape:
        raise CoreError(f"hits {hits.shape} and {other.shape} cannot be paired")
    apart = hits - other
    both = ~np.isnan(apart).any(axis=(0, 2))
    if not both.any():
        raise CoreError("the variants have no place in common")
    apart = apart[:, both]
    samples = np.concatenate([_resampled(apart, *each) for each in _weights(apart, rng)])
    low, high = _interval(samples.mean(axis=1, keepdims=True))
    value = float(_mean(apart).mean())
    return Gain(value, min(float(low[0]), value), max(float(high[0]), value))


def best(gains: Mapping[str, Gain]) -> str | None:
    """The variant that is better for sure: the largest of the gains that exclude 0, or None.

    Shapes: none. Unit: none. Errors: none. Source: ours.
    """
    sure = {name: each.value for name, each in gains.items() if each.low > 0}
    return max(sure, key=sure.__getitem__) if sure else None


def _mean(hits: FloatArray) -> FloatArray:
    return np.asarray(hits.mean(axis=(0, 2)), dtype=np.float64)


def _weights(hits: FloatArray, rng: Generator) -> list[tuple[AnyArray, AnyArray]]:
    """Draw seeds and test items with replacement, some samples at a time."""
    n_seeds, _, n_tests = hits.shape
    return [
        (
            rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), AT_ONCE) / n_seeds,
            rng.multinomial(n_tests, np.full(n_tests, 1 / n_tests), AT_ONCE) / n_tests,
        )
        for _ in range(RESAMPLES // AT_ONCE)
    ]


def _resampled(hits: FloatArray, seeds: AnyArray, tests: AnyArray) -> FloatArray:
    """The mean of each sample at each place: (B, G)."""
    by_seed = np.tensordot(seeds, hits, axes=1)
    return np.asarray(np.einsum("bgt,bt->bg", by_seed, tests), dtype=np.float64)


def _interval(samples: FloatArray) -> tuple[FloatArray, FloatArray]:
    out = (1 - CONFIDENCE) / 2
    low, high = np.quantile(samples, [out, 1 - out], axis=0)
    return low, high
