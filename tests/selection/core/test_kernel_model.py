"""The model of likeness as plain arrays: stored, refused when incomplete, cooled."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core.kernel_model import KernelModel
from selection.core.learning import auto
from selection.core.learning.lesson import Lesson
from selection.core.linear import LinearModel
from selection.core.types import CoreError
from tests.selection.core.worlds import blobs


def kernel_model():
    X, classes = blobs(n_per_class=60)
    lesson = Lesson(X[:12], np.eye(3)[classes[:12]], np.ones(12), X[60:])
    return auto.kernel(lesson, rng=np.random.default_rng(0)).model, X


def test_kernel_model_survives_storage():
    model, X = kernel_model()

    again = KernelModel.from_arrays(model.to_arrays())

    assert again.digest() == model.digest()
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_kernel_model_lacking_a_part_is_refused():
    model, _ = kernel_model()
    arrays = model.to_arrays()
    del arrays["width"]

    with pytest.raises(CoreError, match="lack width"):
        KernelModel.from_arrays(arrays)


def test_kernel_model_with_parts_that_do_not_fit_is_refused():
    model, _ = kernel_model()

    with pytest.raises(CoreError, match=r"amounts \(3, 1\) for \(3, 12\)"):
        replace(model, amounts=model.amounts[:, :1])
    with pytest.raises(CoreError, match="not finite"):
        replace(model, amounts=model.amounts * np.nan)


def test_cooled_models_give_the_same_answers():
    model, X = kernel_model()

    for each in (model, model.linear):
        warm = each.cooled(3.0).predict_proba(X)
        assert (warm.argmax(axis=1) == each.predict_proba(X).argmax(axis=1)).all()
    assert isinstance(model.linear, LinearModel)
