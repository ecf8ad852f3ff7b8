"""Trees as plain arrays, and when cross-validation turns to them."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier

from selection.core.forest_model import ForestModel
from selection.core.learning import auto, forest
from selection.core.learning.lesson import Lesson
from selection.core.types import CoreError

RNG = np.random.default_rng


def boxes(n=400, seed=0):
    """Return rows whose class is a box in two columns out of twelve."""
    rng = RNG(seed)
    X = rng.uniform(-1, 1, (n, 12)).astype(np.float32)
    return X, ((np.abs(X[:, 0]) < 0.5) & (X[:, 1] > -0.6)).astype(int)


def lesson_of(n_labels, **changes):
    X, classes = boxes()
    lesson = Lesson(X[:n_labels], np.eye(2)[classes[:n_labels]], np.ones(n_labels), X)
    return replace(lesson, **changes), X, classes


def stump():
    """Return x[1] <= 0.5 -> (0.9, 0.1), else (0.2, 0.8), over classes 0 and 2 of three."""
    return ForestModel(
        feature=np.array([1, 0, 0]),
        threshold=np.array([0.5, 0.0, 0.0]),
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        share=np.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]]),
        roots=np.array([0]),
        classes=np.array([0, 2]),
        n_classes=3,
    )


def test_stump_by_hand():
    X = np.array([[9.0, 0.5], [9.0, 0.6]], np.float32)

    np.testing.assert_allclose(stump().predict_proba(X), [[0.9, 0, 0.1], [0.2, 0, 0.8]], atol=1e-6)


def test_plain_arrays_say_what_the_library_says():
    lesson, X, classes = lesson_of(150)
    trees = ExtraTreesClassifier(forest.TREES, random_state=0)
    weights = 150 / (2 * np.bincount(classes[:150]))[classes[:150]]
    trees.fit(X[:150], classes[:150], sample_weight=weights)

    learnt = auto.trees(lesson, rng=RNG(0))

    np.testing.assert_allclose(learnt.model.predict_proba(X), trees.predict_proba(X), atol=1e-5)


def test_forest_survives_storage_and_keeps_its_temperature():
    model = stump().cooled(2.0)
    X = np.array([[0.0, 0.0]], np.float32)

    again = ForestModel.from_arrays(model.to_arrays())

    assert again.digest() == model.digest()
    # Roots of 0.9 and 0.1 are 0.9487 and 0.3162: shares 0.75 and 0.25.
    np.testing.assert_allclose(again.predict_proba(X), [[0.75, 0, 0.25]], atol=1e-4)


def test_incomplete_or_contradicting_arrays_are_refused():
    arrays = stump().to_arrays()

    with pytest.raises(CoreError, match="lack roots"):
        ForestModel.from_arrays({name: arrays[name] for name in arrays if name != "roots"})
    with pytest.raises(CoreError, match="version 7"):
        ForestModel.from_arrays({**arrays, "trees_shape": np.array([7.0, 3.0, 1.0])})
    with pytest.raises(CoreError, match="nodes with shares"):
        replace(stump(), left=np.array([1]))
    with pytest.raises(CoreError, match="not finite"):
        replace(stump(), threshold=np.full(3, np.nan))


def test_labels_turn_to_trees_where_columns_decide_one_by_one():
    lesson, X, classes = lesson_of(200)

    learnt = auto.auto(lesson, rng=RNG(0))

    assert isinstance(learnt.model, ForestModel)
    right, by_likeness = (
        (each.model.predict_proba(X[200:]).argmax(axis=1) == classes[200:]).mean()
        for each in (learnt, auto.kernel(lesson, rng=RNG(0)))
    )
    assert right > by_likeness + 0.05
    again = auto.auto(replace(lesson, last=learnt.choice), rng=RNG(1))
    assert again.model.digest() == learnt.model.digest()


@pytest.mark.parametrize(
    "changes",
    [{"task": "multi"}, {"class_vectors": np.eye(2, 12)}],
    ids=["several classes", "descriptions"],
)
def test_trees_are_not_tried_where_they_do_not_fit(changes):
    few, _, _ = lesson_of(99)
    other, _, _ = lesson_of(200, **changes)

    assert not forest.suits(few)
    assert not forest.suits(other)
