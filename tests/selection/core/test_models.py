"""Fitting soft labels, the linear model as arrays, and strategies by hand."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core import chunks
from selection.core.batches import clusters, coverage, ranking, spread
from selection.core.calibration import cooled, temperature
from selection.core.coldstart import typical
from selection.core.estimators import expand, fit, logistic
from selection.core.herding import covered_by, herd, neighbour_width, typical_width
from selection.core.linear import LinearModel
from selection.core.strategies import diversity, uncertainty
from selection.core.types import CoreError, NeedsTwoClassesError, PoolView, ScoreError
from tests.selection.core.worlds import blobs, view_of

RNG = np.random.default_rng


def points_view(X, covered=()):
    X = np.asarray(X, dtype=np.float32)
    covered = np.asarray(covered, dtype=np.int64)
    candidates = np.setdiff1d(np.arange(len(X)), covered)
    return PoolView(X, candidates, covered, covered, np.empty((0, 2)))


def proba_view(proba, task="single"):
    proba = np.asarray(proba)
    view = points_view(np.zeros((len(proba), 2)))
    return replace(view, proba=proba, task=task)


# Uncertainty, by hand


def test_nearly_certain_items_keep_their_order():
    # The probabilities of the first class round to 1 in float32; the others do not round to 0.
    scores = np.array([[20.0, 0.0, 0.0], [25.0, 0.0, 0.0], [30.0, 0.0, 0.0]], dtype=np.float32)
    proba = LinearModel(np.eye(3), np.zeros(3), np.arange(3), 3).predict_proba(scores)

    margins = uncertainty.margin(proba_view(proba), rng=RNG(0))
    doubts = uncertainty.least_confidence(proba_view(proba), rng=RNG(0))

    assert proba[:, 0].tolist() == [1, 1, 1]
    assert (np.diff(margins) < 0).all()
    assert (np.diff(doubts) < 0).all()


def test_margin_entropy_and_least_confidence_by_hand():
    view = proba_view([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]])

    assert uncertainty.margin(view, rng=RNG(0)) == pytest.approx([0.8, 0.0])
    assert uncertainty.least_confidence(view, rng=RNG(0)) == pytest.approx([0.5, 0.0])
    # -(0.5 ln 0.5 + 0.3 ln 0.3 + 0.2 ln 0.2) / ln 3 = 1.02965 / 1.09861 = 0.93723
    assert uncertainty.entropy(view, rng=RNG(0)) == pytest.approx([0.93723, 0.0], abs=1e-5)


def test_multi_label_scores_by_hand():
    view = proba_view([[0.5, 0.9], [0.8, 0.1]], task="multi")

    # least sure class: 1 - |2 x 0.5 - 1| = 1 and 1 - |2 x 0.8 - 1| = 0.4
    assert uncertainty.margin(view, rng=RNG(0)) == pytest.approx([1.0, 0.4])
    # means: (1 + 0.2) / 2 and (0.4 + 0.2) / 2
    assert uncertainty.mean_margin(view, rng=RNG(0)) == pytest.approx([0.6, 0.3])
    # 1 - 0.5 x 0.9 and 1 - 0.8 x 0.9
    assert uncertainty.least_confidence(view, rng=RNG(0)) == pytest.approx([0.55, 0.28])


def test_uncertainty_without_probabilities_or_a_second_class_is_refused():
    view = proba_view([[1.0]])

    with pytest.raises(NeedsTwoClassesError):
        uncertainty.margin(view, rng=RNG(0))
    with pytest.raises(ScoreError):
        uncertainty.margin(replace(view, proba=None), rng=RNG(0))


# Diversity, by hand


def test_farthest_first_scores_distance_to_the_nearest_covered_item():
    view = points_view([[0, 0], [3, 4], [0, 1], [6, 8]], covered=[0])

    assert diversity.farthest_first(view, rng=RNG(0)) == pytest.approx([5, 1, 10])


def test_farthest_batch_keeps_away_from_its_own_picks():
    # On a line at 1, 9, 10, 5 with 0 covered: first 10, then 5 (5 away), then 9 and 1 (1 away).
    view = points_view([[0.0], [1.0], [9.0], [10.0], [5.0]], covered=[0])
    scores = diversity.farthest_first(view, rng=RNG(0))

    picked = spread.farthest(scores, view, 2, rng=RNG(0))

    assert view.features[view.candidates[picked]].ravel().tolist() == [10.0, 5.0]


def test_farthest_batch_reads_the_pool_seldom_and_equals_the_plain_search(monkeypatch):
    X = RNG(4).standard_normal((500, 3)).astype(np.float32)
    view = points_view(X, covered=[0])
    scores = diversity.farthest_first(view, rng=RNG(0))
    monkeypatch.setattr(spread, "WORKING_SET", 40)

    picked = spread.farthest(scores, view, 30, rng=RNG(0))

    far, expected = np.linalg.norm(X[1:] - X[0], axis=1), []
    for _ in range(30):
        expected.append(int(far.argmax()))
        far = np.minimum(far, np.linalg.norm(X[1:] - X[1 + expected[-1]], axis=1))
    assert picked.tolist() == expected


def test_diverse_batch_weighs_score_against_distance():
    # Distances to 0 are 1, 2, 3; times score 1, 0.9, 0.1: 1, 1.8, 0.3.
    view = points_view([[0.0], [1.0], [2.0], [3.0]], covered=[0])

    picked = spread.diverse(np.array([1.0, 0.9, 0.1]), view, 1, rng=RNG(0))

    assert view.candidates[picked].tolist() == [2]


def test_diverse_batch_never_leaves_its_shortlist():
    X, _ = blobs()
    view = points_view(X)
    scores = np.arange(view.n, dtype=float)

    picked = spread.diverse(scores, view, 5, rng=RNG(0), shortlist=2)

    assert picked.min() >= view.n - 10


def test_top_batch_is_sorted_and_breaks_ties_by_chance():
    scores = np.array([0.0, 3.0, 1.0, 1.0, 1.0, 2.0])
    view = points_view(np.zeros((6, 1)))

    batch = [ranking.top(scores, view, 3, rng=RNG(seed)).tolist() for seed in range(30)]

    assert {tuple(picked[:2]) for picked in batch} == {(1, 5)}
    assert {picked[2] for picked in batch} == {2, 3, 4}


# Herding


def test_herding_picks_the_item_that_covers_most_and_then_what_is_left():
    # Three items at 0, two at 10: one pick covers the three, the next the two.
    X = np.array([[0.0], [0.0], [0.0], [10.0], [10.0]], dtype=np.float32)

    picked, gains = herd(X, X, np.ones(5), np.zeros(5), 3, width=1.0)

    assert X[picked].ravel().tolist() == [0.0, 10.0, 0.0]
    assert gains == pytest.approx([0.6, 0.4, 0.0], abs=1e-6)


def test_lazy_herding_equals_the_plain_greedy_search():
    X, _ = blobs(n_per_class=30)
    kernel = np.exp(-((X[:, None] - X[None]) ** 2).sum(-1) / 0.5**2)
    coverage, expected = np.zeros(len(X)), []
    for _ in range(8):
        gains = np.maximum(kernel - coverage, 0).sum(axis=1)
        expected.append(int(gains.argmax()))
        coverage = np.maximum(coverage, kernel[expected[-1]])

    picked, gains = herd(X, X, np.ones(len(X)), np.zeros(len(X)), 8, width=0.5)

    assert picked.tolist() == expected
    assert (np.diff(gains) <= 1e-6).all()


def test_covered_items_are_not_covered_again():
    X = np.array([[0.0], [10.0]], dtype=np.float32)
    coverage = covered_by(X, X[:1], 1.0)

    picked, _ = herd(X, X, np.ones(2), coverage, 1, width=1.0)

    assert coverage == pytest.approx([1.0, 0.0])
    assert picked.tolist() == [1]


def test_width_of_centred_unit_rows_is_one_and_of_equal_rows_too():
    X = np.vstack([np.eye(3), -np.eye(3)]).astype(np.float32)

    assert typical_width(X) == pytest.approx(1.0)
    assert typical_width(np.ones((5, 3), dtype=np.float32)) == 1.0


def test_cold_start_skips_the_region_that_is_covered():
    X, classes = blobs()
    covered = np.flatnonzero(classes == 0)
    view = points_view(X, covered=covered)

    picked = typical(view, 2, rng=RNG(0))

    assert {int(classes[p]) for p in view.candidates[picked]} == {1, 2}


# Estimators


def test_soft_labels_become_weighted_rows():
    items, classes, amounts = expand(np.array([[0.25, 0.75], [1.0, 0.0]]), np.array([2.0, 1.0]))

    assert items.tolist() == [0, 0, 1]
    assert classes.tolist() == [0, 1, 0]
    assert amounts.tolist() == [0.5, 1.5, 1.0]


def test_even_soft_label_teaches_nothing_about_its_item():
    X = np.array([[1.0, 0], [0, 1.0], [0.7, 0.7]], dtype=np.float32)
    targets = np.array([[1.0, 0], [0, 1.0], [0.5, 0.5]])

    model = fit(logistic, {}, X, targets, np.ones(3), task="single").model

    assert model.predict_proba(X[2:])[0] == pytest.approx([0.5, 0.5], abs=1e-3)


def test_heavy_label_pulls_harder_than_a_light_one():
    X = np.array([[1.0, 0], [1.0, 0], [0, 1.0]], dtype=np.float32)
    targets = np.array([[1.0, 0], [0, 1.0], [0, 1.0]])

    model = fit(
        logistic, {"balanced": False}, X, targets, np.array([9.0, 1.0, 1.0]), task="single"
    ).model

    assert model.predict_proba(X[:1])[0, 0] > 0.75


def test_one_class_cannot_be_fitted():
    X, _ = blobs(n_per_class=3)

    with pytest.raises(NeedsTwoClassesError, match="1 class among 9 labels"):
        fit(logistic, {}, X, np.eye(3)[np.zeros(9, int)], np.ones(9), task="single")


def test_multi_label_class_that_is_always_yes_becomes_a_constant():
    X, classes = blobs(n_per_class=10, n_classes=2)
    targets = np.column_stack([classes == 0, np.ones(20)]).astype(float)

    model = fit(logistic, {}, X, targets, np.ones(20), task="multi").model

    # (20 + 1/2) / (20 + 1/2 + 1/2) = 0.976
    assert model.predict_proba(X)[:, 1] == pytest.approx(20.5 / 21, abs=1e-6)
    assert ((model.predict_proba(X)[:, 0] > 0.5) == (classes == 0)).all()


def test_unfinished_solver_is_reported():
    X, classes = blobs()

    fitted = fit(logistic, {"max_iter": 1}, X, np.eye(3)[classes], np.ones(len(X)), task="single")

    assert not fitted.converged


# The linear model


def test_softmax_by_hand():
    model = LinearModel(np.zeros((2, 1)), np.array([0.0, np.log(3)]), np.array([0, 2]), 3)

    # 1 : 3 between classes 0 and 2, class 1 is unknown
    assert model.predict_proba(np.zeros((1, 1)))[0] == pytest.approx([0.25, 0.0, 0.75])


def test_model_survives_its_arrays_and_its_bytes():
    X, classes = blobs()
    model = view_of(X, classes, range(12)).model

    for copy in (
        LinearModel.from_arrays(model.to_arrays()),
        LinearModel.from_bytes(model.to_bytes()),
    ):
        np.testing.assert_array_equal(copy.predict_proba(X), model.predict_proba(X))
        assert copy.digest() == model.digest()


def test_digest_changes_with_any_number():
    model = LinearModel(np.zeros((2, 1)), np.zeros(2), np.array([0, 1]), 2)

    assert model.digest() != replace(model, n_classes=3).digest()
    assert model.digest() != replace(model, intercept=np.array([0.0, 1e-9])).digest()


def test_broken_models_are_refused():
    with pytest.raises(CoreError, match="not finite"):
        LinearModel(np.full((2, 1), np.nan), np.zeros(2), np.array([0, 1]), 2)
    with pytest.raises(CoreError, match="do not belong together"):
        LinearModel(np.zeros((2, 1)), np.zeros(3), np.array([0, 1]), 2)
    with pytest.raises(CoreError, match="lack intercept"):
        LinearModel.from_arrays({"coef": np.zeros((2, 1)), "classes": 0, "shape": 0})


# Chunks


def test_prediction_in_chunks_equals_prediction_at_once():
    rng = RNG(0)
    X = rng.standard_normal((chunks.CHUNK_ROWS + 10, 3)).astype(np.float16)
    model = LinearModel(rng.standard_normal((2, 3)), np.zeros(2), np.array([0, 1]), 2)
    positions = np.arange(1, len(X), 2)

    proba = chunks.predict(model, X, positions)

    np.testing.assert_allclose(proba, model.predict_proba(X[positions]), atol=1e-6)


def test_distances_by_hand_and_never_negative():
    A = np.array([[0.0, 0], [3, 4]], dtype=np.float32)

    assert chunks.squared_distances(A, A).tolist() == [[0, 25], [25, 0]]
    near = np.full((50, 7), 0.1, dtype=np.float32)
    assert (chunks.squared_distances(near, near) >= 0).all()


# Batches of several, calibration


def test_clustered_batch_takes_one_item_from_each_cloud():
    X, classes = blobs(n_classes=4)
    view = points_view(X)

    picked = clusters.clustered(np.ones(view.n), view, 4, rng=RNG(0), shortlist=1000)

    assert {int(classes[p]) for p in picked} == {0, 1, 2, 3}


def test_herding_batch_stays_where_the_scores_are():
    X, classes = blobs(n_classes=4)
    view = points_view(X)

    picked = coverage.herding((classes == 2).astype(float), view, 5, rng=RNG(0))

    assert {int(classes[p]) for p in picked} == {2}


def test_width_is_the_median_distance_to_the_nearest_neighbour():
    # at 0, 1, 3 and 3.5 the nearest neighbours are 1, 1, 0.5 and 0.5 away: median 0.75
    labelled = np.array([[0.0], [1.0], [3.0], [3.5]], dtype=np.float32)

    assert neighbour_width(labelled, fallback=2.0) == pytest.approx(0.75)
    assert neighbour_width(labelled, fallback=0.6) == 0.6
    assert neighbour_width(np.zeros((5, 1), dtype=np.float32), fallback=2.0) == pytest.approx(0.1)
    assert neighbour_width(labelled[:2], fallback=2.0) == 2.0


def test_temperature_of_a_timid_model_is_below_one_and_changes_no_answer():
    X, classes = blobs(spread=0.1)
    targets, weights = np.eye(3)[classes], np.ones(len(X))
    timid = {"C": 0.01}
    model = fit(logistic, timid, X, targets, weights, task="single").model

    divisor = temperature(logistic, timid, X, targets, weights, rng=RNG(0))

    proba, sure = model.predict_proba(X), cooled(model, divisor).predict_proba(X)
    assert divisor == pytest.approx(0.25)
    assert (sure.argmax(axis=1) == proba.argmax(axis=1)).all()
    assert sure.max(axis=1).mean() > proba.max(axis=1).mean()


def test_temperature_of_labels_that_are_noise_is_above_one():
    X = RNG(0).standard_normal((60, 20)).astype(np.float32)
    targets = np.eye(2)[RNG(1).integers(2, size=60)]

    assert temperature(logistic, {}, X, targets, np.ones(60), rng=RNG(0)) > 2


def test_temperature_of_a_handful_of_labels_is_one():
    X, classes = blobs(n_per_class=2)

    assert temperature(logistic, {}, X, np.eye(3)[classes], np.ones(6), rng=RNG(0)) == 1.0
