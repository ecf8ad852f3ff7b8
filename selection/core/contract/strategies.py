"""What a strategy promises."""

from dataclasses import replace

import numpy as np

from selection.core.catalog import Strategy, resolve
from selection.core.config import LoopConfig
from selection.core.contract.world import LABELLED, promise, world
from selection.core.loop import run_round
from selection.core.types import AnyArray, FloatArray, PoolView

FIRST = np.arange(LABELLED)


def gives_scores(entry: Strategy) -> None:
    """It gives one finite score per item that may be asked, higher = more wanted.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    for task in entry.tasks:
        view = world().view(FIRST, task=task)
        _check(scores_of(entry, view), view, f"task {task}")


def repeats(entry: Strategy) -> None:
    """It gives the same scores under the same seed.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    view = _view(entry)
    same = np.array_equal(scores_of(entry, view), scores_of(entry, view))
    promise(same, "the scores of two calls with the same seed differ")


def ignores_order(entry: Strategy) -> None:
    """It gives an item the same score wherever it stands, unless chance decides.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    if entry.is_random:
        return
    view = _view(entry)
    order = np.random.default_rng(3).permutation(len(view.features))
    moved = _moved(view, order)
    by_item = dict(zip(view.candidates.tolist(), scores_of(entry, view).tolist(), strict=True))
    expected = [by_item[item] for item in order[moved.candidates].tolist()]
    _close(scores_of(entry, moved), np.array(expected), "in another order of items scores differ")


def rowwise_is_true(entry: Strategy) -> None:
    """What is called rowwise gives a part of the pool the scores it has in the whole.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    if not entry.rowwise or entry.is_random:
        return
    view = _view(entry)
    assert view.proba is not None
    part = replace(view, candidates=view.candidates[20:50], proba=view.proba[20:50])
    _close(scores_of(entry, part), scores_of(entry, view)[20:50], "it is not rowwise")


def leaves_the_view(entry: Strategy) -> None:
    """It changes nothing of what it looks at.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    view = _view(entry)
    names = ("features", "candidates", "covered", "labelled", "targets", "proba")
    before = {name: np.array(getattr(view, name)) for name in names}
    scores_of(entry, view)
    changed = [n for n in names if not np.array_equal(before[n], np.asarray(getattr(view, n)))]
    promise(not changed, f"it wrote to {', '.join(changed)}")


def copes(entry: Strategy) -> None:
    """It copes with one item, items that look alike, and classes without a label.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    few, task = world(5), entry.tasks[0]
    one = few.view(np.arange(len(few.features) - 1), task=task)
    _check(scores_of(entry, one), one, "a single item")
    alike = world().alike().view(FIRST, task=task)
    _check(scores_of(entry, alike), alike, "items that all look the same")
    unseen = world().view(FIRST, task=task, n_classes=40)
    _check(scores_of(entry, unseen), unseen, "40 classes, most without a label")


def fills_a_batch(entry: Strategy) -> None:
    """A round by it asks distinct items that may be asked, the same ones when repeated.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    facts = world().facts()
    free = set(np.flatnonzero(~facts.unavailable).tolist())
    for task in entry.tasks:
        config = LoopConfig(strategy=entry.name, task=task)
        first, again = run_round(facts, config), run_round(facts, config)
        asked = [pick.position for pick in first.picks]
        promise(len(first.batch) == config.batch_size, f"the batch has {len(first.batch)} items")
        promise(len(set(asked)) == len(asked), "it asks an item twice")
        promise(set(asked) <= free, "it asks what may not be asked")
        promise(first.picks == again.picks, "the round repeated gives another batch")


def scores_of(entry: Strategy, view: PoolView) -> FloatArray:
    """Scores as a round gets them, under a fixed seed.

    Shapes: as the entry's. Unit: the entry's. Errors: the entry's. Source: ours.
    """
    if not entry.needs_proba:
        view = replace(view, proba=None)
    if not entry.needs_scores:
        view = replace(view, given=None)
    params = entry.check_params({}, "params")
    found: FloatArray = resolve(entry)(view, rng=np.random.default_rng(0), **params)
    return found


PROMISES = (
    gives_scores, repeats, ignores_order, rowwise_is_true, leaves_the_view, copes, fills_a_batch,
)  # fmt: skip


def _view(entry: Strategy) -> PoolView:
    return world().view(FIRST, task=entry.tasks[0])


def _moved(view: PoolView, order: AnyArray) -> PoolView:
    """The same pool in another order: position i holds what stood at order[i]."""
    assert view.proba is not None
    assert view.given is not None
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    candidates = np.sort(place[view.candidates])
    return replace(
        view,
        features=view.features[order],
        candidates=candidates,
        covered=np.sort(place[view.covered]),
        labelled=place[view.labelled],
        proba=view.proba[np.searchsorted(view.candidates, order[candidates])],
        given=view.given[order],
    )


def _check(scores: AnyArray, view: PoolView, where: str) -> None:
    promise(isinstance(scores, np.ndarray), f"{where}: a {type(scores).__name__}, not an array")
    promise(scores.shape == (view.n,), f"{where}: shape {scores.shape} for {view.n} items")
    promise(scores.dtype == np.float64, f"{where}: {scores.dtype}, not float64")
    wrong = int((~np.isfinite(scores)).sum())
    promise(wrong == 0, f"{where}: {wrong} of {view.n} scores are NaN or infinite")


def _close(found: AnyArray, expected: AnyArray, told: str) -> None:
    promise(bool(np.allclose(found, expected, atol=1e-5)), told)
