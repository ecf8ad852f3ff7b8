"""A narrower estimate of accuracy: audit labels correct what the model expects of the pool."""

from dataclasses import dataclass

import numpy as np

from selection.core.evaluation import exact_bounds
from selection.core.types import BoolArray, CoreError, FloatArray, Metric

# How many rare outcomes (errors, or hits of a poor model) are needed before the model's account
# is trusted half: with fewer, chance makes it look better than it is.
CAUTION = 5
# An estimate never claims more than it could with so many times its labels.
MOST_GAIN = 4.0


@dataclass(frozen=True)
class Reference:
    """What the model expects of a random sample of the items, audit items not among them.

    mean and variance of the expected correctness of n items, each judged by a model that was
    not trained on it.
    """

    mean: float
    variance: float
    n: int


def reference_of(expected: FloatArray) -> Reference:
    """The reference these expectations make.

    Shapes: expected (N,). Unit: expected correctness in [0, 1]. Raises CoreError when empty.
    Source: definition.
    """
    if len(expected) == 0:
        raise CoreError("a reference needs at least one item")
    return Reference(float(expected.mean()), float(expected.var()), len(expected))


def assisted_accuracy(
    hits: BoolArray, expected: FloatArray, reference: Reference, *, confidence: float = 0.95
) -> Metric:
    """Accuracy by regression on the model's expected correctness, with a cautious interval.

    Shapes: hits (n,), expected (n,) of the same audit items. Unit: share in [0, 1]. Raises
    CoreError when the lengths differ or n is 0. Source: double sampling regression (Cochran
    1977, 12.6), which is prediction-powered inference with a tuned weight (Angelopoulos et al.
    2023); the interval is that of Clopper and Pearson at the effective sample size (Korn and
    Graubard 1998). The weight is shrunk by the number of rare outcomes: ours, by simulation.
    """
    n = len(hits)
    if n == 0 or n != len(expected):
        raise CoreError(f"{n} audit labels with {len(expected)} expectations")
    share = float(hits.mean())
    slope = _slope(hits, expected, n / reference.n)
    value = float(np.clip(share + slope * (reference.mean - float(expected.mean())), 0, 1))
    gain = _gain(hits, expected, reference, slope)
    low, high = effective_interval(value, n * gain, (1 - confidence) / 2)
    return Metric("accuracy", value, min(low, value), max(high, value), n)


def effective_interval(value: float, size: float, alpha: float) -> tuple[float, float]:
    """Bounds of a share as if `size` items had shown it; neither needs to be whole.

    Shapes: none. Unit: share in [0, 1]. Raises CoreError unless size > 0. Source: Korn and
    Graubard 1998; with whole numbers it is Clopper and Pearson 1934.
    """
    if size <= 0:
        raise CoreError(f"effective size {size} must be above 0")
    hits = float(np.clip(value, 0, 1)) * size
    return exact_bounds(hits, size - hits, alpha)


def _slope(hits: BoolArray, expected: FloatArray, ratio: float) -> float:
    """Least squares, never negative, shrunk; ratio: audit labels per item of the reference."""
    apart = expected - expected.mean()
    spread = float(apart @ apart)
    rare = min(int(hits.sum()), int((~hits).sum()))
    if spread <= 0 or rare < 2:
        return 0.0
    steep = max(float(apart @ (hits - hits.mean())) / spread, 0.0)
    trust = (rare - 1) / (rare - 1 + CAUTION)
    return steep * trust / (1 + ratio)


def _gain(hits: BoolArray, expected: FloatArray, reference: Reference, slope: float) -> float:
    """How many plain audit labels one assisted label is worth; below 1 when it is worth less."""
    n = len(hits)
    if slope == 0.0:
        return 1.0
    apart = expected - expected.mean()
    rest = (hits - hits.mean()) - slope * apart
    distance = (reference.mean - float(expected.mean())) ** 2 / float(apart @ apart)
    own = float(rest @ rest) / (n - 2) * (1 / n + distance)
    variance = own + slope**2 * reference.variance / reference.n
    plain = float(hits.var()) / (n - 1)
    return float(min(plain / variance, MOST_GAIN)) if variance > 0 else MOST_GAIN
