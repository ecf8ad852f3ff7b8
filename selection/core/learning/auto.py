"""Learners: from the labels of a round to a model. What the catalog's estimators point to."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from selection.core.calibration import temperature
from selection.core.estimators import fit
from selection.core.estimators import logistic as plain_logistic
from selection.core.learning import tuning
from selection.core.learning.head import open_desk
from selection.core.learning.lesson import Learnt, Lesson
from selection.core.learning.prior import says_something
from selection.core.learning.settings import Settings
from selection.core.learning.spreading import build
from selection.core.types import NeedsTwoClassesError

# Of heads too young to be judged: their scores are too timid by about this much.
YOUNG = 0.6


def auto(lesson: Lesson, *, rng: Generator, descriptions: bool = True) -> Learnt:
    """Fit the head that the labels speak for: descriptions as prior, kernel, pull, pseudo-labels.

    Shapes: as in Lesson. Unit: none. Raises NeedsTwoClassesError when nothing can be told apart.
    Source: ours, from the parts named in `prior`, `solver`, `spreading` and `tuning`. Settings
    are chosen anew whenever the labels have grown by a quarter, and kept in between.
    """
    vectors = lesson.class_vectors
    if not descriptions or vectors is None or not says_something(vectors):
        lesson = replace(lesson, class_vectors=None)
    if tuning.is_due(lesson):
        best = tuning.choose(lesson, rng=rng)
        return _learnt(lesson, best.settings, best.temperature, lesson.n_labels)
    if lesson.last:
        seen = int(lesson.last["n_labels"])
        return _learnt(lesson, Settings.of(lesson.last), float(lesson.last["temperature"]), seen)
    return _learnt(lesson, tuning.first_settings(lesson), YOUNG, 0)


def logistic(
    lesson: Lesson,
    *,
    rng: Generator,
    C: float = 10.0,
    balanced: bool = True,
    max_iter: int = 500,
) -> Learnt:
    """Fit a plain logistic regression to the labels alone, as most people do.

    Shapes: as in Lesson. Unit: C is the inverse of the penalty. Raises NeedsTwoClassesError when
    nothing can be told apart. Source: Cox 1958; temperature by cross-validation (Guo et al. 2017).
    """
    params = {"C": C, "balanced": balanced, "max_iter": max_iter}
    given = (plain_logistic, params, lesson.X, lesson.targets, lesson.weights)
    if lesson.n_labels == 0:
        raise NeedsTwoClassesError("no labels")
    fitted = fit(*given, task=lesson.task)
    if not lesson.calibrate or lesson.task == "multi":
        return Learnt(fitted.model, fitted.converged)
    return Learnt(fitted.model.cooled(temperature(*given, rng=rng)), fitted.converged)


def kernel(
    lesson: Lesson, *, rng: Generator, C: float = 30.0, breadth: float = 1.0, spread: float = 1.0
) -> Learnt:
    """Fit a head that goes by likeness to labelled items, with labels running along neighbours.

    Shapes: as in Lesson. Unit: breadth in multiples of the pool's spread. Raises
    NeedsTwoClassesError when nothing can be told apart. Source: Zhu and Hastie 2005 (kernel
    logistic regression); Zhou et al. 2004 (label spreading).
    """
    settings = Settings(kernel="gaussian", C=C, breadth=breadth, spread=spread, extra=1.0)
    return _learnt(replace(lesson, class_vectors=None), settings, YOUNG, 0)


def trees(lesson: Lesson, *, rng: Generator, balance: float = 1.0) -> Learnt:
    """Fit extremely randomised trees, which cut one column at a time.

    Shapes: as in Lesson. Unit: balance from 0 (every label alike) to 1 (every class alike). Raises
    NeedsTwoClassesError when nothing can be told apart. Source: Geurts et al. 2006.
    """
    if lesson.n_labels == 0:
        raise NeedsTwoClassesError("no labels")
    settings = Settings(kernel="forest", balance=balance)
    return _learnt(replace(lesson, class_vectors=None), settings, 1.0, 0)


def _learnt(lesson: Lesson, settings: Settings, divisor: float, n_labels: int) -> Learnt:
    if lesson.n_labels == 0 and not settings.strength:
        raise NeedsTwoClassesError("no labels, and no descriptions of the classes")
    graph = build(lesson.X, lesson.pool) if settings.spread and lesson.n_labels else None
    head = tuning.fit_any(open_desk(lesson, graph=graph), settings)
    model = head.model().cooled(divisor) if lesson.calibrate else head.model()
    kept = {"n_labels": n_labels, "temperature": divisor}
    n_classes = int(np.count_nonzero(lesson.counts()))
    chosen = {**settings.to_dict(), **kept, "n_classes": n_classes} if n_labels else {}
    return Learnt(model, head.converged, chosen)
