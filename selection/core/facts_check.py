"""Refuse facts that contradict each other, before anything is computed from them."""

import numpy as np

from selection.core.types import FactsError, IntArray, RoundFacts, Task


def check(facts: RoundFacts, reserved: int, task: Task) -> None:
    """Raise FactsError, naming value and limit, unless the facts keep every promise.

    Shapes: as in RoundFacts; reserved leading items of audit_order. Unit: positions. Errors:
    FactsError. Source: design of the loop: an audit item never trains a model.
    """
    _check_sizes(facts)
    _check_positions(facts)
    _check_targets(facts, task)
    _check_audit(facts, reserved)


def _check_sizes(facts: RoundFacts) -> None:
    n = facts.n_items
    _require(facts.number >= 0 and facts.seed >= 0, "number and seed must not be negative")
    _require(facts.n_classes >= 0, f"{facts.n_classes} classes")
    shape = facts.unavailable.shape
    _require(shape == (n,), f"unavailable: shape {shape} for {n} items")
    for name in ("train", "audit"):
        positions, targets = getattr(facts, f"{name}_positions"), getattr(facts, f"{name}_targets")
        expected = (len(positions), facts.n_classes)
        _require(targets.shape == expected, f"{name}_targets: {targets.shape}, not {expected}")
    weights = facts.train_weights
    _require(weights.shape == facts.train_positions.shape, f"train_weights: {weights.shape}")
    _require(bool((weights > 0).all()), "train_weights must be above 0")
    _check_optional(facts, n, int(facts.features.shape[1]))


def _check_optional(facts: RoundFacts, n: int, width: int) -> None:
    total = sum(facts.blocks)
    _require(not facts.blocks or total == width, f"blocks sum to {total}, not {width} columns")
    vectors, seconds = facts.class_vectors, facts.seconds
    if vectors is not None:
        _require(vectors.shape == (facts.n_classes, width), f"class_vectors: {vectors.shape}")
        _require(bool(np.isfinite(vectors).all()), "class_vectors must be finite")
    if seconds is not None:
        _require(seconds.shape == (n,), f"seconds: shape {seconds.shape} for {n} items")
        inside = bool(((seconds > 0) & np.isfinite(seconds)).all())
        _require(inside, "seconds must be above 0 and finite")
    _check_outside(facts, n)
    answers = facts.train_answers
    if answers is not None:
        _require(answers.shape == facts.train_positions.shape, f"train_answers: {answers.shape}")
        _require(bool((answers > 0).all()), "train_answers must be above 0")
    settled = facts.train_settled
    if settled is not None:
        _require(settled.shape == facts.train_positions.shape, f"train_settled: {settled.shape}")
    sure, skill = facts.train_sure, facts.skill
    if sure is not None:
        _require(sure.shape == facts.train_positions.shape, f"train_sure: {sure.shape}")
        _require(bool(((sure > 0) & (sure <= 1)).all()), "train_sure must be in (0, 1]")
    _require(skill is None or 0 < skill <= 1, f"skill must be in (0, 1], not {skill}")


def _check_outside(facts: RoundFacts, n: int) -> None:
    scores, proba = facts.outside_scores, facts.outside_proba
    if scores is not None:
        _require(scores.shape == (n,), f"outside_scores: shape {scores.shape} for {n} items")
        _require(not bool(np.isinf(scores).any()), "outside_scores must be finite, or NaN for none")
    if proba is None:
        return
    expected = (n, facts.n_classes)
    _require(proba.shape == expected, f"outside_proba: {proba.shape}, not {expected}")
    said = proba[~np.isnan(proba).all(axis=1)]
    _require(bool(((said >= 0) & (said <= 1)).all()), "outside_proba must lie in [0, 1]")
    spoken = ~np.isnan(proba[facts.audit_positions]).any(axis=1)
    _require(bool(spoken.all()), "audit_positions hold items the outside model says nothing of")


def _check_positions(facts: RoundFacts) -> None:
    n = facts.n_items
    message = f"audit_order must hold each of the {n} positions once"
    order = facts.audit_order
    _require(len(order) == n and bool(((order >= 0) & (order < n)).all()), message)
    is_there = np.zeros(n, dtype=np.bool_)
    is_there[order] = True
    _require(bool(is_there.all()), message)
    for name in ("train_positions", "audit_positions", "pending", "seeds"):
        positions: IntArray = getattr(facts, name)
        inside = bool(((positions >= 0) & (positions < n)).all())
        _require(inside, f"{name} must lie in 0..{n - 1}")
        _require(len(np.unique(positions)) == len(positions), f"{name} repeats a position")


def _check_targets(facts: RoundFacts, task: Task) -> None:
    for name in ("train_targets", "audit_targets"):
        targets = getattr(facts, name)
        inside = bool(((targets >= 0) & (targets <= 1)).all())
        _require(inside, f"{name} must lie in [0, 1]")
        sums = targets.sum(axis=1)
        whole = task == "multi" or bool(np.allclose(sums, 1, atol=1e-6))
        _require(whole, f"{name}: rows must sum to 1 when the task is single")


def _check_audit(facts: RoundFacts, reserved: int) -> None:
    _require(0 <= reserved <= facts.n_items, f"{reserved} audit items of {facts.n_items}")
    kept = facts.audit_order[:reserved]
    for other, name in ((kept, "reserved audit items"), (facts.audit_positions, "audit items")):
        both = np.intersect1d(facts.train_positions, other)
        _require(len(both) == 0, f"{len(both)} {name} among the training items, first {both[:1]}")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise FactsError(message)
