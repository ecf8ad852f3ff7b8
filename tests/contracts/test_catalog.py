"""What every entry of the catalog promises, whoever wrote it."""

import inspect
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from selection.core.catalog import (
    BATCHES,
    COLD_STARTS,
    ESTIMATORS,
    FAMILIES,
    FEATURES,
    STOPPING,
    STRATEGIES,
    ConfigError,
    resolve,
)
from selection.core.config import LoopConfig
from selection.core.estimators import fit
from selection.core.loop import run_round
from selection.core.types import PastRound, StopFacts, Verdict
from tests.selection.core.worlds import blobs, facts_of, trainable, view_of

ENTRIES = [(family, entry) for family, entries in FAMILIES.items() for entry in entries.values()]
INSTALLED = [each for each in ENTRIES if getattr(each[1], "is_installed", True)]
EVERY_ENTRY = pytest.mark.parametrize(
    ("family", "entry"), ENTRIES, ids=[f"{family}-{entry.name}" for family, entry in ENTRIES]
)
EVERY_INSTALLED = pytest.mark.parametrize(
    ("family", "entry"), INSTALLED, ids=[f"{family}-{entry.name}" for family, entry in INSTALLED]
)
EVERY_STRATEGY = pytest.mark.parametrize("entry", STRATEGIES.values(), ids=STRATEGIES)
EVERY_BATCH = pytest.mark.parametrize("entry", BATCHES.values(), ids=BATCHES)
EVERY_START = pytest.mark.parametrize("entry", COLD_STARTS.values(), ids=COLD_STARTS)
TASKS = pytest.mark.parametrize("task", ["single", "multi"])
LABELLED = range(12)


def scores_of(entry, view, seed=0):
    params = entry.check_params({}, "params")
    return resolve(entry)(view, rng=np.random.default_rng(seed), **params)


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
    )
    return moved, order


# Every entry


@EVERY_ENTRY
def test_entry_is_listed_under_its_own_name(family, entry):
    assert FAMILIES[family][entry.name] is entry
    assert entry.title
    assert entry.summary.endswith(".")
    assert entry.paper


@EVERY_INSTALLED
def test_dotted_path_resolves(family, entry):
    assert callable(resolve(entry))


@EVERY_INSTALLED
def test_docstring_gives_shapes_unit_errors_and_source(family, entry):
    target = resolve(entry)
    documented = target.fit if family == "features" else target

    text = inspect.getdoc(documented) or ""

    assert text.splitlines()[0].endswith(".")
    for part in ("Shapes", "nit:", "Source:"):
        assert part in text, f"{entry.path} lacks {part}"
    assert "Raises" in text or "Errors:" in text


@EVERY_INSTALLED
def test_parameters_of_the_catalog_are_those_of_the_function(family, entry):
    target = resolve(entry)
    found = inspect.signature(target.fit if family == "features" else target).parameters

    for param in entry.params:
        assert found[param.name].default == param.default


@EVERY_ENTRY
def test_default_parameters_are_valid(family, entry):
    assert entry.check_params({}, "params") == {each.name: each.default for each in entry.params}


@EVERY_ENTRY
def test_unknown_parameter_is_refused_by_name(family, entry):
    with pytest.raises(ConfigError, match=r"params\.no_such"):
        entry.check_params({"no_such": 1}, "params")


@EVERY_ENTRY
def test_parameter_beyond_its_limit_is_refused(family, entry):
    for param in entry.params:
        if param.high is not None:
            with pytest.raises(ConfigError, match=f"params.{param.name}.*to {param.high:.12g}"):
                entry.check_params({param.name: param.high + 1}, "params")
        if param.low is not None:
            with pytest.raises(ConfigError, match=f"params.{param.name}.*from {param.low:.12g}"):
                entry.check_params({param.name: param.low - 1}, "params")


def test_catalog_and_configuration_import_neither_sklearn_nor_scipy():
    code = (
        "import sys, selection.core.catalog, selection.core.config; "
        "print(sorted({'sklearn', 'scipy', 'django', 'PIL', 'joblib'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


# Strategies


@TASKS
@EVERY_STRATEGY
def test_strategy_gives_one_finite_score_per_candidate(entry, task):
    X, classes = blobs()
    view = view_of(X, classes, LABELLED, task=task)

    scores = scores_of(entry, view)

    assert scores.shape == (view.n,)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()


@EVERY_STRATEGY
def test_strategy_repeats_itself_under_the_same_seed(entry):
    X, classes = blobs()
    view = view_of(X, classes, LABELLED)

    np.testing.assert_array_equal(scores_of(entry, view), scores_of(entry, view))


@EVERY_STRATEGY
def test_strategy_does_not_care_about_the_order_of_items(entry):
    if entry.is_random:
        pytest.skip("chance goes by position")
    X, classes = blobs()
    view = view_of(X, classes, LABELLED)
    moved, order = shuffled(view, X)

    scores, again = scores_of(entry, view), scores_of(entry, moved)

    by_item = dict(zip(view.candidates, scores, strict=True))
    expected = [by_item[item] for item in order[moved.candidates]]
    np.testing.assert_allclose(again, expected, atol=1e-5)


@EVERY_STRATEGY
def test_strategy_leaves_its_view_as_it_was(entry):
    X, classes = blobs()
    view = view_of(X, classes, LABELLED)
    before = (view.proba.copy(), X.copy(), view.candidates.copy())

    scores_of(entry, view)

    for kept, now in zip(before, (view.proba, X, view.candidates), strict=True):
        np.testing.assert_array_equal(kept, now)


@EVERY_STRATEGY
def test_strategy_scores_a_single_candidate(entry):
    X, classes = blobs(n_per_class=5)
    view = view_of(X, classes, range(len(X) - 1))

    assert np.isfinite(scores_of(entry, view)).all()


@EVERY_STRATEGY
def test_strategy_survives_items_that_all_look_the_same(entry):
    _, classes = blobs()
    view = view_of(np.ones((len(classes), 4), dtype=np.float32), classes, LABELLED)

    assert np.isfinite(scores_of(entry, view)).all()


@EVERY_STRATEGY
def test_strategy_runs_in_the_loop_without_touching_unavailable_items(entry):
    X, classes = blobs()
    facts = facts_of(X, classes)
    facts = facts_of(X, classes, train=trainable(facts, 30, 12))
    facts.unavailable[facts.audit_order[42:72]] = True
    free = set(np.flatnonzero(~facts.unavailable).tolist())

    result = run_round(facts, LoopConfig(strategy=entry.name))

    positions = [pick.position for pick in result.picks]
    assert len(result.batch) == 20
    assert len(set(positions)) == len(positions)
    assert set(positions) <= free
    assert result == replace(
        run_round(facts, LoopConfig(strategy=entry.name)),
        timings=result.timings,
        model=result.model,
        past=result.past,
        train_counts=result.train_counts,
        audit_counts=result.audit_counts,
    )


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


# Estimators, stopping rules, encoders


@TASKS
@pytest.mark.parametrize("entry", ESTIMATORS.values(), ids=ESTIMATORS)
def test_estimator_learns_and_gives_probabilities(entry, task):
    X, classes = blobs()
    targets, weights = np.eye(3)[classes], np.ones(len(classes))

    fitted = fit(resolve(entry), entry.check_params({}, "p"), X, targets, weights, task=task)

    proba = fitted.model.predict_proba(X)
    assert proba.shape == (len(X), 3)
    assert ((proba >= 0) & (proba <= 1)).all()
    assert (proba.argmax(axis=1) == classes).mean() > 0.9


@pytest.mark.parametrize("entry", ESTIMATORS.values(), ids=ESTIMATORS)
def test_estimator_fits_the_same_model_twice(entry):
    X, classes = blobs()
    targets, weights = np.eye(3)[classes], np.ones(len(classes))

    models = [
        fit(resolve(entry), entry.check_params({}, "p"), X, targets, weights, task="single").model
        for _ in range(2)
    ]

    assert models[0].digest() == models[1].digest()


@pytest.mark.parametrize("entry", STOPPING.values(), ids=STOPPING)
@pytest.mark.parametrize(
    "facts",
    [
        StopFacts((PastRound(0, 0, 0, has_model=False),), 10, 0),
        StopFacts((PastRound(0, 20, 5),), 0, 0, budget_left=0, target_value=0.9),
    ],
    ids=["first round", "nothing left"],
)
def test_stopping_rule_gives_a_verdict_with_a_reason(entry, facts):
    verdict = resolve(entry)(facts, **entry.check_params({}, "params"))

    assert isinstance(verdict, Verdict)
    assert verdict.rule == entry.name
    assert verdict.reason.endswith(".")


def test_every_modality_has_an_encoder_that_needs_no_extra():
    plain = {entry.modality for entry in FEATURES.values() if not entry.extra}

    assert plain == {"text", "image", "table", "vector"}
