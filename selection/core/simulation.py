"""Replay the loop against an oracle through run_round: the code that production runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from selection.core import evaluation
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.fitting import fit_model
from selection.core.loop import audit_size, run_round
from selection.core.people import Desk, People
from selection.core.types import (
    CoreError,
    FeatureMatrix,
    FloatArray,
    Model,
    NeedsTwoClassesError,
    RoundFacts,
    RoundResult,
    Verdict,
)


@dataclass(frozen=True)
class Oracle:
    """A pool whose truth is known, and a test set the loop never sees.

    features (n, d), targets (n, C); test_features (t, d), test_targets (t, C). blocks and
    class_vectors as in RoundFacts; classes are the C names in column order.
    """

    features: FeatureMatrix
    targets: FloatArray
    test_features: FeatureMatrix
    test_targets: FloatArray
    blocks: tuple[int, ...] = ()
    class_vectors: FloatArray | None = None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Point:
    """The state after a number of labels: `labels` counts every answer, audit ones included.

    test_accuracy and test_f1 are None while no model could be fitted. audit is the estimate
    with its interval (value, low, high, n), None before the first audit label. verdicts are
    (rule, says stop, its value) of every rule.
    """

    labels: int
    train_labels: int
    test_accuracy: float | None
    test_f1: float | None
    audit: tuple[float, float, float, int] | None
    fit_seconds: float
    score_seconds: float
    pick_seconds: float
    stops: tuple[str, ...]
    badges: tuple[str, ...]
    verdicts: tuple[tuple[str, bool, float | None], ...] = ()
    picks: tuple[int, ...] = field(repr=False, default=())


def simulate(
    oracle: Oracle,
    config: LoopConfig,
    *,
    budget: int,
    seed: int,
    people: People | None = None,
    progress: Callable[[Point], object] | None = None,
) -> list[Point]:
    """Label `budget` items as the loop asks for them: one point before each batch and at the end.

    Shapes: as in Oracle. Unit: labels, audit labels included. Raises CoreError when the budget
    is below 1 and whatever run_round raises. Source: the loop's own run_round; stop verdicts are
    recorded, not obeyed. progress gets every point as soon as it is there.
    """
    if budget < 1:
        raise CoreError(f"budget {budget} must be at least 1")
    points: list[Point] = []
    for result, spent in _rounds(oracle, config, budget, seed, people or People()):
        points.append(_point(result, spent, oracle, config))
        if progress is not None:
            progress(points[-1])
    return points


def play(
    oracle: Oracle, config: LoopConfig, *, budget: int, seed: int, people: People | None = None
) -> Iterator[RoundResult]:
    """The rounds themselves, the next one as soon as a batch is answered.

    Shapes: as in Oracle. Unit: labels. Errors: as run_round. Source: ours; one person alone
    never needs the reserve, several go on with it while the last ones of a batch are out.
    """
    yield from (result for result, _ in _rounds(oracle, config, budget, seed, people or People()))


def _rounds(
    oracle: Oracle, config: LoopConfig, budget: int, seed: int, people: People
) -> Iterator[tuple[RoundResult, int]]:
    least = 0 if people.annotators == 1 else max(config.reserve_size, 2 * people.annotators)
    config = replace(config, reserve_size=least)
    facts = _start(oracle, seed, budget)
    desk = Desk(oracle.targets, people, config.task, seed)
    desk.start(facts.audit_order[audit_size(facts.n_items, config) :])
    while True:
        facts = _with_answers(facts, desk, budget)
        result = run_round(facts, config)
        yield result, desk.spent
        if not result.picks and len(desk.pending) == 0:
            return
        desk.work(result.picks, budget)
        facts = replace(facts, number=facts.number + 1, history=(*facts.history, result.past))


def full_data_accuracy(oracle: Oracle, config: LoopConfig) -> float:
    """Test accuracy of the configured model with every label of the pool: the ceiling.

    Shapes: as in Oracle. Unit: share. Raises NeedsTwoClassesError for one class. Source:
    definition.
    """
    everything = np.arange(len(oracle.targets), dtype=np.int64)
    facts = replace(
        _start(oracle, 0, len(everything)),
        train_positions=everything,
        train_targets=oracle.targets,
        train_weights=np.ones(len(everything)),
        unavailable=np.ones(len(everything), dtype=np.bool_),
    )
    learnt, _ = fit_model(facts, replace(config, calibrate=False), facts.audit_order[:0])
    if learnt is None:
        raise NeedsTwoClassesError("the labels of the pool show one class only")
    return _test(learnt.model, oracle, config)[0]


def labels_to(points: list[Point], accuracy: float) -> int | None:
    """Labels at the first point from which that test accuracy is reached, None if never.

    Shapes: none. Unit: labels. Errors: none. Source: first crossing.
    """
    reached = (p.labels for p in points if (p.test_accuracy or 0.0) >= accuracy)
    return next(reached, None)


def _start(oracle: Oracle, seed: int, budget: int) -> RoundFacts:
    n, n_classes = oracle.targets.shape
    none, no_targets = np.empty(0, np.int64), np.empty((0, n_classes))
    return RoundFacts(
        features=oracle.features,
        n_classes=n_classes,
        train_positions=none,
        train_targets=no_targets,
        train_weights=np.empty(0),
        audit_order=np.random.default_rng([seed, 1]).permutation(n).astype(np.int64),
        audit_positions=none,
        audit_targets=no_targets,
        unavailable=np.zeros(n, dtype=np.bool_),
        pending=none,
        number=0,
        seed=seed,
        budget_left=budget,
        blocks=oracle.blocks,
        class_vectors=oracle.class_vectors,
    )


def _with_answers(facts: RoundFacts, desk: Desk, budget: int) -> RoundFacts:
    """The facts as the desk stands now."""
    train, audit = desk.positions("train"), desk.positions("audit")
    return replace(
        facts,
        train_positions=train,
        train_targets=desk.targets(train),
        train_weights=np.ones(len(train)),
        train_answers=desk.answers(train),
        audit_positions=audit,
        audit_targets=desk.targets(audit),
        unavailable=desk.unavailable,
        pending=desk.pending,
        budget_left=max(budget - desk.handed, 0),
    )


def _point(result: RoundResult, spent: int, oracle: Oracle, config: LoopConfig) -> Point:
    tested: tuple[float | None, float | None] = (None, None)
    if result.model is not None:
        tested = _test(result.model, oracle, config)
    audit = next((m for m in result.metrics if m.name == "accuracy"), None)
    return Point(
        labels=spent,
        train_labels=result.past.n_labels,
        test_accuracy=tested[0],
        test_f1=tested[1],
        audit=None if audit is None else (audit.value, audit.low, audit.high, audit.n),
        fit_seconds=result.timings.fit,
        score_seconds=result.timings.score,
        pick_seconds=result.timings.pick,
        stops=tuple(verdict.rule for verdict in result.verdicts if verdict.stop),
        verdicts=tuple(map(_said, result.verdicts)),
        badges=tuple(badge.code for badge in result.health),
        picks=tuple(pick.position for pick in result.picks),
    )


def _said(verdict: Verdict) -> tuple[str, bool, float | None]:
    value = None if verdict.value is None else float(verdict.value)
    return verdict.rule, bool(verdict.stop), value


def _test(model: Model, oracle: Oracle, config: LoopConfig) -> tuple[float, float]:
    everything = np.arange(len(oracle.test_targets), dtype=np.int64)
    proba = predict(model, oracle.test_features, everything)
    answers = evaluation.decide(proba, config.task)
    hits = evaluation.correct(answers, oracle.test_targets, config.task)
    f1 = evaluation.macro_f1_value(answers, oracle.test_targets, config.task)
    return float(hits.mean()), f1
