"""Heads: descriptions as prior, labels that pull, neighbours that lend, and how they are chosen."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core.kernel_model import KernelModel
from selection.core.learning import auto, kernels, prior, spreading, tuning
from selection.core.learning.head import balanced, fit_head, open_desk
from selection.core.learning.lesson import Lesson
from selection.core.learning.settings import Settings
from selection.core.learning.solver import regress
from selection.core.types import NeedsTwoClassesError
from tests.selection.core.worlds import blobs

RNG = np.random.default_rng
N_CLASSES, WIDTH = 3, 6


def lesson_of(n_labels, *, seed=0, task="single", vectors=None, n_classes=N_CLASSES, **changes):
    """Return a lesson of the first labels of three clouds, and the clouds to test it on."""
    X, classes = blobs(n_per_class=60, n_classes=n_classes, width=WIDTH, seed=seed)
    targets = np.eye(n_classes)[classes[:n_labels]]
    lesson = Lesson(
        X[:n_labels], targets, np.ones(n_labels), X[60:], task=task, class_vectors=vectors
    )
    return replace(lesson, **changes), X, classes


def accuracy(model, X, classes):
    return float((model.predict_proba(X).argmax(axis=1) == classes).mean())


# The solver


def test_no_labels_leave_the_offset_alone():
    found = regress(
        np.zeros((0, 2)), np.zeros((0, 3)), np.zeros(0), np.zeros((0, 3)), C=1.0, task="single"
    )

    assert not found.coef.any()
    assert not found.intercept.any()


@pytest.mark.parametrize("task", ["single", "multi"])
def test_solution_has_no_slope_left(task):
    rng = RNG(0)
    Z, targets, weights = (
        rng.standard_normal((20, 2)),
        np.eye(2)[rng.integers(0, 2, 20)],
        rng.random(20),
    )

    found = regress(Z, targets, weights, np.zeros((20, 2)), C=2.0, task=task)

    # d/dV = sum w (p - y) z + V / C must vanish; the loss itself is of order ten.
    scores = Z @ found.coef.T + found.intercept
    if task == "single":
        proba = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    else:
        proba = 1 / (1 + np.exp(-scores))
    residual = (proba - targets) * weights[:, None]
    np.testing.assert_allclose(residual.T @ Z + found.coef / 2, 0, atol=5e-3)
    np.testing.assert_allclose(residual.sum(axis=0) + found.intercept / 2, 0, atol=5e-3)


def test_smaller_pull_stays_closer_to_the_prior():
    lesson, _, _ = lesson_of(30)
    Z, offset = lesson.X.astype(float), np.zeros((30, 3))

    sizes = [
        np.abs(regress(Z, lesson.targets, lesson.weights, offset, C=C, task="single").coef).sum()
        for C in (0.01, 1.0, 100.0)
    ]

    assert sizes[0] < sizes[1] < sizes[2]


# The prior


def test_prior_of_two_opposite_descriptions_by_hand():
    # Centred descriptions are (1, 0) and (-1, 0); no pool to turn toward with no rounds.
    vectors = np.array([[2.0, 0.0], [0.0, 0.0]])
    vectors[1] = [1.0, 0.0]
    pool = np.array([[0.5, 0.5], [-0.5, 0.5]], np.float32)

    found = prior.refine(pool, vectors, pool[:0], np.zeros((0, 2)), rounds=0)

    np.testing.assert_allclose(found.directions, [[1, 0], [-1, 0]])
    np.testing.assert_allclose(found.scores(pool), [[0.5, -0.5], [-0.5, 0.5]])


def test_prior_turns_toward_the_groups_it_points_at():
    _, X, classes = lesson_of(0)
    centres = np.eye(N_CLASSES, WIDTH)
    off = centres + 0.8 * RNG(1).standard_normal(centres.shape)

    still = prior.refine(X, off, X[:0], np.zeros((0, 3)), rounds=0)
    turned = prior.refine(X, off, X[:0], np.zeros((0, 3)))

    def hits(found):
        return (found.scores(X).argmax(axis=1) == classes).mean()

    assert hits(turned) > max(hits(still), 0.95)


@pytest.mark.parametrize("n_described", [0, 1])
def test_a_single_description_says_nothing(n_described):
    lesson, X, _ = lesson_of(0)
    vectors = np.zeros((3, WIDTH))
    vectors[:n_described, 0] = 1.0

    found = prior.refine(lesson.pool, vectors, X[:0], np.zeros((0, 3)))

    assert not found.live.any()


def test_descriptions_that_read_alike_say_nothing():
    lesson, X, _ = lesson_of(0)

    found = prior.refine(lesson.pool, np.ones((3, WIDTH)), X[:0], np.zeros((0, 3)))

    assert not found.live.any()
    with pytest.raises(NeedsTwoClassesError):
        auto.auto(replace(lesson, class_vectors=np.ones((3, WIDTH))), rng=RNG(0))


def test_class_without_description_starts_from_its_labels():
    lesson, X, classes = lesson_of(12)
    vectors = np.eye(3, WIDTH)
    vectors[2] = 0

    found = prior.refine(lesson.pool, vectors, lesson.X, lesson.targets)

    assert found.live.all()
    assert (found.scores(X).argmax(axis=1) == classes).mean() > 0.9


def test_prior_keeps_to_the_columns_of_the_encoder_that_read_the_descriptions():
    lesson, X, _ = lesson_of(6)
    wide = np.hstack([X, RNG(0).standard_normal((len(X), 2)).astype(np.float32)])
    vectors = np.hstack([np.eye(3, WIDTH), np.zeros((3, 2))])

    found = prior.refine(wide, vectors, wide[:6], lesson.targets)

    assert not found.directions[:, WIDTH:].any()


# Kernels


def test_linear_coordinates_keep_inner_products():
    X = RNG(0).standard_normal((4, 9)).astype(np.float32)

    basis = kernels.linear(X)

    np.testing.assert_allclose(basis.coordinates @ basis.coordinates.T, X @ X.T, atol=1e-5)
    np.testing.assert_allclose(basis.of(X), basis.coordinates, atol=1e-4)


def test_gaussian_coordinates_give_the_kernel():
    X = np.array([[0.0], [1.0], [3.0]], np.float32)

    basis = kernels.gaussian(X, 2.0)

    # exp(-1/4), exp(-9/4), exp(-4/4)
    expected = [[1, 0.7788, 0.1054], [0.7788, 1, 0.3679], [0.1054, 0.3679, 1]]
    np.testing.assert_allclose(basis.coordinates @ basis.coordinates.T, expected, atol=1e-4)


def test_gaussian_kernel_of_many_rows_stays_small(monkeypatch):
    monkeypatch.setattr(kernels, "MOST_CENTRES", 20)
    X, _ = blobs()

    basis = kernels.gaussian(X, 1.0)

    assert basis.centres is not None
    assert len(basis.centres) <= 20
    assert basis.coordinates.shape[0] == len(X)


# Spreading


def test_labels_run_along_the_graph_to_the_whole_group():
    lesson, _, classes = lesson_of(9)
    graph = spreading.build(lesson.X, lesson.pool)

    lent = spreading.pseudo_labels(graph, lesson, np.arange(9), np.arange(3))

    assert (lent.targets.argmax(axis=1) == classes[60:]).mean() > 0.9
    np.testing.assert_allclose(lent.targets.sum(axis=1), 1)
    assert lent.weights.sum() == pytest.approx(1)


def test_held_out_labels_do_not_run():
    lesson, _, _ = lesson_of(9)
    graph = spreading.build(lesson.X, lesson.pool)
    seen = np.array([0, 1, 2, 3, 4])
    part = replace(
        lesson, X=lesson.X[seen], targets=lesson.targets[seen], weights=lesson.weights[seen]
    )

    all_seen = spreading.pseudo_labels(graph, lesson, np.arange(9), np.arange(3))
    some_seen = spreading.pseudo_labels(graph, part, seen, np.arange(3))

    assert np.abs(all_seen.targets - some_seen.targets).max() > 0.01
    alone = replace(part, X=part.X[:1], targets=part.targets[:1], weights=part.weights[:1])
    one = spreading.pseudo_labels(graph, alone, seen[:1], np.arange(3))
    reached = np.abs(one.targets - 1 / 3).max(axis=1) > 1e-6
    assert reached.any()
    assert (one.targets[reached].argmax(axis=1) == lesson.targets[0].argmax()).all()


def test_graph_is_symmetric_and_has_no_loops():
    lesson, _, _ = lesson_of(9)

    matrix = spreading.build(lesson.X, lesson.pool).matrix

    assert abs(matrix - matrix.T).max() < 1e-6
    assert not matrix.diagonal().any()


# Heads


@pytest.mark.parametrize("kernel", ["linear", "gaussian"])
@pytest.mark.parametrize("spread", [0.0, 0.5])
@pytest.mark.parametrize("strength", [0.0, 12.0])
def test_head_and_its_model_say_the_same(kernel, spread, strength):
    lesson, X, classes = lesson_of(20, vectors=np.eye(3, WIDTH))
    graph = spreading.build(lesson.X, lesson.pool)
    settings = Settings(kernel=kernel, spread=spread, strength=strength)

    head = fit_head(open_desk(lesson, graph=graph), settings)

    scores = head.scores(X)
    proba = np.exp(scores - scores.max(axis=1, keepdims=True))
    proba /= proba.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(head.model().predict_proba(X), proba, atol=1e-4)
    assert accuracy(head.model(), X, classes) > 0.9


def test_balance_gives_every_class_the_same_say():
    targets = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=float)

    # Four labels, two classes: a class has two in all, so 2/3 each and 2.
    even = balanced(targets, np.ones(4), 1.0, task="single")

    np.testing.assert_allclose(even, [2 / 3, 2 / 3, 2 / 3, 2])
    np.testing.assert_array_equal(balanced(targets, np.ones(4), 0.0, task="single"), np.ones(4))


def test_second_encoder_counts_as_much_as_it_is_given():
    lesson, _, _ = lesson_of(20, blocks=(4, 2))

    models = [fit_head(open_desk(lesson), Settings(extra=extra)).model() for extra in (0.0, 0.5)]

    assert not models[0].coef[:, 4:].any()
    assert models[1].coef[:, 4:].any()


# Learners


def test_model_of_descriptions_is_useful_before_the_first_label():
    lesson, X, classes = lesson_of(0, vectors=np.eye(3, WIDTH))

    learnt = auto.auto(lesson, rng=RNG(0))

    assert accuracy(learnt.model, X, classes) > 0.95
    assert learnt.choice == {}


def test_nothing_can_be_learnt_from_nothing():
    lesson, _, _ = lesson_of(0)

    for learner in (auto.auto, auto.logistic, auto.kernel):
        with pytest.raises(NeedsTwoClassesError):
            learner(lesson, rng=RNG(0))


def test_a_single_class_so_far_is_told_from_the_described_ones():
    lesson, X, classes = lesson_of(60, vectors=np.eye(3, WIDTH))
    only = np.flatnonzero(lesson.targets[:, 1])[:5]
    lesson = replace(lesson, X=lesson.X[only], targets=lesson.targets[only], weights=np.ones(5))

    learnt = auto.auto(lesson, rng=RNG(0))

    assert accuracy(learnt.model, X, classes) > 0.9
    with pytest.raises(NeedsTwoClassesError):
        auto.auto(replace(lesson, class_vectors=None), rng=RNG(0))


def test_wrong_descriptions_are_given_up_once_labels_speak():
    wrong = np.roll(np.eye(3, WIDTH), 1, axis=0)
    lesson, X, classes = lesson_of(60, vectors=wrong)
    none, _, _ = lesson_of(0, vectors=wrong)

    before = auto.auto(none, rng=RNG(0))
    after = auto.auto(lesson, rng=RNG(0))

    assert accuracy(before.model, X, classes) < 0.1
    assert accuracy(after.model, X, classes) > 0.95


def test_settings_are_kept_until_the_labels_have_grown_by_a_quarter():
    lesson, _, _ = lesson_of(40)
    chosen = auto.auto(lesson, rng=RNG(0)).choice
    few, _, _ = lesson_of(49, last=chosen)
    more, _, _ = lesson_of(50, last=chosen)

    assert chosen["n_labels"] == 40
    assert not tuning.is_due(few)
    assert auto.auto(few, rng=RNG(0)).choice["n_labels"] == 40
    assert tuning.is_due(more)


def test_a_new_class_makes_the_choice_due():
    lesson, _, _ = lesson_of(40, last={"n_labels": 40, "n_classes": 2, "temperature": 1.0})

    assert tuning.is_due(lesson)


def test_rings_are_told_apart_by_likeness_alone():
    rng = RNG(0)
    angle, far = rng.uniform(0, 2 * np.pi, 400), np.repeat([1.0, 2.0], 200)
    X = (np.column_stack([np.cos(angle), np.sin(angle)]) * far[:, None]).astype(np.float32)
    classes, order = (far > 1.5).astype(int), rng.permutation(400)
    X, classes = X[order], classes[order]
    lesson = Lesson(X[:80], np.eye(2)[classes[:80]], np.ones(80), X)

    learnt = auto.auto(lesson, rng=RNG(0))

    assert isinstance(learnt.model, KernelModel)
    assert accuracy(learnt.model, X, classes) > 0.95
    assert accuracy(auto.logistic(lesson, rng=RNG(0)).model, X, classes) < 0.7


def test_learner_repeats_itself_under_the_same_seed():
    lesson, _, _ = lesson_of(40, vectors=np.eye(3, WIDTH))

    first, second = (auto.auto(lesson, rng=RNG(3)) for _ in range(2))

    assert first.model.digest() == second.model.digest()
    assert first.choice == second.choice


def test_multi_label_head_finds_both_classes():
    lesson, X, classes = lesson_of(60, task="multi")
    both = np.minimum(lesson.targets + np.eye(3)[[1]], 1)

    learnt = auto.auto(replace(lesson, targets=both), rng=RNG(0))

    proba = learnt.model.predict_proba(X)
    assert (proba[:, 1] > 0.5).all()
    assert ((proba[:, 0] > 0.5) == (classes == 0)).mean() > 0.95


def test_soft_and_weighted_labels_are_accepted():
    lesson, X, classes = lesson_of(60)
    soft = 0.8 * lesson.targets + 0.2 / 3

    learnt = auto.auto(
        replace(lesson, targets=soft, weights=RNG(0).uniform(0.1, 1, 60)), rng=RNG(0)
    )

    assert accuracy(learnt.model, X, classes) > 0.9


def test_more_labels_than_cross_validation_looks_at(monkeypatch):
    monkeypatch.setattr(tuning, "MOST_LABELS", 30)
    lesson, X, classes = lesson_of(60)

    assert accuracy(auto.auto(lesson, rng=RNG(0)).model, X, classes) > 0.9
