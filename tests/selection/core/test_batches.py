"""Batch functions against slow direct formulas and numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core.batches import clusters, coverage, fisher, gradients
from selection.core.clustering import canonical, k_means, nearest_each
from selection.core.types import PoolView
from tests.selection.core.worlds import blobs, view_of

RNG = np.random.default_rng


def plain_view(X, covered=(), n_classes=2):
    X, covered = np.asarray(X, dtype=np.float32), np.asarray(covered, dtype=np.int64)
    candidates = np.setdiff1d(np.arange(len(X)), covered)
    return PoolView(X, candidates, covered, covered, np.empty((0, n_classes)))


# Clusters


def test_k_means_does_not_care_about_the_order_of_rows():
    X, _ = blobs()
    order = RNG(1).permutation(len(X))

    labels, centres = k_means(X, 5, rng=RNG(0))
    again, same = k_means(X[order], 5, rng=RNG(0))

    np.testing.assert_array_equal(again, labels[order])
    np.testing.assert_allclose(same, centres, atol=1e-5)
    np.testing.assert_array_equal(order[canonical(X[order], RNG(2))], canonical(X, RNG(2)))


def test_each_centre_gets_its_own_row():
    X = np.array([[0.0], [1.0], [5.0]], dtype=np.float32)

    # both first centres are nearest to 0; the second of them takes the next free row
    assert nearest_each(X, np.array([[0.1], [0.2], [4.0]], dtype=np.float32)).tolist() == [0, 1, 2]


def test_centres_come_from_every_cloud_largest_first():
    # Six items near 0, four near 10: means 0.25 and 10.15
    X = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 10, 10.1, 10.2, 10.3])[:, None]
    view = plain_view(X)

    picked = clusters.centres(np.ones(10), view, 2, rng=RNG(0))

    assert picked[0] in (2, 3)
    assert picked[1] in (7, 8)


def test_typical_items_come_from_the_largest_cluster_without_labels():
    # Ten items near 0 hold the label, twelve near 50, eight near 100: first 50, then 100.
    X = np.concatenate([np.arange(10), 50 + np.arange(12), 100 + np.arange(8)]) * 1.0
    view = plain_view(X[:, None], covered=[4])

    picked = clusters.typical_of_clusters(np.ones(view.n), view, 2, rng=RNG(0), neighbours=3)

    values = view.features[view.candidates[picked]].ravel()
    assert 50 < values[0] < 61
    assert 100 < values[1] < 107


def test_typicality_by_hand():
    # At 0, 1, 2 and 9 with two neighbours: means 1.5, 1, 1.5 and 7.5
    X = np.array([[0.0], [1.0], [2.0], [9.0]], dtype=np.float32)

    assert clusters._typicality(X, 2) == pytest.approx([1 / 1.5, 1, 1 / 1.5, 1 / 7.5])


def test_cluster_margin_takes_turns_and_never_leaves_its_shortlist():
    X, classes = blobs(n_classes=4)
    view = plain_view(X)
    scores = (classes == 0) * 1.0 + np.linspace(0, 0.5, view.n)
    shortlist = np.argsort(-scores)[:50]

    picked = clusters.cluster_margin(scores, view, 5, rng=RNG(0), items_per_cluster=40)

    assert set(picked.tolist()) <= set(shortlist.tolist())
    # the 40 items of class 0 are one cluster and 10 others are left: others come first
    assert {int(classes[p]) for p in picked} != {0}


# Balls


def test_pure_radius_is_a_quantile_of_distances_to_other_clusters():
    # Two clouds 0, 1 and 10, 11: nearest of the other cloud 10, 9, 9, 10.
    X = np.array([[0.0], [1.0], [10.0], [11.0]], dtype=np.float32)

    assert coverage.pure_radius(X, 2, 1.0, RNG(0)) == pytest.approx(9.0)
    assert coverage.pure_radius(X, 2, 0.5, RNG(0)) == pytest.approx(np.sqrt((81 + 100) / 2))
    assert coverage.pure_radius(np.ones((4, 1), dtype=np.float32), 2, 0.95, RNG(0)) == 0.0


def test_balls_equal_the_plain_greedy_search():
    X, _ = blobs(n_per_class=60, spread=0.4)
    view, scores = plain_view(X, n_classes=3), RNG(0).random(180)
    radius = coverage.pure_radius(X, 3, 0.95, RNG(5))
    inside = ((X[:, None] - X[None]) ** 2).sum(-1) <= radius**2
    left, expected = scores.copy(), []
    for _ in range(10):
        gains = (inside * left).sum(axis=1)
        level = np.flatnonzero(gains >= gains.max() - 1e-5)
        expected.append(int(level[scores[level].argmax()]))
        left[inside[expected[-1]]] = 0

    picked = coverage.prob_cover(scores, view, 10, rng=RNG(5))

    assert picked.tolist() == expected


# Gradients


@pytest.mark.parametrize("task", ["single", "multi"])
def test_factorised_distances_are_those_of_the_explicit_gradients(task):
    X, classes = blobs(spread=0.6)
    view = view_of(X, classes, range(12), task=task)
    proba = view.model.predict_proba(X[view.candidates])
    errors = gradients.error_of(proba, task)
    explicit = (errors[:, :, None] * X[view.candidates][:, None, :]).reshape(view.n, -1)
    answer = (proba > 0.5) if task == "multi" else np.eye(3)[proba.argmax(axis=1)]
    np.testing.assert_allclose(errors, proba - answer, atol=1e-6)

    picked = gradients.badge(np.ones(view.n), view, 8, rng=RNG(3))

    # the same draws on the explicit embedding: k-means++ seeding from the largest gradient
    rng = RNG(3)
    order = canonical(X[view.candidates], rng)
    G = explicit[order]
    expected = [int((G**2).sum(axis=1).argmax())]
    while len(expected) < 8:
        far = np.min([((G - G[each]) ** 2).sum(axis=1) for each in expected], axis=0)
        far[expected] = 0
        steps = np.cumsum(far)
        expected.append(int(np.searchsorted(steps, rng.random() * steps[-1], side="right")))
    assert picked.tolist() == order[expected].tolist()


# Fisher information


def trace_of(V, known, F, penalty):
    return np.trace(np.linalg.inv(known.T @ known + V.T @ V + penalty * np.eye(F.shape[0])) @ F)


def test_gains_and_losses_equal_the_naive_trace_after_every_change():
    rng = RNG(0)
    V, known = rng.standard_normal((12, 4)), rng.standard_normal((3, 4))
    F = V.T @ V / len(V)
    penalty = np.trace(F) / 4
    search = fisher.Greedy.start(V, known, F)
    inside = []
    for index, sign in ((3, 1), (7, 1), (5, 1), (3, -1), (1, 1)):
        search.change(index, sign)
        inside = [*inside, index] if sign > 0 else [each for each in inside if each != index]
        now = trace_of(V[inside], known, F, penalty)

        gains = [now - trace_of(V[[*inside, each]], known, F, penalty) for each in range(12)]
        losses = [
            trace_of(V[[other for other in inside if other != each]], known, F, penalty) - now
            for each in inside
        ]
        assert search.gains == pytest.approx(gains, abs=1e-9)
        assert search.losses[inside] == pytest.approx(losses, abs=1e-9)


def test_bait_picks_what_the_naive_forward_and_backward_search_picks():
    X, classes = blobs(n_per_class=15, spread=0.6)
    view = view_of(X, classes, range(8))
    V = fisher.information(view, view.candidates)
    known = fisher.information(view, view.labelled)
    F = V.T @ V / len(V)
    penalty = np.trace(F) / V.shape[1]
    order = []
    for _ in range(6):
        traces = [
            np.inf if each in order else trace_of(V[[*order, each]], known, F, penalty)
            for each in range(len(V))
        ]
        order.append(int(np.argmin(traces)))
    for _ in range(3):
        traces = [trace_of(V[[o for o in order if o != each]], known, F, penalty) for each in order]
        order.pop(int(np.argmin(traces)))

    picked = fisher.bait(np.ones(view.n), view, 3, rng=RNG(0))

    assert picked.tolist() == order


def test_certain_predictions_hold_no_information():
    X, classes = blobs()
    view = view_of(X, classes, range(12))
    sure = replace(view, model=Certain())

    assert (fisher.information(sure, view.candidates) == 0).all()
    assert len(set(fisher.bait(np.ones(view.n), sure, 5, rng=RNG(0)).tolist())) == 5


class Certain:
    n_classes = 3

    def predict_proba(self, X):
        return np.tile([1.0, 0.0, 0.0], (len(X), 1))
