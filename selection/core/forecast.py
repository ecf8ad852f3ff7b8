"""Where the learning curve goes: power laws that fit the audit estimates about equally well."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from selection.core.types import CoreError, FloatArray, IntArray, LearningCurve

RATES = np.linspace(0.1, 1.5, 29)
MIN_POINTS, MIN_AUDIT = 4, 20
# Models of a sixteenth of today's labels and fewer follow another law: the start of the project.
SPAN = 16
LEAST_WOBBLE = 0.005
LOW, HIGH = 0.05, 0.95
# Fractions of multiples of these are spread evenly: chance without a random generator.
GOLDEN, SILVER = 0.6180339887498949, 0.4142135623730951

Range = tuple[float, float, float]


@dataclass(frozen=True)
class Curve:
    """Power laws value = top - drop x labels^-rate, one for each resample of the audit items.

    top, drop, rate, wobble (k,); `best` is the law of the estimates themselves. wobble is how far
    one model strays from its law. Ranges leave out a twentieth of the laws at either end.
    """

    top: FloatArray
    drop: FloatArray
    rate: FloatArray
    best: int
    wobble: FloatArray | None = None

    def at(self, labels: float) -> Range:
        """Value expected at that many labels: (low, likely, high), in [0, 1].

        Shapes: none. Unit: share. Errors: none. Source: range over the laws and their wobble.
        """
        values = self.top - self.drop * float(labels) ** -self.rate
        likely = float(np.clip(values[self.best], 0, 1))
        strayed = values if self.wobble is None else values + self.wobble
        return _range(np.clip(strayed, 0, 1), likely)

    def gain_of_doubling(self, labels: float) -> Range:
        """Gain from twice the labels: (low, likely, high).

        Shapes: none. Unit: share. Errors: none. Source: range over the laws.
        """
        gains = self.drop * float(labels) ** -self.rate * (1 - 2.0**-self.rate)
        return _range(gains, float(gains[self.best]))

    def labels_to(self, value: float) -> Range:
        """Labels needed for that value: (low, likely, high); inf where a law never gets there.

        Shapes: none. Unit: labels. Errors: none. Source: the power law solved for labels.
        """
        return self.labels_to_each(np.full(len(self.top), value))

    def labels_to_each(self, values: FloatArray) -> Range:
        """Labels needed where each law has a value of its own to get to: (low, likely, high).

        Shapes: values (k,). Unit: labels; inf where a law never gets there. Errors: none. Source:
        as `labels_to`.
        """
        gap = self.top - values
        reachable = (gap > 0) & (self.drop > 0)
        labels = self._solved(np.where(reachable, gap, 1.0))
        is_flat = (gap >= 0) & (self.drop <= 0)
        labels = np.where(reachable, labels, np.where(is_flat, 0.0, np.inf))
        return _range(labels, float(labels[self.best]))

    def labels_for_gain(self, labels: float, gain: float) -> Range:
        """More labels for that much more value: (low, likely, high); inf where out of reach.

        Shapes: none. Unit: labels beyond those given. Errors: none. Source: the power law solved
        for labels.
        """
        gap = self.drop * float(labels) ** -self.rate - gain
        more = self._solved(np.where(gap > 0, gap, 1.0)) - labels
        needed = np.where(gap > 0, more, np.inf)
        return _range(needed, float(needed[self.best]))

    def _solved(self, gap: FloatArray) -> FloatArray:
        """Labels at which each law is that far below its top; very many rather than too many."""
        exponent = np.log(np.maximum(self.drop, 1e-12) / gap) / self.rate
        return np.asarray(np.exp(np.minimum(exponent, 50.0)))


def fit_curve(points: LearningCurve) -> Curve:
    """Fit a power law to the estimates, and to each resample of their audit items.

    Shapes: as in LearningCurve. Unit: labels > 0, values in [0, 1]. Raises CoreError with fewer
    than 4 models of different size. Source: least squares for each rate on a grid, the rate drawn
    by its likelihood, so that nearly equal fits count nearly equally; Viering and Loog 2022 on
    the form. The models' common audit items are resampled together: they err together.
    """
    recent = _recent(points)
    labels, targets = points.labels[recent], _targets(points)[:, recent]
    if len(labels) < MIN_POINTS or float(np.ptp(labels)) == 0:
        raise CoreError(f"{len(labels)} points of the curve; a forecast needs {MIN_POINTS}")
    laws = [_law(labels, targets, rate) for rate in RATES]
    top, drop, loss = (np.array([law[part] for law in laws]) for part in range(3))
    spread = float(np.sqrt(max(loss[:, 0].min() / (len(labels) - 2), LEAST_WOBBLE**2)))
    rates = _drawn(loss, spread)
    each = np.arange(len(targets))
    wobble = spread * ndtri(np.clip((each + 0.5) * SILVER % 1, 1e-6, 1 - 1e-6))
    return Curve(top[rates, each], drop[rates, each], RATES[rates], 0, wobble)


def _range(values: FloatArray, likely: float) -> Range:
    low, high = np.quantile(values, [LOW, HIGH], method="inverted_cdf")
    return min(float(low), likely), likely, max(float(high), likely)


def _recent(points: LearningCurve) -> IntArray:
    """Positions of the models that follow today's law: at least the last few."""
    newest = float(points.labels.max(initial=0))
    is_recent = points.labels * SPAN >= newest
    is_recent[-MIN_POINTS:] = True
    return np.asarray(np.flatnonzero(is_recent), dtype=np.int64)


def _targets(points: LearningCurve) -> FloatArray:
    """The estimates themselves first, then the resamples: (1 + B, R)."""
    return np.vstack([points.values[None], points.samples])


def _law(
    labels: FloatArray, values: FloatArray, rate: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Best top, drop and loss of each row of values (k, R), with drop >= 0 and top <= 1."""
    x = labels**-rate
    away = x - x.mean()
    drop = np.maximum(-(values @ away) / float(away @ away), 0)
    top = values.mean(axis=1) + drop * x.mean()
    from_one = np.maximum((1 - values) @ x / float(x @ x), 0)
    is_over = top > 1
    top, drop = np.where(is_over, 1.0, top), np.where(is_over, from_one, drop)
    errors = top[:, None] - np.outer(drop, x) - values
    return top, drop, np.einsum("kr,kr->k", errors, errors)


def _drawn(loss: FloatArray, spread: float) -> IntArray:
    """For each row one rate, drawn by likelihood; for the estimates themselves the best."""
    likelihood = np.exp(-(loss - loss.min(axis=0)) / (2 * spread**2))
    reached = np.cumsum(likelihood / likelihood.sum(axis=0), axis=0)
    chance = (np.arange(loss.shape[1]) + 0.5) * GOLDEN % 1
    rates = np.minimum((reached < chance).sum(axis=0), len(loss) - 1)
    rates[0] = int(np.argmin(loss[:, 0]))
    return np.asarray(rates, dtype=np.int64)
