"""What an estimator promises."""

import numpy as np

from selection.core.catalog import Estimator, resolve, resolve_path
from selection.core.contract.world import CLASSES, promise, world
from selection.core.learning.lesson import Learnt, Lesson
from selection.core.types import Task


def learns(entry: Estimator) -> None:
    """It gives probabilities of all classes, and is mostly right where that is easy.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    for task in entry.tasks:
        pool = world()
        proba = np.asarray(_learnt(entry, task).model.predict_proba(pool.features))
        expected = (len(pool.features), CLASSES)
        promise(proba.shape == expected, f"{task}: shape {proba.shape}, not {expected}")
        promise(bool(((proba >= 0) & (proba <= 1)).all()), f"{task}: not all lie in [0, 1]")
        sums = proba.sum(axis=1)
        whole = task == "multi" or bool(np.allclose(sums, 1, atol=1e-4))
        promise(whole, f"{task}: rows do not sum to 1")
        share = float((proba.argmax(axis=1) == pool.classes).mean())
        promise(share > 0.9, f"{task}: right about {share:.0%} of what it was taught")


def repeats(entry: Estimator) -> None:
    """It fits the same model to the same labels under the same seed.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    first, again = (_learnt(entry, entry.tasks[0]).model for _ in range(2))
    same = first.digest() == again.digest()  # type: ignore[attr-defined]
    promise(same, "two fits to the same labels differ")


def is_kept_as_arrays(entry: Estimator) -> None:
    """Its model is kept as plain arrays and comes back from them.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop: nothing is unpickled.
    """
    model = _learnt(entry, entry.tasks[0]).model
    arrays = model.to_arrays()  # type: ignore[attr-defined]
    wrong = [name for name, each in arrays.items() if np.asarray(each).dtype.hasobject]
    promise(not wrong, f"{', '.join(wrong)} hold objects, not numbers")
    if entry.reads:
        again = resolve_path(entry.reads).from_arrays(arrays)
        X = world().features
        same = np.allclose(again.predict_proba(X), model.predict_proba(X), atol=1e-6)
        promise(bool(same), "what comes back from the arrays predicts otherwise")


PROMISES = (learns, repeats, is_kept_as_arrays)


def _learnt(entry: Estimator, task: Task) -> Learnt:
    pool = world()
    targets, weights = np.eye(CLASSES)[pool.classes], np.ones(len(pool.classes))
    lesson = Lesson(pool.features.astype(np.float32), targets, weights,
                    pool.features.astype(np.float32), task=task)  # fmt: skip
    learnt = resolve(entry)(
        lesson, rng=np.random.default_rng(0), **entry.check_params({}, "params")
    )
    promise(isinstance(learnt, Learnt), f"it gave a {type(learnt).__name__}, not a Learnt")
    found: Learnt = learnt
    return found
