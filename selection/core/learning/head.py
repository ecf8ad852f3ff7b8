"""One head: descriptions as its prior, labels pulling it away from there."""

from dataclasses import dataclass, field, replace

import numpy as np

from selection.core.herding import typical_width
from selection.core.kernel_model import KernelModel
from selection.core.learning import kernels
from selection.core.learning.kernels import Basis
from selection.core.learning.lesson import Lesson
from selection.core.learning.prior import Prior, refine
from selection.core.learning.settings import Settings
from selection.core.learning.solver import FINE, Weights, regress
from selection.core.learning.spreading import Graph, pseudo_labels
from selection.core.linear import LinearModel
from selection.core.types import (
    BoolArray,
    Float32Array,
    FloatArray,
    IntArray,
    NeedsTwoClassesError,
)


@dataclass(frozen=True)
class Desk:
    """The labels that fits may see, and what fits with other settings can use again.

    places: which of the graph's first nodes these labels are.
    """

    lesson: Lesson
    prior: Prior
    breadth: float
    graph: Graph | None = None
    places: IntArray | None = None
    bases: dict[tuple[str, float, float], Basis] = field(default_factory=dict)

    def scale(self, settings: Settings) -> Float32Array:
        """What each column is multiplied with: (d,)."""
        out = np.ones(self.lesson.X.shape[1], np.float32)
        if self.lesson.blocks:
            out[self.lesson.blocks[0] :] = settings.extra
        return out

    def basis(self, settings: Settings) -> Basis:
        key = (settings.kernel, settings.breadth, settings.extra)
        if key not in self.bases:
            X = self.lesson.X * self.scale(settings)
            width = self.breadth * settings.breadth
            is_linear = settings.kernel == "linear"
            self.bases[key] = kernels.linear(X) if is_linear else kernels.gaussian(X, width)
        return self.bases[key]


@dataclass(frozen=True)
class Head:
    """A fitted head over the classes (K,) it knows."""

    settings: Settings
    weights: Weights
    basis: Basis
    prior: Prior
    scale: Float32Array
    classes: IntArray
    lesson: Lesson

    @property
    def converged(self) -> bool:
        return self.weights.converged

    def scores(self, X: Float32Array) -> FloatArray:
        """Log-odds up to a constant per row, of the known classes: (m, K)."""
        added = self.basis.of(X * self.scale) @ self.weights.coef.T + self.weights.intercept
        return added + _prior_scores(self.prior, X, self.settings)[:, self.classes]

    def model(self) -> LinearModel | KernelModel:
        """The head as a model of plain arrays."""
        directions = self.settings.strength * self.prior.directions[self.classes]
        coef, intercept = directions, self.weights.intercept - directions @ self.prior.mean
        own = self.weights.coef @ self.basis.back.T
        if self.basis.centres is None:
            coef = coef + own * self.scale
        linear = LinearModel(coef, intercept, self.classes, self.lesson.n_classes, self.lesson.task)
        if self.basis.centres is None:
            return linear
        return KernelModel(linear, self.basis.centres, own, self.scale, self.basis.width)


def open_desk(
    lesson: Lesson,
    *,
    inside: BoolArray | None = None,
    graph: Graph | None = None,
    breadth: float | None = None,
) -> Desk:
    """What any fit on these labels, or those inside, needs: the prior turned by them, and widths.

    Shapes: inside (L,); graph as built from all labels of the lesson. Unit: none. Errors: none.
    Source: ours.
    """
    places = np.arange(lesson.n_labels) if inside is None else np.flatnonzero(inside)
    part = lesson if inside is None else without(lesson, inside)
    vectors = part.class_vectors
    amounts = part.targets * part.weights[:, None]
    prior = refine(part.pool, vectors, part.X, amounts) if part.task == "single" else plain(part)
    return Desk(part, prior, breadth or typical_width(part.pool), graph, places)


def plain(lesson: Lesson) -> Prior:
    """The descriptions as they are: items may belong to several classes, or none."""
    nothing = np.zeros((0, lesson.n_classes))
    return refine(lesson.pool, lesson.class_vectors, lesson.X[:0], nothing, rounds=0)


def fit_head(desk: Desk, settings: Settings, *, tolerance: float = FINE) -> Head:
    """Fit the weights of one head. NeedsTwoClassesError when it knows fewer than two classes."""
    lesson, basis = desk.lesson, desk.basis(settings)
    known = known_classes(desk, settings)
    if len(known) < 2 and lesson.task == "single":
        raise NeedsTwoClassesError(f"{len(known)} class among {lesson.n_labels} labels")
    offset = _prior_scores(desk.prior, lesson.X, settings)[:, known]
    targets = lesson.targets[:, known]
    weights = balanced(targets, lesson.weights, settings.balance, task=lesson.task)
    rows = basis.coordinates
    if settings.spread and desk.graph is not None and desk.places is not None:
        extra = pseudo_labels(desk.graph, lesson, desk.places, known)
        rows = np.vstack([rows, basis.of(extra.X * desk.scale(settings))])
        offset = np.vstack([offset, _prior_scores(desk.prior, extra.X, settings)[:, known]])
        targets = np.vstack([targets, extra.targets])
        weights = np.concatenate([weights, settings.spread * weights.sum() * extra.weights])
    pull, task = settings.C, lesson.task
    found = regress(rows, targets, weights, offset, C=pull, task=task, tolerance=tolerance)
    return Head(settings, found, basis, desk.prior, desk.scale(settings), known, lesson)


def known_classes(desk: Desk, settings: Settings) -> IntArray:
    """Classes the head can tell: with a label, or with a description that counts: (K,)."""
    if desk.lesson.task == "multi":
        return np.arange(desk.lesson.n_classes, dtype=np.int64)
    seen: BoolArray = desk.lesson.counts() > 0
    return np.flatnonzero(seen | desk.prior.live if settings.strength else seen).astype(np.int64)


def balanced(targets: FloatArray, weights: FloatArray, share: float, *, task: str) -> FloatArray:
    """Weights that give every class the same say (share 1), or every label (share 0): (L,)."""
    if not share or task == "multi" or not len(targets):
        return weights
    counts = weights @ targets
    alike = counts.sum() / (max((counts > 0).sum(), 1) * np.maximum(counts, 1e-12))
    return weights * (targets @ np.where(counts > 0, alike, 0.0) ** share)


def without(lesson: Lesson, inside: BoolArray) -> Lesson:
    """The lesson with some of its labels only."""
    return replace(
        lesson,
        X=lesson.X[inside],
        targets=lesson.targets[inside],
        weights=lesson.weights[inside],
    )


def _prior_scores(prior: Prior, X: Float32Array, settings: Settings) -> FloatArray:
    if not settings.strength:
        return np.zeros((len(X), len(prior.directions)))
    return settings.strength * prior.scores(X)
