"""Choosing a head's settings by cross-validation, now and then, from what the labels say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from selection.core.chunks import squared_distances
from selection.core.learning.forest import ForestHead, fit_forest, suits
from selection.core.learning.head import Desk, Head, fit_head, open_desk, without
from selection.core.learning.lesson import Lesson
from selection.core.learning.settings import Settings
from selection.core.learning.solver import FINE, ROUGH
from selection.core.learning.spreading import build
from selection.core.types import BoolArray, FloatArray, NeedsTwoClassesError

FOLDS, FEWEST, MOST_LABELS = 4, 20, 400
GROWTH, SURE, VERY_SURE = 1.25, 1.0, 2.5
FLOOR = 0.02
TEMPERATURES = np.exp(np.linspace(np.log(0.25), np.log(8.0), 25))
PULLS, STRENGTHS, EXTRAS = (1.0, 3.0, 10.0, 30.0), (6.0, 24.0), (0.0, 0.5)
KERNEL_PULLS, SPREADS = (10.0, 100.0), (0.3, 1.0)

Options = Sequence[dict[str, float | str]]
AnyHead = Head | ForestHead


@dataclass(frozen=True)
class Judged:
    """Settings with the log-loss of each held-out label (L,) at the best temperature."""

    settings: Settings
    losses: FloatArray
    temperature: float

    @property
    def loss(self) -> float:
        return float(self.losses.mean())


@dataclass(frozen=True)
class Trial:
    """Folds prepared once, so that many settings can be tried on them.

    folds: labels that a fit may see, and which labels (L,) are held out. amounts (L,): what each
    held-out label counts, 1 on average.
    """

    lesson: Lesson
    folds: tuple[tuple[Desk, BoolArray], ...]
    amounts: FloatArray

    def judge(self, settings: Settings) -> Judged:
        """Cross-validated log-loss of these settings, at the temperature that suits them best."""
        heads = [(_fitted(desk, settings), out) for desk, out in self.folds]
        seen = [
            (head, head.scores(self.lesson.X[out]) if head else None, out) for head, out in heads
        ]
        judged = []
        for temperature in TEMPERATURES:
            losses = np.zeros(self.lesson.n_labels)
            for head, scores, out in seen:
                proba = self._proba(head, scores, temperature, int(out.sum()))
                losses[out] = _losses(proba, self.lesson.targets[out], self.lesson.task)
            judged.append(Judged(settings, losses * self.amounts, float(temperature)))
        return min(judged, key=lambda each: each.loss)

    def _seen(
        self, head: AnyHead | None, out: BoolArray
    ) -> tuple[AnyHead | None, FloatArray | None, BoolArray]:
        return head, None if head is None else head.scores(self.lesson.X[out]), out

    def _proba(
        self, head: AnyHead | None, scores: FloatArray | None, temperature: float, n_out: int
    ) -> FloatArray:
        """A class that the fold did not know keeps a small chance."""
        n_classes = self.lesson.n_classes
        proba = np.zeros((n_out, n_classes))
        if head is not None and scores is not None:
            proba[:, head.classes] = _chances(scores / temperature, self.lesson.task)
        even = 0.5 if self.lesson.task == "multi" else 1 / n_classes
        return (1 - FLOOR) * proba + FLOOR * even


def first_settings(lesson: Lesson) -> Settings:
    """What is known to work before there are labels to choose by.

    Shapes: as in Lesson. Unit: none. Errors: none. Source: benchmarks/selection.
    """
    if lesson.task == "multi":
        return Settings(balance=0.0, extra=1.0)
    if lesson.class_vectors is not None:
        return Settings(strength=12.0, extra=1.0)
    return Settings(kernel="gaussian", C=30.0, spread=1.0, extra=1.0)


def is_due(lesson: Lesson) -> bool:
    """Whether labels grew by a quarter, or a class appeared, since settings were chosen."""
    if lesson.n_labels < FEWEST or np.count_nonzero(lesson.counts()) < 2:
        return False
    if not lesson.last:
        return True
    grown = lesson.n_labels >= GROWTH * float(lesson.last["n_labels"])
    return grown or np.count_nonzero(lesson.counts()) != int(lesson.last["n_classes"])


def choose(lesson: Lesson, *, rng: Generator) -> Judged:
    """The settings with the least cross-validated log-loss, found one step after another.

    Shapes: as in Lesson. Unit: nats per label. Errors: none. Source: coordinate descent; a step
    is taken when it gains more than one standard error, and giving the descriptions up takes two
    and a half, because labels that a strategy asked for are the ones that its model doubts.
    Beyond 400 labels a random part of them speaks, so that cost does not grow.
    """
    trial = _prepare(lesson, rng)
    best = trial.judge(first_settings(lesson))
    for options, sure in _steps(lesson):
        tried = [trial.judge(replace(best.settings, **each)) for each in options]  # type: ignore[arg-type]
        best = _better(best, tried, sure)
    return best


def _better(best: Judged, tried: Sequence[Judged], sure: float) -> Judged:
    found = min(tried, key=lambda judged: judged.loss)
    gain = best.losses - found.losses
    noise = float(gain.std(ddof=1)) / len(gain) ** 0.5
    return found if float(gain.mean()) > sure * noise else best


def _steps(lesson: Lesson) -> list[tuple[Options, float]]:
    """What is tried, in order, and how sure a gain must be."""
    pulls: Options = [{"C": each} for each in PULLS]
    kernels: Options = [{"kernel": "gaussian", "C": each} for each in KERNEL_PULLS]
    linear: Options = [{"kernel": "linear", "C": each} for each in PULLS]
    single: list[tuple[Options, float]] = [
        ([{"balance": 0.0}], SURE),
        ([{"spread": each} for each in (0.0, *SPREADS)], SURE),
    ]
    blocks: list[tuple[Options, float]] = [([{"extra": each} for each in EXTRAS], SURE)]
    blocks = blocks if len(lesson.blocks) > 1 else []
    if lesson.task == "multi":
        return [(pulls, SURE), *blocks, (kernels, SURE)]
    if lesson.class_vectors is None:
        trees: list[tuple[Options, float]] = [([{"kernel": "forest"}], SURE)]
        last = trees if suits(lesson) else []
        return [(kernels, SURE), (linear, SURE), *blocks, *single, *last]
    words: Options = [{"strength": each} for each in STRENGTHS]
    without_words: Options = [{"strength": 0.0, "C": each} for each in (3.0, 30.0)]
    first: list[tuple[Options, float]] = [(pulls, SURE), (words, SURE), *blocks]
    return [*first, (kernels, SURE), *single, (without_words, VERY_SURE)]


def _prepare(lesson: Lesson, rng: Generator) -> Trial:
    if lesson.n_labels > MOST_LABELS:
        some = np.zeros(lesson.n_labels, np.bool_)
        some[rng.choice(lesson.n_labels, MOST_LABELS, replace=False)] = True
        lesson = without(lesson, some)
    graph = build(lesson.X, lesson.pool) if lesson.task == "single" else None
    breadth = open_desk(lesson).breadth
    fold = rng.permutation(lesson.n_labels) % FOLDS
    folds = []
    for number in range(FOLDS):
        out = fold == number
        folds.append((open_desk(lesson, inside=~out, graph=graph, breadth=breadth), out))
    return Trial(lesson, tuple(folds), _amounts(lesson))


def _amounts(lesson: Lesson) -> FloatArray:
    """What each label counts: the root of how many items it is the nearest labelled one of.

    Labels crowd where the model was in doubt; the pool does not.
    """
    near = squared_distances(lesson.pool, lesson.X).argmin(axis=1)
    stands_for = np.sqrt(np.bincount(near, minlength=lesson.n_labels) + 1.0)
    amounts = lesson.weights * stands_for
    return np.asarray(amounts / amounts.mean())


def fit_any(desk: Desk, settings: Settings, *, tolerance: float = FINE) -> AnyHead:
    """Fit what the settings name: a regression or trees. Raises as these."""
    if settings.kernel == "forest":
        return fit_forest(desk, settings)
    return fit_head(desk, settings, tolerance=tolerance)


def _fitted(desk: Desk, settings: Settings) -> AnyHead | None:
    try:
        return fit_any(desk, settings, tolerance=ROUGH)
    except NeedsTwoClassesError:
        return None


def _chances(scores: FloatArray, task: str) -> FloatArray:
    if task == "multi":
        return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)))
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def _losses(proba: FloatArray, targets: FloatArray, task: str) -> FloatArray:
    chosen = targets * np.log(proba)
    if task == "multi":
        chosen += (1 - targets) * np.log(1 - proba)
    return np.asarray(-chosen.sum(axis=1))
