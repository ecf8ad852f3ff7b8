"""Rounds that go by predictions or scores made outside."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core.catalog import STRATEGIES, ConfigError
from selection.core.config import LoopConfig
from selection.core.loop import run_round
from selection.core.outside import OutsideModel, measurable
from selection.core.telling import tell
from selection.core.types import CoreError, FactsError
from tests.selection.core.worlds import blobs, facts_of

RESERVED = 30  # a quarter of 120 items
BY_ANSWERS = [
    name for name, each in STRATEGIES.items() if not each.own_model and "single" in each.tasks
]


def codes(result):
    return {badge.code for badge in result.health}


def queries(result):
    return [pick for pick in result.picks if pick.purpose == "query"]


@pytest.fixture
def world():
    """Return facts with labels and what an outside model says: right, doubtful in the last half."""
    X, classes = blobs()
    order = facts_of(X, classes).audit_order
    facts = facts_of(X, classes, train=order[RESERVED : RESERVED + 12], audit=order[:10])
    proba = np.where(np.eye(3)[classes] > 0, 0.9, 0.05)
    proba[60:] = np.where(np.eye(3)[classes[60:]] > 0, 0.4, 0.3)
    return facts, proba


def with_proba(facts, proba, known=None):
    proba = proba.copy()
    if known is not None:
        proba[~known] = np.nan
    return measurable(replace(facts, outside_proba=proba))


OUTSIDE = LoopConfig(strategy="margin", predictions="bert")


def test_queue_goes_by_the_probabilities_from_outside(world):
    facts, proba = world

    result = run_round(with_proba(facts, proba), OUTSIDE)

    # The margin of 0.4, 0.3, 0.3 is small, that of 0.9, 0.05, 0.05 large: only the first are asked.
    assert queries(result)
    assert all(pick.position >= 60 for pick in queries(result))
    assert all(pick.confidence == pytest.approx(0.4) for pick in queries(result))
    assert isinstance(result.model, OutsideModel)


def test_outside_model_is_measured_on_audit_labels(world):
    facts, proba = world
    wrong = facts.audit_positions[:2]
    proba[wrong] = np.roll(proba[wrong], 1, axis=1)

    result = run_round(with_proba(facts, proba), OUTSIDE)

    # 8 of 10 right; Clopper and Pearson: 44.4 % to 97.5 %
    accuracy = next(each for each in result.metrics if each.name == "accuracy")
    assert (accuracy.value, accuracy.n) == (0.8, 10)
    assert accuracy.low == pytest.approx(0.4439, abs=1e-4)
    assert accuracy.high == pytest.approx(0.9748, abs=1e-4)


def test_audit_labels_of_items_it_says_nothing_of_measure_nothing(world):
    facts, proba = world
    known = np.ones(len(proba), dtype=bool)
    known[facts.audit_positions[:4]] = False

    result = run_round(with_proba(facts, proba, known), OUTSIDE)

    assert result.metrics[0].n == 6
    assert not np.isin(facts.audit_positions[:4], result.past.audit_positions).any()


def test_items_without_a_prediction_wait_behind_the_others_and_that_is_said(world):
    facts, proba = world
    known = np.arange(120) >= 60

    result = run_round(with_proba(facts, proba, known), OUTSIDE)

    assert all(known[pick.position] for pick in queries(result))
    assert "not_ranked" in codes(result)


def test_where_the_ranked_items_run_out_the_cold_start_picks_and_that_is_said(world):
    facts, proba = world
    known = np.zeros(120, dtype=bool)
    known[facts.audit_order[60:65]] = True

    result = run_round(with_proba(facts, proba, known), OUTSIDE)

    asked = queries(result)
    assert [known[pick.position] for pick in asked[:5]] == [True] * 5
    assert {pick.reason.code for pick in asked[5:]} == {"typical"}
    assert all(pick.predicted is None and pick.score is None for pick in asked[5:])
    badge = next(each for each in result.health if each.code == "not_ranked")
    assert badge.numbers == (73, 78, len(asked) - 5)  # 120 - 30 reserved - 12 labelled = 78


def test_predictions_rank_before_the_first_label():
    X, classes = blobs()
    facts = facts_of(X, classes)
    proba = np.where(np.eye(3)[classes] > 0, 0.4, 0.3)

    result = run_round(with_proba(facts, proba), OUTSIDE)

    assert "fallback" not in codes(result)
    assert all(pick.score is not None for pick in queries(result))


@pytest.mark.parametrize("name", BY_ANSWERS)
def test_strategy_that_asks_for_answers_only_runs_on_predictions_from_outside(world, name):
    facts, proba = world
    facts = replace(facts, outside_scores=np.linspace(0, 1, 120))
    known = np.arange(120) >= 20

    result = run_round(with_proba(facts, proba, known), LoopConfig(strategy=name, predictions="x"))

    assert len(result.batch) == 20


def test_strategy_that_asks_the_model_itself_is_refused():
    with pytest.raises(ConfigError, match="bald.*only predictions are known"):
        LoopConfig(strategy="bald", predictions="bert")


def test_outside_model_has_no_rows_to_be_asked_about(world):
    with pytest.raises(CoreError, match="only the predictions are known"):
        OutsideModel(world[1]).predict_proba(np.ones((2, 6)))


def test_configuration_without_the_predictions_it_names_fails(world):
    with pytest.raises(FactsError, match="'bert': outside predictions are not given"):
        run_round(world[0], OUTSIDE)


def test_rules_about_the_growth_of_models_are_not_judged_but_the_target_is(world):
    facts, proba = world
    config = replace(OUTSIDE, target_value=0.9)

    verdicts = {each.rule: each for each in run_round(with_proba(facts, proba), config).verdicts}

    assert "outside model" in verdicts["plateau"].reason
    assert not verdicts["stabilised"].stop
    assert "outside model" not in verdicts["target"].reason


def test_scores_from_outside_rank_highest_first_and_own_models_go_on_learning(world):
    facts, _ = world
    scores = np.full(120, np.nan)
    scores[40:] = np.arange(80)
    config = LoopConfig(strategy="outside_score", scores="heuristic", duplicate_cosine=1.0)

    result = run_round(replace(facts, outside_scores=scores), config)

    asked = [pick.score for pick in queries(result)]
    assert asked == sorted(asked, reverse=True)
    assert asked[0] == max(
        s for i, s in enumerate(scores) if i in {p.position for p in queries(result)}
    )
    assert {pick.reason.code for pick in queries(result)} == {"scored"}
    assert result.model is not None
    assert not isinstance(result.model, OutsideModel)
    assert "not_ranked" in codes(result)


def test_annotators_are_told_nothing_where_the_outside_model_is_silent_about_some(world):
    facts, proba = world
    known = np.arange(120) >= 60
    facts = with_proba(facts, proba, known)

    told = tell(
        facts, OutsideModel(facts.outside_proba), "single", np.array([1, 70, 80]),
        is_drawn=np.array([True, False, False]), sample=np.array([90, 91]),
        rng=np.random.default_rng(0),
    )  # fmt: skip

    assert len({each.code for each in told}) == 1
    assert all(each.expected is None for each in told)


def test_same_facts_with_predictions_give_the_same_batch(world):
    facts, proba = world
    config = LoopConfig(predictions="bert")

    first, again = (run_round(with_proba(facts, proba), config) for _ in range(2))

    assert first.picks == again.picks
