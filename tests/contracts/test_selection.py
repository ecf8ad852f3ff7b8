"""What every strategy, batch function and cold start promises, whoever wrote it."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core.catalog import BATCHES, COLD_STARTS, STRATEGIES, resolve
from selection.core.config import LoopConfig
from selection.core.loop import run_round
from tests.selection.core.worlds import blobs, facts_of, trainable, view_of

EVERY_STRATEGY = pytest.mark.parametrize("entry", STRATEGIES.values(), ids=STRATEGIES)
EVERY_BATCH = pytest.mark.parametrize("entry", BATCHES.values(), ids=BATCHES)
EVERY_START = pytest.mark.parametrize("entry", COLD_STARTS.values(), ids=COLD_STARTS)
TASKS = pytest.mark.parametrize("task", ["single", "multi"])
LABELLED = range(12)


def scores_of(entry, view, seed=0):
    params = entry.check_params({}, "params")
    if view.given is None:
        view = replace(view, given=np.linspace(3, -1, len(view.features)))
    return resolve(entry)(unlike(entry, view), rng=np.random.default_rng(seed), **params)


def world_of(entry, **changes):
    """Return a small pool and its view, for the first task the entry is made for."""
    X, classes = blobs(**changes)
    view = view_of(X, classes, LABELLED, task=entry.tasks[0])
    return X, classes, replace(view, given=np.linspace(3, -1, len(X)))


def unlike(entry, view):
    """Return the view without what the catalog says the strategy does not get."""
    if not getattr(entry, "needs_scores", False):
        view = replace(view, given=None)
    return view if getattr(entry, "needs_proba", False) else replace(view, proba=None)


def given_to(entry, facts):
    """Return the facts with scores from outside for a strategy that goes by them."""
    n = len(facts.features)
    return replace(facts, outside_scores=np.linspace(3, -1, n)) if entry.needs_scores else facts


def picks_of(entry, view, size, scores=None, seed=0):
    params = entry.check_params({}, "params")
    scores = np.random.default_rng(1).random(view.n) if scores is None else scores
    return resolve(entry)(scores, view, size, rng=np.random.default_rng(seed), **params)


def starts_of(entry, view, size, seed=0):
    params = entry.check_params({}, "params")
    return resolve(entry)(view, size, rng=np.random.default_rng(seed), **params)


def shuffled(view, X):
    """Return the same pool in another item order, and the new position of every old one."""
    order = np.random.default_rng(3).permutation(len(X))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    candidates = np.sort(place[view.candidates])
    proba = None
    if view.proba is not None:
        proba = view.proba[np.searchsorted(view.candidates, order[candidates])]
    moved = replace(
        view,
        features=X[order],
        candidates=candidates,
        covered=np.sort(place[view.covered]),
        labelled=place[view.labelled],
        proba=proba,
        given=None if view.given is None else view.given[order],
    )
    return moved, order


# Strategies


@TASKS
@EVERY_STRATEGY
def test_strategy_gives_one_finite_score_per_candidate(entry, task):
    if task not in entry.tasks:
        pytest.skip(f"not made for {task}")
    X, classes = blobs()
    view = view_of(X, classes, LABELLED, task=task)

    scores = scores_of(entry, view)

    assert scores.shape == (view.n,)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()


@EVERY_STRATEGY
def test_strategy_repeats_itself_under_the_same_seed(entry):
    _, _, view = world_of(entry)

    np.testing.assert_array_equal(scores_of(entry, view), scores_of(entry, view))


@EVERY_STRATEGY
def test_strategy_does_not_care_about_the_order_of_items(entry):
    if entry.is_random:
        pytest.skip("chance goes by position")
    X, _, view = world_of(entry)
    moved, order = shuffled(view, X)

    scores, again = scores_of(entry, view), scores_of(entry, moved)

    by_item = dict(zip(view.candidates, scores, strict=True))
    expected = [by_item[item] for item in order[moved.candidates]]
    np.testing.assert_allclose(again, expected, atol=1e-5)


@EVERY_STRATEGY
def test_row_by_row_strategy_gives_a_part_of_the_pool_the_scores_it_has_in_the_whole(entry):
    if not entry.rowwise or entry.is_random:
        pytest.skip("looks at the pool as a whole")
    _, _, view = world_of(entry)
    part = replace(view, candidates=view.candidates[20:50], proba=view.proba[20:50])

    np.testing.assert_allclose(scores_of(entry, part), scores_of(entry, view)[20:50], atol=1e-5)


@EVERY_STRATEGY
def test_strategy_leaves_its_view_as_it_was(entry):
    X, _, view = world_of(entry)
    before = (view.proba.copy(), X.copy(), view.candidates.copy(), view.targets.copy())

    scores_of(entry, view)

    now = (view.proba, X, view.candidates, view.targets)
    for kept, given in zip(before, now, strict=True):
        np.testing.assert_array_equal(kept, given)


@EVERY_STRATEGY
def test_strategy_scores_a_single_candidate(entry):
    X, classes = blobs(n_per_class=5)
    view = view_of(X, classes, range(len(X) - 1), task=entry.tasks[0])

    assert np.isfinite(scores_of(entry, view)).all()


@EVERY_STRATEGY
def test_strategy_survives_items_that_all_look_the_same(entry):
    _, classes = blobs()
    X = np.ones((len(classes), 4), dtype=np.float32)
    view = view_of(X, classes, LABELLED, task=entry.tasks[0])

    assert np.isfinite(scores_of(entry, view)).all()


@EVERY_STRATEGY
def test_strategy_knows_classes_that_have_no_label_yet(entry):
    X, classes = blobs()
    view = view_of(X, classes, LABELLED, task=entry.tasks[0], n_classes=40)

    assert np.isfinite(scores_of(entry, view)).all()


@EVERY_STRATEGY
def test_strategy_reads_half_precision_from_disk(entry, tmp_path):
    X, _, view = world_of(entry)
    np.save(tmp_path / "X.npy", X.astype(np.float16))
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")

    on_disk = scores_of(entry, replace(view, features=mapped))
    in_memory = scores_of(entry, replace(view, features=X.astype(np.float16).astype(np.float32)))

    np.testing.assert_allclose(on_disk, in_memory, atol=1e-5)


class Curved:
    """A model without coefficients: what a tree or a kernel machine looks like to the core."""

    def __init__(self, inner):
        self.inner, self.n_classes = inner, inner.n_classes

    def predict_proba(self, X):
        return self.inner.predict_proba(np.tanh(2 * X))


@EVERY_STRATEGY
def test_strategy_and_its_batch_work_with_a_model_that_is_not_linear(entry):
    _, _, view = world_of(entry)
    view = replace(view, model=Curved(view.model))

    scores = scores_of(entry, view)
    picked = picks_of(BATCHES[entry.batch], view, 10, scores)

    assert np.isfinite(scores).all()
    assert len(set(picked.tolist())) == 10


@TASKS
@EVERY_STRATEGY
def test_strategy_runs_in_the_loop_without_touching_unavailable_items(entry, task):
    if task not in entry.tasks:
        pytest.skip(f"not made for {task}")
    X, classes = blobs()
    facts = facts_of(X, classes)
    facts = given_to(entry, facts_of(X, classes, train=trainable(facts, 30, 12)))
    facts.unavailable[facts.audit_order[42:72]] = True
    free = set(np.flatnonzero(~facts.unavailable).tolist())
    config = LoopConfig(strategy=entry.name, task=task)

    result = run_round(facts, config)

    positions = [pick.position for pick in result.picks]
    assert len(result.batch) == 20
    assert len(set(positions)) == len(positions)
    assert set(positions) <= free
    assert run_round(facts, config).picks == result.picks


@EVERY_STRATEGY
def test_strategy_is_replaced_or_copes_while_the_labels_show_one_class(entry):
    X, classes = blobs()
    beyond = facts_of(X, classes).audit_order[30:]
    same = beyond[classes[beyond] == 1][:5]
    config = LoopConfig(strategy=entry.name, task=entry.tasks[0])

    facts = given_to(entry, facts_of(X, classes, train=same))

    assert len(run_round(facts, config).batch) == 20


@EVERY_STRATEGY
def test_strategy_goes_with_every_batch_function(entry):
    X, classes = blobs()
    facts = facts_of(X, classes, train=trainable(facts_of(X, classes), 30, 12))
    facts = given_to(entry, facts)

    for batch in BATCHES:
        config = LoopConfig(strategy=entry.name, task=entry.tasks[0], batch=batch)
        assert len(run_round(facts, config).batch) == 20, batch


# Batch functions and cold starts


@EVERY_BATCH
@pytest.mark.parametrize("size", [0, 1, 20, 108, 500])
def test_batch_function_picks_distinct_indices_up_to_the_pool(entry, size):
    X, classes = blobs()
    view = view_of(X, classes, LABELLED)

    picked = picks_of(entry, view, size)

    assert picked.dtype == np.int64
    assert len(picked) == min(size, view.n)
    assert len(np.unique(picked)) == len(picked)
    assert all(0 <= index < view.n for index in picked)


@EVERY_BATCH
def test_batch_function_repeats_itself_under_the_same_seed(entry):
    X, classes = blobs()
    view = view_of(X, classes, LABELLED)

    np.testing.assert_array_equal(picks_of(entry, view, 20), picks_of(entry, view, 20))


@EVERY_BATCH
def test_batch_function_picks_the_same_items_in_another_item_order(entry):
    X, classes = blobs()
    view = view_of(X, classes, LABELLED)
    moved, order = shuffled(view, X)
    scores = np.random.default_rng(1).random(len(X))

    items = view.candidates[picks_of(entry, view, 10, scores[view.candidates])]
    again = moved.candidates[picks_of(entry, moved, 10, scores[order[moved.candidates]])]

    assert set(order[again]) == set(items)


@EVERY_BATCH
def test_batch_function_works_without_a_model(entry):
    X, classes = blobs()
    view = view_of(X, classes, LABELLED, with_model=False)

    assert len(set(picks_of(entry, view, 10).tolist())) == 10


@EVERY_BATCH
def test_batch_function_takes_the_only_candidate(entry):
    X, classes = blobs(n_per_class=5)
    view = view_of(X, classes, range(len(X) - 1))

    assert picks_of(entry, view, 3).tolist() == [0]


@EVERY_BATCH
def test_batch_function_works_while_nothing_is_covered(entry):
    X, classes = blobs()
    view = replace(view_of(X, classes, LABELLED), covered=np.empty(0, dtype=np.int64))

    assert len(picks_of(entry, view, 10)) == 10


@EVERY_BATCH
def test_batch_function_picks_among_equal_scores_and_equal_items(entry):
    _, classes = blobs()
    view = view_of(np.ones((len(classes), 4), dtype=np.float32), classes, LABELLED)

    assert len(set(picks_of(entry, view, 10, np.zeros(view.n)))) == 10


@EVERY_START
@pytest.mark.parametrize("size", [0, 1, 20, 500])
def test_cold_start_picks_distinct_indices_up_to_the_pool(entry, size):
    X, classes = blobs()
    view = view_of(X, classes, [], with_model=False, n_classes=3)

    picked = starts_of(entry, view, size)

    assert len(picked) == min(size, view.n)
    assert len(np.unique(picked)) == len(picked)


@EVERY_START
def test_cold_start_repeats_itself_under_the_same_seed(entry):
    X, classes = blobs()
    view = view_of(X, classes, [], with_model=False, n_classes=3)

    np.testing.assert_array_equal(starts_of(entry, view, 20), starts_of(entry, view, 20))


@EVERY_START
def test_cold_start_survives_items_that_all_look_the_same(entry):
    view = view_of(np.ones((50, 4), dtype=np.float32), np.zeros(50, int), [], with_model=False)

    assert len(set(starts_of(entry, view, 10))) == 10
