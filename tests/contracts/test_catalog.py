"""What every entry of the catalog promises, whoever wrote it."""

import inspect
import subprocess
import sys

import numpy as np
import pytest

from selection.core.catalog import (
    ESTIMATORS,
    FAMILIES,
    FEATURES,
    STOPPING,
    ConfigError,
    resolve,
)
from selection.core.learning.lesson import Lesson
from selection.core.types import PastRound, StopFacts, Verdict
from tests.selection.core.worlds import blobs

ENTRIES = [(family, entry) for family, entries in FAMILIES.items() for entry in entries.values()]
INSTALLED = [each for each in ENTRIES if getattr(each[1], "is_installed", True)]
EVERY_ENTRY = pytest.mark.parametrize(
    ("family", "entry"), ENTRIES, ids=[f"{family}-{entry.name}" for family, entry in ENTRIES]
)
EVERY_INSTALLED = pytest.mark.parametrize(
    ("family", "entry"), INSTALLED, ids=[f"{family}-{entry.name}" for family, entry in INSTALLED]
)
TASKS = pytest.mark.parametrize("task", ["single", "multi"])


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


# Estimators, stopping rules, encoders


@TASKS
@pytest.mark.parametrize("entry", ESTIMATORS.values(), ids=ESTIMATORS)
def test_estimator_learns_and_gives_probabilities(entry, task):
    if task not in entry.tasks:
        pytest.skip(f"not made for {task}")
    X, classes = blobs()
    lesson = Lesson(X, np.eye(3)[classes], np.ones(len(classes)), X, task=task)

    learnt = resolve(entry)(lesson, rng=np.random.default_rng(0), **entry.check_params({}, "p"))

    proba = learnt.model.predict_proba(X)
    assert proba.shape == (len(X), 3)
    assert ((proba >= 0) & (proba <= 1)).all()
    assert (proba.argmax(axis=1) == classes).mean() > 0.9


@pytest.mark.parametrize("entry", ESTIMATORS.values(), ids=ESTIMATORS)
def test_estimator_fits_the_same_model_twice(entry):
    X, classes = blobs()
    lesson = Lesson(X, np.eye(3)[classes], np.ones(len(classes)), X)
    params = entry.check_params({}, "p")

    models = [
        resolve(entry)(lesson, rng=np.random.default_rng(0), **params).model for _ in range(2)
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
