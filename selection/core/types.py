"""What the rooms of the core say to each other: array aliases, frozen facts, Protocols.

Positions are 0..n-1 over all items of a project; ids exist only outside the core.
Imports numpy; what needs none is in basics.py, for web processes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from selection.core.basics import CoreError as CoreError
from selection.core.basics import Params as Params
from selection.core.basics import ParamValue as ParamValue
from selection.core.basics import Task as Task

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
AnyArray = NDArray[Any]
# float32 while the pool goes by in chunks, float64 where few items are looked at.
Probabilities = NDArray[np.floating[Any]]

# factory(**params) -> an unfitted scikit-learn classifier taking sample_weight.
EstimatorFactory = Callable[..., Any]
Purpose = Literal["query", "audit", "relabel", "seed"]


class FactsError(CoreError):
    """RoundFacts contradict each other, e.g. an audit item among the training items."""


class ScoreError(CoreError):
    """A strategy returned NaN, the wrong shape, or nothing finite."""


class NeedsTwoClassesError(CoreError):
    """A model or a score that compares classes was asked for with fewer than two."""


@runtime_checkable
class FeatureMatrix(Protocol):
    """(n, d) floats read by slice or by positions; an ndarray, a memmap or a sharded view."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: Any) -> Any: ...


class Model(Protocol):
    """A fitted classifier over all n_classes classes; unseen classes have probability 0."""

    @property
    def n_classes(self) -> int: ...
    def predict_proba(self, X: AnyArray) -> Probabilities: ...


class Executor(Protocol):
    """call(part) for each part, in the order of the parts, wherever they are worked through."""

    def run(self, call: Callable[[Any], Any], parts: Sequence[Any]) -> Iterable[Any]: ...


class Score(Protocol):
    """score(view, *, rng, **params) -> (n,) float64, one per candidate; higher = more wanted."""

    def __call__(self, view: "PoolView", *, rng: Generator, **params: Any) -> FloatArray: ...


class Pick(Protocol):
    """pick(scores, view, size, *, rng, **params) -> distinct indices into view.candidates.

    Best first: a prefix of the answer is the batch, what follows is the reserve.
    """

    def __call__(
        self, scores: FloatArray, view: "PoolView", size: int, *, rng: Generator, **params: Any
    ) -> IntArray: ...


class ColdStart(Protocol):
    """start(view, size, *, rng, **params) -> distinct indices into view.candidates, best first."""

    def __call__(
        self, view: "PoolView", size: int, *, rng: Generator, **params: Any
    ) -> IntArray: ...


class StopRule(Protocol):
    """rule(facts, **params) -> Verdict; stateless: all it may know is in facts."""

    def __call__(self, facts: "StopFacts", **params: Any) -> "Verdict": ...


class Encoder(Protocol):
    """Payloads in, (n, width) float32 rows out; `version` is the cache key of the rows."""

    @property
    def version(self) -> str: ...
    @property
    def width(self) -> int: ...
    def encode(self, payloads: Sequence[Any]) -> Float32Array: ...
    def to_state(self) -> tuple[dict[str, Any], dict[str, AnyArray]]: ...


class EncoderClass(Protocol):
    """What a features entry of the catalog points to."""

    def fit(self, sample: Iterable[Any], *, rng: Generator, **params: Any) -> Encoder: ...
    def from_state(self, meta: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Encoder: ...


@dataclass(frozen=True)
class PoolView:
    """What a strategy, a batch function or a cold start may look at.

    features (n_items, d) of every item; candidates (n,) sorted positions that may be picked;
    covered (k,) positions labelled or out with annotators; labelled (L,) positions with
    targets (L, C) and weights (L,), None = all 1; proba (n, C) of the candidates if the catalog
    says needs_proba, else None; costs (n_items,) > 0 where an answer's cost counts, else None;
    executor works through pieces of the pool, None = here; given as RoundFacts.outside_scores.
    """

    features: FeatureMatrix
    candidates: IntArray
    covered: IntArray
    labelled: IntArray
    targets: FloatArray
    task: Task = "single"
    model: Model | None = None
    proba: Probabilities | None = None
    weights: FloatArray | None = None
    costs: FloatArray | None = None
    executor: Executor | None = None
    given: FloatArray | None = None

    @property
    def n(self) -> int:
        return len(self.candidates)

    def costs_of(self, indices: IntArray) -> FloatArray | None:
        """What answers to these candidates cost, None when all are alike."""
        return None if self.costs is None else self.costs[self.candidates[indices]]


@dataclass(frozen=True)
class PastRound:
    """What a stopping rule may know of a finished round. `RoundResult.past` is the current one.

    metrics are the estimates of that round; alpha_spent is the share of the error probability
    its certified look used (0 when it was no look). Predictions are class numbers (k,), or
    (k, C) 0/1 for multi-label, aligned with the positions beside them. n_labels counts the
    training labels its model saw, n_audit the labelled audit items that measured it; choice are
    the settings its learner chose, for the next one to go on with. held: of each stopping rule
    that held, at how many looks in a row, and the training labels at the last of them.
    """

    number: int
    n_labels: int
    n_audit: int
    metrics: tuple["Metric", ...] = ()
    alpha_spent: float = 0.0
    has_model: bool = True
    stop_positions: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    stop_predictions: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    audit_positions: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    audit_predictions: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    choice: Params = field(default_factory=dict)
    held: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class RoundFacts:
    """All that a round may look at, in positions 0..n-1. Nothing else influences its result.

    features            (n, d) float16/float32
    n_classes           C; may have grown since the last round
    train_positions     (L,) labelled items the model may learn from, never audit items
    train_targets       (L, C) in [0, 1]; rows sum to 1 for single-label (soft labels allowed)
    train_weights       (L,) > 0
    audit_order         (n,) all positions in the project's fixed random order
    audit_positions     (A,) labelled audit items; audit_targets (A, C) as train_targets
    unavailable         (n,) bool: labelled, assigned or withdrawn; never picked
    pending             positions out with annotators: they count as covered
    audit_reserved      how many leading items of audit_order are kept from training and query;
                        None: `loop.audit_size(n, config)`
    history             earlier rounds, oldest first
    budget_left         labels that may still be bought, None = unlimited
    blocks              widths, d in all, of the encoders side by side in features; () = one
    class_vectors       (C, d) where the encoders put the name and description of each class,
                        zeros for a class or a block of columns without one; None = unknown
    seconds             (n,) expected seconds of an answer to each item, None = all alike
    train_answers       (L,) how many answers each training item has, None = one each
    train_settled       (L,) where another opinion is not to be asked, None = nowhere
    outside_proba       (n, C) said by an outside model instead of one that the round trains, NaN
                        where it is silent: audit_positions are none of these; or None
    outside_scores      (n,) scores made outside, NaN where there is none; or None
    train_sure          (L,) in (0, 1] how sure people are of each label, None = unknown
    skill               the chance that the next answer is right, None = unknown
    seeds               (s,) positions a lead sought out, in order: asked first where they may be
    """

    features: FeatureMatrix
    n_classes: int
    train_positions: IntArray
    train_targets: FloatArray
    train_weights: FloatArray
    audit_order: IntArray
    audit_positions: IntArray
    audit_targets: FloatArray
    unavailable: BoolArray
    pending: IntArray
    number: int
    seed: int
    audit_reserved: int | None = None
    history: tuple[PastRound, ...] = ()
    budget_left: int | None = None
    blocks: tuple[int, ...] = ()
    class_vectors: FloatArray | None = None
    seconds: FloatArray | None = None
    train_answers: IntArray | None = None
    train_settled: BoolArray | None = None
    train_sure: FloatArray | None = None
    skill: float | None = None
    seeds: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    outside_proba: FloatArray | None = None
    outside_scores: FloatArray | None = None

    @property
    def n_items(self) -> int:
        return int(self.features.shape[0])


@dataclass(frozen=True)
class Reason:
    """Why an item was picked: a code with class numbers and figures, worded by the pages.

    codes: audit; seed (a lead sought it out); random (probability); typical (stands for many
    items); novel (distance to the nearest covered item); uncertain and cover (top two classes,
    their probabilities), cover stands for doubtful items near it; disputed (the same, models
    disagree); informative (the same, would teach the model most); scored (a score from outside);
    rare (a class short of labels, its probability or none); relabel (the class answered so far,
    its probability). Multi-label: doubts name the one least sure class and its probability.
    """

    code: str
    classes: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Picked:
    """One picked item. probability is its chance of being picked where chance decided, else None.

    score is None where no score exists (audit items, cold start); predicted and confidence are
    the model's likeliest class and its probability, None without a model.
    """

    position: int
    purpose: Purpose
    in_reserve: bool
    reason: Reason
    score: float | None = None
    probability: float | None = None
    predicted: int | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Metric:
    """An estimate on n labelled audit items with its 95 % interval; NaN never occurs."""

    name: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Verdict:
    """What one stopping rule says: value against threshold, in words in reason.

    alpha_spent is the error probability used up by a certified look (target rule only). A rule
    that goes by estimates must hold at `needs` looks in a row; it has held at `looks` of them.
    """

    rule: str
    stop: bool
    value: float | None
    threshold: float | None
    reason: str
    alpha_spent: float = 0.0
    looks: int = 0
    needs: int = 1


@dataclass(frozen=True)
class Badge:
    """A remark on the health of a round; level info, warn or bad. Text is a plain sentence."""

    code: str
    level: Literal["info", "warn", "bad"]
    text: str
    classes: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class LearningCurve:
    """R models, oldest first: labels (R,) that trained each, values (R,) of each on n (R,) items.

    samples (B, R): the values on B resamples of the items, the same resample for all models, so
    that what is luck of the items moves the whole curve and what is growth stays.
    """

    labels: FloatArray
    values: FloatArray
    samples: FloatArray
    n: IntArray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class StopFacts:
    """What the stopping rules see: rounds oldest first, the current one last.

    n_candidates items are left to pick, audit_size are reserved. Of the current model on the
    audit labels: audit_hits (A,) right or wrong, audit_counts (C,) labels per class, f1_low a
    lower bound of macro-F1 that is wrong at most so often; all None without a model or audit
    labels. doubts (k,): how likely it errs on each item of the stop set, by its own account; None
    without a model. curve: every model on today's audit labels, None before the first of either.
    """

    rounds: tuple[PastRound, ...]
    n_candidates: int
    audit_size: int
    budget_left: int | None = None
    target_metric: str = "accuracy"
    target_value: float | None = None
    confidence: float = 0.95
    audit_hits: BoolArray | None = None
    audit_counts: FloatArray | None = None
    f1_low: Callable[[float], float] | None = None
    doubts: FloatArray | None = None
    curve: LearningCurve | None = None


@dataclass(frozen=True)
class Timings:
    """Wall seconds of the parts of a round, and their CPU seconds in this process by name."""

    fit: float = 0.0
    evaluate: float = 0.0
    score: float = 0.0
    pick: float = 0.0
    cpu: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RoundResult:
    """What a round found: picks (batch in hand-out order, then reserve), model, numbers, advice.

    train_counts and audit_counts are (C,) summed targets. Same facts and config give the same
    result bit for bit, timings excepted.
    """

    number: int
    picks: tuple[Picked, ...]
    model: Any | None
    metrics: tuple[Metric, ...]
    verdicts: tuple[Verdict, ...]
    health: tuple[Badge, ...]
    timings: Timings
    past: PastRound
    train_counts: FloatArray
    audit_counts: FloatArray
    n_candidates: int
    curve: LearningCurve | None = None

    @property
    def batch(self) -> tuple[Picked, ...]:
        return tuple(pick for pick in self.picks if not pick.in_reserve)

    @property
    def reserve(self) -> tuple[Picked, ...]:
        return tuple(pick for pick in self.picks if pick.in_reserve)

    @property
    def should_stop(self) -> bool:
        return any(verdict.stop for verdict in self.verdicts)
