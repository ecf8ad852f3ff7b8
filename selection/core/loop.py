"""run_round: the one function that production and simulation both call."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from selection.core import audit_plan, evaluation, health, per_class, picking, querying, quotas
from selection.core.catalog import STOPPING, resolve
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.facts_check import check
from selection.core.fitting import fit_model
from selection.core.holding import counted
from selection.core.learning_curve import measure
from selection.core.outside import OutsideModel, model_of
from selection.core.stopping import next_look
from selection.core.streams import Clock, stream
from selection.core.types import (
    Badge,
    BoolArray,
    Executor,
    FactsError,
    FloatArray,
    IntArray,
    LearningCurve,
    Metric,
    Model,
    Params,
    PastRound,
    Picked,
    PoolView,
    RoundFacts,
    RoundResult,
    StopFacts,
    Timings,
    Verdict,
)

STOP_SET = 2000
AUDIT_POOL_SHARE = 4


@dataclass(frozen=True)
class Measured:
    """The model on the audit labels; empty without a model or without labels."""

    metrics: tuple[Metric, ...] = ()
    hits: BoolArray | None = None
    f1_low: Callable[[float], float] | None = None


def audit_size(n_items: int, config: LoopConfig) -> int:
    """How many leading items of the audit order are reserved: audit_max, at most a quarter.

    Shapes: none. Unit: items. Errors: none. Source: design of the loop. Once a project runs,
    the caller keeps the number it started with or calls `grown_audit_size`.
    """
    if config.audit_share == 0:
        return 0
    return min(config.audit_max, n_items // AUDIT_POOL_SHARE)


def grown_audit_size(audit_order: IntArray, used: IntArray, config: LoopConfig) -> int:
    """`audit_size` after an import: stops before the first item that was used otherwise.

    Shapes: audit_order (n,), used (u,) positions ever trained on or handed out as query. Unit:
    items. Errors: none. Source: ours; new items push old ones down the order, so that little
    is lost, and a leading part of a random order stays a random sample.
    """
    wanted = audit_size(len(audit_order), config)
    clashes = np.flatnonzero(np.isin(audit_order[:wanted], used))
    return int(clashes[0]) if len(clashes) else wanted


def run_round(
    facts: RoundFacts, config: LoopConfig, *, executor: Executor | None = None
) -> RoundResult:
    """Fit, evaluate, judge whether to stop, score and pick: one round, a pure function.

    Shapes: as in RoundFacts. Unit: none. Raises FactsError when the facts contradict each other
    and ScoreError when a strategy fails. Source: design of the loop. The same facts and config
    give the same result bit for bit (timings excepted) on one machine and BLAS, whichever
    executor the pool goes through; None works through it here.
    """
    reserved = audit_size(facts.n_items, config)
    reserved = reserved if facts.audit_reserved is None else facts.audit_reserved
    check(facts, reserved, config.task)
    clock = Clock()
    kept = facts.audit_order[:reserved]
    with clock.time("fit"):
        outside = _outside(facts, config)
        learnt, remarks = (None, []) if outside else fit_model(facts, config, kept)
        model = outside if learnt is None else learnt.model
    view = replace(_view(facts, config, kept, model), executor=executor)
    with clock.time("evaluate"):
        measured = _measure(facts, config, model)
        past, doubts = _past(facts, config, kept, model, measured)
        past = replace(past, choice={} if learnt is None else learnt.choice)
        curve = None if outside else _curve(facts, config, past)
    audits = kept[~facts.unavailable[kept]]
    left = view.n + len(audits)
    past, verdicts = _judge(facts, config, past, measured, doubts, left, reserved, curve)
    wanted = audit_plan_of(facts, config, past, reserved)
    config = replace(config, audit_share=wanted.share)
    picks, badges = _pick(facts, config, view, audits, reserved, clock)
    return RoundResult(
        number=facts.number,
        picks=picks,
        model=model,
        metrics=measured.metrics,
        verdicts=verdicts,
        health=(*remarks, *badges, *_remarks(facts, picks, audits, reserved)),
        timings=Timings(**clock.seconds, cpu=clock.cpu_seconds),
        past=past,
        train_counts=evaluation.class_counts(facts.train_targets),
        audit_counts=evaluation.class_counts(facts.audit_targets),
        n_candidates=left,
        curve=curve,
    )


def _outside(facts: RoundFacts, config: LoopConfig) -> OutsideModel | None:
    model = model_of(facts)
    if bool(config.predictions) != (model is not None):
        there = "are" if model else "are not"
        raise FactsError(f"predictions {config.predictions!r}: outside predictions {there} given")
    return model


def audit_plan_of(
    facts: RoundFacts, config: LoopConfig, past: PastRound, reserved: int
) -> audit_plan.AuditPlan:
    """How many audit items the round's batch carries, and why.

    Shapes: none. Unit: as in AuditPlan; past is the round itself. Errors: none. Source: ours.
    """
    return audit_plan.plan(
        config,
        accuracy=next((each for each in past.metrics if each.name == "accuracy"), None),
        n_audit=len(facts.audit_positions),
        reserved=reserved,
        batch_size=config.batch_size,
        look=next_look((*facts.history, past)),
    )


def _view(facts: RoundFacts, config: LoopConfig, kept: IntArray, model: Model | None) -> PoolView:
    """Reserved audit items are neither candidates nor, while out, part of what is covered."""
    free = ~facts.unavailable
    free[kept] = False
    free[facts.train_positions] = False
    free[facts.pending] = False
    free[facts.audit_positions] = False
    out = np.setdiff1d(facts.pending, np.concatenate([kept, facts.audit_positions]))
    return PoolView(
        features=facts.features,
        candidates=np.flatnonzero(free).astype(np.int64),
        covered=np.union1d(facts.train_positions, out).astype(np.int64),
        labelled=facts.train_positions,
        targets=facts.train_targets,
        task=config.task,
        model=model,
        weights=facts.train_weights,
        costs=quotas.costs(facts, config),
        given=facts.outside_scores,
    )


def _measure(facts: RoundFacts, config: LoopConfig, model: Model | None) -> Measured:
    if model is None or len(facts.audit_positions) == 0:
        return Measured()
    proba = predict(model, facts.features, facts.audit_positions)
    answers = evaluation.decide(proba, config.task)
    hits = evaluation.correct(answers, facts.audit_targets, config.task)
    f1 = partial(per_class.macro_f1, answers, facts.audit_targets, config.task)
    return Measured((evaluation.accuracy(hits), f1()), hits, lambda alpha: f1(alpha=alpha).low)


def _curve(facts: RoundFacts, config: LoopConfig, past: PastRound) -> LearningCurve | None:
    return measure(
        (*facts.history, past),
        facts.audit_positions,
        facts.audit_targets,
        task=config.task,
        metric=config.target_metric,
        rng=stream(facts, "curve"),
    )


def _past(
    facts: RoundFacts,
    config: LoopConfig,
    kept: IntArray,
    model: Model | None,
    measured: Measured,
) -> tuple[PastRound, FloatArray | None]:
    """What later rounds may know of this one: answers on the stop set and on audit items.

    With it the doubts of this round's model on the stop set, None without a model.
    """
    plain = PastRound(
        number=facts.number,
        n_labels=len(facts.train_positions),
        n_audit=len(facts.audit_positions),
        metrics=measured.metrics,
        has_model=model is not None,
    )
    if model is None:
        return plain, None
    stop_set = np.sort(facts.audit_order[-min(STOP_SET, facts.n_items) :])
    if isinstance(model, OutsideModel):
        stop_set, kept = (each[model.is_known(each)] for each in (stop_set, kept))
    proba = predict(model, facts.features, stop_set)
    past = replace(
        plain,
        stop_positions=stop_set,
        stop_predictions=evaluation.decide(proba, config.task),
        audit_positions=kept,
        audit_predictions=evaluation.decide(predict(model, facts.features, kept), config.task),
    )
    return past, evaluation.doubts(proba, config.task)


def _judge(
    facts: RoundFacts,
    config: LoopConfig,
    past: PastRound,
    measured: Measured,
    doubts: FloatArray | None,
    n_candidates: int,
    reserved: int,
    curve: LearningCurve | None,
) -> tuple[PastRound, tuple[Verdict, ...]]:
    """Every configured rule's verdict, and the round with the error probability it spent."""
    seen = StopFacts(
        rounds=(*facts.history, past),
        n_candidates=n_candidates,
        audit_size=reserved,
        budget_left=facts.budget_left,
        target_metric=config.target_metric,
        target_value=config.target_value,
        confidence=config.confidence,
        audit_hits=measured.hits,
        audit_counts=evaluation.class_counts(facts.audit_targets),
        f1_low=measured.f1_low,
        doubts=doubts,
        curve=curve,
    )
    verdicts = tuple(
        _verdict(seen, rule, params, is_own=facts.outside_proba is None)
        for rule, params in config.stopping.items()
    )
    spent = sum(verdict.alpha_spent for verdict in verdicts)
    return replace(past, alpha_spent=spent, held=counted(seen.rounds, verdicts)), verdicts


def _verdict(seen: StopFacts, rule: str, params: Params, *, is_own: bool) -> Verdict:
    entry = STOPPING[rule]
    if entry.of_models and not is_own:
        reason = "Not judged: what an outside model still learns is not known here."
        return Verdict(rule, False, None, None, reason)
    verdict: Verdict = resolve(entry)(seen, **entry.check_params(params, f"stopping.{rule}"))
    return verdict


def _pick(
    facts: RoundFacts,
    config: LoopConfig,
    view: PoolView,
    audits: IntArray,
    reserved: int,
    clock: Clock,
) -> tuple[tuple[Picked, ...], list[Badge]]:
    slots = picking.plan_slots(
        config,
        number=facts.number,
        queries=view.n,
        audits=len(audits),
        budget_left=facts.budget_left,
    )
    queries, badges = querying.queries(facts, config, view, slots.queries, clock)
    measured = audits[: slots.batch_audit + slots.reserve_audit]
    chance = reserved / max(facts.n_items, 1)
    mix = stream(facts, "mix")
    with clock.time("pick"):
        picks = picking.assemble(queries, measured, slots, view, chance, mix)
    got = sum(1 for pick in picks if not pick.in_reserve)
    short = health.short_batch(got, config.batch_size, budget_left=facts.budget_left)
    return picks, [*badges, *short]


def _remarks(
    facts: RoundFacts, picks: tuple[Picked, ...], audits: IntArray, reserved: int
) -> list[Badge]:
    batch = np.array([pick.position for pick in picks if not pick.in_reserve], dtype=np.int64)
    return [
        *health.unseen_classes(evaluation.class_counts(facts.train_targets)),
        *health.constant_features(facts.features),
        *health.redundancy(facts.features, batch),
        *health.audit_state(len(facts.audit_positions), reserved, len(audits)),
    ]
