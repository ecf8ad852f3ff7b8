"""Decision trees as plain arrays: stored without pickle, applied without sklearn."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selection.core.linear import digest_of
from selection.core.types import AnyArray, CoreError, FloatArray, IntArray, Probabilities

NAMES = ("feature", "threshold", "left", "right", "share", "roots", "classes", "trees_shape")
VERSION, LEAF, SMALLEST = 1, -1, 1e-6


@dataclass(frozen=True)
class ForestModel:
    """Every tree's nodes one after another, (N,): an item goes left where x[feature] <= threshold.

    left and right are nodes, -1 at a leaf; share (N, K) of the classes (K,) there; roots (T,).
    The mean share of the trees is sharpened or flattened by the temperature.
    """

    feature: IntArray
    threshold: FloatArray
    left: IntArray
    right: IntArray
    share: FloatArray
    roots: IntArray
    classes: IntArray
    n_classes: int
    temperature: float = 1.0

    def __post_init__(self) -> None:
        lengths = {len(each) for each in (self.feature, self.threshold, self.left, self.right)}
        if lengths != {len(self.share)} or self.share.shape[1] != len(self.classes):
            raise CoreError(f"trees of {sorted(lengths)} nodes with shares {self.share.shape}")
        if not (np.isfinite(self.share).all() and np.isfinite(self.threshold).all()):
            raise CoreError("the model has numbers that are not finite")

    def scores(self, X: AnyArray) -> FloatArray:
        """Logarithm of the trees' mean share of each known class: (m, K).

        Shapes: X (m, d). Unit: log probability. Raises IndexError when d is not the model's.
        Source: Breiman 2001.
        """
        total = np.zeros((len(X), len(self.classes)))
        for root in self.roots:
            total += self.share[self._leaves(X, int(root))]
        return np.asarray(np.log(np.maximum(total / len(self.roots), SMALLEST)))

    def _leaves(self, X: AnyArray, root: int) -> IntArray:
        node = np.full(len(X), root, dtype=np.int64)
        moving = np.arange(len(X))
        while len(moving):
            at = node[moving]
            moving, at = moving[self.left[at] != LEAF], at[self.left[at] != LEAF]
            goes_left = X[moving, self.feature[at]] <= self.threshold[at]
            node[moving] = np.where(goes_left, self.left[at], self.right[at])
        return node

    def predict_proba(self, X: AnyArray) -> Probabilities:
        """Probabilities: (m, n_classes) float32 in [0, 1]; rows sum to 1.

        Shapes: X (m, d). Unit: probability. Raises IndexError when d is not the model's. Source:
        Breiman 2001; temperature Guo et al. 2017.
        """
        known = np.exp(self.scores(np.asarray(X, np.float32)) / self.temperature)
        known /= known.sum(axis=1, keepdims=True)
        proba = np.zeros((len(known), self.n_classes), dtype=np.float32)
        proba[:, self.classes] = known
        return proba

    def cooled(self, divisor: float) -> "ForestModel":
        """The model at another temperature: same answers.

        Shapes: as the model. Unit: divisor > 0. Errors: none. Source: Guo et al. 2017.
        """
        values = {name: getattr(self, name) for name in NAMES[:-1]}
        return ForestModel(
            **values, n_classes=self.n_classes, temperature=self.temperature * divisor
        )

    def to_arrays(self) -> dict[str, AnyArray]:
        """Plain arrays that `from_arrays` turns into the same model.

        Shapes: as the fields. Unit: none. Errors: none. Source: ours.
        """
        shape = np.array([VERSION, self.n_classes, self.temperature])
        return {**{name: getattr(self, name) for name in NAMES[:-1]}, NAMES[-1]: shape}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, AnyArray]) -> "ForestModel":
        """The model that `to_arrays` wrote.

        Shapes: as the fields. Unit: none. Raises CoreError when an array is missing or of another
        version. Source: ours.
        """
        missing = [name for name in NAMES if name not in arrays]
        if missing:
            raise CoreError(f"model arrays lack {', '.join(missing)}")
        version, n_classes, temperature = (float(value) for value in arrays[NAMES[-1]])
        if version != VERSION:
            raise CoreError(f"model arrays have version {version:g}, this program reads {VERSION}")
        given = {name: np.asarray(arrays[name]) for name in NAMES[:-1]}
        return cls(**given, n_classes=int(n_classes), temperature=temperature)

    def digest(self) -> str:
        """SHA-256 of the model's numbers in hex: equal models, equal digest.

        Shapes, unit: none. Errors: none. Source: ours.
        """
        return digest_of(self.to_arrays())
