"""Stopping rules: kappa by hand, looks that never spend more than alpha, verdicts."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core import agreement, evaluation, stopping
from selection.core.config import LoopConfig, default_rules
from selection.core.evaluation import clopper_pearson
from selection.core.forecast import Curve, fit_curve
from selection.core.holding import counted
from selection.core.types import CoreError, LearningCurve, Metric, PastRound, StopFacts


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
    points = [(each.n_labels, each.metrics[0]) for each in rounds if each.metrics]
    curve = sharp([n for n, _ in points], [m.value for _, m in points]) if points else None
    return replace(StopFacts(rounds, n_candidates=100, audit_size=300, curve=curve), **changes)


def sharp(labels, values):
    """Return a curve whose items leave no doubt: every resample says the same."""
    labels, values = (np.array(each, dtype=float) for each in (labels, values))
    return LearningCurve(labels, values, np.tile(values, (50, 1)), np.full(len(labels), 5000))


def judged(rule, *rounds, **params):
    """Return what the rule says at the newest round, having seen every round before it."""
    seen = ()
    for each in rounds:
        verdict = rule(facts(*seen, each), **params)
        seen = (*seen, replace(each, held=counted((*seen, each), (verdict,))))
    return verdict


def test_kappa_by_hand():
    # observed 3/4; expected 1/2 x 3/4 + 1/2 x 1/4 = 1/2; (3/4 - 1/2) / (1 - 1/2) = 1/2
    assert agreement.kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0])) == pytest.approx(0.5)


def test_kappa_of_models_that_know_one_answer_only_is_zero():
    assert agreement.kappa(np.zeros(5, int), np.zeros(5, int)) == 0.0


def test_kappa_of_different_shapes_is_refused():
    with pytest.raises(CoreError):
        agreement.kappa(np.zeros(5, int), np.zeros(4, int))


def test_three_equal_models_are_stable_and_two_are_not_enough():
    answers = [0, 1, 2, 0, 1]
    rounds = [past(number, 20 * number, answers) for number in (1, 2, 3)]

    assert stopping.stabilised(facts(*rounds), looks=1).stop
    assert not stopping.stabilised(facts(*rounds[:2]), looks=1).stop


def test_models_a_few_labels_apart_are_not_compared():
    answers = [0, 1, 2, 0, 1]
    rounds = [past(number, 20 + number, answers) for number in range(5)]

    assert stopping.stabilised(facts(*rounds)).value is None


def test_models_are_compared_on_the_items_both_answered():
    one = replace(past(1, 20, [0, 1, 1]), stop_positions=np.array([4, 5, 6]))
    two = replace(past(2, 40, [1, 0, 1]), stop_positions=np.array([5, 4, 9]))
    three = replace(past(3, 60, [0, 1]), stop_positions=np.array([4, 5]))

    # every pair shares items 4 and 5 only, all answered 0 and 1: full agreement
    assert agreement.agreement((one, two, three)) == pytest.approx(1.0)


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
        f1_low=lambda alpha: 1 - alpha,
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


def test_rule_that_goes_by_estimates_stops_at_the_second_look_in_a_row():
    same, other = [0, 1, 2, 0, 1], [0, 1, 2, 1, 0]
    rounds = [past(number, 20 * number, same) for number in range(1, 6)]

    first = judged(stopping.stabilised, *rounds[:3])
    assert (first.stop, first.looks, first.needs) == (False, 1, 2)
    assert "Held at 1 of 2 looks" in first.reason
    assert judged(stopping.stabilised, *rounds[:4]).stop
    assert not judged(stopping.stabilised, *rounds[:3], past(4, 80, other), rounds[4]).stop


def test_rounds_of_few_labels_are_one_look():
    answers = [0, 1, 2, 0, 1]
    rounds = [past(number, 60 + number, answers) for number in range(14)]
    start = [past(number, 20 * number, answers) for number in range(1, 4)]

    # The rule holds at 60 labels; 13 labels later it is still the same look.
    assert judged(stopping.stabilised, *start, *rounds[1:]).looks == 1
    assert judged(stopping.stabilised, *start, *rounds[1:], past(20, 75, answers)).looks == 2


@pytest.mark.parametrize("looks", [1, 3, 5])
def test_lead_says_how_many_looks_it_takes(looks):
    rounds = [past(number, 20 * number, [0, 1, 2]) for number in range(1, 10)]
    stops = [judged(stopping.stabilised, *rounds[:n], looks=looks).stop for n in range(1, 10)]

    # Three models are compared, so that the first look is at the third.
    assert stops.index(True) == 2 + looks - 1


def test_plateau_needs_stability_and_a_flat_curve_twice():
    answers = [0, 1, 2, 0, 1]
    flat = [past(n, 50 * n, answers, n_audit=5000, accuracy=0.9) for n in range(1, 9)]
    rising = [
        past(n, 50 * n, answers, n_audit=5000, accuracy=0.95 - 3 * (50 * n) ** -0.7)
        for n in range(1, 9)
    ]

    assert judged(stopping.plateau, *flat).stop
    assert not judged(stopping.plateau, *rising).stop
    assert not judged(stopping.plateau, *flat[:3]).stop
    assert judged(stopping.plateau, *flat[:4]).looks == 1


def test_audit_labels_needed_to_prove_a_target():
    # KL(0.9 || 0.85) = 0.9 ln(0.9/0.85) + 0.1 ln(0.1/0.15) = 0.05144 - 0.04055 = 0.01090;
    # ln(1/0.05) / 0.01090 = 274.9
    assert stopping.audit_labels_needed(0.9, 0.85, 0.05) == 275
    assert stopping.audit_labels_needed(0.85, 0.85, 0.05) is None


def test_forecast_finds_the_power_law_it_was_given():
    labels = np.array([20.0, 40, 80, 160, 320, 640])
    values = 0.95 - 2.0 * labels**-0.6

    curve = fit_curve(sharp(labels, values))

    # 0.95 - 2 x 1280^-0.6 = 0.95 - 2 x 0.01366 = 0.9227
    assert curve.at(1280)[1] == pytest.approx(0.9227, abs=1e-3)
    # 0.95 - 0.90 = 2 n^-0.6, n = 40^(1/0.6) = 468
    assert curve.labels_to(0.90)[1] == pytest.approx(468, rel=0.02)
    low, likely, high = curve.labels_to(0.90)
    assert low <= likely <= high


def test_forecast_never_promises_what_the_curve_cannot_reach():
    labels = np.array([20.0, 40, 80, 160])

    curve = fit_curve(sharp(labels, 0.8 - 2.0 * labels**-0.8))

    assert curve.labels_to(0.95)[1] == np.inf


def test_forecast_from_three_points_is_refused():
    with pytest.raises(CoreError, match="3 points of the curve; a forecast needs 4"):
        fit_curve(sharp([1, 2, 3], [0.1, 0.2, 0.3]))


def test_models_that_are_compared_span_thirty_labels_and_two_percent():
    few = [past(n, 5 * n, [0, 1]) for n in range(1, 10)]
    many = [past(n, 4000 + 20 * n, [0, 1]) for n in range(10)]

    # from 45 labels back by at least 15: 45, 30, 15
    assert [each.n_labels for each in agreement.spaced(tuple(few), 3)] == [45, 30, 15]
    # from 4180 back by at least 1 % of it, 41.8, in steps of 20: 4180, 4120, 4060
    assert [each.n_labels for each in agreement.spaced(tuple(many), 3)] == [4180, 4120, 4060]


def test_unchanged_counts_the_items_answered_differently():
    rounds = (past(1, 20, [0, 1, 2, 0]), past(2, 40, [0, 1, 2, 1]))

    # one of four items
    verdict = stopping.unchanged(facts(*rounds), share=0.2, looks=1)
    assert (verdict.stop, verdict.value) == (False, 0.25)
    assert stopping.unchanged(facts(*rounds), share=0.25, looks=1).stop
    assert not stopping.unchanged(facts(rounds[0])).stop


def test_unchanged_of_several_labels_counts_an_item_once():
    one = replace(past(1, 20), stop_positions=np.arange(2), stop_predictions=np.eye(2, dtype=int))
    two = replace(one, n_labels=40, stop_predictions=np.array([[0, 1], [0, 1]]))

    assert agreement.changed((one, two)) == 0.5


def test_doubts_are_what_is_missing_to_certainty():
    proba = np.array([[0.7, 0.2, 0.1], [0.95, 0.05, 0.0]])

    np.testing.assert_allclose(evaluation.doubts(proba, "single"), [0.3, 0.05])
    # several labels: the least sure class of each, 0.3 and 0.05 from its answer
    np.testing.assert_allclose(evaluation.doubts(proba, "multi"), [0.3, 0.05])


def test_certain_goes_by_the_mean_doubt_and_surest_by_the_largest():
    seen = facts(past(1, 20, [0]), doubts=np.array([0.0, 0.01, 0.02, 0.05]))

    # mean (0.01 + 0.02 + 0.05) / 4 = 0.02
    assert stopping.certain(seen, error=0.03, looks=1).stop
    assert not stopping.certain(seen, error=0.01).stop
    assert stopping.certain(seen).value == pytest.approx(0.02)
    assert stopping.surest(seen, error=0.05, looks=1).stop
    assert not stopping.surest(seen, error=0.04).stop


def law(rate=1.0, drop=1.0, top=1.0):
    return Curve(np.array([top]), np.array([drop]), np.array([rate]), 0)


def test_labels_for_a_gain_by_hand():
    # value 1 - 1/n: at 10 labels 0.9; 0.95 is reached at 20, 1.01 never
    assert law().labels_for_gain(10, 0.05) == pytest.approx((10, 10, 10))
    assert law().labels_for_gain(10, 0.11) == (np.inf, np.inf, np.inf)


def curve_facts():
    """Return rounds on the law 1 - 1/sqrt(n), 100,000 audit labels each, so that it is sharp."""
    return facts(*(past(n, n * n, n_audit=100_000, accuracy=1 - 1 / n) for n in (2, 4, 6, 8, 10)))


def test_poor_value_compares_the_price_of_a_point_with_the_ceiling():
    # at 100 labels 0.9; 0.91 is where 1/sqrt(n) = 0.09: 123 labels, 23 more
    assert stopping.poor_value(curve_facts(), labels=20, looks=1).stop
    assert not stopping.poor_value(curve_facts(), labels=30, looks=1).stop
    assert stopping.poor_value(curve_facts(), labels=20).value == pytest.approx(23.5, abs=2)


def test_poor_value_never_stops_without_a_ceiling_or_a_curve():
    assert not stopping.poor_value(curve_facts()).stop
    assert not stopping.poor_value(facts(past(1, 20)), labels=1).stop


def test_little_gain_looks_at_twice_the_labels():
    # 0.1 x (1 - 1/sqrt(2)) = 0.029
    verdict = stopping.little_gain(curve_facts(), gain=0.04, looks=1)
    assert verdict.stop
    assert verdict.value == pytest.approx(0.0293, abs=0.003)
    assert not stopping.little_gain(curve_facts(), gain=0.02, looks=1).stop


def test_rules_known_to_stop_too_early_or_too_late_are_judged_on_request_only():
    rules = set(default_rules())

    assert {"budget", "pool_empty", "target", "stabilised", "plateau"} <= rules
    assert not rules & {"unchanged", "certain", "surest", "little_gain"}
    config = LoopConfig(stopping={"unchanged": {"share": 0.1}})
    assert LoopConfig.from_dict(config.to_dict()) == config
