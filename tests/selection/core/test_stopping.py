"""Stopping rules: kappa by hand, looks that never spend more than alpha, verdicts."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core import stopping
from selection.core.evaluation import clopper_pearson
from selection.core.forecast import fit_curve
from selection.core.types import CoreError, Metric, PastRound, StopFacts


def past(number, n_labels, answers=None, n_audit=0, alpha=0.0, accuracy=None):
    answers = np.array([] if answers is None else answers, dtype=np.int64)
    metrics = () if accuracy is None else (Metric("accuracy", accuracy, 0.0, 1.0, n_audit),)
    return PastRound(
        number,
        n_labels,
        n_audit,
        metrics=metrics,
        alpha_spent=alpha,
        stop_positions=np.arange(len(answers)),
        stop_predictions=answers,
    )


def facts(*rounds, **changes):
    return replace(StopFacts(rounds, n_candidates=100, audit_size=300), **changes)


def test_kappa_by_hand():
    # observed 3/4; expected 1/2 x 3/4 + 1/2 x 1/4 = 1/2; (3/4 - 1/2) / (1 - 1/2) = 1/2
    assert stopping.kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0])) == pytest.approx(0.5)


def test_kappa_of_models_that_know_one_answer_only_is_zero():
    assert stopping.kappa(np.zeros(5, int), np.zeros(5, int)) == 0.0


def test_kappa_of_different_shapes_is_refused():
    with pytest.raises(CoreError):
        stopping.kappa(np.zeros(5, int), np.zeros(4, int))


def test_three_equal_models_are_stable_and_two_are_not_enough():
    answers = [0, 1, 2, 0, 1]
    rounds = [past(number, 20 * number, answers) for number in (1, 2, 3)]

    assert stopping.stabilised(facts(*rounds)).stop
    assert not stopping.stabilised(facts(*rounds[:2])).stop


def test_models_a_few_labels_apart_are_not_compared():
    answers = [0, 1, 2, 0, 1]
    rounds = [past(number, 20 + number, answers) for number in range(5)]

    assert stopping.stabilised(facts(*rounds)).value is None


def test_models_are_compared_on_the_items_both_answered():
    one = replace(past(1, 20, [0, 1, 1]), stop_positions=np.array([4, 5, 6]))
    two = replace(past(2, 40, [1, 0, 1]), stop_positions=np.array([5, 4, 9]))
    three = replace(past(3, 60, [0, 1]), stop_positions=np.array([4, 5]))

    # every pair shares items 4 and 5 only, all answered 0 and 1: full agreement
    assert stopping.agreement((one, two, three)) == pytest.approx(1.0)


def test_budget_stops_at_zero_and_never_without_a_limit():
    assert stopping.budget(facts(past(0, 0), budget_left=0)).stop
    assert not stopping.budget(facts(past(0, 0), budget_left=1)).stop
    assert not stopping.budget(facts(past(0, 0))).stop


def test_first_certified_look_waits_for_fifty_audit_labels():
    assert stopping.look_alpha((past(1, 80, n_audit=49),), 300, 0.05) == 0
    assert stopping.look_alpha((past(1, 80, n_audit=50),), 300, 0.05) == pytest.approx(0.05 / 16)


def test_next_look_waits_for_half_as_many_again():
    first = past(1, 200, n_audit=50, alpha=0.05 / 16)

    assert stopping.look_alpha((first, past(2, 300, n_audit=74)), 300, 0.05) == 0
    assert stopping.look_alpha((first, past(2, 300, n_audit=75)), 300, 0.05) > 0


def test_all_looks_together_never_spend_more_than_alpha():
    rounds, spent = (), 0.0
    for number in range(400):
        current = past(number, 16 * (number + 1) ** 2, n_audit=min(4 * number, 300))
        alpha = stopping.look_alpha((*rounds, current), 300, 0.05)
        rounds = (*rounds, replace(current, alpha_spent=alpha))
        spent += alpha

    assert 0.025 < spent <= 0.05


def test_target_is_certified_by_the_exact_bound_of_the_look():
    hits = np.ones(50, dtype=bool)
    seen = facts(past(1, 200, n_audit=50), target_value=0.85, audit_hits=hits)

    verdict = stopping.target(seen)

    # 50 of 50 right at alpha 0.05 / 16: 0.003125^(1/50) = 0.891
    assert verdict.stop
    assert verdict.value == pytest.approx(0.003125 ** (1 / 50))
    assert verdict.alpha_spent == pytest.approx(0.05 / 16)


def test_target_is_not_certified_by_a_good_mean_alone():
    hits = np.arange(50) >= 5  # 45 of 50: 0.90
    seen = facts(past(1, 200, n_audit=50), target_value=0.85, audit_hits=hits)

    verdict = stopping.target(seen)

    assert not verdict.stop
    assert verdict.value == pytest.approx(clopper_pearson(45, 50, 0.05 / 16)[0])


def test_macro_f1_is_not_certified_from_a_class_with_few_audit_labels():
    seen = facts(
        past(1, 200, n_audit=60),
        target_metric="macro_f1",
        target_value=0.5,
        audit_hits=np.ones(60, dtype=bool),
        audit_counts=np.array([57.0, 3.0]),
        f1_samples=np.ones(2000),
    )

    verdict = stopping.target(seen)

    assert not verdict.stop
    assert verdict.alpha_spent == 0
    assert stopping.target(replace(seen, audit_counts=np.array([55.0, 5.0]))).stop


def test_checking_after_every_batch_errs_less_often_than_promised():
    # A model stuck exactly at the target of 0.85: any certificate is false.
    rng = np.random.default_rng(0)
    false = 0
    for _ in range(200):
        hits, rounds = rng.random(300) < 0.85, ()
        for n_audit in range(10, 301, 10):
            current = past(n_audit, 10 * n_audit, n_audit=n_audit)
            seen = facts(*rounds, current, target_value=0.85, audit_hits=hits[:n_audit])
            verdict = stopping.target(seen)
            rounds = (*rounds, replace(current, alpha_spent=verdict.alpha_spent))
            if verdict.stop:
                false += 1
                break

    assert false <= 10  # 5 % of 200


def test_plateau_needs_stability_twice_and_a_flat_curve():
    answers = [0, 1, 2, 0, 1]
    flat = [past(n, 50 * n, answers, n_audit=5000, accuracy=0.9) for n in range(1, 9)]
    rising = [
        past(n, 50 * n, answers, n_audit=5000, accuracy=0.95 - 3 * (50 * n) ** -0.7)
        for n in range(1, 9)
    ]

    assert stopping.plateau(facts(*flat)).stop
    assert not stopping.plateau(facts(*rising)).stop
    assert not stopping.plateau(facts(*flat[:3])).stop


def test_audit_labels_needed_to_prove_a_target():
    # KL(0.9 || 0.85) = 0.9 ln(0.9/0.85) + 0.1 ln(0.1/0.15) = 0.05144 - 0.04055 = 0.01090;
    # ln(1/0.05) / 0.01090 = 274.9
    assert stopping.audit_labels_needed(0.9, 0.85, 0.05) == 275
    assert stopping.audit_labels_needed(0.85, 0.85, 0.05) is None


def test_forecast_finds_the_power_law_it_was_given():
    labels = np.array([20.0, 40, 80, 160, 320, 640])
    values = 0.95 - 2.0 * labels**-0.6

    curve = fit_curve(labels, values, np.full(6, 1e6))

    # 0.95 - 2 x 1280^-0.6 = 0.95 - 2 x 0.01366 = 0.9227
    assert curve.at(1280)[1] == pytest.approx(0.9227, abs=1e-3)
    # 0.95 - 0.90 = 2 n^-0.6, n = 40^(1/0.6) = 468
    assert curve.labels_to(0.90)[1] == pytest.approx(468, rel=0.02)
    low, likely, high = curve.labels_to(0.90)
    assert low <= likely <= high


def test_forecast_never_promises_what_the_curve_cannot_reach():
    labels = np.array([20.0, 40, 80, 160])

    curve = fit_curve(labels, 0.8 - 2.0 * labels**-0.8, np.full(4, 1e6))

    assert curve.labels_to(0.95)[1] == np.inf


def test_forecast_from_three_points_is_refused():
    with pytest.raises(CoreError, match="3 points of the curve; a forecast needs 4"):
        fit_curve(np.array([1.0, 2, 3]), np.array([0.1, 0.2, 0.3]), np.ones(3))
