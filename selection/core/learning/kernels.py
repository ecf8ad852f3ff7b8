"""Rows as the solver wants them: few, and plain numbers, whatever the kernel."""

from dataclasses import dataclass

import numpy as np

from selection.core.chunks import pieces
from selection.core.herding import similarity
from selection.core.types import AnyArray, Float32Array, FloatArray

MOST_CENTRES, FLOOR = 800, 1e-7


@dataclass(frozen=True)
class Basis:
    """Coordinates of rows: (n, r). back turns coefficients (K, r) into (K, d) or (K, centres).

    centres None: the linear kernel, in the span of the labelled rows. Else the Gaussian kernel
    exp(-|x - y|^2 / width^2) with these centres.
    """

    coordinates: FloatArray
    back: FloatArray
    centres: Float32Array | None = None
    width: float = 1.0

    def of(self, X: Float32Array) -> FloatArray:
        """The coordinates of other rows.

        Shapes: X (m, d); returns (m, r). Unit: as coordinates. Errors: none. Source: projection;
        for the Gaussian kernel Williams and Seeger 2001 (Nystroem).
        """
        if self.centres is None:
            return np.asarray(X @ self.back, np.float64)
        return np.asarray(similarity(X, self.centres, self.width) @ self.back, np.float64)


def linear(X: Float32Array) -> Basis:
    """The rows in their own span: as many coordinates as rows or columns, whichever is fewer.

    Shapes: X (n, d). Unit: feature units; inner products stay what they were. Errors: none.
    Source: singular vectors.
    """
    n, width = X.shape
    if n == 0 or n >= width:
        return Basis(X.astype(np.float64), np.eye(width))
    gram = np.asarray(X @ X.T, np.float64)
    values, vectors = _eigen(gram)
    back = X.T.astype(np.float64) @ (vectors / np.sqrt(values))
    return Basis(vectors * np.sqrt(values), back)


def gaussian(X: Float32Array, width: float) -> Basis:
    """Coordinates whose inner products are the Gaussian kernel, exact up to 800 rows.

    Shapes: X (n, d). Unit: kernel exp(-|x - y|^2 / width^2). Errors: none. Source: Williams and
    Seeger 2001 beyond 800 rows, with evenly spaced rows as centres.
    """
    step = max(1, -(-len(X) // MOST_CENTRES))
    centres = X[::step]
    values, vectors = _eigen(np.asarray(similarity(centres, centres, width), np.float64))
    back = vectors / np.sqrt(values)
    if step == 1:
        return Basis(vectors * np.sqrt(values), back, centres, width)
    return Basis(kernel_rows(X, centres, width) @ back, back, centres, width)


def kernel_rows(X: AnyArray, centres: Float32Array, width: float) -> FloatArray:
    """The kernel between rows and centres, computed piece by piece: (m, c).

    Shapes: X (m, d), centres (c, d). Unit: in (0, 1]. Errors: none. Source: Gaussian kernel.
    """
    out = np.empty((len(X), len(centres)))
    for part in pieces(len(X), 4096):
        out[part] = similarity(np.asarray(X[part], np.float32), centres, width)
    return out


def _eigen(gram: FloatArray) -> tuple[FloatArray, FloatArray]:
    values, vectors = np.linalg.eigh(gram)
    kept = values > FLOOR * max(float(values[-1]), FLOOR)
    return values[kept], vectors[:, kept]
