"""The linear model as plain arrays: stored without pickle, applied without sklearn."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selection.core.types import (
    AnyArray,
    CoreError,
    Float32Array,
    FloatArray,
    IntArray,
    Probabilities,
    Task,
)

NAMES = ("coef", "intercept", "classes", "shape")
VERSION = 1
STEEPEST = np.float32(80)


@dataclass(frozen=True)
class LinearModel:
    """coef (K, d), intercept (K,), classes (K,) sorted class numbers the model knows.

    Single-label: softmax over the K classes. Multi-label: one sigmoid per class. The other
    n_classes - K classes get probability 0.
    """

    coef: FloatArray
    intercept: FloatArray
    classes: IntArray
    n_classes: int
    task: Task = "single"

    def __post_init__(self) -> None:
        if self.coef.shape[0] != len(self.intercept) or len(self.intercept) != len(self.classes):
            raise CoreError(
                f"coef {self.coef.shape}, intercept {self.intercept.shape} and classes "
                f"{self.classes.shape} do not belong together"
            )
        if not (np.isfinite(self.coef).all() and np.isfinite(self.intercept).all()):
            raise CoreError("the model has coefficients that are not finite")

    def decision(self, X: AnyArray) -> Float32Array:
        """Linear scores: (m, K) float32.

        Shapes: X (m, d). Unit: log-odds up to a constant per row. Raises ValueError when d is
        not the model's. Source: definition.
        """
        coef = self.coef.astype(np.float32)
        scores: Float32Array = np.asarray(X, dtype=np.float32) @ coef.T
        scores += self.intercept.astype(np.float32)
        return scores

    def predict_proba(self, X: AnyArray) -> Probabilities:
        """Probabilities: (m, n_classes) float32 in [0, 1]; rows sum to 1 for single-label.

        Shapes: X (m, d). Unit: probability. Raises ValueError when d is not the model's.
        Source: softmax, or the logistic function per class. A class lies contiguous in memory:
        sums and maxima over few classes are then as quick as over many.
        """
        return self.proba_of(np.ascontiguousarray(self.decision(X).T))

    def proba_of(self, scores: Float32Array) -> Probabilities:
        """Probabilities of all classes from the scores of the known ones: (m, n_classes).

        Shapes: scores (K, m), overwritten. Unit: probability. Errors: none. Source: softmax, or
        the logistic function per class.
        """
        known = _softmax(scores) if self.task == "single" else _sigmoid(scores)
        if len(self.classes) == self.n_classes:
            return known.T
        proba = np.zeros((self.n_classes, known.shape[1]), dtype=np.float32)
        proba[self.classes] = known
        return proba.T

    def cooled(self, divisor: float) -> "LinearModel":
        """The model with its scores divided by the temperature: same answers.

        Shapes: as the model. Unit: divisor > 0. Errors: none. Source: Guo et al. 2017.
        """
        return LinearModel(
            self.coef / divisor, self.intercept / divisor, self.classes, self.n_classes, self.task
        )

    def to_arrays(self) -> dict[str, AnyArray]:
        """Plain arrays that `from_arrays` turns into the same model.

        Shapes: as the fields. Unit: none. Errors: none. Source: ours.
        """
        shape = np.array([VERSION, self.n_classes, int(self.task == "multi")], dtype=np.int64)
        return dict(zip(NAMES, (self.coef, self.intercept, self.classes, shape), strict=True))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, AnyArray]) -> "LinearModel":
        """The model that `to_arrays` wrote.

        Shapes: as the fields. Unit: none. Raises CoreError when an array is missing or of
        another version. Source: ours.
        """
        missing = [name for name in NAMES if name not in arrays]
        if missing:
            raise CoreError(f"model arrays lack {', '.join(missing)}")
        version, n_classes, is_multi = (int(value) for value in arrays["shape"])
        if version != VERSION:
            raise CoreError(f"model arrays have version {version}, this program reads {VERSION}")
        task: Task = "multi" if is_multi else "single"
        coef, intercept = (np.asarray(arrays[name], np.float64) for name in NAMES[:2])
        return cls(coef, intercept, np.asarray(arrays["classes"], np.int64), n_classes, task)

    def to_bytes(self) -> bytes:
        """The content of a .npz file.

        Shapes, unit: none. Errors: none. Source: numpy's format.
        """
        buffer = io.BytesIO()
        np.savez(buffer, **self.to_arrays())  # type: ignore[arg-type]
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "LinearModel":
        """The model in a .npz file; never unpickles.

        Shapes, unit: none. Raises CoreError or ValueError on other content. Source: ours.
        """
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return cls.from_arrays(arrays)

    def digest(self) -> str:
        """SHA-256 of the model's numbers in hex: equal models, equal digest.

        Shapes, unit: none. Errors: none. Source: ours.
        """
        return digest_of(self.to_arrays())


def digest_of(arrays: Mapping[str, AnyArray]) -> str:
    """SHA-256 of named arrays in hex.

    Shapes, unit: none. Errors: none. Source: ours.
    """
    seen = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        seen.update(f"{name}:{array.shape}:".encode())
        seen.update(np.ascontiguousarray(array).tobytes())
    return seen.hexdigest()


def _softmax(scores: Float32Array) -> Float32Array:
    """In place: (K, m) scores, one column per item."""
    scores -= scores.max(axis=0)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=0)
    return scores


def _sigmoid(scores: Float32Array) -> Float32Array:
    """In place; the bound keeps exp from overflowing."""
    np.negative(scores, out=scores)
    np.exp(np.minimum(scores, STEEPEST, out=scores), out=scores)
    scores += 1
    return np.reciprocal(scores, out=scores)
