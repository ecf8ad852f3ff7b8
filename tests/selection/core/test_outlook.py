"""What more labels promise: laws by hand, ranges that hold, states that say when they do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.core.forecast import Curve, fit_curve
from selection.core.learning_curve import measure
from selection.core.outlook import Pace, look_ahead, per_point, recent_gain
from selection.core.types import LearningCurve, PastRound
from tests.selection.core.test_stopping import sharp

ALONE = Pace(opinions=1.0, audit_share=0.0, audit_left=0)


def law(top=1.0, drop=1.0, rate=1.0):
    return Curve(np.array([top]), np.array([drop]), np.array([rate]), 0)


def ahead(laws, *, now=10, pool_left=1000, target=0.95, pace=ALONE, budget_left=None):
    return look_ahead(
        laws, now=now, pool_left=pool_left, pace=pace, target=target, budget_left=budget_left
    )


def test_labels_to_the_target_are_those_still_missing():
    # 1 - 1/n = 0.95 at 20 labels; 10 are there
    outlook = ahead(law())

    assert outlook.state == "reachable"
    assert outlook.to_target == pytest.approx((10, 10, 10))


def test_audit_items_and_further_opinions_are_labels_too():
    # 10 more train; with a share of 20 % a quarter as many measure: 12.5 items, twice each
    pace = Pace(opinions=2.0, audit_share=0.2, audit_left=100)

    assert ahead(law(), pace=pace).to_target == pytest.approx((25, 25, 25))
    # only 1 audit item is left: 11 items
    assert Pace(2.0, 0.2, 1).labels(10) == pytest.approx(22)


@given(
    st.floats(0, 1e5),
    st.floats(1, 5),
    st.floats(0, 0.9),
    st.integers(0, 1000),
)
def test_labels_and_training_items_turn_into_each_other(train, opinions, share, left):
    pace = Pace(opinions, share, left)

    assert pace.train(pace.labels(train)) == pytest.approx(train, abs=1e-6)


def test_target_the_pool_is_too_small_for_is_said_to_be_beyond_it():
    assert ahead(law(), pool_left=5).state == "pool"


def test_target_above_every_law_is_never_reached():
    assert ahead(law(top=0.9)).state == "never"
    assert ahead(law(top=0.9)).to_target == (np.inf, np.inf, np.inf)


def test_target_that_half_of_the_laws_reach_is_doubtful():
    laws = Curve(np.array([0.9, 1.0]), np.ones(2), np.ones(2), 0)

    assert ahead(laws).state == "doubtful"


def test_target_below_the_curve_is_there():
    assert ahead(law(), target=0.85).state == "there"


def test_value_at_the_end_of_the_budget():
    # 30 labels more: 1 - 1/40
    step = ahead(law(), budget_left=30).at_budget

    assert step.labels == 30
    assert step.value == pytest.approx((0.975, 0.975, 0.975))


def test_budget_beyond_the_pool_ends_with_the_pool():
    assert ahead(law(), pool_left=10, budget_left=500).at_budget.labels == 10


def test_path_ends_at_twice_the_labels_or_with_the_pool():
    assert ahead(law()).path[-1].labels == pytest.approx(10)
    assert ahead(law(), pool_left=4).path[-1].labels == pytest.approx(4)
    assert ahead(law(), budget_left=90).path[-1].labels == pytest.approx(90)
    assert ahead(law(), pool_left=0).path == ()


def test_recent_gain_is_that_of_the_last_doubling():
    # value = 0.1 x log2(labels): a doubling gains 0.1, whatever the scale
    labels = np.array([10.0, 20, 40, 60, 80])

    gained = recent_gain(sharp(labels, 0.1 * np.log2(labels)))

    assert (gained.first, gained.last) == (40, 80)
    assert gained.gain[1] == pytest.approx(0.1)
    assert gained.gain[0] < 0.1 < gained.gain[2]


def test_recent_gain_needs_three_models():
    assert recent_gain(sharp([10, 30, 60], [0.5, 0.6, 0.7])) is None


def test_price_of_a_point_by_hand():
    # 60 labels for 2 points: 30 each; at 4 points 15; where nothing may have been gained no end
    assert per_point(60, (0.0, 0.02, 0.04)) == pytest.approx((15, 30, np.inf))


def past(number, n_labels, positions, answers, has_model=True):
    return PastRound(
        number, n_labels, 0, has_model=has_model, audit_positions=np.array(positions),
        audit_predictions=np.array(answers),
    )  # fmt: skip


def test_models_are_measured_on_the_audit_labels_they_were_asked_about():
    rounds = [
        past(0, 0, [1, 2], [0, 0], has_model=False),
        past(1, 10, [1, 2, 9], [0, 0, 0]),
        past(2, 20, [1, 2, 3], [0, 1, 1]),
    ]
    targets = np.eye(2)[[0, 1, 0]]

    found = measure(
        rounds, np.array([1, 2, 3]), targets, task="single", metric="accuracy",
        rng=np.random.default_rng(0),
    )  # fmt: skip

    # 1 of items 1, 2 right; then 2 of items 1, 2, 3
    np.testing.assert_allclose(found.values, [1 / 2, 2 / 3])
    np.testing.assert_array_equal(found.n, [2, 3])
    np.testing.assert_array_equal(found.labels, [10, 20])


def test_luck_of_the_audit_items_moves_all_models_together():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 200)
    answers = np.where(rng.random(200) < 0.7, truth, 1 - truth)
    better = answers.copy()
    better[:20] = truth[:20]
    rounds = [past(1, 10, np.arange(200), answers), past(2, 20, np.arange(200), better)]

    found = measure(
        rounds, np.arange(200), np.eye(2)[truth], task="single", metric="accuracy", rng=rng
    )

    alone, apart = found.samples.std(axis=0), (found.samples[:, 1] - found.samples[:, 0]).std()
    assert apart < 0.6 * alone[0]


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.55, 0.95),
    st.floats(0.2, 2.0),
    st.floats(0.2, 1.2),
    st.integers(4, 30),
    st.integers(0, 10_000),
)
def test_ranges_are_ordered_and_fits_obey_their_bounds(top, drop, rate, n_models, seed):
    rng = np.random.default_rng(seed)
    labels = 20.0 * np.arange(1, n_models + 1)
    values = np.clip(top - drop * labels**-rate, 0, 1)
    samples = np.clip(values + 0.05 * rng.standard_normal((50, 1)), 0, 1)
    laws = fit_curve(LearningCurve(labels, values, samples, np.full(n_models, 100)))

    assert (laws.drop >= 0).all()
    assert (laws.top <= 1 + 1e-9).all()
    now = labels[-1]
    for low, likely, high in (
        laws.at(2 * now),
        laws.gain_of_doubling(now),
        laws.labels_to(0.9),
        laws.labels_for_gain(now, 0.01),
    ):
        assert low <= likely <= high
    assert laws.at(4 * now)[1] >= laws.at(now)[1] - 1e-9
