"""Strategies against numbers worked out by hand or by a slow direct formula."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from selection.core import laplace
from selection.core.committee import bootstrap, held_out, linear_head
from selection.core.linear import LinearModel
from selection.core.strategies import committee, local, multilabel, prediction
from selection.core.types import PoolView, ScoreError
from tests.selection.core.worlds import blobs, view_of

RNG = np.random.default_rng


class Fixed:
    """A model that answers with given probabilities, whatever it is shown."""

    def __init__(self, proba):
        self.proba = np.asarray(proba, dtype=float)
        self.n_classes = self.proba.shape[1]

    def predict_proba(self, X):
        return self.proba[: len(X)]


def trained(n_labels=30, task="single", **changes):
    X, classes = blobs(**changes)
    return X, classes, view_of(X, classes, range(n_labels), task=task)


# Disagreement


def test_disagreement_by_hand():
    # Two models say (1, 0) and (0, 1): the mean is even, H = ln 2, each alone is certain: ln 2.
    # Two models say (0.5, 0.5): all doubt is shared, nothing to learn.
    models = [Fixed([[1.0, 0.0], [0.5, 0.5]]), Fixed([[0.0, 1.0], [0.5, 0.5]])]

    found = laplace.disagreement(models, np.zeros((2, 1), dtype=np.float32), "single")

    assert found == pytest.approx([np.log(2), 0.0])


def test_disagreement_is_the_mean_divergence_to_the_mean():
    proba = RNG(0).dirichlet(np.ones(4), size=(5, 7))
    mean = proba.mean(axis=0)
    divergence = (proba * np.log(proba / mean)).sum(axis=2).mean(axis=0)

    found = laplace.disagreement([Fixed(p) for p in proba], np.zeros((7, 1), np.float32), "single")

    assert found == pytest.approx(divergence)


def test_multi_label_disagreement_is_the_mean_over_classes():
    models = [Fixed([[1.0, 0.5]]), Fixed([[0.0, 0.5]])]

    # class 0: ln 2, class 1: 0
    found = laplace.disagreement(models, np.zeros((1, 1), dtype=np.float32), "multi")

    assert found == pytest.approx([np.log(2) / 2])


def test_vote_entropy_counts_votes():
    _, _, view = trained(spread=0.6)
    models = bootstrap(view, 8, rng=RNG(3))
    X = view.features[view.candidates]
    votes = np.stack([model.predict_proba(X).argmax(axis=1) for model in models])
    shares = np.stack([(votes == number).mean(axis=0) for number in range(3)], axis=1)
    expected = -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=1)

    found = committee.vote_entropy(view, rng=RNG(3))

    assert found == pytest.approx(expected)
    assert found.max() > 0


def test_committee_of_resamples_differs_and_never_forgets_a_class():
    X, classes, view = trained(n_labels=20)
    rare = np.append(np.flatnonzero(classes == 0)[:15], np.flatnonzero(classes == 2)[0])
    view = view_of(X, classes, rare)

    models = bootstrap(view, 6, rng=RNG(0))

    assert len(models) == 6
    assert {tuple(model.classes) for model in models} == {(0, 2)}
    assert len({model.digest() for model in models}) == 6


def test_committee_without_two_classes_is_refused():
    X, classes = blobs()
    view = view_of(X, classes, np.flatnonzero(classes == 1)[:5], with_model=False, n_classes=3)

    for strategy in (committee.vote_entropy, committee.committee_kl, committee.bald):
        with pytest.raises(ScoreError, match="two classes"):
            strategy(view, rng=RNG(0))


def test_held_out_predictions_do_not_know_the_label():
    X, classes = blobs(n_per_class=20, spread=0.1)
    given = classes.copy()
    given[0] = (classes[0] + 1) % 3
    view = replace(view_of(X, classes, range(60)), targets=np.eye(3)[given[:60]])

    proba = held_out(view, rng=RNG(0))

    assert proba[0, classes[0]] > 0.5
    assert proba.sum(axis=1) == pytest.approx(1)


# The posterior


@pytest.mark.parametrize("n_labels", [5, 40])
def test_draws_have_the_covariance_of_the_laplace_posterior(n_labels):
    # width 6: five labels are solved in label space, forty in feature space
    X, classes = blobs(spread=0.5)
    labelled = np.concatenate([np.flatnonzero(classes == c)[: n_labels // 2 + 1] for c in (0, 1)])
    view = view_of(X, classes, labelled[:n_labels], n_classes=3)
    head = linear_head(view)
    p = head.predict_proba(X[view.labelled])[:, 1]
    hessian = (X[view.labelled].T * (p * (1 - p))) @ X[view.labelled] + 0.1 * np.eye(6)

    found = laplace.draws(view, 4000, rng=RNG(0))

    place = list(head.classes).index(1)
    noise = np.stack([model.coef[place] - head.coef[place] for model in found])
    covariance, expected = noise.T @ noise / len(noise), np.linalg.inv(hessian)
    assert np.abs(covariance - expected).max() < 0.1 * np.abs(expected).max()


def test_bald_prefers_what_the_labels_say_nothing_about():
    # Labels lie along the first two axes; an item along the third is unknown to the posterior.
    X = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0.1, 0.9, 0], [1, 0, 0], [0, 0, 1]])
    X = np.vstack([X[:4].repeat(10, axis=0), X[4:]]).astype(np.float32)
    classes = np.array([0] * 20 + [1] * 20 + [0, 1])
    view = view_of(X, classes, range(40))

    sure, unknown = committee.bald(view, rng=RNG(0), n_draws=200)

    assert unknown > sure


# EPIG


def test_expected_gain_equals_direct_enumeration():
    rng = RNG(0)
    own, other = rng.dirichlet(np.ones(3), size=6), rng.dirichlet(np.ones(4), size=(6, 5))
    total = 0.0
    for target in range(5):
        for y, z in product(range(3), range(4)):
            both = np.mean([own[k, y] * other[k, target, z] for k in range(6)])
            total += both * np.log(both / (own[:, y].mean() * other[:, target, z].mean()))

    assert prediction.expected_gain(own, other) == pytest.approx(total / 5)


def test_draws_that_agree_leave_nothing_to_gain():
    own, other = np.full((4, 2), 0.5), np.full((4, 3, 2), 0.5)

    assert prediction.expected_gain(own, other) == pytest.approx(0, abs=1e-12)


def test_classes_beyond_sixteen_are_added_up():
    rng = RNG(0)
    own, other = rng.dirichlet(np.ones(40), size=(3, 5)), rng.dirichlet(np.ones(40), size=(3, 9))

    few, about = prediction._lumped(own, other)

    assert few.shape == (3, 5, 16)
    assert few.sum(axis=2) == pytest.approx(1)
    assert about.sum(axis=2) == pytest.approx(1)


# Local scores


def test_density_weighs_the_margin_by_mean_cosine():
    # Directions 0, 0 and 90 degrees, all at an even margin: mean cosines 2/3, 2/3 and 1/3,
    # similarities (1 + 2/3) / 2 = 5/6 and (1 + 1/3) / 2 = 2/3; squared 25/36 and 4/9.
    X = np.array([[1, 0], [2, 0], [0, 1]], dtype=np.float32)
    model = LinearModel(np.zeros((2, 2)), np.zeros(2), np.array([0, 1]), 2)
    none = np.empty(0, dtype=np.int64)
    view = PoolView(X, np.arange(3), none, none, np.empty((0, 2)), model=model)

    found = local.density_weighted(view, rng=RNG(0), beta=2.0)

    assert found == pytest.approx([25 / 36, 25 / 36, 4 / 9], abs=1e-6)


def test_contrast_is_the_divergence_from_labelled_neighbours():
    # One neighbour each: item 1 by 0 (0.5, 0.5), item 2 by 3 (0.9, 0.1).
    X = np.array([[0.0], [0.1], [9.9], [10.0]], dtype=np.float32)
    theirs, own = Fixed([[0.5, 0.5], [0.9, 0.1]]), np.array([[0.8, 0.2], [0.9, 0.1]])
    known = np.array([0, 3])
    view = PoolView(X, np.array([1, 2]), known, known, np.eye(2), model=theirs, proba=own)

    found = local.contrastive(view, rng=RNG(0), neighbours=1)

    # 0.5 ln(0.5 / 0.8) + 0.5 ln(0.5 / 0.2) = 0.22314
    assert found == pytest.approx([0.22314, 0.0], abs=1e-5)


def test_dropout_scores_items_whose_answer_hangs_on_one_feature():
    # The first class takes the sum of all features, the second is constant. Item 0 has it in one
    # feature of 8, item 1 in all: with one feature shown item 1 keeps its answer.
    model = LinearModel(
        np.vstack([np.full(8, 4.0), np.zeros(8)]), np.array([0.0, 1.0]), np.array([0, 1]), 2
    )
    X = np.vstack([np.eye(8)[0], np.full(8, 1 / 8)]).astype(np.float32)
    none = np.empty(0, dtype=np.int64)
    view = PoolView(X, np.arange(2), none, none, np.empty((0, 2)), model=model)

    found = local.dropout(view, rng=RNG(0), n_passes=20, share=0.75)

    assert found[0] > 0.5
    assert found[1] < found[0]


# Several classes per item


def test_inconsistency_of_sets_by_hand():
    # Of 4 classes: {0, 1} against itself is 0, against {2, 3} nothing in common: 1.
    # {0, 1} against {0, 2}: each cell 1/4, H = ln 4, alone ln 2 each: (2 ln 4 - 2 ln 2) / ln 4 = 1.
    given = np.array([[1.0, 1, 0, 0]])

    assert multilabel.inconsistency(given, given) == pytest.approx([0.0])
    assert multilabel.inconsistency(given, 1 - given) == pytest.approx([1.0])
    assert multilabel.inconsistency(given, np.array([[1.0, 0, 1, 0]])) == pytest.approx([1.0])
    # {0} against {0, 1}: cells 1/4, 0, 1/4, 1/2: H = 1.03972; alone 0.56234 and 0.69315;
    # (2.07944 - 1.25548) / 1.03972 = 0.79248
    assert multilabel.inconsistency(np.array([[1.0, 0, 0, 0]]), given) == pytest.approx(
        [0.79248], abs=1e-5
    )


def test_scarce_doubt_weighs_classes_by_their_labels():
    # Labels 3 and 0: weights 1/4 and 1, of their sum 0.2 and 0.8; doubts 1 and 0.2, 0.4 and 1.
    proba = np.array([[0.5, 0.9], [0.8, 0.5]])
    none = np.empty(0, dtype=np.int64)
    view = PoolView(
        np.zeros((2, 1), np.float32), np.arange(2), none, none,
        np.array([[1.0, 0], [1, 0], [1, 0]]), task="multi", proba=proba,
    )  # fmt: skip

    # 0.2 x 1 + 0.8 x 0.2 and 0.2 x 0.4 + 0.8 x 1
    assert multilabel.scarce_doubt(view, rng=RNG(0)) == pytest.approx([0.36, 0.88])
    assert multilabel.still_uncertain(view, rng=RNG(0)) == pytest.approx([0.36, 0.88])
    # single-label it is the margin: 1 - (0.7 - 0.3) and 1 - (0.65 - 0.35)
    single = replace(view, task="single", proba=np.array([[0.7, 0.3], [0.65, 0.35]]))
    assert multilabel.still_uncertain(single, rng=RNG(0)) == pytest.approx([0.6, 0.7])


def test_cvirs_ranks_class_by_class():
    # Class 0: doubts 0.5, 0.9, 0.1 -> places 0, 1, 1 (0.9 and 0.1 tie at 1.5); class 1 likewise
    # 0.99, 0.6, 0.9. All predictions equal one label, so only the places differ.
    proba = np.array([[0.5, 0.99], [0.9, 0.6], [0.1, 0.9]])
    none = np.empty(0, dtype=np.int64)
    view = PoolView(
        np.zeros((3, 1), np.float32), np.arange(3), none, none, np.ones((1, 2)),
        task="multi", proba=proba,
    )  # fmt: skip
    # places class 0: 0, 1.5, 1.5; class 1: 2, 0, 1; means 1, 0.75, 1.25 of 2
    doubt = 1 - np.array([1.0, 0.75, 1.25]) / 2
    unusual = multilabel.inconsistency((proba > 0.5).astype(float), np.ones((1, 2)))

    assert multilabel.cvirs(view, rng=RNG(0)) == pytest.approx(doubt * unusual)
