"""The small made-up pool on which promises are tried."""

from dataclasses import dataclass, replace

import numpy as np

from selection.core.estimators import fit, logistic
from selection.core.types import Float32Array, IntArray, PoolView, RoundFacts, Task

PER_CLASS, CLASSES, WIDTH = 40, 3, 6
RESERVED = 30  # a quarter of the pool: the audit items
LABELLED = 12


class BrokenError(AssertionError):
    """A promise that is not kept; says what was given instead."""


@dataclass(frozen=True)
class World:
    """Clouds of items, one per class: features (n, d) of length 1 and classes (n,)."""

    features: Float32Array
    classes: IntArray

    def view(
        self, labelled: IntArray, *, task: Task = "single", n_classes: int = CLASSES
    ) -> PoolView:
        """The pool with these positions labelled, a model of them and scores from outside.

        Shapes: labelled (L,). Unit: positions. Errors: none. Source: ours.
        """
        targets = np.eye(n_classes)[self.classes[labelled]]
        X = self.features[labelled]
        model = fit(logistic, {}, X, targets, np.ones(len(X)), task=task).model
        rest = np.setdiff1d(np.arange(len(self.features)), labelled)
        return PoolView(
            self.features, rest, labelled, labelled, targets, task=task, model=model,
            proba=model.predict_proba(self.features[rest]),
            given=np.linspace(3, -1, len(self.features)),
        )  # fmt: skip

    def facts(self) -> RoundFacts:
        """The facts of a round in which twelve items are labelled.

        Shapes: as in RoundFacts. Unit: positions. Errors: none. Source: ours.
        """
        n = len(self.features)
        order = np.random.default_rng(7).permutation(n).astype(np.int64)
        train = order[RESERVED : RESERVED + LABELLED]
        unavailable = np.zeros(n, dtype=np.bool_)
        unavailable[train] = True
        nothing = np.empty(0, dtype=np.int64)
        return RoundFacts(
            features=self.features,
            n_classes=CLASSES,
            train_positions=train,
            train_targets=np.eye(CLASSES)[self.classes[train]],
            train_weights=np.ones(len(train)),
            audit_order=order,
            audit_positions=nothing,
            audit_targets=np.empty((0, CLASSES)),
            unavailable=unavailable,
            pending=nothing,
            number=1,
            seed=5,
            outside_scores=np.linspace(3, -1, n),
        )

    def alike(self) -> "World":
        """The same with every item at the same place.

        Shapes: as World. Unit: none. Errors: none. Source: ours.
        """
        return replace(self, features=np.ones_like(self.features))


def world(per_class: int = PER_CLASS) -> World:
    """The pool, the same at every call.

    Shapes: 3 x per_class items of 6 numbers. Unit: length 1. Errors: none. Source: ours.
    """
    rng = np.random.default_rng(0)
    classes = np.repeat(np.arange(CLASSES), per_class)
    X = np.eye(CLASSES, WIDTH)[classes] + 0.3 * rng.standard_normal((len(classes), WIDTH))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    order = rng.permutation(len(classes))
    return World(X[order].astype(np.float32), classes[order])


def promise(holds: bool, told: str) -> None:
    """Go on if it holds. Shapes, unit: none. Raises BrokenError otherwise. Source: ours."""
    if not holds:
        raise BrokenError(told)
