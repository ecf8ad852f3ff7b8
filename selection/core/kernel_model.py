"""A model of likeness to labelled items, as plain arrays: what a line cannot part."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selection.core.chunks import pieces
from selection.core.herding import similarity
from selection.core.linear import LinearModel, digest_of
from selection.core.types import AnyArray, CoreError, Float32Array, FloatArray, Probabilities

NAMES = ("centres", "amounts", "scale", "width")
PIECE = 4096


@dataclass(frozen=True)
class KernelModel:
    """Scores = linear part + amounts (K, c) times the kernel to centres (c, d).

    The kernel is exp(-|x - y|^2 / width^2) on rows multiplied by scale (d,); centres are stored
    multiplied already.
    """

    linear: LinearModel
    centres: Float32Array
    amounts: FloatArray
    scale: Float32Array
    width: float

    def __post_init__(self) -> None:
        expected = (len(self.linear.classes), len(self.centres))
        if self.amounts.shape != expected:
            raise CoreError(f"amounts {self.amounts.shape} for {expected} classes and centres")
        if not (np.isfinite(self.amounts).all() and np.isfinite(self.centres).all()):
            raise CoreError("the model has numbers that are not finite")

    @property
    def n_classes(self) -> int:
        return self.linear.n_classes

    def predict_proba(self, X: AnyArray) -> Probabilities:
        """Probabilities: (m, n_classes) float32 in [0, 1]; rows sum to 1 for single-label.

        Shapes: X (m, d). Unit: probability. Raises ValueError when d is not the model's.
        Source: kernel logistic regression (Zhu and Hastie 2005).
        """
        scores = self.linear.decision(X)
        amounts = self.amounts.astype(np.float32).T
        for part in pieces(len(scores), PIECE):
            rows = np.asarray(X[part], np.float32) * self.scale
            scores[part] += similarity(rows, self.centres, self.width) @ amounts
        return self.linear.proba_of(np.ascontiguousarray(scores.T))

    def cooled(self, divisor: float) -> "KernelModel":
        """The model with its scores divided by the temperature: same answers.

        Shapes: as the model. Unit: divisor > 0. Errors: none. Source: Guo et al. 2017.
        """
        amounts = self.amounts / divisor
        return KernelModel(
            self.linear.cooled(divisor), self.centres, amounts, self.scale, self.width
        )

    def to_arrays(self) -> dict[str, AnyArray]:
        """Plain arrays that `from_arrays` turns into the same model.

        Shapes: as the fields. Unit: none. Errors: none. Source: ours.
        """
        own = (self.centres, self.amounts, self.scale, np.array([self.width]))
        return {**self.linear.to_arrays(), **dict(zip(NAMES, own, strict=True))}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, AnyArray]) -> "KernelModel":
        """The model that `to_arrays` wrote.

        Shapes: as the fields. Unit: none. Raises CoreError when an array is missing. Source:
        ours.
        """
        missing = [name for name in NAMES if name not in arrays]
        if missing:
            raise CoreError(f"model arrays lack {', '.join(missing)}")
        return cls(
            LinearModel.from_arrays(arrays),
            np.asarray(arrays["centres"], np.float32),
            np.asarray(arrays["amounts"], np.float64),
            np.asarray(arrays["scale"], np.float32),
            float(arrays["width"][0]),
        )

    def digest(self) -> str:
        """SHA-256 of the model's numbers in hex: equal models, equal digest.

        Shapes, unit: none. Errors: none. Source: ours.
        """
        return digest_of(self.to_arrays())
