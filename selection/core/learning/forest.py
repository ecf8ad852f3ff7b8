"""Trees for tables: a head that cuts columns one at a time."""

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from selection.core.estimators import expand
from selection.core.forest_model import LEAF, ForestModel
from selection.core.learning.head import Desk, balanced
from selection.core.learning.lesson import Lesson
from selection.core.learning.settings import Settings
from selection.core.types import Float32Array, FloatArray, IntArray, NeedsTwoClassesError

TREES, FEWEST_LABELS, MOST_COLUMNS = 100, 100, 200


@dataclass(frozen=True)
class ForestHead:
    """A fitted forest, with what cross-validation asks of any head."""

    forest: ForestModel
    converged: bool = True

    @property
    def classes(self) -> IntArray:
        return self.forest.classes

    def scores(self, X: Float32Array) -> FloatArray:
        """Log-odds up to a constant per row, of the known classes: (m, K)."""
        return self.forest.scores(X)

    def model(self) -> ForestModel:
        """The forest as plain arrays."""
        return self.forest


def suits(lesson: Lesson) -> bool:
    """Whether trees are worth a try: enough labels, and few columns that mean something each."""
    enough = lesson.n_labels >= FEWEST_LABELS and lesson.task == "single"
    return enough and lesson.X.shape[1] <= MOST_COLUMNS and lesson.class_vectors is None


def fit_forest(desk: Desk, settings: Settings) -> ForestHead:
    """Fit 100 extremely randomised trees, the same every time.

    Shapes: as the desk's lesson. Unit: none. Raises NeedsTwoClassesError for fewer than two
    classes. Source: Geurts et al. 2006 (extra trees).
    """
    lesson = desk.lesson
    weights = balanced(lesson.targets, lesson.weights, settings.balance, task=lesson.task)
    items, classes, amounts = expand(lesson.targets, weights)
    if len(np.unique(classes)) < 2:
        raise NeedsTwoClassesError(
            f"{len(np.unique(classes))} class among {lesson.n_labels} labels"
        )
    trees = ExtraTreesClassifier(TREES, random_state=0)
    trees.fit(lesson.X[items], classes, sample_weight=amounts)
    return ForestHead(_plain(trees, lesson.n_classes))


def _plain(trees: ExtraTreesClassifier, n_classes: int) -> ForestModel:
    """The nodes of all trees one after another."""
    parts = [each.tree_ for each in trees.estimators_]
    starts = np.cumsum([0, *(part.node_count for part in parts[:-1])])
    pairs = list(zip(parts, starts, strict=True))
    left = [_moved(part.children_left, start) for part, start in pairs]
    right = [_moved(part.children_right, start) for part, start in pairs]
    share = np.concatenate([part.value[:, 0, :] for part in parts])
    return ForestModel(
        feature=np.concatenate([np.maximum(part.feature, 0) for part in parts]).astype(np.int64),
        threshold=np.concatenate([part.threshold for part in parts]),
        left=np.concatenate(left),
        right=np.concatenate(right),
        share=share / np.maximum(share.sum(axis=1, keepdims=True), 1e-12),
        roots=np.asarray(starts, np.int64),
        classes=np.asarray(trees.classes_, np.int64),
        n_classes=n_classes,
    )


def _moved(nodes: IntArray, start: int) -> IntArray:
    """A tree's nodes where they stand among all; leaves keep their -1."""
    return np.where(nodes < 0, LEAF, nodes + start).astype(np.int64)
