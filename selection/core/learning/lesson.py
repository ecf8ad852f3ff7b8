"""What a learner gets, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.random import Generator

from selection.core.types import Float32Array, FloatArray, Model, Task

Choice = Mapping[str, float | int | str]


@dataclass(frozen=True)
class Lesson:
    """The labels of a round and what else may help to read them.

    X (L, d) rows of the labelled items, targets (L, C) in [0, 1], weights (L,) > 0; pool (m, d) a
    random sample of the items, labelled or not. class_vectors (C, d) where the encoders put the
    classes' descriptions, zeros where unknown; None = no class has one. blocks: widths of the
    encoders side by side. last: what an earlier round settled on, and after how many labels.
    """

    X: Float32Array
    targets: FloatArray
    weights: FloatArray
    pool: Float32Array
    task: Task = "single"
    class_vectors: FloatArray | None = None
    blocks: tuple[int, ...] = ()
    last: Choice = field(default_factory=dict)
    calibrate: bool = True

    @property
    def n_labels(self) -> int:
        return len(self.X)

    @property
    def n_classes(self) -> int:
        return int(self.targets.shape[1])

    def counts(self) -> FloatArray:
        """Weighted labels per class: (C,)."""
        return np.asarray(self.weights @ self.targets)


@dataclass(frozen=True)
class Learnt:
    """A model, whether its solver settled, and the settings that cross-validation chose."""

    model: Model
    converged: bool = True
    choice: Choice = field(default_factory=dict)


class Learner(Protocol):
    """learn(lesson, *, rng, **params) -> Learnt; NeedsTwoClassesError when nothing can be told."""

    def __call__(self, lesson: Lesson, *, rng: Generator, **params: Any) -> Learnt: ...
