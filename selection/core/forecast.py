"""Where the learning curve goes: a power law with a range, from audit estimates."""

from dataclasses import dataclass

import numpy as np

from selection.core.types import CoreError, FloatArray

RATES = np.linspace(0.1, 1.5, 29)
MIN_POINTS = 4
CHI2_95 = 3.84
LEAST_ERROR = 0.005


@dataclass(frozen=True)
class Curve:
    """Power laws value = top - drop x labels^-rate that fit the estimates about equally well.

    top, drop, rate (k,): every member lies inside the 95 % profile of the best, which is `best`.
    """

    top: FloatArray
    drop: FloatArray
    rate: FloatArray
    best: int

    def at(self, labels: float) -> tuple[float, float, float]:
        """Value expected at that many labels: (low, likely, high), in [0, 1].

        Shapes: none. Unit: share. Errors: none. Source: range over the profile.
        """
        values = np.clip(self.top - self.drop * float(labels) ** -self.rate, 0, 1)
        return float(values.min()), float(values[self.best]), float(values.max())

    def gain_of_doubling(self, labels: float) -> tuple[float, float, float]:
        """Gain from twice the labels: (low, likely, high).

        Shapes: none. Unit: share. Errors: none. Source: range over the profile.
        """
        gains = self.drop * float(labels) ** -self.rate * (1 - 2.0**-self.rate)
        return float(gains.min()), float(gains[self.best]), float(gains.max())

    def labels_to(self, value: float) -> tuple[float, float, float]:
        """Labels needed for that value: (low, likely, high); inf where a law never gets there.

        Shapes: none. Unit: labels. Errors: none. Source: the power law solved for labels.
        """
        gap = self.top - value
        reachable = (gap > 0) & (self.drop > 0)
        safe = np.where(reachable, gap, 1.0)
        needed = (np.maximum(self.drop, 1e-12) / safe) ** (1 / self.rate)
        labels = np.where(reachable, needed, np.where(gap >= 0, 0.0, np.inf))
        return float(labels.min()), float(labels[self.best]), float(labels.max())

    def labels_for_gain(self, labels: float, gain: float) -> tuple[float, float, float]:
        """More labels for that much more value: (low, likely, high); inf where out of reach.

        Shapes: none. Unit: labels beyond those given. Errors: none. Source: the power law solved
        for labels.
        """
        gap = self.drop * float(labels) ** -self.rate - gain
        safe = np.where(gap > 0, gap, 1.0)
        more = (np.maximum(self.drop, 1e-12) / safe) ** (1 / self.rate) - labels
        needed = np.where(gap > 0, more, np.inf)
        return float(needed.min()), float(needed[self.best]), float(needed.max())


def fit_curve(labels: FloatArray, values: FloatArray, n_audit: FloatArray) -> Curve:
    """Fit the power law to estimates of growing models.

    Shapes: labels, values, n_audit all (k,). Unit: labels > 0, values in [0, 1], n_audit the
    audit labels behind each value. Raises CoreError with fewer than 4 points or without growth.
    Source: weighted least squares for each rate on a grid; Viering and Loog 2022 on the form.
    """
    if len(labels) < MIN_POINTS or float(np.ptp(labels)) == 0:
        raise CoreError(f"{len(labels)} points of the curve; a forecast needs {MIN_POINTS}")
    noise = np.sqrt(np.maximum(values * (1 - values), LEAST_ERROR) / np.maximum(n_audit, 1))
    laws = [_law(labels, values, noise, rate) for rate in RATES]
    losses = np.array([loss for _, _, loss in laws])
    kept = np.flatnonzero(losses <= losses.min() + CHI2_95)
    top, drop = (np.array([laws[index][part] for index in kept]) for part in (0, 1))
    return Curve(top, drop, RATES[kept], int(np.argmin(losses[kept])))


def _law(
    labels: FloatArray, values: FloatArray, noise: FloatArray, rate: float
) -> tuple[float, float, float]:
    """Best (top, drop, loss) for one rate, with drop >= 0 and top <= 1."""
    design = np.column_stack([np.ones(len(labels)), -(labels**-rate)]) / noise[:, None]
    (top, drop), *_ = np.linalg.lstsq(design, values / noise, rcond=None)
    if drop < 0:
        top, drop = float(np.average(values, weights=noise**-2)), 0.0
    elif top > 1:
        x = labels**-rate
        top, drop = (
            1.0,
            max(float(np.sum(x * (1 - values) / noise**2) / np.sum((x / noise) ** 2)), 0.0),
        )
    errors = (top - drop * labels**-rate - values) / noise
    return float(top), float(drop), float(errors @ errors)
