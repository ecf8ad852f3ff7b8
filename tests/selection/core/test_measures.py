"""What is said of the current model: the estimate that speaks, and what it leans on."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core import crossfit, measures
from selection.core.config import LoopConfig
from selection.core.loop import run_round
from tests.selection.core.worlds import blobs, facts_of

CONFIG = LoopConfig(batch_size=10)


def world(n_audit, *, n_train=40, n_per_class=150):
    """Facts with so many audit and training labels, the model of their round, and its measures."""
    X, classes = blobs(n_per_class=n_per_class, spread=0.5)
    order = np.random.default_rng(7).permutation(len(X))
    reserved = len(X) // 4
    facts = facts_of(
        X,
        classes,
        train=order[reserved : reserved + n_train],
        audit=order[:n_audit],
        audit_reserved=reserved,
    )
    result = run_round(facts, CONFIG)
    found = measures.measure(
        facts, CONFIG, result.model, reserved=reserved, choice=result.past.choice
    )
    return facts, result, found


def test_exact_estimate_speaks_below_fifty_labels_and_the_assisted_one_from_there_on():
    _, _, few = world(49)
    _, _, many = world(50)

    assert (few.speaks, few.accuracy) == ("exact", few.exact)
    assert (many.speaks, many.accuracy) == ("assisted", many.assisted)
    # 450 items, 112 of them reserved
    assert many.n_reference == 338


def test_answers_do_not_choose_who_speaks():
    assert measures.speaker(50, 200) == "assisted"
    assert measures.speaker(49, 20_000) == "exact"
    assert measures.speaker(300, 199) == "exact"


def test_exact_estimate_is_that_of_the_round():
    _, result, found = world(80)

    assert found.exact == next(each for each in result.metrics if each.name == "accuracy")


def test_nothing_is_measured_without_a_model_or_without_labels():
    facts, result, _ = world(20)
    nobody = replace(
        facts, audit_positions=facts.audit_positions[:0], audit_targets=facts.audit_targets[:0]
    )

    assert measures.measure(facts, CONFIG, None, reserved=112, choice={}) is None
    assert measures.measure(nobody, CONFIG, result.model, reserved=112, choice={}) is None


def test_trained_items_are_judged_by_models_that_never_saw_them():
    facts, result, _ = world(60)
    wrong = np.roll(facts.train_targets, 1, axis=1)

    kept = facts.audit_order[:112]
    fresh = crossfit.held_out(facts, CONFIG, kept, result.past.choice)
    first = np.arange(len(wrong)) == 0
    swapped = replace(facts, train_targets=np.where(first[:, None], wrong, facts.train_targets))
    again = crossfit.held_out(swapped, CONFIG, kept, result.past.choice)

    # The first item's own answer moves the predictions of others, never its own.
    assert again[0] == pytest.approx(fresh[0])
    assert not np.allclose(again, fresh)


def test_too_few_labels_to_hold_any_out_leave_the_exact_estimate():
    facts, _, found = world(60, n_train=7)

    assert crossfit.held_out(facts, CONFIG, facts.audit_order[:112], {}) is None
    assert (found.speaks, found.assisted) == ("exact", None)


def test_pool_that_was_mostly_trained_on_is_not_leaned_on():
    # 338 items behind the audit items: 67 are a fifth of them, 68 are more
    _, _, few = world(60, n_train=67)
    _, _, many = world(60, n_train=68)

    assert (few.speaks, many.speaks) == ("assisted", "exact")


def test_expected_correctness_of_several_classes_is_that_all_are_right():
    # max(p, 1 - p) of each: 0.9 * 0.8
    assert measures.expected_correct(np.array([[0.9, 0.2]]), "multi") == pytest.approx([0.72])
    assert measures.expected_correct(np.array([[0.7, 0.3]]), "single") == pytest.approx([0.7])
