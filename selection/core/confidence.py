"""Probabilities that mean what they say: a temperature for any model, and how far they are off."""

import numpy as np
from numpy.random import Generator

from selection.core.evaluation import correct, decide
from selection.core.measures import expected_correct
from selection.core.types import CoreError, FloatArray, Probabilities, Task

GRID = np.exp(np.linspace(np.log(0.2), np.log(5.0), 41))
FEWEST = 20
FOLDS = 5
BINS = 10
LEAST = 1e-6


def tempered(proba: Probabilities, divisor: float, task: Task) -> FloatArray:
    """The probabilities with their log-odds divided: same answers, other confidence.

    Shapes: proba (m, C). Unit: probability; divisor above 1 makes them more timid. Raises
    CoreError unless divisor > 0. Source: Guo et al. 2017, written for probabilities.
    """
    if divisor <= 0:
        raise CoreError(f"temperature {divisor} must be above 0")
    given = np.clip(np.asarray(proba, dtype=np.float64), LEAST, 1 - LEAST)
    if task == "multi":
        yes, no = given ** (1 / divisor), (1 - given) ** (1 / divisor)
        return np.asarray(yes / (yes + no))
    scaled = given ** (1 / divisor)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def temperature(proba: FloatArray, targets: FloatArray, task: Task) -> float:
    """The divisor with the least log-loss of these held-out predictions; 1 below 20 of them.

    Shapes: proba (m, C), targets (m, C). Unit: in [0.2, 5]. Raises CoreError when the shapes
    differ. Source: Guo et al. 2017.
    """
    if proba.shape != targets.shape:
        raise CoreError(f"probabilities {proba.shape} for targets {targets.shape}")
    if len(proba) < FEWEST:
        return 1.0
    losses = [_loss(tempered(proba, float(each), task), targets, task) for each in GRID]
    return float(GRID[int(np.argmin(losses))])


def calibration_error(proba: FloatArray, targets: FloatArray, task: Task) -> float:
    """How far confidence and share of right answers lie apart, on average (ECE).

    Shapes: proba (m, C), targets (m, C). Unit: share. Raises CoreError when m is 0. Source:
    Naeini et al. 2015, with at most 10 bins of equal size.
    """
    if len(proba) == 0:
        raise CoreError("no predictions to compare")
    said = expected_correct(proba, task)
    hits = correct(decide(proba, task), targets, task).astype(np.float64)
    parts = np.array_split(np.argsort(said, kind="stable"), min(BINS, max(len(said) // 10, 1)))
    gaps = [abs(float((said[part] - hits[part]).sum())) for part in parts]
    return sum(gaps) / len(said)


def tempered_error(
    proba: FloatArray, targets: FloatArray, task: Task, *, rng: Generator
) -> float | None:
    """`calibration_error` after tempering, each prediction by a temperature fitted without it.

    Shapes: as `temperature`. Unit: share; None below 20 predictions. Raises CoreError when the
    shapes differ. Source: cross-fitting with 5 folds.
    """
    if len(proba) < FEWEST:
        return None
    fold = rng.permutation(len(proba)) % FOLDS
    out = np.empty_like(proba)
    for number in range(FOLDS):
        away = fold == number
        divisor = temperature(proba[~away], targets[~away], task)
        out[away] = tempered(proba[away], divisor, task)
    return calibration_error(out, targets, task)


def _loss(proba: FloatArray, targets: FloatArray, task: Task) -> float:
    given = np.clip(proba, LEAST, 1 - LEAST)
    loss = -(targets * np.log(given)).sum()
    if task == "multi":
        loss -= ((1 - targets) * np.log(1 - given)).sum()
    return float(loss)
